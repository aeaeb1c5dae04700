"""Write the lines of a file with everything into a database.

A row that is known there, by its permanent id or by what must differ, is changed to what the file
says or left as it is; every other row is added. It keeps its id where the database has never used
it, as in an empty one. Each batch is a transaction, and all are one step of the
journal: an import that was killed leaves whole batches, and can be repeated.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from cardcrm.errors import CardcrmError
from cardcrm.records.archive.decoded_line import Decoded
from cardcrm.records.archive.line_format import LineFormat
from cardcrm.records.archive.restore_batch import Counts, LateReference, RestoreBatch
from cardcrm.records.archive.restore_state import RestoreState
from cardcrm.records.importing.outcomes import REFUSED, UNCHANGED, UPDATED
from cardcrm.records.privacy.forgotten_hashes import KEY
from cardcrm.store import Store, settings
from cardcrm.store.retry import retry_transaction

# Rows about the numbers of contacts, left out where contacts got other numbers.
_OF_NUMBERS: Final = frozenset({"merged_id"})


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
        self.store = store
        self.counts: Counts = Counter()
        self.refused: list[tuple[int, str]] = []
        self.step = step
        self._state = RestoreState(store, forms, policy, anyway=anyway)
        self._late: list[LateReference] = []
        self._left_out: set[str] = set()

    def write(self, lines: Sequence[Decoded]) -> None:
        """Write a batch of lines of one noun. Raises UsageError, ConflictError, StorageError."""
        if lines[0].noun == "setting":
            self._write_settings(lines)
            return
        is_numbers = self._state.is_renumbered and lines[0].noun in _OF_NUMBERS
        if is_numbers or lines[0].noun in self._left_out:
            self.counts[lines[0].noun, REFUSED] += len(lines)
            return
        try:
            batch = _write_batch(self.store, self._state, lines, self.step)
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
            self._left_out |= {"forgotten", "suppressed"}  # hashes of another key say nothing here
        wanted = values if self._state.is_new else {KEY: values[KEY]} if KEY in values else {}
        kept = {} if "forgotten" in self._left_out else settings.only_kept(wanted)
        with self.store.transaction():
            settings.replace(self.store, kept)

    def finish(self) -> None:
        """Write the references to rows that came later."""
        for start in range(0, len(self._late), 1000):
            self._finish_some(self._late[start : start + 1000])
        self._late.clear()

    def _finish_some(self, found: Sequence[LateReference]) -> None:
        with self.store.continue_step(self.step):
            for each in found:
                table = self._state.forms[each.noun].type.table_name
                value = self._state.find_id(each.noun, each.wanted) or None
                is_changed = self.store.update(table, each.row_id, **{each.column: value})
                if is_changed and each.outcome == UNCHANGED:
                    self.counts[each.noun, UNCHANGED] -= 1
                    self.counts[each.noun, UPDATED] += 1
        self.step = self.store.last_step or self.step


@retry_transaction
def _write_batch(
    store: Store, state: RestoreState, lines: Sequence[Decoded], step: int | None
) -> RestoreBatch:
    with store.continue_step(step):
        batch = RestoreBatch(state, lines[0].noun)
        batch.write(lines)
    return batch
