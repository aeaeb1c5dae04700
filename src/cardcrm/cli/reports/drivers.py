"""`report drivers`: the fields, tags, sources and behaviors in which contacts differ."""

from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import complete_query, session_of
from cardcrm.cli.contact_output import pluralize
from cardcrm.cli.reports.currency_notes import note_currencies
from cardcrm.cli.reports.report_options import ReportOptions, add_options, read_scope
from cardcrm.cli.result import Result
from cardcrm.sheet import Cell, Column, Sheet

if TYPE_CHECKING:
    from cardcrm.chart import BarChart
    from cardcrm.reports.drivers.drivers import Driver, DriverReport

app = typer.Typer()

_SHOWN = 12  # bars of the chart


Target = Annotated[
    list[str],
    typer.Argument(
        metavar="TARGET…",
        help="lapsed, high-value, bought:PRODUCT, or any query.",
        autocompletion=complete_query,
    ),
]
Where = Annotated[
    str,
    typer.Option(
        metavar="QUERY",
        help="Compare only contacts that match a query.",
        autocompletion=complete_query,
    ),
]
All = Annotated[bool, typer.Option("--all", help="Also show differences that may be chance.")]


@app.command("drivers")
@add_options("limit", "currency")
def drivers(
    ctx: typer.Context,
    options: ReportOptions,
    words: Target,
    where: Where = "",
    all_: All = False,
) -> Result:
    """Show the fields, tags, sources and behaviors that set a target apart.

    Lapsed customers have no order in the last 12 months; high-value customers are the fifth with
    the highest revenue. Both and bought:PRODUCT are compared with the other customers, a query with
    all other contacts. A difference shows where to look; it does not prove a cause.

    Examples:
        cardcrm report drivers lapsed

        cardcrm report drivers high-value --all

        cardcrm report drivers tag:vip --where kind:person

    """
    from cardcrm.reports.drivers.drivers import build_drivers

    session = session_of(ctx)
    scope = read_scope(session, options.currency, where)
    found = build_drivers(session.store(), scope, " ".join(words))
    chosen = found.drivers if all_ else found.significant
    shown = chosen[: options.count_rows(session)]
    is_program = not session.is_for_people
    sheet = _to_sheet(shown) if is_program or not shown else _to_table(found, shown)
    charts = (_draw(found, shown),) if shown else ()
    notes = (
        *_explain(found, shown, len(chosen)),
        *note_currencies(session.store(), scope.currency),
    )
    return Result(sheet, notes=notes, charts=charts)


def _to_sheet(shown: "tuple[Driver, ...]") -> Sheet:
    """Return the factors for programs."""
    columns = (
        Column("factor", "factor"),
        Column("measure", "measure"),
        Column("target", "target", digits=6),
        Column("others", "others", digits=6),
        Column("effect", "effect", digits=6),
        Column("low", "low", digits=6),
        Column("high", "high", digits=6),
        Column("p_value", "p", digits=6),
        Column("adjusted_p_value", "adjusted p", digits=6),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            each.name,
            each.measure,
            each.target,
            each.others,
            each.effect.size,
            *each.effect.interval,
            each.effect.p_value,
            each.adjusted,
        )
        for each in shown
    ]
    return Sheet(columns, rows, ids="factor")


def _to_table(found: "DriverReport", shown: "tuple[Driver, ...]") -> Sheet:
    """Return the factors for people, which fit a terminal of 80 columns."""
    columns = (
        Column("factor", "factor", wide=True, min_width=16, wrapped=True),
        Column("target", "target", "right"),
        Column("others", "others", "right"),
        Column("effect", "effect", "right"),
        Column("interval", "95% interval", "right"),
        Column("p", "adjusted p", "right"),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            each.name,
            _format(each, each.target),
            _format(each, each.others),
            f"{each.effect.size * 100:+.0f}",
            f"{each.effect.interval.low * 100:+.0f} to {each.effect.interval.high * 100:+.0f}",
            "<0.001" if each.adjusted < 0.001 else f"{each.adjusted:.3f}",
        )
        for each in shown
    ]
    title = (
        f"{found.size:,} {found.target.words} against {found.other_size:,} {found.target.others}"
    )
    return Sheet(columns, rows, title, ids="factor")


def _format(each: "Driver", value: float) -> str:
    return f"{value:.0%}" if each.is_share else f"{value:,.10g}"


def _explain(found: "DriverReport", shown: "tuple[Driver, ...]", number: int) -> tuple[str, ...]:
    """Return the notes on the factors that are shown, of a number of them."""
    if found.reason:
        return (found.reason,)
    compared = pluralize(len(found.drivers), "factor")
    if not number:
        return (f"no difference is larger than chance would make it; {compared} were compared",)
    lines = [_describe(found, shown[0])] if shown[0].is_significant else []
    if any(each.is_share for each in shown):
        lines.append("effect of a share: the difference in percentage points")
    if not all(each.is_share for each in shown):
        lines.append(
            "figures without % are medians; their effect: of 100 pairs of one contact from each "
            "group, those in which the target has more, minus those in which it has less"
        )
    lines.append(
        f"adjusted p: how often chance alone makes such a difference among {compared} "
        "(Benjamini–Hochberg)"
    )
    if len(shown) < number:
        lines.append(f"{number - len(shown):,} more: --limit 0 shows all")
    return tuple(lines)


def _describe(found: "DriverReport", each: "Driver") -> str:
    """Return the largest difference in a sentence."""
    target, others = _format(each, each.target), _format(each, each.others)
    words = found.target
    if each.is_share:
        return (
            f"largest difference: {each.name}, {target} of the {words.words} against {others} of "
            f"the {words.others}"
        )
    return (
        f"largest difference: {each.name}, a median of {target} for the {words.words} against "
        f"{others} for the {words.others}"
    )


def _draw(found: "DriverReport", shown: "tuple[Driver, ...]") -> "BarChart":
    from cardcrm.chart import BarChart

    first = shown[:_SHOWN]
    return BarChart(
        f"Largest differences of {found.target.words}",
        tuple(each.name for each in first),
        tuple(each.effect.size for each in first),
        "%",
    )
