"""Add sums of several currencies at the stated rates of their days.

Each sale is converted at the rate of its day, or of the nearest earlier day. The sum is exact and
rounded once, to a minor unit, halves away from zero.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from cardcrm.money import Money, count_decimals
from cardcrm.records.sales.rates import Rate, RateTable, load_table
from cardcrm.store import Query, Store
from cardcrm.store.engine import Row


class Converted(NamedTuple):
    """A sum of several currencies in one, and the rates that it used, by currency and day."""

    amount: Money
    rates: tuple[Rate, ...]

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
        return {"revenue": self.amount, "rates": rates}


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


# The sums of sales by currency and day: of one contact with its people, or of all contacts.
_SUMS = "SELECT s.currency, s.on_date, sum(s.amount) AS amount FROM sale s{} GROUP BY 1, 2"
_OF_CONTACT = (
    " WHERE s.contact_id IN (WITH RECURSIVE below(id) AS (SELECT id FROM contact WHERE id = :id "
    "UNION SELECT c.id FROM below b JOIN contact c ON c.org_id = b.id) SELECT id FROM below)"
)


def convert_sales(store: Store, currency: str, contact_id: int | None = None) -> Converted | None:
    """Return the revenue of all sales, or of a contact with its people, in one currency.

    Returns None if a rate is missing.
    """
    where, params = (_OF_CONTACT, {"id": contact_id}) if contact_id else ("", {})
    rows: list[Row] = store.fetch(Query(_SUMS.format(where), params, list))
    foreign = sorted({row["currency"] for row in rows} - {currency})
    return _convert(rows, load_table(store, currency, foreign))


def _convert(rows: Sequence[Row], table: RateTable) -> Converted | None:
    units = 10 ** count_decimals(table.base)
    total, used = Fraction(0), set()
    for row in rows:
        amount = Fraction(int(row["amount"]), 10 ** count_decimals(row["currency"]))
        if row["currency"] != table.base:
            rate = table.find(row["currency"], row["on_date"])
            if rate is None:
                return None
            used.add(rate)
            amount *= rate.rate
        total += amount * units
    size = (2 * abs(total.numerator) + total.denominator) // (2 * total.denominator)
    money = Money(size if total >= 0 else -size, table.base)
    return Converted(money, tuple(sorted(used, key=lambda each: (each.currency, each.on_date))))
