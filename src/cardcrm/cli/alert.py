"""`alert`: what should be done about customers and products, found in the sales."""

import datetime as dt
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cardcrm import dates
from cardcrm.cli.arguments import complete_from, complete_query, parse_when, session_of
from cardcrm.cli.contact_output import pluralize
from cardcrm.cli.reports.report_options import Rows, count_rows
from cardcrm.cli.result import Page, Result
from cardcrm.cli.session import Session
from cardcrm.errors import UsageError
from cardcrm.money import Money, format_money
from cardcrm.records.sales.dismissal_type import KINDS
from cardcrm.reports.alerts import dismissals
from cardcrm.reports.alerts.alert_data import alert_data, describe_alert
from cardcrm.reports.alerts.alert_queries import Alert, alert_count_query, alert_query
from cardcrm.reports.alerts.alert_table import (
    read_refresh_day,
    refresh_alerts,
    refresh_if_stale,
)
from cardcrm.sheet import Column, Sheet

if TYPE_CHECKING:
    from cardcrm.store import Store

app = typer.Typer()

_NO_LIMIT = 2**31
_HEADS = (
    "id", "kind", "contact_id", "contact", "product_id", "product", "reason", "expected_value",
    "confidence", "raised_on",
)  # fmt: skip


@app.callback()
def alert() -> None:
    """Show what to do about customers and products, as the sales suggest."""


@app.command("list")
def list_alerts(
    ctx: typer.Context,
    query: Annotated[
        list[str],
        typer.Argument(
            metavar="QUERY…",
            help="Contacts, as in `find`; all alerts without a query.",
            autocompletion=complete_query,
        ),
    ] = [],
    kind: Annotated[
        str,
        typer.Option(
            metavar="KIND",
            help=f"Only alerts of one kind: {', '.join(KINDS[:-1])} or {KINDS[-1]}.",
            autocompletion=complete_from(*KINDS),
        ),
    ] = "",
    limit: Rows = None,
) -> Result:
    """List missed reorders, offers, falling revenue and lower margins.

    The most valuable one of each kind comes first. An alert is gone once a sale has answered it,
    after `alert-days` (see `config`), and once it is dismissed.

    Examples:
        cardcrm alert list

        cardcrm alert list owner:ann --kind reorder --format csv

    """
    session = session_of(ctx)
    store = session.store()
    today, days = _today(store), int(session.config.number("alert-days"))
    if kind and kind not in KINDS:
        raise UsageError(f"unknown kind of alert “{kind}”", f"Use {', '.join(KINDS)}.")
    is_fresh = refresh_if_stale(store, today, days)
    most = count_rows(session, limit)
    condition, params = _build_condition(session, query, kind)
    found = store.fetch(alert_query(today, days, most or _NO_LIMIT, condition, params))
    notes = [] if found else ["no alerts"]
    if not is_fresh:
        last = read_refresh_day(store)
        age = f"as of {last}" if last else "not computed yet"
        notes.append(f"the alerts are {age}; to look through all sales: cardcrm alert refresh")
    if not session.is_for_people:
        return Result(_list(found), notes=tuple(notes))
    total = len(found)
    if total == most:
        total = store.fetch(alert_count_query(today, days, condition, params))
    if session.format == "table" and found:
        return Result(_draw(found, total), notes=(*notes, _HINT))
    return Result(_lay_out(found, total), notes=tuple(notes))


_HINT = "To dismiss one: cardcrm alert dismiss ID. The amount is what it may bring or save."


def _draw(found: Sequence[Alert], total: int) -> Page:
    from cardcrm.render.digest import build_alert_entry, format_block
    from cardcrm.render.digest_layout import Block

    entries = tuple(map(build_alert_entry, found))
    block = Block(f"Alerts ({total:,})", entries, _count_rest(found, total))
    return Page(lambda color, width: format_block(block, color=color, width=width))


def _count_rest(found: Sequence[Alert], total: int) -> str:
    rest = total - len(found)
    return f"… and {rest:,} more: --limit 0 shows all" if rest else ""


