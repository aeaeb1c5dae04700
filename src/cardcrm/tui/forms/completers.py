"""Completion of contacts and products while the user types in a field."""

import re
from collections.abc import Sequence

from cardcrm.money import Money, format_money
from cardcrm.tui.context import AppContext
from cardcrm.tui.forms.fields import Complete, Field, Repeated, Suggestion, Values

_LINE_START = re.compile(r"(?P<lead>(?:[0-9][0-9.,]* ?[x×*] ?)?)(?P<name>[^@]*)")


def complete_contact(context: AppContext, kind: str = "") -> Complete:
    """Return a completer for contacts, perhaps of one kind."""

    async def complete(text: str) -> Sequence[Suggestion]:
        from cardcrm.records.search.prefix import suggest

        return await context.database.read(lambda store: suggest(store, text, kind))

    return complete


def complete_product(context: AppContext) -> Complete:
    """Return a completer for products in a line such as ``2 x Rose bouquet @ 24.50``.

    The quantity before the name stays as it is.
    """

    async def complete(text: str) -> Sequence[Suggestion]:
        from cardcrm.records.sales.products import suggest

        typed = _LINE_START.fullmatch(text)
        if typed is None:
            return []
        found = await context.database.read(lambda store: suggest(store, typed["name"]))
        return [(0, f"{typed['lead']}{each.name}", _format_price(each.price)) for each in found]

    return complete


def _format_price(price: Money | None) -> str:
    return format_money(price) if price is not None else ""


def participants_field(context: AppContext) -> Repeated:
    """Return the field for the participants of an interaction, one contact an entry."""
    who = Field(
        "who",
        hint="other participant: name or #id",
        complete=complete_contact(context),
        holds_id=True,
    )
    return Repeated("with", "with", ((who,),))


def split_participants(texts: Values) -> dict[str, str]:
    """Return an interaction's texts as form values: a field for each line of ``with``."""
    people = filter(None, texts["with"].split("\n"))
    return {**texts, **{f"with-{number}-who": line for number, line in enumerate(people)}}


def join_participants(values: Values) -> dict[str, str]:
    """Return form values as an interaction's texts, with the participants joined in ``with``."""
    people = [text.strip() for name, text in values.items() if name.startswith("with-")]
    texts = {name: text for name, text in values.items() if not name.startswith("with-")}
    return {**texts, "with": "\n".join(filter(None, people))}
