"""Import the rows of a file batch by batch, each batch in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from cardcrm.records.importing.outcomes import REFUSED, Outcome
from cardcrm.records.importing.parties import PartyFinder
from cardcrm.records.importing.row_keys import complete_key
from cardcrm.records.importing.unread_points import UnreadPoints
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction

Draft = TypeVar("Draft")


class Batch(Protocol):
    """The import of one batch; a retried transaction has another one."""

    def run(self) -> list[Outcome]:
        """Find what is known, and write what is new or differs."""


@dataclass
class BatchImporter(Generic[Draft]):
    """The import of the rows of one file.

    ``mode`` is ``update``, ``fill`` or ``skip``; the default is to update. ``seen`` counts equal
    rows without a reference.
    """

    key_prefix: ClassVar[str] = "row"

    store: Store
    parties: PartyFinder
    mode: str = ""
    seen: dict[bytes, int] = field(default_factory=dict)
    unread: UnreadPoints = field(default_factory=UnreadPoints)

    def run(self, drafts: Sequence[Draft], step: int | None) -> list[Outcome]:
        """Import a batch in one transaction that continues a journal step."""
        seen = dict(self.seen)
        keyed = [self.complete(draft) for draft in drafts]
        try:
            return _run_batch(self.store, self, keyed, step)
        except BaseException:
            self.seen = seen
            raise

    def complete(self, draft: Any) -> Draft:
        """Return a draft with the key by which a second import knows it."""
        completed: Draft = draft._replace(key=complete_key(draft.key, self.key_prefix, self.seen))
        return completed

    def restart(self) -> None:
        """Forget what a transaction added that was rolled back, before it is retried."""
        self.parties.restart()
        self.unread.restart()

    def start(self, drafts: Sequence[Draft]) -> Batch:
        """Return the import of a batch."""
        raise NotImplementedError

    def contact_of(self, draft: Any) -> int:
        """Return the contact of a draft whose batch is imported; 0 if there is none."""
        return self.parties.contact_of(draft.party) if draft.party is not None else 0

    def commit(self, batch: Any) -> None:
        """Remember what a transaction has added."""
        del batch
        self.parties.commit()

    def notes(self) -> list[str]:
        """Return sentences about the import."""
        return self.unread.notes()


@retry_transaction
def _run_batch(
    store: Store, importer: BatchImporter[Draft], drafts: Sequence[Draft], step: int | None
) -> list[Outcome]:
    importer.restart()
    with store.continue_step(step):
        batch = importer.start(drafts)
        outcomes = batch.run()
        _keep_unread(importer, drafts, outcomes)
    importer.commit(batch)
    return outcomes


def _keep_unread(
    importer: BatchImporter[Any], drafts: Sequence[Any], outcomes: Sequence[Outcome]
) -> None:
    for draft, outcome in zip(drafts, outcomes, strict=True):
        party = draft.party
        if outcome.status == REFUSED or party is None or not (party.unread_email or party.phone):
            continue
        if contact_id := importer.contact_of(draft):
            importer.unread.keep(importer.store, draft.line, contact_id, party)
