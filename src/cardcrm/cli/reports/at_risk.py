"""`report at-risk`: the most likely lost customers, by the value at risk."""

from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import parse_when, session_of
from cardcrm.cli.bulk_edit import DryRun, Yes, confirm_bulk
from cardcrm.cli.contact_output import pluralize
from cardcrm.cli.reports.currency_notes import note_currencies
from cardcrm.cli.reports.report_options import ReportOptions, add_options
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.errors import UsageError
from cardcrm.money import format_money
from cardcrm.percent import format_percent
from cardcrm.reports.charts import build_risk_chart
from cardcrm.reports.habits import MIN_PURCHASES
from cardcrm.reports.retention.at_risk import Risk, report_risks
from cardcrm.sheet import Cell, Column, Sheet

if TYPE_CHECKING:
    from cardcrm.dates import DayTime
    from cardcrm.reports.scope import Scope
    from cardcrm.store import Store

app = typer.Typer()

COLUMNS = (
    Column("id", "id", "right"),
    Column("name", "customer", wide=True, min_width=12, wrapped=True),
    Column("value_at_risk", "at risk", "right", currency="currency"),
    Column("yearly_revenue", "paid a year", "right", currency="currency"),
    Column("p_active", "active", "right", digits=6),
    Column("basis", "by"),
    Column("usual_days", "usual days", "right"),
    Column("silent_days", "silent days", "right"),
    Column("last_sale", "last"),
    Column("purchases", "purchases", "right"),
    Column("reason", "buys", wide=True, min_width=16, wrapped=True),
)
_FOR_PEOPLE = ("id", "name", "value_at_risk", "p_active", "basis", "reason")
_NOTE = (
    "at risk: what the customer paid in a year × (1 − probability of being active). Listed are "
    f"customers of {MIN_PURCHASES} purchases or more. By habit, those are likely lost who are "
    "silent for more than twice their usual interval; by model, those who are less than 50% likely "
    "to be active"
)


@app.command("at-risk")
@add_options("top", "where", "currency")
def at_risk(
    ctx: typer.Context,
    options: ReportOptions,
    when: Annotated[
        list[str], typer.Argument(metavar="[WHEN]", help="When the reminders are due.")
    ] = [],
    remind: Annotated[
        bool,
        typer.Option("--remind", help="Add a reminder for each, due WHEN (default: today)."),
    ] = False,
    save: Annotated[
        str, typer.Option("--save", metavar="SEGMENT", help="Save these customers as a segment.")
    ] = "",
    yes: Yes = False,
    dry_run: DryRun = False,
) -> Result:
    """List the customers who are most likely lost, by the value at risk.

    Each has its reason: the usual days between purchases, and the days of silence. Three purchases
    make a habit. A customer who has such a reminder already gets no second one.

    Examples:
        cardcrm report at-risk

        cardcrm report at-risk --remind fri

        cardcrm report at-risk --limit 50 --save win-back

    """
    session = session_of(ctx)
    if when and not remind:
        raise UsageError(f"unexpected argument “{' '.join(when)}”", "To add reminders: --remind.")
    due = parse_when(session, " ".join(when) or "today") if remind else None
    scope = options.read_scope(session)
    store = session.store()
    found = report_risks(store, scope, options.most and options.most + 1)
    risks = found[: options.most]
    notes = (
        *_note_cut(len(risks), len(found)),
        *_note_model(store, scope),
        *note_currencies(store, scope.currency),
    )
    if not risks:
        none = (
            f"no customer is likely lost: it takes {MIN_PURCHASES} purchases to know a habit, and "
            "a silence of more than twice the usual interval"
        )
        return Result(Sheet(COLUMNS, ()), notes=(none, *notes))
    if (due or save) and not dry_run:
        notes = (*_follow_up(session, risks, due, save, yes=yes), *notes)
    elif dry_run and due:
        notes = (f"would add {pluralize(_count_new(session, risks), 'reminder')}", *notes)
    is_table = session.is_for_people
    return Result(
        _table(risks) if is_table else Sheet(COLUMNS, [_row(each) for each in risks]),
        notes=notes,
        charts=(build_risk_chart(risks, scope.currency),),
    )


def _note_cut(shown: int, found: int) -> tuple[str, ...]:
    return (f"shown: the first {shown:,}; --limit 0 shows all",) if shown < found else ()


def _note_model(store: "Store", scope: "Scope") -> tuple[str, ...]:
    """Return why a stored model decides nothing; empty for a proven one, or without any."""
    from cardcrm.reports.lifetime_model.backtest_result import explain_result
    from cardcrm.reports.lifetime_model.model_table import load_recent_model

    model = load_recent_model(store, scope.currency, scope.today)
    reason = explain_result(model.backtest) if model else ""
    return (f"customers are judged by their own habit: {reason}",) if reason else ()


def _count_new(session: Session, risks: list[Risk]) -> int:
    from cardcrm.records.activity.win_back import without_reminder

    return len(without_reminder(session.store(), [each.contact_id for each in risks]))


def _follow_up(
    session: Session, risks: list[Risk], due: "DayTime | None", segment: str, *, yes: bool
) -> tuple[str, ...]:
    """Add the reminders and the segment; return what was added in words."""
    from cardcrm.records.activity.win_back import follow_up, without_reminder
    from cardcrm.records.contacts.contact_type import CONTACT

    store = session.store()
    ids = [each.contact_id for each in risks]
    if due:
        wanted = without_reminder(store, ids)
        confirm_bulk(session, wanted, CONTACT, yes=yes, verb="add a reminder for")
    made = follow_up(store, {each.contact_id: each.reason for each in risks}, due, segment)
    notes = []
    if due:
        from cardcrm import dates

        day = dates.format_day(due.day, dates.today(store.locale.zone))
        known = len(ids) - len(made.reminders)
        also = f"; {known} had one already" if known else ""
        notes.append(f"added {pluralize(len(made.reminders), 'reminder')}, due {day}{also}")
    if made.segment:
        name = made.segment.segment.name
        notes.append(f"saved the segment {name}: {pluralize(made.segment.size, 'contact')}")
    return tuple(notes)


def _row(each: Risk) -> tuple[Cell, ...]:
    return (
        each.contact_id,
        each.name,
        each.value_at_risk,
        each.yearly_revenue,
        each.p_active,
        each.basis,
        each.usual_days,
        each.silent_days,
        each.last_on,
        each.purchases,
        each.reason,
    )


def _table(risks: list[Risk]) -> Sheet:
    """Return the customers for people, which fits a terminal of 80 columns."""
    heads = tuple(each for each in COLUMNS if each.key in _FOR_PEOPLE)
    rows: list[tuple[Cell, ...]] = [
        (
            each.contact_id,
            each.name,
            format_money(each.value_at_risk, code=False),
            format_percent(each.p_active, 0),
            each.basis,
            each.short_reason,
        )
        for each in risks
    ]
    title = f"Most likely lost customers by value at risk, in {risks[0].value_at_risk.currency}"
    return Sheet(heads, rows, title, _NOTE)
