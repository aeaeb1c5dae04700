"""Add sums of several currencies at the stated rates of their days.

Each sale is converted at the rate of its day, or of the nearest earlier day. The sum is exact and
rounded once, to a minor unit, halves away from zero. A currency is left out, and named, if the rate
of one of its sales is missing.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, NamedTuple

from cardcrm.money import Money, count_decimals, format_money
from cardcrm.records.sales.rates import Rate, RateTable, load_table
from cardcrm.reports.org_members import ONE_WITH_MEMBERS
from cardcrm.reports.scope import Scope, sale_condition
from cardcrm.store import Query, Store
from cardcrm.store.engine import Row


class Converted(NamedTuple):
    """A sum of several currencies in one, and the rates that it used, by currency and day.

    The sums of the currencies that are ``left_out`` lack a rate.
    """

    amount: Money
    rates: tuple[Rate, ...]
    left_out: tuple[Money, ...] = ()

    def describe(self, of: str = "") -> str:
        """Return the sum in words, with its rates and the sums that are left out."""
        missing = ", ".join(map(format_money, self.left_out))
        without = f", without {missing} (no rate)" if missing else ""
        rates = f", at {self.describe_rates()}" if self.rates else ""
        return f"{format_money(self.amount)}{of}{rates}{without}"

    def describe_rates(self) -> str:
        """Return the rates in words: one of each currency, or the range of several."""
        by_currency: dict[str, list[Rate]] = {}
        for each in self.rates:
            by_currency.setdefault(each.currency, []).append(each)
        return "; ".join(map(_describe, by_currency.values()))

    def to_json(self) -> dict[str, object]:
        """Return the sum and its rates as JSON carries them."""
        rates = [
            {"on": day, "currency": currency, "rate": _to_decimal(rate), "base": base}
            for day, currency, rate, base in self.rates
        ]
        return {"revenue": self.amount, "rates": rates, "left_out": list(self.left_out)}


def _to_decimal(rate: Fraction) -> str:
    """Return a rate as decimal text, as the rates of a file are."""
    return f"{float(rate):.12f}".rstrip("0").rstrip(".")


def _describe(rates: Sequence[Rate]) -> str:
    first, last = rates[0], rates[-1]
    if len(rates) == 1:
        return f"1 {first.currency} = {_format(first.rate)} {first.base} ({first.on_date})"
    low, high = (_format(pick(each.rate for each in rates)) for pick in (min, max))
    return (
        f"1 {first.currency} = {low} to {high} {first.base} "
        f"({len(rates):,} days, {first.on_date} to {last.on_date})"
    )


def _format(rate: Fraction) -> str:
    return f"{float(rate):.6g}"


# The sums of sales by currency and day.
_SUMS = "SELECT s.currency, s.on_date, sum(s.amount) AS amount FROM sale s WHERE {} GROUP BY 1, 2"
_OF_CONTACT = f"s.contact_id IN ({ONE_WITH_MEMBERS})"


def convert_sales(store: Store, currency: str, contact_id: int | None = None) -> Converted | None:
    """Return the revenue of all sales, or of a contact with its people, in one currency.

    Returns None if there is no rate for any of the other currencies.
    """
    where, params = (_OF_CONTACT, {"contact": contact_id}) if contact_id else ("1 = 1", {})
    return _convert_rows(store, currency, where, params)


def convert_scope(
    store: Store, scope: Scope, first: dt.date, last: dt.date, only: str = ""
) -> Converted | None:
    """Return the revenue of some days, of the contacts of a scope, in its currency.

    It is that in all currencies, or ``only`` in one other. Returns None if there are no sales in
    other currencies, or no rate for any of them.
    """
    everything = replace(scope, currency=only, since=first, until=last)
    return _convert_rows(store, scope.currency, *sale_condition(store, everything))


def _convert_rows(
    store: Store, currency: str, where: str, params: Mapping[str, Any]
) -> Converted | None:
    rows: list[Row] = store.fetch(Query(_SUMS.format(where), dict(params), list))
    foreign = sorted({row["currency"] for row in rows} - {currency})
    return convert_rows(rows, load_table(store, currency, foreign)) if foreign else None


def convert_rows(rows: Sequence[Row], table: RateTable) -> Converted | None:
    """Return sums by currency and day in the currency of some rates; None without any rate."""
    sums: dict[str, Fraction | None] = {}
    plain: dict[str, int] = {}
    used: set[Rate] = set()
    for row in rows:
        code, minor = row["currency"], int(row["amount"])
        plain[code] = plain.get(code, 0) + minor
        rate = None if code == table.base else table.find(code, row["on_date"])
        known = sums.setdefault(code, Fraction(0))
        if known is None or (rate is None and code != table.base):
            sums[code] = None
            continue
        amount = Fraction(minor, 10 ** count_decimals(code))
        sums[code] = known + (amount * rate.rate if rate else amount)
        used |= {rate} if rate else set()
    left_out = tuple(Money(plain[code], code) for code in sorted(sums) if sums[code] is None)
    rates = [each for each in used if sums[each.currency] is not None]
    if left_out and not rates:
        return None
    return Converted(
        _round(sum(filter(None, sums.values()), Fraction(0)), table.base),
        tuple(sorted(rates, key=lambda each: (each.currency, each.on_date))),
        left_out,
    )


def _round(total: Fraction, currency: str) -> Money:
    """Return a sum in major units as money, halves away from zero."""
    total *= 10 ** count_decimals(currency)
    size = (2 * abs(total.numerator) + total.denominator) // (2 * total.denominator)
    return Money(size if total >= 0 else -size, currency)
