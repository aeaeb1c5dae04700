"""Finding what a field names while one types in it: cards, and products."""

import re
from typing import TYPE_CHECKING

from cardcrm.money import Money, format_money
from cardcrm.tui.forms.fields import Field, Find, Several, Values

if TYPE_CHECKING:
    from cardcrm.tui.app import CardApp


def finder(app: "CardApp", kind: str = "") -> Find:
    """Looks for cards (of a kind) while one types."""

    async def find(text: str) -> list[tuple[int, str, str]]:
        from cardcrm.records.search.prefix import suggest

        return await app.desk.ask(lambda store: suggest(store, text, kind))

    return find


_BEGUN = re.compile(r"(?P<lead>(?:[0-9][0-9.,]* ?[x×*] ?)?)(?P<name>[^@]*)")


def product_finder(app: "CardApp") -> Find:
    """Looks for products while one types a line such as ``2 x Rose bouquet @ 24.50``.

    Only its name is looked for; what is chosen leaves the number before it as it is.
    """

    async def find(text: str) -> list[tuple[int, str, str]]:
        from cardcrm.records.sales.products import suggest

        begun = _BEGUN.fullmatch(text)
        if begun is None:
            return []
        found = await app.desk.ask(lambda store: suggest(store, begun["name"]))
        return [(0, f"{begun['lead']}{each.name}", _priced(each.price)) for each in found]

    return find


def _priced(price: Money | None) -> str:
    return format_money(price) if price is not None else ""


def with_field(app: "CardApp") -> Several:
    """Those who took part: a card each."""
    who = Field("who", hint="who else took part: name or #id", find=finder(app), by_id=True)
    return Several("with", "with", ((who,),))


def with_shown(texts: Values) -> dict[str, str]:
    """Texts with lines under ``with`` as the form shows them: a field for each line."""
    people = filter(None, texts["with"].split("\n"))
    return {**texts, **{f"with-{number}-who": line for number, line in enumerate(people)}}


def with_said(values: Values) -> dict[str, str]:
    """The form's values as texts with lines under ``with``."""
    people = [text.strip() for name, text in values.items() if name.startswith("with-")]
    texts = {name: text for name, text in values.items() if not name.startswith("with-")}
    return {**texts, "with": "\n".join(filter(None, people))}
