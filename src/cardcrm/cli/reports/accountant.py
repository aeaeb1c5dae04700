"""`report accountant`: a month of invoices, payments and refunds, for the accountant."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cardcrm.cli.arguments import session_of
from cardcrm.cli.reports.report_options import ReportOptions, add_options, read_month
from cardcrm.cli.result import Result
from cardcrm.sheet import Card, Cell, Column, Line, Section, Sheet

if TYPE_CHECKING:
    from cardcrm.reports.invoices.accountant_month import (
        AccountantMonth,
        Document,
        NewContact,
        Total,
    )

app = typer.Typer()

_MAX_NAMES = 20  # contacts that people see; programs get all
_AMOUNTS = tuple(Column(key, key, "right", currency="currency") for key in ("net", "tax", "amount"))
_SUMMARY = (
    Column("section", "section"),
    Column("age_group", "age"),
    Column("tax_rate", "tax %", "right", digits=1),
    Column("document_count", "number", "right"),
    *_AMOUNTS,
)
_DOCUMENTS = (
    Column("section", "section"),
    Column("on", "date"),
    Column("number", "number"),
    Column("contact_id", "contact", "right"),
    Column("contact", "name", wide=True),
    Column("due", "due"),
    Column("days_overdue", "overdue", "right"),
    Column("age_group", "age"),
    Column("tax_rate", "tax %", "right", digits=1),
    *_AMOUNTS,
)


@app.command("accountant")
@add_options()
def accountant(
    ctx: typer.Context,
    options: ReportOptions,  # noqa: ARG001 - it has --html
    month: Annotated[
        str, typer.Option(metavar="MONTH", help="A month such as 2026-10 (default: the last one).")
    ] = "",
    rows: Annotated[
        bool, typer.Option("--rows", help="List the documents behind the totals.")
    ] = False,
) -> Result:
    """Show a month for the accountant: invoices issued, paid and open, and refunds.

    Amounts are added up by currency and, where the tax is known, by tax rate. Amounts still open at
    the end of the month are grouped by days overdue. New and removed contacts follow.

    Examples:
        cardcrm report accountant --month 2026-10 --format markdown

        cardcrm report accountant --month 2026-10 --rows --format csv

    """
    from cardcrm import dates
    from cardcrm.reports.invoices.accountant_month import gather_month

    store = session_of(ctx).store()
    today = dates.today(store.locale.zone)
    first, last = read_month(store, month, today) if month.strip() else _find_last_month(today)
    found = gather_month(store, first, last)
    if rows:
        empty = f"no invoices, payments or refunds in {first:%Y-%m}"
        sheet = Sheet(_DOCUMENTS, list(map(_document_cells, found.documents)), ids="number")
        return Result(sheet, notes=() if found.documents else (empty,))
    return Result(_build_card(found))


def _find_last_month(today: dt.date) -> tuple[dt.date, dt.date]:
    """Return the first and last day of the month before."""
    last = today.replace(day=1) - dt.timedelta(days=1)
    return last.replace(day=1), last


def _build_card(found: "AccountantMonth") -> Card:
    from cardcrm.reports.invoices.accountant_month import OPEN

    booked = [each for each in found.totals if each.section != OPEN]
    still = [each for each in found.totals if each.section == OPEN]
    sections = (
        _section("Invoices, payments and refunds", booked, without=("age_group",)),
        _section(f"Open on {found.last}", still, without=("tax_rate", "net", "tax", "section")),
        _name_contacts("New contacts", found.added),
        _name_contacts("First purchases", found.first_buyers),
    )
    facts = (
        ("new contacts", f"{len(found.added):,}"),
        ("first purchases", f"{len(found.first_buyers):,}"),
        ("removed contacts", f"{found.removed:,}"),
    )
    return Card(
        title=f"{found.first:%Y-%m}",
        subtitle=f"{found.first} to {found.last}",
        facts=facts,
        sections=tuple(filter(None, sections)),
        data=_build_data(found),
        row=Sheet(_SUMMARY, list(map(_total_cells, found.totals))),
    )


def _section(title: str, totals: "Sequence[Total]", without: Sequence[str]) -> Section | None:
    """Return totals as a section without some columns, None without any."""
    if not totals:
        return None
    places = [at for at, each in enumerate(_SUMMARY) if each.key not in without]
    cells = [tuple(_total_cells(each)[at] for at in places) for each in totals]
    return Section(title, sheet=Sheet(tuple(_SUMMARY[at] for at in places), cells))


def _name_contacts(title: str, contacts: "Sequence[NewContact]") -> Section | None:
    if not contacts:
        return None
    lines = tuple(
        Line("", each.on.isoformat(), f"{each.id} {each.name}") for each in contacts[:_MAX_NAMES]
    )
    left = len(contacts) - len(lines)
    return Section(title, lines, note=f"and {left:,} more" if left else "")


def _total_cells(total: "Total") -> tuple[Cell, ...]:
    return (
        total.section, total.age_group or None, total.tax_rate, total.document_count, total.net,
        total.tax, total.amount,
    )  # fmt: skip


def _document_cells(each: "Document") -> tuple[Cell, ...]:
    return (
        each.section, each.on, each.number or None, each.contact_id, each.contact, each.due,
        each.days_overdue, each.age_group or None, each.tax_rate, each.net, each.tax, each.amount,
    )  # fmt: skip


def _build_data(found: "AccountantMonth") -> dict[str, Any]:
    return {
        "month": f"{found.first:%Y-%m}",
        "since": found.first,
        "until": found.last,
        "summary": list(_list_objects(_SUMMARY, map(_total_cells, found.totals))),
        "documents": list(_list_objects(_DOCUMENTS, map(_document_cells, found.documents))),
        "new_contacts": [each._asdict() for each in found.added],
        "first_buyers": [each._asdict() for each in found.first_buyers],
        "removed_contacts": found.removed,
    }


def _list_objects(
    columns: tuple[Column, ...], rows: Iterable[tuple[Cell, ...]]
) -> Iterator[dict[str, Cell]]:
    keys = [each.key for each in columns]
    return (dict(zip(keys, row, strict=True)) for row in rows)
