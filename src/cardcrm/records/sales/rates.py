"""Exchange rates by day: loaded from a file, and looked up for a day."""

import csv
import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

from cardcrm.errors import UsageError, missing_file
from cardcrm.money import count_decimals
from cardcrm.records.sales.rate_type import parse_rate
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction
from cardcrm.store.store import placeholders

_HEADERS = {"date": "on", "day": "on", "code": "currency", "from": "currency", "to": "base"}
_EXAMPLE = "The first line is: date,currency,rate,base. A row is: 2026-11-20,USD,0.92,EUR."


class Rate(NamedTuple):
    """The worth of one ``currency`` in the ``base`` from a day on, until the next rate."""

    on_date: str
    currency: str
    rate: Fraction
    base: str


class RateTable:
    """The rates into one currency; a rate from it counts the other way round."""

    def __init__(self, base: str, rates: Iterable[Rate]) -> None:
        self.base = base
        self._by_currency: dict[str, list[Rate]] = {}
        for each in sorted(rates, key=lambda rate: rate.on_date):
            self._by_currency.setdefault(each.currency, []).append(each)

    def find(self, currency: str, day: str) -> Rate | None:
        """Return the rate of a day, or of the nearest earlier day that has one."""
        known = self._by_currency.get(currency, [])
        at = bisect_right(known, day, key=lambda rate: rate.on_date)
        return known[at - 1] if at else None


def load_table(store: Store, base: str, currencies: Sequence[str]) -> RateTable:
    """Return the rates of some currencies into ``base``."""
    marks, params = placeholders(currencies, "c")
    rows = store.rows(
        f"SELECT on_date, currency, rate, base FROM rate WHERE (base = :base AND currency IN "
        f"({marks})) OR (currency = :base AND base IN ({marks}))",
        base=base,
        **params,
    )
    return RateTable(base, (_to_rate(row, base) for row in rows))


def _to_rate(row: Mapping[str, str], base: str) -> Rate:
    rate = Fraction(row["rate"])
    if row["base"] == base:
        return Rate(row["on_date"], row["currency"], rate, base)
    return Rate(row["on_date"], row["base"], 1 / rate, base)


def read_file(path: Path, base: str) -> list[dict[str, str]]:
    """Return the rates of a CSV file as columns; those without a base are in ``base``.

    Raises UsageError with the line that cannot be read.
    """
    if not path.is_file():
        raise missing_file(path)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = csv.DictReader(stream)
        names = [name.strip().lower() for name in rows.fieldnames or ()]
        rows.fieldnames = [_HEADERS.get(name, name) for name in names]
        if not {"on", "currency", "rate"} <= set(rows.fieldnames):
            raise UsageError(f"{path.name} has no columns for rates", _EXAMPLE)
        filled = ((number, row) for number, row in enumerate(rows, 2) if any(row.values()))
        return [_read_row(number, row, base) for number, row in filled]


def _read_row(number: int, row: Mapping[str, str | None], base: str) -> dict[str, str]:
    """Return the columns of a rate. Raises UsageError with the number of the line."""
    texts = {key: (text or "").strip() for key, text in row.items() if isinstance(text, str)}
    try:
        return _read_rate(texts, base)
    except UsageError as error:
        error.message = f"line {number}: {error.message}"
        raise


def _read_rate(texts: Mapping[str, str], base: str) -> dict[str, str]:
    try:
        day = dt.date.fromisoformat(texts.get("on", "")).isoformat()
    except ValueError:
        raise UsageError("the date is not like 2026-11-20", _EXAMPLE) from None
    currency, target = texts.get("currency", "").upper(), (texts.get("base") or base).upper()
    count_decimals(currency)  # raises UsageError for an unknown code
    count_decimals(target)
    rate = parse_rate(texts.get("rate", ""))
    if currency == target:
        raise UsageError(f"1 {currency} = {rate} {target} is not a rate", _EXAMPLE)
    return {"on_date": day, "currency": currency, "rate": rate, "base": target}


@retry_transaction
def load(store: Store, rates: Sequence[Mapping[str, str]]) -> int:
    """Store rates in place of those of the same days; return how many are new or different."""
    with store.transaction():
        known = {
            (row["on_date"], row["currency"], row["base"]): row
            for row in store.rows("SELECT id, on_date, currency, rate, base FROM rate")
        }
        new: dict[tuple[str, str, str], Mapping[str, str]] = {}
        changed = 0
        for each in rates:
            key = (each["on_date"], each["currency"], each["base"])
            if key in known:
                changed += store.update("rate", known[key]["id"], rate=each["rate"])
            else:
                new[key] = each
        store.insert_rows("rate", [*new.values()])
    return changed + len(new)
