"""The fields by which contacts are grouped, built-in, custom or computed, and their groups."""

import datetime as dt
from bisect import bisect_left
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from cardcrm.choices import unknown_choice
from cardcrm.dates.anniversaries import age_on
from cardcrm.errors import UsageError
from cardcrm.money import Money, format_money
from cardcrm.records.contacts import custom_fields
from cardcrm.records.contacts.builtin_fields import find_meant
from cardcrm.records.contacts.contact_derived import WRITTEN_TAG
from cardcrm.records.contacts.query_fields import COLUMNS, MoneySum, MoneyText
from cardcrm.records.fields import ChangeDay, Day, Field, Integer, Number
from cardcrm.records.query_sql.columns import find_columns
from cardcrm.records.sales.rfm import boundary_ranks
from cardcrm.reports.statistics.quantiles import find_ranks
from cardcrm.store import Store
from cardcrm.text import fold

NONE = ""  # the group of contacts without a value
_AGES = (18, 25, 35, 45, 55, 65)
_BANDS = 5
# Fields that are offered by name; any other field works as well.
COMMON_FIELDS = (
    *("city", "region", "country", "source", "owner", "stage", "organization", "tag", "rfm"),
    *("kind", "gender", "age", "language"),
)
_OTHER_NAMES = {
    "birthday": "age",
    "town": "city",
    "place": "city",
    "location": "city",
    "county": "region",
    "rep": "owner",
    "salesperson": "owner",
    "sales rep": "owner",
    "seller": "owner",
    "user": "owner",
    "origin": "source",
    "lead source": "source",
    "company": "organization",
    "org": "organization",
    "standing": "rfm",
}
_KEYS = {"organization": "org", "tag": "tags"}  # of columns

Counted = tuple[Any, int]  # a stored value, and the number of its contacts
Labeler = Callable[[Any], str]


@dataclass(frozen=True)
class Dimension:
    """A field whose values group contacts.

    ``value_sql`` is the value of a contact ``c``; with ``join``, a contact has a row for each of
    its values. With ``is_text`` an empty text means that there is none. ``label`` returns the
    function that names the group of a value, given all values with their numbers of contacts.
    """

    name: str
    value_sql: str
    label: Callable[[Sequence[Counted]], Labeler]
    join: str = ""
    is_text: bool = True

    def grouped_sql(self, concat_function: str) -> tuple[str, str, str]:
        """Return SQL for the table of values, the value of a contact, and a join for it."""
        found = build_values_sql((self,), concat_function)
        return found.table, found.values[0], found.join

    def select_value(self, column: str) -> str:
        """Return SQL for the value of a person ``v``, else of the organization ``o``, or NULL.

        Both have it in a column. Tags are a contact's own.
        """
        own = f"nullif(v.{column}, '')" if self.is_text else f"v.{column}"
        return own if self.join else f"coalesce({own}, o.{column})"


@dataclass(frozen=True)
class ValuesSql:
    """SQL for the values of contacts: a table ``valued v``, the values of one, and a join for them.

    The table has the columns ``id``, ``org_id`` and ``status``.
    """

    table: str
    values: tuple[str, ...]
    join: str


def build_values_sql(dimensions: Sequence[Dimension], concat_function: str) -> ValuesSql:
    """Return SQL for the values of some fields; only a single one may have several values."""
    names = [f"value{at}" for at in range(len(dimensions))]
    found = "".join(
        f", {each.value_sql.replace('{join}', concat_function)} AS {name}"
        for name, each in zip(names, dimensions, strict=True)
    )
    table = (
        f"valued AS NOT MATERIALIZED (SELECT c.id, c.org_id, c.status{found} "
        f"FROM contact c{dimensions[0].join})"
    )
    values = tuple(each.select_value(name) for name, each in zip(names, dimensions, strict=True))
    org = "" if dimensions[0].join else "LEFT JOIN valued o ON o.id = v.org_id "
    return ValuesSql(table, values, org)


