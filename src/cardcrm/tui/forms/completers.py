"""Completion of contacts, products and codes while the user types in a field."""

import re
from collections.abc import Sequence

from cardcrm.money import UnitPrice, format_money
from cardcrm.tui.context import AppContext
from cardcrm.tui.forms.fields import Complete, Suggestion

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


def complete_code(context: AppContext) -> Complete:
    """Return a completer for the codes of promotions."""

    async def complete(text: str) -> Sequence[Suggestion]:
        from cardcrm.records.record_completion import names

        found = await context.database.read(lambda store: names(store, "promotion", text))
        return [(0, code, "") for code in found if text.strip().upper() in code]

    return complete


def _format_price(price: UnitPrice | None) -> str:
    return format_money(price) if price is not None else ""
