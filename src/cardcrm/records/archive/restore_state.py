"""The state that the batches of one restore share: ids of the file, and what was there before."""

from collections.abc import Mapping
from typing import Final

from cardcrm.records.archive.decoded_line import Decoded
from cardcrm.records.archive.id_map import IdMap
from cardcrm.records.archive.line_format import LineFormat, list_referred
from cardcrm.records.privacy import forgotten_hashes
from cardcrm.records.privacy.forgotten_hashes import traits_of
from cardcrm.store import Store

LEFT_OUT: Final = 0  # stands for a row of the file that has none in the database


class RestoreState:
    """The state of one restore, which its batches ask and change.

    ``policy`` and ``anyway`` are those of the `Restorer`. A contact of the file that has got
    another number makes it ``is_renumbered``.
    """

    def __init__(
        self, store: Store, forms: Mapping[str, LineFormat], policy: str, *, anyway: bool
    ) -> None:
        self.store, self.forms, self.policy = store, forms, policy
        self._ids = {name: IdMap() for name in list_referred(forms)}
        self._empty = {
            form.type.name
            for form in forms.values()
            if not store.rows(f"SELECT 1 FROM {form.type.table_name} LIMIT 1")
        }
        self.is_new = len(self._empty) == len(forms)
        self._first_ids: dict[str, int] = {}
        self.is_renumbered = False
        self._forgotten = None if anyway else forgotten_hashes.load(store)

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
            self.is_renumbered |= noun == "contact" and row_id not in (wanted, LEFT_OUT)

    def first_id(self, table: str) -> int:
        """Return the first id that was free in a table at the start."""
        if table not in self._first_ids:
            self._first_ids[table] = self.store.reserve(table, 1)
        return self._first_ids[table]

    def is_empty(self, noun: str) -> bool:
        """Return whether the database had no rows of a noun at the start."""
        return noun in self._empty