def _build_condition(
    session: Session, query: Sequence[str], kind: str
) -> tuple[str, tuple[tuple[str, Any], ...]]:
    """Return the condition on the alerts that are asked for, and its parameters."""
    conditions = ["1 = 1"]
    params: dict[str, Any] = {}
    if kind:
        conditions.append("a.kind = :kind")
        params["kind"] = kind
    if query:
        from cardcrm.records.query_sql import contact_query

        store = session.store()
        node = contact_query.parse(store, " ".join(query))
        condition, more = contact_query.compile_query(store, node)
        conditions.append(condition)
        params |= more
    return " AND ".join(conditions), tuple(params.items())


def _today(store: "Store") -> dt.date:
    return dates.today(store.locale.zone)


def _lay_out(found: Sequence[Alert], total: int) -> Sheet:
    columns = (
        Column("id", "id", "right"),
        Column("kind", "kind"),
        Column("who", "about", wide=True, min_width=12),
        Column("value", "value", "right"),
        Column("reason", "because", wide=True, min_width=30),
    )
    rows = [
        (
            f"A{each.id}",
            each.kind,
            each.contact or each.product,
            format_money(Money(each.amount, each.currency), code=False),
            each.what if each.contact_id else each.reason,
        )
        for each in found
    ]
    if not rows:
        return Sheet(columns, rows)
    note = " ".join(filter(None, (_HINT, _count_rest(found, total))))
    return Sheet(columns, rows, f"Alerts ({total:,})", note)


def _list(found: Sequence[Alert]) -> Sheet:
    columns = tuple(
        Column(name, name, currency="currency" if name == "expected_value" else "")
        for name in _HEADS
    )
    rows: list[tuple[Any, ...]] = [
        tuple(alert_data(each)[name] for name in _HEADS) for each in found
    ]
    return Sheet(columns, rows)


@app.command("refresh")
def refresh(ctx: typer.Context) -> Result:
    """Look through all sales for alerts; meant for cron.

    Alerts that are still true keep their number and their age.

    Examples:
        cardcrm alert refresh

        30 5 * * *  cardcrm alert refresh

    """
    session = session_of(ctx)
    store = session.store()
    done = refresh_alerts(store, _today(store), int(session.config.number("alert-days")))
    data = Sheet(
        (
            Column("alert_count", "alerts"),
            Column("added", "added"),
            Column("removed_count", "removed"),
        ),
        [(done.alerts, done.added, done.removed)],
        ids="alert_count",
    )
    message = f"{pluralize(done.alerts, 'alert')}, {done.added:,} new, {done.removed:,} gone"
    return Result(data, message)


@app.command("dismiss")
def dismiss(
    ctx: typer.Context,
    which: Annotated[
        list[str], typer.Argument(metavar="ID…", help="Alerts by id, as `due` shows them: A12.")
    ],
    until: Annotated[
        str,
        typer.Option(
            metavar="WHEN", help=f"Day up to which it is hidden (default: {dismissals.DAYS} days)."
        ),
    ] = "",
) -> Result:
    """Hide alerts that you have dealt with.

    Examples:
        cardcrm alert dismiss A1

        cardcrm alert dismiss A1 A2 --until "in 6 months"

    """
    session = session_of(ctx)
    return dismiss_alerts(session, which, parse_when(session, until).day if until else None)


def dismiss_alerts(session: Session, which: Sequence[str], until: dt.date | None) -> Result:
    """Hide alerts up to a day, or for some months, and report it."""
    store = session.store()
    today = _today(store)
    day = until or today + dt.timedelta(days=dismissals.DAYS)
    found = dismissals.dismiss(store, [_parse_id(each) for each in which], today, day)
    shown = dates.format_day(day, today)
    lines = (f"dismissed {each.kind} until {shown}: {_name(each)}" for each in found)
    return Result(_list(found), "\n".join(lines))


def _name(each: Alert) -> str:
    return f"{each.contact}: {describe_alert(each)}" if each.contact else describe_alert(each)


def _parse_id(word: str) -> int:
    """Return the number of an alert: ``A12``, ``a12`` or ``12``. Raises UsageError."""
    match = re.fullmatch(r"[Aa#]?([0-9]{1,18})", word)
    if match is None:
        raise UsageError(f"invalid alert “{word}”", "Use its id, such as A12: cardcrm alert list")
    return int(match[1])
