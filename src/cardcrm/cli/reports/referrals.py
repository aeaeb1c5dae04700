"""`report referrals`: who brought whom, and what each branch is worth."""

from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import complete_contact, session_of
from cardcrm.cli.reports.currency_notes import note_currencies
from cardcrm.cli.reports.report_options import ReportOptions, add_options
from cardcrm.cli.result import Result
from cardcrm.money import format_money
from cardcrm.sheet import Cell, Column, Sheet
from cardcrm.text import pluralize, sanitize

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cardcrm.reports.partners.referrals import Referral

app = typer.Typer()

_NONE_YET = 'no referrals yet: cardcrm edit WHO --relation "referred by=WHO"'
_DEFINITIONS = (
    "value: what the contact and its organization paid; "
    "worth: what the contacts that it referred paid, directly or through others"
)


@app.command("referrals")
@add_options("limit", "currency")
def referrals(
    ctx: typer.Context,
    options: ReportOptions,
    who: Annotated[
        list[str],
        typer.Argument(
            metavar="[WHO…]",
            help="Only the branch of this contact.",
            autocompletion=complete_contact,
        ),
    ] = [],
) -> Result:
    """Show the referrals between contacts, and what the referred contacts are worth.

    The relation “referred by” says who referred a contact. The tree with the highest worth comes
    first.

    Examples:
        cardcrm report referrals

        cardcrm report referrals ingrid --json

    """
    from cardcrm.reports.partners.referrals import build_referrals

    session = session_of(ctx)
    store = session.store()
    scope = options.read_scope(session)
    contact = session.find_contact(" ".join(who)) if who else None
    found = build_referrals(store, scope.currency, contact.id if contact else None)
    shown = found.rows[: options.count_rows(session)]
    sheet = _to_table(shown, scope.currency) if session.is_for_people else _to_sheet(shown)
    empty = f"{contact.name} has no referrals" if contact else _NONE_YET
    left = len(found.rows) - len(shown)
    notes = [_DEFINITIONS] if shown else [empty]
    if left and session.is_for_people:
        notes.append(f"{left:,} more; --limit 0 shows all")
    return Result(
        sheet,
        notes=(*notes, *note_currencies(store, scope.currency)),
        warnings=_describe_circles(found.circles),
    )


def _describe_circles(circles: "Sequence[int]") -> tuple[str, ...]:
    """Return a warning about circles of referrals that were cut."""
    if not circles:
        return ()
    ids = ", ".join(map(str, circles))
    return (
        f"{pluralize(len(circles), 'circle')} of referrals, cut at contact {ids}: remove a "
        "relation with cardcrm edit WHO --remove",
    )


def _to_sheet(found: "Sequence[Referral]") -> Sheet:
    """Return the contacts for programs."""
    columns = (
        Column("id", "id", "right"),
        Column("contact", "contact"),
        Column("depth", "depth", "right"),
        Column("referrer_id", "brought by", "right"),
        Column("value", "value", "right", currency="currency"),
        Column("brought", "brought", "right"),
        Column("all_brought", "in all", "right"),
        Column("worth", "worth", "right", currency="currency"),
    )
    return Sheet(columns, [tuple(each) for each in found])


def _to_table(found: "Sequence[Referral]", currency: str) -> Sheet:
    """Return the contacts for people, each indented below the one who brought it."""
    columns = (
        Column("contact", "contact", wide=True, min_width=20),
        Column("brought", "brought", "right"),
        Column("all", "in all", "right"),
        Column("value", "value", "right"),
        Column("worth", "worth", "right"),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            "  " * each.depth + sanitize(each.name),
            each.direct or "",
            each.all_brought or "",
            format_money(each.value, code=False),
            format_money(each.worth, code=False) if each.all_brought else "",
        )
        for each in found
    ]
    title = f"Referrals, in {currency}" if found else ""
    return Sheet(columns, rows, title, ids="contact")
