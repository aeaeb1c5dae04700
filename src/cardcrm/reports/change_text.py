"""The changes of a step in words, for people who look at the journal.

Values that only programs need are left out: keys, sort names, permanent ids, the ids that tie
rows together. An interaction and its participants, or a sale and its lines, are described as one
thing.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from cardcrm.records import registry
from cardcrm.records.assets.asset_fields import CounterReading
from cardcrm.records.contacts.contact_field_types import Cadence
from cardcrm.records.fields import Field, Flag, MoneyAmount, Reference, References
from cardcrm.records.record_type import RecordType
from cardcrm.store import Store
from cardcrm.store.journal import Change
from cardcrm.text import capitalize_first

Row = Mapping[str, Any]
Fact = tuple[str, str, str]  # label, before, after

_DONE = {"insert": "added", "update": "changed", "delete": "removed"}


class ChangeText(NamedTuple):
    """A thing that was changed: ``call added · Eleanor Whitcombe``, and its values."""

    heading: str
    facts: tuple[Fact, ...]


class Described(NamedTuple):
    """A change in words: ``call``, ``added``, its contacts and its values.

    ``title`` is that of the row where the noun does not name it, and ``contact`` the one contact
    that the row itself names.
    """

    change: Change
    noun: str
    verb: str
    title: str = ""
    contacts: str = ""
    facts: tuple[Fact, ...] = ()
    contact: str = ""

    @property
    def text(self) -> ChangeText:
        """The change as a heading and its values."""
        parts = (f"{self.noun} {self.verb}", self.title, self.contacts)
        return ChangeText(" · ".join(filter(None, parts)), self.facts)


def describe(store: Store, changes: Iterable[Change]) -> list[ChangeText]:
    """Return the changes of a step in words, in their order."""
    return [each.text for each in describe_each(store, changes)]


def describe_each(
    store: Store, changes: Iterable[Change], *, is_complete: bool = False
) -> list[Described]:
    """Return the changes of a step in words, each with its parts."""
    step = StepText(store, list(changes), is_complete=is_complete)
    return [found for _, found in step.texts()]


class StepText:
    """One step in words.

    Names are looked up in the step itself, then in ``rows`` (read before, by table and id), then in
    the database. If it ``is_complete``, the values that a heading has are among the others, and
    days have their years, as in files.
    """

    def __init__(
        self,
        store: Store,
        changes: list[Change],
        rows: Mapping[tuple[str, int], Row] | None = None,
        *,
        is_complete: bool = False,
    ) -> None:
        self.store, self.changes, self.is_complete = store, changes, is_complete
        self._rows: dict[tuple[str, int], Row] = dict(rows or {})
        self._lines: dict[tuple[str, int], list[tuple[RecordType, Row]]] = defaultdict(list)
        self._currencies: dict[tuple[str, int], str] = {}  # that rows had at any time in the step
        self._own = {(each.table, each.row_id, each.op) for each in changes}
        for each in changes:
            self._learn(each)

    def _learn(self, change: Change) -> None:
        """Remember the whole rows that the step names, and the currencies of all."""
        for values in (change.old, change.new):
            if currency := (values or {}).get("currency"):
                self._currencies[change.table, change.row_id] = currency
        if change.op not in ("insert", "delete"):
            return
        row = change.new or change.old
        self._rows[change.table, change.row_id] = row
        type_ = registry.record_type(change.table)
        if type_.is_line:
            self._lines[parent_of(type_), row[type_.parent]].append((type_, row))

    def texts(self) -> Iterator[tuple[RecordType, Described]]:
        """Yield what is worth saying of each change."""
        for change in self.changes:
            type_ = registry.record_type(change.table)
            if type_.repeats_whole:
                continue
            if change.op in ("load", "unload"):
                yield type_, _many(type_, change)
            elif not self._is_line(type_, change):
                found = self._one(type_, change)
                # A changed time stamp alone says nothing.
                if found.facts or found.verb != "changed":
                    yield type_, found

    def sentences(self) -> Iterator[str]:
        """Yield each thing that was changed in a sentence: “Sale 49.50 GBP · Kenji Morita”."""
        for type_, found in self.texts():
            change, (heading, facts) = found.change, found.text
            if _is_event(type_) and change.op in ("insert", "delete"):
                yield capitalize_first(self._event(type_, change))
            elif (
                change.op == "update"
                and facts
                and verb_of(type_, change.op, change.new) == "changed"
            ):
                label, before, after = facts[0]
                change_of = f"{before} → {after or 'nothing'}" if before else after
                yield f"{capitalize_first(heading)} ({label} {change_of})"
            else:
                yield capitalize_first(heading)

    def _event(self, type_: RecordType, change: Change) -> str:
        """Return an interaction, a reminder or a sale: what it was, and with whom."""
        row = self._with_names(type_, dict(change.new or change.old))
        removed = " removed" if change.op == "delete" else ""
        colon = ":" if type_.title_field else ""
        what = f"{_noun(type_, row)}{removed}{colon} {self._title(type_, row)}".strip()
        contacts = ", ".join(filter(None, dict.fromkeys(self._contacts(type_, change, row))))
        return " · ".join(filter(None, (what, contacts)))

    def _is_line(self, type_: RecordType, change: Change) -> bool:
        """Return whether a row is described together with the one that it is a line of."""
        if not type_.is_line or change.op == "update":
            return False
        row = change.old or change.new
        return (parent_of(type_), row[type_.parent], change.op) in self._own

    def _one(self, type_: RecordType, change: Change) -> Described:
        known = self._row(change.table, change.row_id)
        row = self._with_names(type_, {**known, **(change.old or {}), **(change.new or {})})
        is_titled = type_.heading is None or type_.name == "contact"
        return Described(
            change,
            _noun(type_, row),
            verb_of(type_, change.op, change.new),
            (self._title(type_, row) or f"#{change.row_id}") if is_titled else "",
            self._subject(type_, change, row),
            tuple(self._facts(type_, change, row)),
            self._name("contact", row.get(type_.contact.column)) if type_.contact else "",
        )

    # the heading

    def _subject(self, type_: RecordType, change: Change, row: Row) -> str:
        """Return the contacts of a row, with its text where the change does not name it."""
        contacts = ", ".join(filter(None, dict.fromkeys(self._contacts(type_, change, row))))
        title = type_.field_of_column(type_.title_column)
        is_vague = (
            type_.closed_by
            and type_.heading
            and title
            and title.column not in (change.new or change.old)
        )
        return f"{contacts}: {row.get(type_.title_column) or ''}" if is_vague else contacts

    def _contacts(self, type_: RecordType, change: Change, row: Row) -> Iterator[str]:
        """Yield the names of the contacts that a row belongs to."""
        whole = next((each for each in type_.references if each.column == type_.parent), None)
        if type_.contact is not None and type_.name != "contact":
            yield self._name("contact", row.get(type_.contact.column))
        elif type_.is_line and whole is not None:
            parent = registry.record_type(whole.to)
            yield from self._contacts(parent, change, self._row(whole.to, row.get(whole.column)))
        for field in type_.fields:
            if isinstance(field, References) and field.to == "contact":
                for id_ in self._tied(field, change.row_id):
                    yield self._name("contact", id_)

    def _tied(self, field: References, row_id: int) -> list[int]:
        """Return the ids that a table in between ties to a row."""
        known = [
            row[field.to_column]
            for type_, row in self._lines[_noun_of_table(field.via, field.via_column), row_id]
            if type_.table_name == field.via
        ]
        sql = (
            f"SELECT {field.to_column} FROM {field.via} WHERE {field.via_column} = :id ORDER BY id"
        )
        return known or [row[0] for row in self.store.rows(sql, id=row_id)]

    def _title(self, type_: RecordType, row: Row) -> str:
        words: dict[str, str] = defaultdict(str, id=str(row.get("id", "")))
        for field in type_.fields:
            if field.columns and all(column in row for column in field.columns):
                words[field.column] = self._words(type_, field, row)
        return " ".join(type_.title.format_map(words).split())

    def _with_names(self, type_: RecordType, row: dict[str, Any]) -> Row:
        """Return a row with the names of what it refers to."""
        names = {
            each.name_column: self._name(each.to, row.get(each.column)) for each in type_.references
        }
        return {**row, **names}

    def _name(self, noun: str, id_: Any) -> str:
        if id_ is None:
            return ""
        row = self._row(noun, id_)
        column = registry.record_type(noun).title_column
        return str(row.get(column) or "") or f"{noun} #{id_}, which is gone"

    def _row(self, table: str, id_: Any) -> Row:
        """Return a row as the step has it, or as it is now; empty if it is gone."""
        if id_ is None:
            return {}
        name = registry.record_type(table).table_name
        if (name, id_) not in self._rows:
            row = self.store.row(f"SELECT * FROM {name} WHERE id = :id", id=id_)
            self._rows[(name, id_)] = dict(row) if row is not None else {}
        return self._rows[(name, id_)]

    # the values

    def _facts(self, type_: RecordType, change: Change, row: Row) -> Iterator[Fact]:
        old, new = change.old or {}, change.new or {}
        if type_.is_line and type_.line_label:
            sides = (self._line(type_, {**row, **each}) if each else "" for each in (old, new))
            before, after = sides
            yield type_.line_label, before, after
            return
        for field in _told(type_, change, {**old, **new}, is_complete=self.is_complete):
            before, after = (self._side(type_, field, each, row) for each in (old, new))
            if isinstance(field, Flag) and change.op != "update":
                before, after = (word if word == "yes" else "" for word in (before, after))
            if before != after:
                yield field.label, before, after
        for line_type, line in self._lines[type_.name, change.row_id]:
            if line_type.line_label and change.op != "update":
                words = self._line(line_type, line)
                is_gone = change.op == "delete"
                yield line_type.line_label, words if is_gone else "", "" if is_gone else words

    def _line(self, type_: RecordType, row: Row) -> str:
        """Return a line of a sale as a person writes it."""
        return self._title(type_, self._with_names(type_, dict(row)))

    def _side(self, type_: RecordType, field: Field, values: Row, row: Row) -> str:
        """Return a value of one side of a change; "" where the change does not name it."""
        if values.keys().isdisjoint(field.columns):
            return ""
        merged = {**row, **values}
        if isinstance(field, Reference):
            merged[field.name_column] = self._name(field.to, merged[field.column])
        return self._words(type_, field, merged)

    def _words(self, type_: RecordType, field: Field, row: Row) -> str:
        if isinstance(field, MoneyAmount) and field.is_inherited:
            row = {**row, field.currency: self._inherited_currency(type_, field, row)}
        row = {**dict.fromkeys(field.columns), **row}  # an older step lacks newer columns
        value = row[field.column]
        if value in (None, "") or (value == 0 and field.is_number and not _names_zero(field)):
            return ""
        if isinstance(field, MoneyAmount) and not row[field.currency]:
            return f"{value:,} minor units"  # the row is gone, and its currency with it
        write = field.to_text if self.is_complete else field.format
        return write(field.read(row, self.store), self.store)

    def _inherited_currency(self, type_: RecordType, field: MoneyAmount, row: Row) -> str:
        """Return the currency of the row that a line belongs to."""
        whole = parent_of(type_)
        parent_id = row.get(type_.parent)
        known = self._row(whole, parent_id).get(field.currency) or row.get(field.currency)
        table = registry.record_type(whole).table_name
        return str(known or self._currencies.get((table, parent_id or 0), ""))


def _is_event(type_: RecordType) -> bool:
    """Return whether a row tells what happened or will happen with a contact."""
    return bool(type_.uid and type_.contact_fields and type_.name != "contact")


def _names_zero(field: Field) -> bool:
    return isinstance(field, MoneyAmount | Cadence | CounterReading)


def _told(type_: RecordType, change: Change, values: Row, *, is_complete: bool) -> Iterator[Field]:
    """Yield the fields that a change names and that say something to a person."""
    is_update = change.op == "update"
    for field in type_.fields:
        if values.keys().isdisjoint(field.columns):
            continue
        is_owner = field is type_.contact or field.column == type_.parent
        is_title = type_.heading is None and field.column == type_.title_column
        is_headed = not is_complete and (field.is_headed or is_title)
        is_implied = bool(field.implied_by) and field.implied_by in values
        if field.is_automatic or is_implied or (not is_update and (is_owner or is_headed)):
            continue
        yield field


def parent_of(type_: RecordType) -> str:
    """Return the noun that a line belongs to."""
    return next(each.to for each in type_.references if each.column == type_.parent)


def _noun_of_table(table: str, column: str) -> str:
    type_ = registry.record_type(table)
    return next(each.to for each in type_.references if each.column == column)


def _noun(type_: RecordType, row: Row) -> str:
    """Return what a row is: a contact, a call, a promise, a birthday."""
    return (type_.heading(row) if type_.heading else type_.name.replace("_", " ")).strip()


def verb_of(type_: RecordType, op: str, new: Row) -> str:
    """Return what happened to a row; one that can be closed may be done."""
    if type_.verb is not None and op == "update" and (verb := type_.verb(new)):
        return verb
    is_closed = bool(type_.closed_by) and op == "update"
    return "done" if is_closed and new.get(type_.closed_by) else _DONE[op]


def _many(type_: RecordType, change: Change) -> Described:
    """Describe very many rows at once, as an import writes them."""
    rows = (change.new or change.old)["rows"]
    word = "added" if change.op == "load" else "removed"
    return Described(change, type_.plural, word, f"{len(rows):,}")
