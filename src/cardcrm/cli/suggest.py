"""`suggest`: products to offer to a contact, with reasons."""

from typing import Annotated

import typer

from cardcrm import dates
from cardcrm.cli.arguments import complete_contact, session_of
from cardcrm.cli.reports.currency_notes import note_currencies
from cardcrm.cli.reports.product_tables import refresh_alerts
from cardcrm.cli.reports.report_options import Currency, Top
from cardcrm.cli.result import Page, Result
from cardcrm.money import format_money
from cardcrm.reports.offers.suggestions import Suggestion, suggest
from cardcrm.reports.scope import choose_currency
from cardcrm.sheet import Column, Sheet

app = typer.Typer()


@app.command("suggest")
def suggest_products(
    ctx: typer.Context,
    who: Annotated[
        list[str],
        typer.Argument(
            metavar="WHO",
            help="Contact, by name, id, email or phone; needs no quotes.",
            autocompletion=complete_contact,
        ),
    ],
    limit: Top = 10,
    currency: Currency = "",
) -> Result:
    """Suggest products to offer to a contact, with reasons.

    Reorder: the usual interval between orders has passed. Up-sell: a better product of the same
    category. Cross-sell: a product that other buyers of the same products have bought too.

    Examples:
        cardcrm suggest jane

        cardcrm suggest 12 --limit 3 --format json

    """
    session = session_of(ctx)
    contact = session.find_contact(" ".join(who))
    store = session.store()
    code = choose_currency(store, currency)
    today = dates.today(store.locale.zone)
    is_active = contact.status == "active"
    found = suggest(store, contact.id, code, today, limit or None) if is_active else []
    refresh_alerts(session)
    others = note_currencies(store, code)
    if session.format == "table" and found:
        return Result(_draw(found, contact.name), notes=(_EXPLANATION, *others))
    reason = _MISSING if is_active else f"the contact is {contact.status}"
    missing = () if found else (f"nothing to suggest to {contact.name}: {reason}",)
    data = _lay_out(found, contact.name) if session.is_for_people else _list(found)
    return Result(data, notes=(*missing, *others))


_EXPLANATION = "The amount is what the offer brings on average, by how often it has worked so far."


def _draw(found: list[Suggestion], name: str) -> Page:
    from cardcrm.render.digest import format_block
    from cardcrm.render.digest_layout import Block, Entry
    from cardcrm.text import sanitize

    entries = tuple(
        Entry(
            each.kind,
            sanitize(each.product),
            sanitize(each.reason),
            format_money(each.value) if each.value else "",
            "",
            "",
        )
        for each in found
    )
    block = Block(f"Offers for {sanitize(name)}", entries)
    return Page(lambda color, width: format_block(block, color=color, width=width))


_MISSING = (
    "it takes 3 orders of a product for a reorder, a category with a better product for an "
    "up-sell, and 2 other customers with a product in common for a cross-sell"
)


def _lay_out(found: list[Suggestion], name: str) -> Sheet:
    columns = (
        Column("kind", "kind"),
        Column("product", "product", wide=True, min_width=12),
        Column("value", "expected", "right"),
        Column("reason", "because", wide=True, min_width=44),
    )
    rows = [
        (
            each.kind,
            each.product,
            format_money(each.value, code=False) if each.value else "",
            each.reason,
        )
        for each in found
    ]
    title, note = (f"Offers for {name}", _EXPLANATION) if rows else ("", "")
    return Sheet(columns, rows, title, note)


def _list(found: list[Suggestion]) -> Sheet:
    columns = (
        Column("kind", "kind"),
        Column("product_id", "product id", "right"),
        Column("product", "product"),
        Column("reason", "reason"),
        Column("expected_value", "expected", "right", currency="currency"),
        Column("confidence", "confidence", "right"),
    )
    rows = [
        (each.kind, each.product_id, each.product, each.reason, each.value, each.confidence)
        for each in found
    ]
    return Sheet(columns, rows, ids="product_id")
