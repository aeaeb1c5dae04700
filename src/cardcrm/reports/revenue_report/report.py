"""The rows of a revenue report, each with its share and the change against the time before."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cardcrm.money import Money
from cardcrm.records.query_sql.compiled_segments import InvalidSegment
from cardcrm.reports.revenue_report.comparison import Comparison
from cardcrm.reports.revenue_report.figures import Figures
from cardcrm.text import fold

NO_PRODUCT = "(no product)"


class Group(NamedTuple):
    """The figures of one group; ``id`` is the number of a product or customer."""

    name: str
    figures: Figures
    id: int | None = None
    comparison: Comparison | None = None  # of a period


class GroupSums(NamedTuple):
    """The groups, best first or in the order of time, and the figures of all sales.

    ``number`` is that of all groups, of which a limit may leave out some. ``invalid`` segments have
    no group.
    """

    groups: Sequence[Group]
    total: Figures
    number: int
    invalid: tuple[InvalidSegment, ...] = ()


class RevenueRow(NamedTuple):
    """One row: revenue, and how it is made up, in one currency.

    ``net`` is the revenue without its tax where that is known; revenue = net + tax +
    ``tax_unknown``. ``margin`` is that of sales of known cost. ``before`` is None without a time
    before, or where it lies before the first sale. ``is_over`` is false for a period that will go
    on.
    """

    name: str
    id: int | None
    revenue: Money
    net: Money | None
    tax: Money | None
    tax_unknown: Money
    share: float | None
    sales: int
    refunds: Money
    margin: Money | None
    before: Money | None
    is_over: bool = True

    @property
    def change(self) -> float | None:
        """The growth since the time before; None unless that had revenue above 0."""
        if self.before is None or self.before.minor <= 0:
            return None
        return self.revenue.minor / self.before.minor - 1


class RevenueReport(NamedTuple):
    """The rows, their total, and the days that they are about.

    ``groups`` is the number of all rows, of which some may be left out. The groups that are
    ``is_overlapping`` may share customers. ``first_sale`` is the first day with an order.
    ``invalid`` segments are left out.
    """

    rows: tuple[RevenueRow, ...]
    total: RevenueRow
    comparison: Comparison
    groups: int
    is_overlapping: bool = False
    first_sale: str = ""
    invalid: tuple[InvalidSegment, ...] = ()


def build_rows(
    groups: Iterable[Group], total: Figures, currency: str, comparison: Comparison, first_sale: str
) -> tuple[RevenueRow, ...]:
    """Return the rows of groups in their order."""
    return tuple(
        build_row(each, total, currency, each.comparison or comparison, first_sale)
        for each in groups
    )


def build_row(
    group: Group, total: Figures, currency: str, comparison: Comparison, first_sale: str
) -> RevenueRow:
    """Return the row of a group with its share of the total."""
    sums = group.figures

    def money(minor: int | None) -> Money | None:
        return None if minor is None else Money(minor, currency)

    before = comparison.before
    has_before = before is not None and bool(first_sale) and before.last.isoformat() >= first_sale
    return RevenueRow(
        group.name,
        group.id,
        Money(sums.revenue, currency),
        money(sums.net),
        money(sums.tax),
        Money(sums.untaxed, currency),
        sums.revenue / total.revenue if total.revenue > 0 else None,
        sums.sales,
        Money(sums.refunds, currency),
        money(sums.margin),
        Money(sums.before, currency) if has_before else None,
        comparison.is_over,
    )


def rank_groups(groups: Sequence[Group]) -> list[Group]:
    """Return groups by revenue, ties by name; groups without a sale now or before are left out."""
    found = [each for each in groups if not each.figures.is_empty]
    return sorted(
        found, key=lambda each: (-each.figures.revenue, fold(each.name), each.name, each.id or 0)
    )
