"""Write the lines of one noun into a database, within one transaction."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

from cardcrm.records.archive import opt_outs
from cardcrm.records.archive.decoded_line import Decoded
from cardcrm.records.archive.free_ids import FreeIds
from cardcrm.records.archive.known_rows import find_known, key_columns, read_by_id, read_parts
from cardcrm.records.archive.line_format import LineFormat
from cardcrm.records.archive.reference_resolver import ReferenceResolver
from cardcrm.records.archive.restore_state import LEFT_OUT, RestoreState
from cardcrm.records.fields import Columns
from cardcrm.records.importing.outcomes import CREATED, REFUSED, UNCHANGED, UPDATED
from cardcrm.records.privacy.mentions import STRUCK

Counts = Counter[tuple[str, str]]  # by noun and outcome


class LateReference(NamedTuple):
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


class RestoreBatch:
    """The lines of one noun that are written in one transaction.

    ``refused`` are those about forgotten contacts, ``late`` the references to rows still to come.
    """

    def __init__(self, state: RestoreState, noun: str) -> None:
        self.store, self.state, self.noun = state.store, state, noun
        self.form = state.forms[noun]
        self._references = ReferenceResolver(state, noun)
        self.counts: Counts = Counter()
        self.late: list[LateReference] = []
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
        if self.noun == "contact" and not self.state.is_new:
            points = (line.parts["contact_points"] for line in lines)
            opt_outs.carry_marks(self.store, list(chain.from_iterable(points)))

    def _find_free_ids(self, form: LineFormat, wanted: Iterable[int]) -> None:
        table = form.type.table_name
        first = self.state.first_id(table)
        self._free_ids[table] = FreeIds(self.store, table, first, wanted)

    # Where each line belongs

    def _place(self, lines: Sequence[Decoded]) -> Iterator[_Placed]:
        found: list[tuple[Decoded, dict[str, int]]] = []
        for line in lines:
            day = self.state.find_forgotten(line)
            late = None if day else self._references.resolve(line)
            if day:
                self.refused.append((line.number, f"{line.row['name']} was forgotten on {day}"))
            if late is None:
                self.state.put_id(self.noun, line.row["id"], LEFT_OUT)
                self.counts[self.noun, REFUSED] += 1
            else:
                found.append((line, late))
        rows = [line.row for line, _ in found]
        is_empty = self.state.is_empty(self.noun)
        ids = [None] * len(rows) if is_empty else find_known(self.store, self.form, rows)
        for (line, late), row_id in zip(found, ids, strict=True):
            if row_id is not None:
                self.state.put_id(self.noun, line.row["id"], row_id)
            else:
                # The rows of a batch may refer to earlier ones of it.
                new = self._new_id(self.form, line.row["id"])
                self.state.put_id(self.noun, line.row["id"], new)
                line.row["id"] = new
            yield _Placed(line, row_id, self._references.resolve_own(line, late))

    def _new_id(self, form: LineFormat, wanted: int) -> int:
        """Return the id of the file where no row has or had it, or else the next one."""
        return self._free_ids[form.type.table_name].take(wanted)

    # New rows

    def _add(self, placed: _Placed) -> None:
        line = placed.line
        self.counts[self.noun, CREATED] += 1
        self._note_late(placed, line.row["id"], CREATED)
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
            LateReference(self.noun, row_id, column, wanted, outcome)
            for column, wanted in placed.late.items()
        ]

    # Known rows

    def _change(self, known: Sequence[_Placed]) -> None:
        ids = [each.row_id for each in known if each.row_id is not None]
        stored = read_by_id(self.store, self.form, ids)
        parts = {part.key: read_parts(self.store, part, ids) for part in self.form.parts}
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
        if self.state.policy == "skip":
            return False
        only_gaps = self.state.policy == "fill"
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
        if self.state.policy == "skip":
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
        if self.state.policy == "fill" and stored:
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
