"""Write the lines of a file with everything into a database.

A row that is known there, by its permanent id or by what must differ, is changed to what the file
says or left as it is; every other row is added. It keeps its id where the database has never used
it, as in an empty one. Each batch is a transaction, and all are one step of the
journal: an import that was killed leaves whole batches, and can be repeated.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Final, NamedTuple

from cardcrm.errors import CardcrmError
from cardcrm.records.archive import opt_outs
from cardcrm.records.archive.decoded_line import Decoded
from cardcrm.records.archive.free_ids import FreeIds
from cardcrm.records.archive.id_map import IdMap
from cardcrm.records.archive.known_rows import find_known, key_columns, read_by_id
from cardcrm.records.archive.line_format import LineFormat
from cardcrm.records.fields import CASCADE_LAST, CLEAR, Columns
from cardcrm.records.privacy import forgotten_hashes
from cardcrm.records.privacy.forgotten_hashes import KEY, traits_of
from cardcrm.records.privacy.mentions import STRUCK
from cardcrm.store import Store, settings
from cardcrm.store.derived_refresh import chunks
from cardcrm.store.retry import retry_transaction

ADDED, UPDATED, UNCHANGED, REFUSED = "added", "updated", "unchanged", "refused"
LEFT_OUT: Final = 0  # stands for a row of the file that has none in the database

# Rows about the numbers of contacts, left out where contacts got other numbers.
_OF_NUMBERS: Final = frozenset({"merged_id"})

Counts = Counter[tuple[str, str]]  # by noun and outcome


class _Late(NamedTuple):
    """A reference to a row of the same noun that comes later in the file."""

    noun: str
    row_id: int
    column: str
    wanted: int
    outcome: str


class _Placed(NamedTuple):
    """A line with its row in the database: ``row_id`` is None for a new one."""

    line: Decoded
    row_id: int | None
    late: Mapping[str, int]


class Restorer:
    """Writes batches of lines; ``counts`` tells what became of the lines.

    ``refused`` are the numbers of lines about contacts that were forgotten, with the reasons; they
    are brought back ``anyway``. Changes go to the ``step`` of the journal, if one is given.

    By the ``policy`` a known row is changed to what the file says (``update``), gets what it lacks
    (``fill``), or stays as it is (``skip``).
    """

    def __init__(
        self,
        store: Store,
        forms: Mapping[str, LineFormat],
        policy: str = "update",
        *,
        anyway: bool = False,
        step: int | None = None,
    ) -> None:
        self.store, self.forms, self.policy = store, forms, policy
        self.counts: Counts = Counter()
        self.refused: list[tuple[int, str]] = []
        self.step = step
        referred = {
            field.to
            for form in forms.values()
            for each in (form, *form.parts)
            for field in each.type.references
        }
        self._ids = {name: IdMap() for name in referred}
        self._late: list[_Late] = []
        self._empty = {
            form.type.name
            for form in forms.values()
            if not store.rows(f"SELECT 1 FROM {form.type.table_name} LIMIT 1")
        }
        self.is_new = len(self._empty) == len(forms)
        self._first_ids: dict[str, int] = {}
        self._left_out: set[str] = set()
        self._is_renumbered = False
        self._forgotten = None if anyway else forgotten_hashes.load(store)

    def write(self, lines: Sequence[Decoded]) -> None:
        """Write a batch of lines of one noun. Raises UsageError, ConflictError, StorageError."""
        if lines[0].noun == "setting":
            self._write_settings(lines)
            return
        is_numbers = self._is_renumbered and lines[0].noun in _OF_NUMBERS
        if is_numbers or lines[0].noun in self._left_out:
            self.counts[lines[0].noun, REFUSED] += len(lines)
            return
        try:
            batch = _write_batch(self.store, self, lines)
        except CardcrmError as error:
            error.message = f"lines {lines[0].number:,} to {lines[-1].number:,}: {error.message}"
            raise
        self.counts += batch.counts
        self._late += batch.late
        self.refused += batch.refused
        self.step = self.store.last_step or self.step

    def _write_settings(self, lines: Sequence[Decoded]) -> None:
        """Take over the settings, such as the currency, where the database is empty."""
        values = {each.row["name"]: each.row["value"] for each in lines}
        known = settings.read(self.store)
        if values.get(KEY) != known.get(KEY, values.get(KEY)):
            self._left_out.add("forgotten")  # hashes of another key say nothing here
        wanted = values if self.is_new else {KEY: values[KEY]} if KEY in values else {}
        kept = {} if "forgotten" in self._left_out else settings.only_kept(wanted)
        with self.store.transaction():
            settings.replace(self.store, kept)

    def finish(self) -> None:
        """Write the references to rows that came later."""
        for start in range(0, len(self._late), 1000):
            self._finish_some(self._late[start : start + 1000])
        self._late.clear()

    def _finish_some(self, found: Sequence[_Late]) -> None:
        with self.store.continue_step(self.step):
            for each in found:
                table = self.forms[each.noun].type.table_name
                value = self._ids[each.noun].get(each.wanted) or None
                is_changed = self.store.update(table, each.row_id, **{each.column: value})
                if is_changed and each.outcome == UNCHANGED:
                    self.counts[each.noun, UNCHANGED] -= 1
                    self.counts[each.noun, UPDATED] += 1
        self.step = self.store.last_step or self.step

    # What a batch asks

    def find_forgotten(self, line: Decoded) -> str:
        """Return the day on which the contact of a line was forgotten, "" for any other line."""
        if line.noun != "contact" or self._forgotten is None or not self._forgotten.has_any:
            return ""
        points = [(each["kind"], each["value_key"]) for each in line.parts["contact_points"]]
        return self._forgotten.find_day(traits_of(line.row["name"], points, line.row["uid"]))

    def find_id(self, noun: str, wanted: int) -> int | None:
        """Return the id of a row of the file, `LEFT_OUT`, or None before it has come."""
        return self._ids[noun].get(wanted)

    def put_id(self, noun: str, wanted: int, row_id: int) -> None:
        """Remember the id of a row of the file."""
        if wanted and noun in self._ids:
            self._ids[noun].put(wanted, row_id)
            self._is_renumbered |= noun == "contact" and row_id not in (wanted, LEFT_OUT)

    def first_id(self, table: str) -> int:
        """Return the first id that was free in a table at the start."""
        if table not in self._first_ids:
            self._first_ids[table] = self.store.reserve(table, 1)
        return self._first_ids[table]

    def is_empty(self, noun: str) -> bool:
        """Return whether the database had no rows of a noun at the start."""
        return noun in self._empty


@retry_transaction
def _write_batch(store: Store, restorer: Restorer, lines: Sequence[Decoded]) -> "_Batch":
    with store.continue_step(restorer.step):
        batch = _Batch(store, restorer, lines[0].noun)
        batch.write(lines)
    return batch


class _Batch:
    """The lines of one noun that are written in one transaction."""

    def __init__(self, store: Store, restorer: Restorer, noun: str) -> None:
        self.store, self.restorer, self.noun = store, restorer, noun
        self.form = restorer.forms[noun]
        self.counts: Counts = Counter()
        self.late: list[_Late] = []
        self.refused: list[tuple[int, str]] = []
        self._new: dict[str, list[tuple[Any, ...]]] = {}
        self._free_ids: dict[str, FreeIds] = {}

    def write(self, lines: Sequence[Decoded]) -> None:
        """Add the new rows, and change the known ones."""
        wanted = [line.row["id"] for line in lines]
        self._find_free_ids(self.form, wanted)
        for part in self.form.parts:
            found = (row["id"] for line in lines for row in line.parts[part.key])
            self._find_free_ids(part, found)
        placed = list(self._place(lines))
        known = [each for each in placed if each.row_id is not None]
        for each in placed:
            if each.row_id is None:
                self._add(each)
        self._load()
        if known:
            self._change(known)
            self._load()
        if self.noun == "contact" and not self.restorer.is_new:
            points = (line.parts["contact_points"] for line in lines)
            opt_outs.carry_marks(self.store, list(chain.from_iterable(points)))

    def _find_free_ids(self, form: LineFormat, wanted: Iterable[int]) -> None:
        table = form.type.table_name
        first = self.restorer.first_id(table)
        self._free_ids[table] = FreeIds(self.store, table, first, wanted)

    # Where each line belongs

    def _place(self, lines: Sequence[Decoded]) -> Iterator[_Placed]:
        found: list[tuple[Decoded, dict[str, int]]] = []
        for line in lines:
            day = self.restorer.find_forgotten(line)
            late = None if day else self._resolve(line)
            if day:
                self.refused.append((line.number, f"{line.row['name']} was forgotten on {day}"))
            if late is None:
                self.restorer.put_id(self.noun, line.row["id"], LEFT_OUT)
                self.counts[self.noun, REFUSED] += 1
            else:
                found.append((line, late))
        rows = [line.row for line, _ in found]
        is_empty = self.restorer.is_empty(self.noun)
        ids = [None] * len(rows) if is_empty else find_known(self.store, self.form, rows)
        for (line, late), row_id in zip(found, ids, strict=True):
            if row_id is not None:
                self.restorer.put_id(self.noun, line.row["id"], row_id)
            else:
                # The rows of a batch may refer to earlier ones of it.
                new = self._new_id(self.form, line.row["id"])
                self.restorer.put_id(self.noun, line.row["id"], new)
                line.row["id"] = new
            yield _Placed(line, row_id, self._resolve_own(line, late))

    def _resolve(self, line: Decoded) -> dict[str, int] | None:
        """Put the ids of the database into a line; None if a row that it needs was left out.

        The ids of rows of its own noun are returned by their columns.
        """
        own = self._resolve_row(self.form, line.row)
        if own is None:
            return None
        for part in self.form.parts:
            rows = line.parts[part.key]
            kept = [each for each in rows if self._resolve_row(part, each) is not None]
            if len(kept) < len(rows):
                needed = any(each.on_delete == CASCADE_LAST for each in part.type.references)
                if needed and not kept:
                    return None
                rows[:] = kept
        return own

    def _resolve_row(self, form: LineFormat, row: Columns) -> dict[str, int] | None:
        own: dict[str, int] = {}
        for field in form.type.references:
            wanted = row.get(field.column)
            if wanted is None:
                continue
            if field.to == self.noun and form is self.form:
                own[field.column] = wanted
                continue
            found = self.restorer.find_id(field.to, wanted)
            is_left_out = found == LEFT_OUT and field.on_delete != CLEAR
            if is_left_out or (not found and field.is_required):
                return None
            row[field.column] = found or None
        return own

    def _resolve_own(self, line: Decoded, own: Mapping[str, int]) -> dict[str, int]:
        """Put the ids of rows of its own noun into a line; return those that are still to come."""
        late = {}
        for column, wanted in own.items():
            found = self.restorer.find_id(self.noun, wanted)
            line.row[column] = found or None
            if found is None:
                late[column] = wanted
        return late

    def _new_id(self, form: LineFormat, wanted: int) -> int:
        """Return the id of the file where no row has or had it, or else the next one."""
        return self._free_ids[form.type.table_name].take(wanted)

    # New rows

    def _add(self, placed: _Placed) -> None:
        line = placed.line
        self.counts[self.noun, ADDED] += 1
        self._note_late(placed, line.row["id"], ADDED)
        self._append(self.form, line.row)
        for part in self.form.parts:
            last = 0
            for row in line.parts[part.key]:
                last = self._append_part(part, line.row["id"], row, last)

    def _append_part(self, part: LineFormat, whole_id: int, row: Columns, last: int = 0) -> int:
        """Add a part below the ``last`` one of its whole, and return its id, which is higher."""
        new = self._new_id(part, row["id"] if row["id"] > last else 0)
        self._append(part, {**row, "id": new}, whole_id)
        return new

    def _append(self, form: LineFormat, row: Columns, *parent: int) -> None:
        values = tuple(row[name] for name in form.columns)
        self._new.setdefault(form.type.name, []).append((*values, *parent))

    def _load(self) -> None:
        """Insert the new rows, each noun before its parts."""
        for form in (self.form, *self.form.parts):
            rows = self._new.pop(form.type.name, None)
            if rows:
                parent = (form.type.parent,) if form is not self.form else ()
                columns = (*form.columns, *parent)
                rows.sort()
                self.store.load(form.type.table_name, columns, rows)

    def _note_late(self, placed: _Placed, row_id: int, outcome: str) -> None:
        self.late += [
            _Late(self.noun, row_id, column, wanted, outcome)
            for column, wanted in placed.late.items()
        ]

    # Known rows

    def _change(self, known: Sequence[_Placed]) -> None:
        ids = [each.row_id for each in known if each.row_id is not None]
        stored = read_by_id(self.store, self.form, ids)
        parts = {part.key: _read_parts(self.store, part, ids) for part in self.form.parts}
        for each in known:
            row_id = each.row_id
            assert row_id is not None
            is_changed = self._update(self.form, row_id, stored[row_id], each.line.row, each.late)
            for part in self.form.parts:
                rows = each.line.parts[part.key]
                is_changed |= self._change_parts(
                    part, row_id, parts[part.key].get(row_id, []), rows
                )
            outcome = UPDATED if is_changed else UNCHANGED
            self.counts[self.noun, outcome] += 1
            self._note_late(each, row_id, outcome)

    def _update(
        self,
        form: LineFormat,
        row_id: int,
        stored: Columns,
        row: Columns,
        late: Mapping[str, int] | None = None,
    ) -> bool:
        """Write what the file says of a row that is stored; return whether anything changed.

        A text that a contact was struck out of stays, as the file may be older than that, and
        so does an opt-out.
        """
        if self.restorer.policy == "skip":
            return False
        only_gaps = self.restorer.policy == "fill"
        stays = {"id", *(late or ()), *opt_outs.list_marks(form.type.name, stored)}
        changed = {
            name: value
            for name, value in row.items()
            if name not in stays
            and stored[name] != value
            and not (isinstance(stored[name], str) and STRUCK in stored[name])
            and not (only_gaps and stored[name] != form.infos[name].blank)
        }
        return bool(changed) and self.store.update(form.type.table_name, row_id, **changed)

    def _change_parts(
        self, part: LineFormat, whole_id: int, stored: list[Columns], rows: list[Columns]
    ) -> bool:
        """Add and change the parts of a row that is stored; it keeps those that the file lacks."""
        if self.restorer.policy == "skip":
            return False
        columns = key_columns(part.type)
        if not columns:
            return self._replace_parts(part, whole_id, stored, rows)
        known = {tuple(each[name] for name in columns): each for each in stored}
        opt_outs.refuse_new_points(part.type.name, stored, rows)
        is_changed = False
        for row in rows:
            there = known.get(tuple(row[name] for name in columns))
            if there is None:
                self._append_part(part, whole_id, row)
                is_changed = True
            else:
                is_changed |= self._update(part, there["id"], there, row)
        return is_changed

    def _replace_parts(
        self, part: LineFormat, whole_id: int, stored: list[Columns], rows: list[Columns]
    ) -> bool:
        """Replace the lines that a row consists of, which belong together, if they differ."""
        if self.restorer.policy == "fill" and stored:
            return False
        if [_content(each) for each in stored] == [_content(each) for each in rows]:
            return False
        for each in stored:
            self.store.delete(part.type.table_name, each["id"])
        for row in rows:
            self._append_part(part, whole_id, row)
        return True


def _content(row: Columns) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "id"}


def _read_parts(store: Store, part: LineFormat, wholes: Sequence[int]) -> dict[int, list[Columns]]:
    """Return the rows of a part of some wholes."""
    found: dict[int, list[Columns]] = {}
    parent = part.type.parent
    for marks, params in chunks(wholes):
        sql = (
            f"SELECT {parent}, {', '.join(part.columns)} FROM {part.type.table_name} "
            f"WHERE {parent} IN ({marks}) ORDER BY id"
        )
        for row in store.rows(sql, **params):
            columns = dict(zip(part.columns, tuple(row)[1:], strict=True))
            found.setdefault(row[0], []).append(columns)
    return found
