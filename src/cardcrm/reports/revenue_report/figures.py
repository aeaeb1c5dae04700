"""The figures of a row of revenue: sums in minor units, gathered by SQL.

The amount of a sale contains its tax: revenue = net + tax + revenue whose tax is unknown. The
margin is that of sales whose cost is known, see `records.sales.margin`.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from cardcrm.records.sales.margin import build_margin
from cardcrm.reports.product_sales.line_sql import COST
from cardcrm.reports.revenue_report.comparison import Comparison, Days

_NO_DAYS = ("9999-12-31", "0001-01-01")


class Figures(NamedTuple):
    """Sums in minor units; the ``margin`` and the ``tax`` are None where none is known.

    ``untaxed`` is the revenue whose tax is unknown, and ``before`` the revenue of the time before.
    """

    revenue: int = 0
    sales: int = 0
    refunds: int = 0
    margin: int | None = None
    tax: int | None = None
    untaxed: int = 0
    before: int = 0

    @property
    def net(self) -> int | None:
        """The revenue whose tax is known, without that tax."""
        return None if self.tax is None else self.revenue - self.untaxed - self.tax

    @property
    def is_empty(self) -> bool:
        """True without a sale, now or before."""
        return not (self.sales or self.revenue or self.before)


_NOW = "s.on_date BETWEEN :first AND :last"
_BEFORE = "s.on_date BETWEEN :before_first AND :before_last"


def _build_sums(amount: str, cost: str, tax: str, sales: str) -> str:
    """Return the SQL of `Figures`; the parameters are those of `day_params`."""
    return (
        f"sum(CASE WHEN {_NOW} THEN {amount} ELSE 0 END) AS revenue, "
        f"{sales} AS sales, "
        f"sum(CASE WHEN {_NOW} AND {amount} < 0 THEN {amount} ELSE 0 END) AS refunds, "
        f"sum(CASE WHEN {_NOW} THEN {build_margin(amount, cost)} END) AS margin, "
        f"sum(CASE WHEN {_NOW} THEN {tax} END) AS tax, "
        f"sum(CASE WHEN {_NOW} AND {tax} IS NULL THEN {amount} ELSE 0 END) AS untaxed, "
        f"sum(CASE WHEN {_BEFORE} THEN {amount} ELSE 0 END) AS before_sum"
    )


# The SQL of `Figures` over sales ``s``, and over their lines ``l``.
OF_SALES = _build_sums("s.amount", "s.cost", "s.tax", f"sum(CASE WHEN {_NOW} THEN 1 ELSE 0 END)")
OF_LINES = _build_sums("l.amount", COST, "l.tax", f"count(DISTINCT CASE WHEN {_NOW} THEN s.id END)")


def day_params(comparison: Comparison) -> dict[str, str]:
    """Return the parameters of `OF_SALES`: the days now and before."""
    first, last = _texts(comparison.now)
    before_first, before_last = _texts(comparison.before)
    return {
        "first": first,
        "last": last,
        "before_first": before_first,
        "before_last": before_last,
    }


def _texts(days: Days | None) -> tuple[str, str]:
    return (days.first.isoformat(), days.last.isoformat()) if days else _NO_DAYS


_NAMES = ("revenue", "sales", "refunds", "margin", "tax", "untaxed", "before_sum")


def read_figures(row: Mapping[str, Any]) -> Figures:
    """Return the figures in a row of the result."""
    margin, tax = (None if row[name] is None else int(row[name]) for name in ("margin", "tax"))
    revenue, sales, refunds, untaxed, before = (
        int(row[name] or 0) for name in ("revenue", "sales", "refunds", "untaxed", "before_sum")
    )
    return Figures(revenue, sales, refunds, margin, tax, untaxed, before)


# SQL that adds the sums of a table ``b`` which has the columns of `OF_SALES`.
ADDED = ", ".join(f"sum(b.{name}) AS {name}" for name in _NAMES)


def add_figures(found: Iterable[Figures]) -> Figures:
    """Return the sum of figures; a margin or tax that is unknown in all of them stays unknown."""
    total = Figures()
    for each in found:
        total = Figures(
            total.revenue + each.revenue,
            total.sales + each.sales,
            total.refunds + each.refunds,
            _add(total.margin, each.margin),
            _add(total.tax, each.tax),
            total.untaxed + each.untaxed,
            total.before + each.before,
        )
    return total


def _add(known: int | None, more: int | None) -> int | None:
    return known if more is None else (known or 0) + more
