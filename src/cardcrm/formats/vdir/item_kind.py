"""The interface between a sync and what the files of a folder hold: contacts or reminders."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from cardcrm.records.conflicts import Texts
from cardcrm.records.syncing.sync_states import Part, Parts, SyncFolder
from cardcrm.records.syncing.three_way_merge import Changes, Clash
from cardcrm.store import Store


class Item(NamedTuple):
    """The content of a file: its permanent id, its name for people, its texts and parsed form."""

    uid: str
    name: str
    texts: Parts
    body: Any = None


class Ignored(NamedTuple):
    """A file that is left as it is. Without a reason it is another program's own."""

    reason: str = ""


class Adopted(NamedTuple):
    """The record that a new file became: its permanent id, and whether it was added just now."""

    uid: str
    is_new: bool
    problem: str = ""
    notes: tuple[str, ...] = ()


class ItemKind(Protocol):
    """The operations of a sync that depend on the content of its files."""

    ending: str
    noun: str
    plural: str

    def parse(self, store: Store, text: str, base: Parts | None) -> Item | Ignored:
        """Return what a file holds; ``base`` is what it held last."""

    def select(self, store: Store, folder: SyncFolder) -> dict[str, int]:
        """Return the ids of the records that take part, by their permanent ids."""

    def find(self, store: Store, uids: Collection[str]) -> dict[str, int]:
        """Return the ids of those records that exist, by their permanent ids."""

    def find_changed(self, store: Store, since: int) -> set[int] | None:
        """Return the ids of the records that have changed; None if any may have."""

    def read(self, store: Store, ids: Sequence[int]) -> list[Parts]:
        """Return the texts of records."""

    def adopt(self, store: Store, items: Sequence[Item]) -> list[Adopted]:
        """Find or add the records of new files, inside a transaction."""

    def write(self, store: Store, id_: int, changes: Changes) -> list[str]:
        """Write changes to a record inside a transaction; return what was kept as written."""

    def remove(self, store: Store, ids: Sequence[int]) -> None:
        """Remove records inside a transaction."""

    def render(self, store: Store, ids: Sequence[int], like: str = "") -> list[str]:
        """Return the files of records, in the version of a file that is ``like`` them."""

    def patch(
        self, store: Store, text: str, changes: Mapping[Part, Texts | None], new: str, uid: str
    ) -> str:
        """Return the text of a file with some changes, which ``new`` has.

        ``uid`` is the permanent id to write into the file, or empty to leave its own.
        """

    def keep_loser(self, clash: Clash, database: Parts) -> Changes:
        """Return the changes by which the text that lost a clash is kept beside the other."""

    def label(self, part: Part) -> str:
        """Return the name of a part for people."""

    def describe(self, texts: Parts) -> str:
        """Return the name of a record for people."""

    def is_closed(self, texts: Parts) -> bool:
        """Return whether a record is done, so that its file may go without a question."""
