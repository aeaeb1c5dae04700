"""The rows that a batch of an import adds and changes, written together at its end."""

import itertools
from typing import Any

from cardcrm.records.contacts import contact_derived, writer
from cardcrm.records.contacts.part_types import PARTS, Key, Row
from cardcrm.records.importing.matching import FILLABLE, NAME_COLUMNS, Candidate
from cardcrm.records.importing.overwrite import RowChange
from cardcrm.records.importing.refusals import opt_out, refuses_all
from cardcrm.records.importing.search_document import build_document
from cardcrm.store import Store


class PendingRows:
    """The changes of a batch: added contacts, changed ones, and the rows of their parts.

    ``next_id`` is the id of the next contact to add. An organization that comes ``late`` is added
    after a contact that refers to it. The rows of an added contact are those that it has at the
    end; ``_new_rows`` are those that stored contacts get.
    """

    def __init__(self, store: Store, next_id: int) -> None:
        self.store = store
        self.next_id = next_id
        self.added: list[Candidate] = []
        self.has_late_org = False
        self._changed: dict[int, Candidate] = {}
        self._new_rows: dict[str, dict[tuple[int, Key], Row]] = {table: {} for table in PARTS}
        self._replaced: list[tuple[int, RowChange]] = []
        self._marked_points: dict[int, Row] = {}

    def add(self, candidate: Candidate) -> None:
        """Add a contact, whose id is `next_id`, with its parts."""
        self.next_id += 1
        self.added.append(candidate)

    def change_head(self, candidate: Candidate, new: dict[str, Any]) -> None:
        """Set columns of a contact."""
        candidate.head |= new
        candidate.filled |= new
        if not candidate.is_new:
            self._changed[candidate.id] = candidate

    def add_row(self, candidate: Candidate, table: str, key: Key, row: Row) -> None:
        """Add a row of a part that a contact lacks."""
        candidate.parts[table][key] = row
        if not candidate.is_new:
            self._new_rows[table][candidate.id, key] = row

    def replace_row(self, candidate: Candidate, change: RowChange) -> None:
        """Put a row in the place of another one, or add it."""
        table, old_key, row = change
        key = PARTS[table].key_of(row)
        known = candidate.parts.setdefault(table, {})
        if table == "point" and old_key is None and refuses_all(known, row[0]):
            row = opt_out(row)
        pending = self._new_rows[table]
        is_pending = old_key is None or (candidate.id, old_key) in pending
        if old_key is not None:
            known.pop(old_key)
            pending.pop((candidate.id, old_key), None)
        known[key] = row
        if candidate.is_new:
            return
        if is_pending:
            pending[candidate.id, key] = row
        else:
            self._replaced.append((candidate.id, change))
            if table == "point" and old_key is not None:
                candidate.point_ids.pop(old_key, None)

    def set_marks(self, candidate: Candidate, row: Row) -> None:
        """Set the marks of an address that a contact has."""
        key = row[:2]
        candidate.parts["point"][key] = row
        if key in candidate.point_ids:
            self._marked_points[candidate.point_ids[key]] = row
        elif (candidate.id, key) in self._new_rows["point"]:
            self._new_rows["point"][candidate.id, key] = row

    def point_changes(self) -> dict[Key, Row]:
        """Return the addresses of stored contacts that were added or got marks, by their keys."""
        added = {key: row for (_, key), row in self._new_rows["point"].items()}
        return added | {row[:2]: row for row in self._marked_points.values()}

    def write(self) -> None:
        """Write all rows, and the search text of the added contacts."""
        self._write_heads()
        self._write_parts()
        self._write_search_text()
        self._write_changes()

    def _write_heads(self) -> None:
        """Insert the added contacts, without the columns that are empty in all of them."""
        if not self.added:
            return
        if self.has_late_org:  # a contact may come before the organization that it refers to
            self.added.sort(key=lambda candidate: candidate.head["kind"] != "org")
        names = list(self.added[0].head)
        values = zip(*(candidate.head.values() for candidate in self.added), strict=True)
        filled: dict[str, tuple[Any, ...]] = {"id": tuple(each.id for each in self.added)}
        empty: list[str] = []
        for name, column in zip(names, values, strict=True):
            if name in (*FILLABLE, *NAME_COLUMNS, "org_id") and not any(column):
                empty.append(name)
            else:
                filled[name] = column
        self.store.load("contact", list(filled), list(zip(*filled.values(), strict=True)), empty)

    def _write_parts(self) -> None:
        for table, pending in self._new_rows.items():
            owned = [(each.id, each.parts[table]) for each in self.added if table in each.parts]
            count = sum(len(rows) for _, rows in owned) + len(pending)
            if not count:
                continue
            numbers = itertools.count(self.store.reserve(table, count))
            rows = [(next(numbers), id_, *row) for id_, some in owned for row in some.values()]
            rows += [(next(numbers), id_, *row) for (id_, _), row in pending.items()]
            self.store.load(table, ["id", "contact_id", *PARTS[table].columns], rows)

    def _write_search_text(self) -> None:
        store = self.store
        documents = list(filter(None, map(build_document, self.added)))
        store.engine.search.write_contacts(documents)
        store.mark_fresh(contact_derived.SEARCH_TEXT, [id_ for id_, _, _ in documents])
        store.mark_fresh(contact_derived.BARE, [each.id for each in self.added])

    def _write_changes(self) -> None:
        store = self.store
        for candidate in self._changed.values():
            store.update("contact", candidate.id, **candidate.filled)
            writer.mark_updated(store, candidate.id)
        for contact_id, change in self._replaced:
            part, old_key = PARTS[change.table], change.old_key
            assert old_key is not None
            writer.put_row(store, contact_id, part, old_key, change.row)
        for row_id, row in self._marked_points.items():
            store.update("point", row_id, opted_out=row[-2], invalid=row[-1])
