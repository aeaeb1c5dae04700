"""Lay out the forecast of open deals by month."""

from typing import TYPE_CHECKING

from cardcrm.cli.contact_output import pluralize
from cardcrm.money import Money, format_money
from cardcrm.sheet import Cell, Column, Section, Sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cardcrm.reports.pipeline.deal_forecast import DealMonth

_NO_DAY = "no date"


def build_section(months: "Sequence[DealMonth]", group: str = "") -> Section:
    """Return the open deals by month, and perhaps by owner or team, for people."""
    has_currencies = len({each.currency for each in months}) > 1
    columns = (
        Column("month", "close"),
        *((Column(group, group, wide=True),) if group else ()),
        *((Column("currency", "in"),) if has_currencies else ()),
        Column("deals", "deals", "right"),
        Column("weighted", "weighted", "right"),
        Column("low", "low", "right"),
        Column("high", "high", "right"),
        Column("commit", "commit", "right"),
        Column("best_case", "best case", "right"),
    )
    rows = [_row(each, has_group=bool(group), has_currencies=has_currencies) for each in months]
    currency = "" if has_currencies else f", in {months[0].currency}"
    title = f"Open deals by expected close{currency}"
    return Section(title, sheet=Sheet(columns, rows, ids="month"), note=_describe(months))


def _row(each: "DealMonth", *, has_group: bool, has_currencies: bool) -> tuple[Cell, ...]:
    amounts = (each.weighted, each.low, each.high, each.commit, each.best_case)
    return (
        (each.month or _NO_DAY) + (" !" if each.has_passed else ""),
        *((each.group,) if has_group else ()),
        *((each.currency,) if has_currencies else ()),
        f"{each.deals:,}",
        *(format_money(Money(minor, each.currency), code=False) for minor in amounts),
    )


def _describe(months: "Sequence[DealMonth]") -> str:
    """Return the sum of all months by currency."""
    sums: dict[str, int] = {}
    for each in months:
        sums[each.currency] = sums.get(each.currency, 0) + each.weighted
    amounts = ", ".join(format_money(Money(minor, code)) for code, minor in sums.items())
    return f"weighted in all: {amounts}"


def explain_deals(months: "Sequence[DealMonth]", percent: int, commit: int) -> tuple[str, ...]:
    """Return what the figures mean, and which deals lack a fact."""
    lines = [
        f"weighted: amount × probability; low and high: {percent}% of 10,000 draws of the deals; "
        f"commit: those of {commit}% and more; best case: all of them"
    ]
    passed = sum(each.deals for each in months if each.has_passed)
    if passed:
        lines.append(
            f"!: {pluralize(passed, 'open deal')} should have closed in a month that is over; "
            "see cardcrm deal list 'close<today'"
        )
    empty = sum(each.without_amount for each in months)
    if empty:
        lines.append(f"{pluralize(empty, 'deal')} without an amount, which adds nothing")
    return tuple(lines)
