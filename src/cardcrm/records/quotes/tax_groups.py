"""Add up the lines of a quote by their tax rates."""

from collections.abc import Iterable
from typing import NamedTuple

from cardcrm.money import Money
from cardcrm.records.sales.sale_lines import SaleLine


class TaxGroup(NamedTuple):
    """The lines of one tax rate: the amount without tax, the tax, and both.

    The rate is in thousandths of a percent; with an unknown one, net and tax are unknown.
    """

    rate: int | None
    net: Money | None
    tax: Money | None
    gross: Money


def group_taxes(lines: Iterable[SaleLine]) -> list[TaxGroup]:
    """Return the sums by tax rate, the highest first and the unknown one last.

    The tax of a group is the sum of the taxes of its lines, each of which is rounded once.
    """
    by_rate: dict[int | None, list[SaleLine]] = {}
    for line in lines:
        by_rate.setdefault(line.tax_rate, []).append(line)
    known = sorted((rate for rate in by_rate if rate is not None), reverse=True)
    rates = [*known, *([None] if None in by_rate else [])]
    return [_add_up(rate, by_rate[rate]) for rate in rates]


def _add_up(rate: int | None, lines: list[SaleLine]) -> TaxGroup:
    currency = lines[0].amount.currency
    gross = sum(each.amount.minor for each in lines)
    if rate is None:
        return TaxGroup(None, None, None, Money(gross, currency))
    tax = sum(each.tax.minor for each in lines if each.tax is not None)
    return TaxGroup(
        rate, Money(gross - tax, currency), Money(tax, currency), Money(gross, currency)
    )
