"""What a step of the journal changed, as a person says it.

A card is called by its name, a day by its weekday and an instant by the clock on the wall. What a
program alone needs (keys, permanent ids, the columns that only tie rows together) is left out; a
call and those it was with, or a sale and what was bought, are told as one thing.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from cardcrm import dates
from cardcrm.date_parser import MONTHS
from cardcrm.money import Money, format_money, format_quantity
from cardcrm.recurrence import describe_every
from cardcrm.store import Store
from cardcrm.store.journal import Change
from cardcrm.store.table_registry import TABLES

Row = Mapping[str, Any]
Fact = tuple[str, str, str]  # of what, before, afterwards

_DONE = {"insert": "added", "update": "changed", "delete": "removed"}
_MANY = {"contact": "cards", "address": "addresses", "participant": "who took part"}
_LABELS = {
    "org_id": "works at", "given": "given name", "family": "family name", "cadence_days": "every",
    "minutes": "minutes", "text": "what", "rule": "every", "promise": "promised", "owner": "owner",
    "opted_out": "opted out", "on_date": "on", "due_on": "due", "ref": "reference",
    "done_at": "done", "author": "by", "other_id": "who", "product_id": "product",
    "contact_id": "card",
}  # fmt: skip
_TIMED = {"on_date": "at", "due_on": "due_at"}  # a day, and the instant on it if it has one
_FLAGS = frozenset({"promise", "opted_out", "invalid", "retired"})
_SUMS = frozenset({"amount", "cost", "price"})
_DULL = frozenset(
    {"id", "uid", "created_at", "updated_at", "month_day", "contact_id", "interaction_id",
     "sale_id", "field_id", "number", "at", "due_at"}
)  # fmt: skip
# What already stands in the heading, or follows from what does.
_HEADED = {
    "contact": {"kind"}, "interaction": {"kind", "author"}, "point": {"kind", "value"},
    "tag": {"name"},
    "relation": {"kind"}, "yearly_day": {"label"}, "sale": {"currency", "author"},
    "reminder": {"promise"},
    "product": {"currency"}, "nickname": {"name"}, "field": {"name", "label"}, "participant": set(),
    "segment": {"name"}, "setting": {"name"},
}  # fmt: skip


def _yearly(day: str) -> str:
    """``25 Nov 1985``, or without the year where none is known."""
    *year, month, number = day.strip("-").split("-")
    return " ".join((str(int(number)), MONTHS[int(month) - 1][:3], *year))


_NOUNS = {
    "contact": "card", "yearly_day": "day", "field_value": "custom field", "sale_line": "sale",
    "participant": "taking part",
}  # fmt: skip
_POINTS = {"email": "e-mail", "phone": "phone", "web": "web", "social": "social"}
_BY_ROW: dict[str, Callable[[Row], str]] = {
    "contact": lambda row: "organisation" if row.get("kind") == "org" else "card",
    "interaction": lambda row: row.get("kind") or "interaction",
    "reminder": lambda row: "promise" if row.get("promise") else "reminder",
    "sale": lambda row: "refund" if (row.get("amount") or 0) < 0 else "sale",
    "point": lambda row: f"{_POINTS.get(row.get('kind', ''), 'address')} {row.get('value', '')}",
    "relation": lambda row: row.get("kind") or "relation",
    "yearly_day": lambda row: row.get("label") or "day",
    "tag": lambda row: f"tag {row.get('name', '')}",
    "nickname": lambda row: f"nickname {row.get('name', '')}",
    "field": lambda row: f"custom field {row.get('label', '')}",
    "segment": lambda row: f"segment {row.get('name', '')}",
    "setting": lambda row: f"setting {row.get('name', '')}",
}
_SAID: dict[str, Callable[[Any], str]] = {
    "cadence_days": lambda days: f"{days} day{'s' * (days != 1)}",
    "rule": describe_every,
    "day": _yearly,
    "direction": lambda way: {"in": "incoming", "out": "outgoing"}[way],
}


class Told(NamedTuple):
    """A thing that was changed: ``call added · Eleanor Whitcombe``, and what of it."""

    heading: str
    facts: tuple[Fact, ...]


def tell(store: Store, changes: Iterable[Change], today: dt.date, zone: str) -> list[Told]:
    """The changes of a step in their order; ``zone`` is of the clock that times are shown by."""
    return list(_Teller(store, list(changes), today, zone).told())


class _Teller:
    """Tells of one step. Names are looked for in the step itself, then in the box."""

    def __init__(self, store: Store, changes: list[Change], today: dt.date, zone: str) -> None:
        self.store, self.changes, self.today, self.zone = store, changes, today, zone
        self._rows: dict[tuple[str, int], Row] = {}
        self._with: dict[int, list[int]] = defaultdict(list)
        self._bought: dict[int, list[Row]] = defaultdict(list)
        self._own = {(each.table, each.row_id, each.op) for each in changes}
        for each in changes:
            self._learn(each)

    def _learn(self, change: Change) -> None:
        """What the step itself says of a row; whole rows only."""
        if change.op in ("insert", "delete"):
            row = change.new or change.old
            self._rows.setdefault((change.table, change.row_id), row)
            if change.table == "participant":
                self._with[row["interaction_id"]].append(row["contact_id"])
            if change.table == "sale_line":
                self._bought[row["sale_id"]].append(row)

    def told(self) -> Iterator[Told]:
        for change in self.changes:
            if change.op in ("load", "unload"):
                yield _many(change)
            elif not self._is_part(change):
                found = self._one(change)
                if found.facts or change.op != "update":  # no news in a mere time stamp
                    yield found

    def _is_part(self, change: Change) -> bool:
        """Whether it is told with its whole: who took part in a call, what was bought."""
        whole = {"participant": "interaction", "sale_line": "sale"}.get(change.table)
        if whole is None or change.op == "update":
            return False
        row = change.old or change.new
        return (whole, row[f"{whole}_id"], change.op) in self._own

    def _one(self, change: Change) -> Told:
        row = {**self._row(change.table, change.row_id), **(change.old or {}), **(change.new or {})}
        of = self._of(change, row)
        heading = f"{self._noun(change, row)} {_done(change)}" + (f" · {of}" if of else "")
        return Told(heading, tuple(self._facts(change, row)))

    # the heading

    def _noun(self, change: Change, row: Row) -> str:
        """What it is: a card, a call, a promise, a birthday."""
        if change.table == "field_value":
            return self._name("field", row.get("field_id"), "label") or "custom field"
        if change.table in _BY_ROW:
            return _BY_ROW[change.table](row).strip()
        return _noun_of(change.table)

    def _of(self, change: Change, row: Row) -> str:
        """Whose it is: a card's name, or those of all who took part."""
        if change.table == "contact":
            return str(row.get("name") or f"#{change.row_id}")
        if change.table == "interaction":
            return ", ".join(filter(None, map(self._card, self._took_part(change.row_id))))
        if change.table == "sale_line":
            return self._card(self._row("sale", row.get("sale_id")).get("contact_id"))
        if change.table == "product":
            return str(row.get("name") or "")
        whose = self._card(row.get("contact_id"))
        is_known = change.table == "reminder" and "text" not in (change.new or change.old)
        return f"{whose}: {row.get('text') or ''}" if is_known else whose

    def _took_part(self, interaction: int) -> list[int]:
        return self._with.get(interaction) or [
            row["contact_id"]
            for row in self.store.rows(
                "SELECT contact_id FROM participant WHERE interaction_id = :id ORDER BY id",
                id=interaction,
            )
        ]

    def _card(self, id_: Any) -> str:
        return "" if id_ is None else self._name("contact", id_) or f"card #{id_}, gone since"

    def _name(self, table: str, id_: Any, column: str = "name") -> str:
        return str(self._row(table, id_).get(column) or "")

    def _row(self, table: str, id_: Any) -> Row:
        """A row as the step says it is, or as it stands now; empty where it is gone."""
        if id_ is None:
            return {}
        if (table, id_) not in self._rows:
            name = TABLES[table].name
            row = self.store.row(f"SELECT * FROM {name} WHERE id = :id", id=id_)
            self._rows[(table, id_)] = dict(row) if row is not None else {}
        return self._rows[(table, id_)]

    # what of it

    def _facts(self, change: Change, row: Row) -> Iterator[Fact]:
        old, new = change.old or {}, change.new or {}
        if change.table == "sale_line":
            yield "bought", self._line(old, row), self._line(new, row)
            return
        for name in self._names(change, {**old, **new}):
            before, after = self._words(name, old, row), self._words(name, new, row)
            if name in _FLAGS and change.op == "update":
                before, after = before or "no", after or "no"
            if before != after:
                yield _label(change.table, name), before, after
        if change.table == "sale" and change.op != "update":
            for line in self._bought[change.row_id]:
                words = self._line(line, line)
                yield ("bought", words, "") if change.op == "delete" else ("bought", "", words)

    def _line(self, values: Row, row: Row) -> str:
        """What was bought, as one writes it: ``2 x Rose bouquet @ 24.50 GBP -10%``."""
        if not values:
            return ""
        line = {**row, **values}
        off = f" -{format_quantity(line['discount'])}%" if line.get("discount") else ""
        product = self._said("product_id", line["product_id"])
        price = self._sum(line["price"], line, line)
        return f"{format_quantity(line['quantity'])} x {product} @ {price}{off}"

    def _names(self, change: Change, values: Row) -> Iterator[str]:
        headed = _HEADED.get(change.table, set()) if change.op != "update" else {"author"}
        days = {instant: day for day, instant in _TIMED.items()}
        for name in values:
            if name in days and days[name] not in values:
                yield days[name]  # only the time of the day was changed
            is_derived = name in ("given", "family") and "name" in values
            is_moved = name == "contact_id" and change.op == "update"  # as a merge does
            is_dull = name in headed or name in _DULL or name.endswith("_key") or is_derived
            if is_moved or not is_dull:
                yield name

    def _words(self, name: str, values: Row, row: Row) -> str:
        """A value of one side of a change; "" where it has none, or says nothing."""
        if name in _TIMED:
            return self._when(name, values, row)
        value = values.get(name)
        if value in (None, "") or (value == 0 and name not in _SUMS and name not in _FLAGS):
            return ""
        if name in _FLAGS:
            return "yes" if value else ""
        if name in _SUMS:
            return self._sum(value, values, row)
        return self._said(name, value)

    def _said(self, name: str, value: Any) -> str:
        if name == "done_at":
            return self._clock(value)
        if name in ("org_id", "other_id", "contact_id"):
            return self._card(value)
        if name == "product_id":
            return self._name("product", value) or f"product {value}"
        return _SAID.get(name, str)(value)

    def _when(self, name: str, values: Row, row: Row) -> str:
        """A day, with its time where it has one. What a change does not name stayed as it is."""
        instant = _TIMED[name]
        if values.keys().isdisjoint((name, instant)):
            return ""
        if values.get(instant):
            return self._clock(values[instant])
        day = values.get(name) or row.get(name)
        return dates.show_day(dt.date.fromisoformat(day), self.today) if day else ""

    def _clock(self, instant: str) -> str:
        at = dates.from_instant(instant, self.zone)
        return f"{dates.show_day(at.date(), self.today)} {at:%H:%M}"

    def _sum(self, value: int, values: Row, row: Row) -> str:
        currency = values.get("currency") or row.get("currency")
        if not currency:
            sale = self._row("sale", row.get("sale_id"))
            currency = sale.get("currency")
        return format_money(Money(value, currency)) if currency else str(value)


def _done(change: Change) -> str:
    """What happened to it: added, changed, removed; a reminder may be ticked off."""
    is_ticked = change.op == "update" and change.table == "reminder" and change.new.get("done_at")
    return "done" if is_ticked else _DONE[change.op]


def _many(change: Change) -> Told:
    """Very many rows at once, as an import writes them."""
    rows = (change.new or change.old)["rows"]
    noun = _MANY.get(change.table, f"{_noun_of(change.table)}s")
    word = "added" if change.op == "load" else "removed"
    return Told(f"{noun} {word} · {len(rows):,}", ())


def _noun_of(table: str) -> str:
    return _NOUNS.get(table, table.replace("_", " "))


def _label(table: str, name: str) -> str:
    special = {("reminder", "owner"): "for", ("sale", "text"): "for", ("field_value", "text"): "is"}
    if (table, name) in special:
        return special[table, name]
    return _LABELS.get(name, name.removesuffix("_id").replace("_", " "))