def find_dimension(store: Store, name: str, today: dt.date) -> Dimension:
    """Return the field of a name, built-in, computed or custom. Raises UsageError."""
    typed, name = name, find_name(name, COMMON_FIELDS, _OTHER_NAMES)
    builtin = find_meant(store, name)
    name = builtin.key if builtin else fold(name)
    name = _KEYS.get(name, name)
    if name == "age":
        day = COLUMNS["birthday"].listed
        return Dimension(name, day, lambda _: partial(_label_age, today))
    if name == "org":  # an organization counts under itself
        own = f"CASE WHEN c.kind = 'org' THEN c.name ELSE {COLUMNS[name].listed} END"
        return Dimension("organization", own, _label_text)
    if name == "tags":
        join = f" LEFT JOIN (SELECT contact_id, {WRITTEN_TAG} AS tag FROM tag) t"
        return Dimension("tag", "t.tag", _label_text, f"{join} ON t.contact_id = c.id")
    custom = None if name in COLUMNS else custom_fields.find(store, name)
    if name not in COLUMNS and custom is None:
        raise _unknown_field(store, typed)
    (column,) = find_columns(store, [name])
    field = column.field
    name = custom.label if custom else field.key
    if isinstance(field, Number | Integer | MoneyText):
        shown = _choose_format(field, store.locale.currency, is_custom=custom is not None)
        is_sorted = isinstance(field, Number | MoneyText) and column.sort
        sql = column.sort if is_sorted else column.listed
        return Dimension(name, sql, partial(_label_band, shown), is_text=False)
    if isinstance(field, Day | ChangeDay) or (custom and custom.type == "date"):
        return Dimension(name, column.listed, lambda _: _label_year)
    return Dimension(name, column.listed, _label_text)


def _unknown_field(store: Store, name: str) -> UsageError:
    error = unknown_choice(name, (*COMMON_FIELDS, *list_custom_names(store)), "field", COLUMNS)
    error.hint += f" For a new field: cardcrm field add {name.strip() or 'industry'}"
    return error


def find_name(word: str, names: Collection[str], other_names: Mapping[str, str]) -> str:
    """Return a name in the singular, and the main one of several; another word as it is."""
    typed = " ".join(word.strip().lower().replace("_", " ").replace("-", " ").split())
    for name in (typed, typed.removesuffix("s"), f"{typed.removesuffix('ies')}y"):
        if name in names or name in other_names:
            return other_names.get(name, name)
    return word.strip()


def list_custom_names(store: Store) -> list[str]:
    """Return the names of the custom fields."""
    return [each.name for each in custom_fields.list_fields(store)]


def _label_text(values: Sequence[Counted]) -> Labeler:
    """Name groups of texts: those that differ in case and accents alone are one group.

    Its name is the most frequent of them.
    """
    named: dict[str, str] = {}
    for value, _ in sorted(values, key=lambda each: (-each[1], str(each[0]))):
        named.setdefault(fold(value or ""), " ".join((value or "").split()))
    return lambda value: named[fold(value or "")]


def _label_year(value: str | None) -> str:
    return value[:4] if value else NONE


def _label_age(today: dt.date, value: str | None) -> str:
    age = age_on(value, today) if value else None
    if age is None or age < 0:
        return NONE
    at = sum(age >= limit for limit in _AGES)
    if not at:
        return f"under {_AGES[0]}"
    return f"{_AGES[at - 1]}–{_AGES[at] - 1}" if at < len(_AGES) else f"{_AGES[-1]} and over"


def _label_band(shown: Callable[[float], str], values: Sequence[Counted]) -> Labeler:
    """Name groups of numbers: as they are if there are few of them, else fifths of the contacts."""
    counts: dict[float, int] = {}
    for value, count in values:
        if value is not None:
            counts[value] = counts.get(value, 0) + count
    numbers = sorted(counts)
    if len(numbers) <= _BANDS:
        return lambda value: NONE if value is None else shown(value)
    ends = _find_ends(numbers, counts)
    starts = [numbers[0], *(numbers[bisect_left(numbers, end) + 1] for end in ends[:-1])]
    names = [
        shown(start) if start == end else f"{shown(start)}–{shown(end)}"
        for start, end in zip(starts, ends, strict=True)
    ]
    return lambda value: NONE if value is None else names[bisect_left(ends, value)]


def _find_ends(numbers: Sequence[float], counts: dict[float, int]) -> list[float]:
    """Return the highest number of each fifth, by nearest rank."""
    ranks = boundary_ranks(sum(counts.values()))
    return sorted({*find_ranks(numbers, counts, ranks), numbers[-1]})


def _choose_format(field: Field, currency: str, *, is_custom: bool) -> Callable[[float], str]:
    """Return the function that writes the numbers of a field."""
    if isinstance(field, MoneySum):
        return partial(_format_money, currency)
    return _format_number if is_custom else str


def _format_money(currency: str, value: float) -> str:
    return format_money(Money(int(value), currency), code=False)


def _format_number(value: float) -> str:
    return f"{value:,.10g}"
