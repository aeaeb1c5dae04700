"""Revenue in each currency, and in one currency at the stated rates.

Amounts in different currencies are only added at these rates.
"""

from dataclasses import replace
from typing import NamedTuple

from cardcrm.reports.conversion import Converted, convert_scope
from cardcrm.reports.revenue_report.build import DEFAULT_PERIODS, RevenueRequest, find_first_sale
from cardcrm.reports.revenue_report.by_group import read_total
from cardcrm.reports.revenue_report.comparison import Comparison, choose_days, compare_days
from cardcrm.reports.revenue_report.report import Group, RevenueRow, build_row
from cardcrm.reports.scope import Scope, list_currencies
from cardcrm.store import Store


class CurrencyRow(NamedTuple):
    """The revenue in one currency; ``converted`` is None where a rate is missing."""

    row: RevenueRow
    converted: Converted | None


class CurrencyReport(NamedTuple):
    """The currencies, that of the database first, then by code, and their sum in the ``base``."""

    rows: tuple[CurrencyRow, ...]
    base: str
    total: Converted | None
    comparison: Comparison
    has_sales: bool


def sum_currencies(store: Store, scope: Scope, request: RevenueRequest) -> CurrencyReport | None:
    """Return the revenue in each currency; the sums are in the currency of the scope.

    Returns None for days that are all to come.
    """
    span = choose_days(scope, "month", request.periods or DEFAULT_PERIODS)
    if span is None:
        return None
    whole = compare_days(span, request.way)
    base = scope.currency
    rows = []
    present = list_currencies(store)
    for code in sorted(present, key=lambda code: (code != base, code)):
        row = _read_row(store, replace(scope, currency=code), whole)
        if row.sales or (row.before and row.before.minor):
            rows.append(CurrencyRow(row, _convert(store, scope, whole, row)))
    total = convert_scope(store, scope, *whole.now)
    return CurrencyReport(tuple(rows), base, total, whole, bool(present))


def _read_row(store: Store, scope: Scope, whole: Comparison) -> RevenueRow:
    sums = read_total(store, scope, whole)
    first_sale = find_first_sale(store, scope)
    return build_row(Group(scope.currency, sums), sums, scope.currency, whole, first_sale)


def _convert(store: Store, scope: Scope, whole: Comparison, row: RevenueRow) -> Converted | None:
    """Return the revenue of a currency in that of the scope."""
    if row.revenue.currency == scope.currency:
        return Converted(row.revenue, ())
    return convert_scope(store, scope, *whole.now, row.revenue.currency)
