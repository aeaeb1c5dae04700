"""Erase a contact from the journal: its rows from the entries, its name from the commands.

Entries of rows that are the contact's are removed. In others the contact is struck out as in the
tables, so that the remaining steps can still be undone.
"""

import json
from collections.abc import Mapping
from typing import Any

from cardcrm.records import registry
from cardcrm.records.privacy.journal_scan import Entry, entries, to_json
from cardcrm.records.privacy.mentions import STRUCK, Finder
from cardcrm.records.privacy.texts import strike_row
from cardcrm.records.privacy.traces import Owned, Traces
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks


class JournalEraser:
    """The erasure of one contact; ``steps`` are those that were about it."""

    def __init__(self, store: Store, traces: Traces, finder: Finder) -> None:
        self.store, self.finder = store, finder
        self._owned: Owned = traces.owned
        self._contacts = traces.contact_ids
        self._steps: set[int] = set()
        types = list(registry.all_types())
        self._types = {each.table_name: each for each in types}
        self._links = {
            each.table_name: tuple(
                field.column for field in each.references if field.to == "contact"
            )
            for each in types
        }

    def run(self) -> None:
        """Erase the contact from all entries and steps, in the transaction under way."""
        gone: list[int] = []
        changed: list[dict[str, Any]] = []
        for entry in entries(self.store):
            old, new = self._rewrite(entry, entry.old), self._rewrite(entry, entry.new)
            if (old, new) == (entry.old, entry.new):
                continue
            if old is None and new is None:
                gone.append(entry.id)
            else:
                changed.append(
                    {"id": entry.id, "old": old, "new": new, **self._first_row(entry, old or new)}
                )
        self._write(gone, changed)
        self._erase_commands()

    def _write(self, gone: list[int], changed: list[dict[str, Any]]) -> None:
        engine = self.store.engine
        for each in changed:
            engine.execute(
                "UPDATE change SET old = :old, new = :new, row_id = :row_id WHERE id = :id", each
            )
        for marks, params in chunks(gone):
            engine.execute(f"DELETE FROM change WHERE id IN ({marks})", params)

    def _first_row(self, entry: Entry, text: str | None) -> dict[str, int]:
        """Return the row that an entry names, which is the first of many."""
        if entry.op in ("load", "unload"):
            return {"row_id": json.loads(text or "{}")["rows"][0][0]}
        return {"row_id": entry.row_id}

    def _rewrite(self, entry: Entry, text: str | None) -> str | None:
        """Return the text of an entry without the contact; None if nothing is left."""
        mine = self._owned.get(entry.table, ())
        if text is None:
            return None
        if entry.op in ("load", "unload"):
            return self._rewrite_rows(entry, text)
        if entry.row_id in mine:
            self._steps.add(entry.step_id)
            return None
        if not (self.finder.may_find(text) or self._refers(entry.table)):
            return text
        data = json.loads(text)
        kept = self._without_links(entry, data)
        struck = self._strike(entry.table, kept)
        if struck == data:
            return text
        self._steps.add(entry.step_id)
        return to_json(struck) if struck else None

    def _refers(self, table: str) -> bool:
        return bool(self._links.get(table))

    def _without_links(self, entry: Entry, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values of a row without a reference to the contact.

        A new row has none in its place; a change of the reference alone is left out.
        """
        found = dict(data)
        for column in self._links.get(entry.table, ()):
            if found.get(column) in self._contacts:
                if entry.op == "update":
                    del found[column]
                else:
                    found[column] = None
        return found

    def _rewrite_rows(self, entry: Entry, text: str) -> str | None:
        mine = self._owned.get(entry.table, ())
        if not (mine or self.finder.may_find(text)):
            return text
        data = json.loads(text)
        names = data["columns"]
        links = [names.index(each) for each in self._links.get(entry.table, ()) if each in names]
        rows = []
        for row in data["rows"]:
            if row[0] in mine:
                continue
            kept = [
                None if at in links and value in self._contacts else value
                for at, value in enumerate(row)
            ]
            struck = self._strike(entry.table, dict(zip(names, kept, strict=True)))
            rows.append(list(struck.values()))
        if rows == data["rows"]:
            return text
        self._steps.add(entry.step_id)
        return to_json({**data, "rows": rows}) if rows else None

    def _strike(self, table: str, row: Mapping[str, Any]) -> dict[str, Any]:
        type_ = self._types.get(table)
        return dict(row) if type_ is None else strike_row(self.finder, type_, row)

    # Steps

    def _erase_commands(self) -> None:
        """Shorten the commands about the contact, and remove steps that nothing is left of."""
        rows = self.store.rows("SELECT id, command FROM step")
        for step, command in ((row[0], row[1]) for row in rows):
            wanted = self.finder.strike(command)
            if step in self._steps:
                wanted = f"{command.split(' ', 1)[0]} {STRUCK}"
            if wanted != command:
                self.store.engine.execute(
                    "UPDATE step SET command = :command WHERE id = :id",
                    {"command": wanted, "id": step},
                )
        self._remove_empty_steps()

    def _remove_empty_steps(self) -> None:
        empty = [
            step
            for step in sorted(self._steps)
            if not self.store.rows("SELECT 1 FROM change WHERE step_id = :id LIMIT 1", id=step)
        ]
        for marks, params in chunks(empty):
            self.store.engine.execute(
                f"UPDATE step SET target_id = NULL WHERE target_id IN ({marks})", params
            )
        for marks, params in chunks(empty):
            self.store.engine.execute(f"DELETE FROM step WHERE id IN ({marks})", params)
