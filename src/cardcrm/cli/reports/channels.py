"""`report channels`: answer rates by channel, weekday and hour, and the best time to call."""

from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import complete_contact, complete_from, session_of
from cardcrm.cli.contact_output import pluralize
from cardcrm.cli.reports.report_options import ReportOptions, add_options
from cardcrm.cli.result import Result
from cardcrm.percent import format_percent
from cardcrm.sheet import Cell, Column, Sheet

if TYPE_CHECKING:
    from cardcrm.chart import Chart
    from cardcrm.reports.behavior.answer_rates import AnswerRate, AnswerReport
    from cardcrm.reports.behavior.attempts import Tally
    from cardcrm.reports.scope import Scope
    from cardcrm.store import Store

app = typer.Typer()

_ALL = "all contacts"
_CHANNELS = ("call", "mail", "message", "meeting", "visit")


Who = Annotated[
    list[str],
    typer.Argument(
        metavar="WHO",
        help="One contact; all of them without WHO.",
        autocompletion=complete_contact,
    ),
]
ChannelName = Annotated[
    str,
    typer.Option(
        metavar="CHANNEL",
        help="Channel of the weekdays and hours: call, mail, message, meeting or visit.",
        autocompletion=complete_from(*_CHANNELS),
    ),
]
ReplyDays = Annotated[
    int,
    typer.Option(
        metavar="N", help="Days within which a mail or message is answered.", min=0, max=365
    ),
]


@app.command("channels")
@add_options("since", "until", "where")
def channels(
    ctx: typer.Context,
    options: ReportOptions,
    who: Who = [],
    channel: ChannelName = "call",
    reply_days: ReplyDays = 7,
) -> Result:
    """Show answer rates by channel, weekday and hour, and the best time to call.

    An attempt is an interaction that is not incoming. A call, meeting or visit is answered unless
    it is marked “no answer”; a mail or message is answered if the contact got in touch within 7
    days. Expected rates are drawn towards the usual rate, so that 1 of 1 is not 100%.

    Examples:
        cardcrm report channels

        cardcrm report channels jane

        cardcrm report channels --channel mail --where tag:vip

    """
    from cardcrm.records.activity.interaction_type import KIND
    from cardcrm.reports.behavior.answer_rates import build_rates

    session = session_of(ctx)
    channel = KIND.normalize(channel)
    store, scope = session.store(), options.read_scope(session)
    contact = session.find_contact(" ".join(who)) if who else None
    everyone = _read(store, scope, None, reply_days)
    if contact is None:
        found, about = build_rates(everyone, channel), _ALL
    else:
        own = _read(store, scope, contact.id, reply_days)
        found, about = build_rates(own, channel, everyone), contact.name
    if not found.rows:
        return Result(_to_sheet(found), notes=_explain_none(found, about))
    sheet = _to_table(found, f"Answers, {about}") if session.is_for_people else _to_sheet(found)
    return Result(sheet, notes=_explain(found, about, reply_days), charts=_draw(found))


def _read(store: "Store", scope: "Scope", contact_id: int | None, reply_days: int) -> "list[Tally]":
    from cardcrm.reports.behavior.attempts import read_tallies

    return read_tallies(store, scope, contact_id=contact_id, reply_days=reply_days)


def _to_sheet(found: "AnswerReport") -> Sheet:
    """Return the rates for programs."""
    columns = (
        Column("by", "by"),
        Column("name", "name"),
        Column("interaction_count", "interactions"),
        Column("interaction_share", "share", digits=6),
        Column("incoming", "incoming"),
        Column("attempts", "attempts"),
        Column("answered", "answered"),
        Column("answer_rate", "rate", digits=6),
        Column("low", "low", digits=6),
        Column("high", "high", digits=6),
        Column("expected_rate", "expected", digits=6),
    )
    totals = Counter[str]()
    for each in found.rows:
        totals[each.by] += each.counts.interactions
    rows = [_row(each, totals[each.by]) for each in found.rows]
    return Sheet(columns, rows, ids="name")


def _row(each: "AnswerRate", interactions: int) -> tuple[Cell, ...]:
    """Return the figures of a rate among all interactions by channel, weekday or hour."""
    interval = each.interval
    low, high = (interval.low, interval.high) if interval else (None, None)
    first, *counts = each.counts
    share = first / interactions if interactions else None
    return (each.by, each.name, first, share, *counts, each.rate, low, high, each.expected)


def _to_table(found: "AnswerReport", title: str) -> Sheet:
    """Return the rates for people, which fit a terminal of 80 columns."""
    columns = (
        Column("name", "", wide=True, min_width=15),
        Column("interactions", "in all", "right"),
        Column("incoming", "incoming", "right"),
        Column("attempts", "attempts", "right"),
        Column("answered", "answered", "right"),
        Column("rate", "rate", "right"),
        Column("interval", "interval", "right"),
        Column("expected", "expected", "right"),
    )
    rows = [_table_row(each, found.channel) for each in found.rows]
    return Sheet(columns, rows, title, ids="name")


def _table_row(each: "AnswerRate", channel: str) -> tuple[Cell, ...]:
    interval, counts = each.interval, each.counts
    return (
        each.name if each.by == "channel" else f"{channel}, {each.name}",
        f"{counts.interactions:,}",
        f"{counts.incoming:,}",
        f"{counts.attempts:,}",
        f"{counts.answered:,}",
        format_percent(each.rate, 0),
        f"{interval.low:.0%}–{interval.high:.0%}" if interval else "",
        format_percent(each.expected, 0),
    )


def _explain_none(found: "AnswerReport", about: str) -> tuple[str, ...]:
    """Return why there are no rows, and the best time with all contacts, if there is one."""
    from cardcrm.reports.behavior.best_times import describe_best_time

    best = describe_best_time(found)
    who = "" if about == _ALL else f" with {about}"
    none = f"no interactions{who} yet: cardcrm log WHO TEXT --kind call"
    return (none, f"best time to reach {_ALL}: {best}") if best else (none,)


def _explain(found: "AnswerReport", about: str, reply_days: int) -> tuple[str, ...]:
    from cardcrm.reports.behavior.answer_rates import MIN_ATTEMPTS
    from cardcrm.reports.behavior.best_times import describe_best_time, explain_no_best_time

    best = describe_best_time(found)
    what = "call" if found.channel == "call" else f"try a {found.channel}"
    return (
        f"best time to {what}, {about}: {best}" if best else explain_no_best_time(found.channel),
        f"a rate needs {MIN_ATTEMPTS} attempts; its interval is that of 95%",
        f"expected: (answered + {MIN_ATTEMPTS} × usual rate) / (attempts + {MIN_ATTEMPTS})",
        f"mails and messages count as answered within {pluralize(reply_days, 'day')}",
    )


def _draw(found: "AnswerReport") -> "tuple[Chart, ...]":
    from cardcrm.chart import BarChart
    from cardcrm.reports.charts import build_answer_map

    if not found.rows:
        return ()
    mix = BarChart(
        "Interactions by channel",
        tuple(each.name for each in found.rows if each.by == "channel"),
        tuple(float(each.counts.interactions) for each in found.rows if each.by == "channel"),
    )
    answers = build_answer_map(found)
    return (mix, answers) if answers else (mix,)
