"""Two databases that share a folder reach the same state, and no value is lost."""

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardcrm.formats.vdir.contact_items import ContactItems
from cardcrm.formats.vdir.folder import check_folder
from cardcrm.formats.vdir.sync_engine import sync
from cardcrm.formats.vdir.sync_report import SyncReport
from cardcrm.formats.vdir.sync_run import SyncOptions
from cardcrm.records.contacts import contacts, custom_fields
from cardcrm.records.contacts.drafts import ContactDraft, ContactPointDraft
from cardcrm.records.contacts.stored_drafts import read_drafts
from cardcrm.records.contacts.update import Edit, edit
from cardcrm.records.syncing import sync_states
from cardcrm.records.syncing.sync_states import SyncFolder
from cardcrm.store import Store


def run(store: Store, folder: Path, **options: bool) -> SyncReport:
    path = str(check_folder(folder))
    known = sync_states.find_folder(store, path) or SyncFolder(0, path)
    return sync(store, ContactItems(store), known, Path(path), SyncOptions(**options))


def people(store: Store) -> dict[str, ContactDraft]:
    """Return the contacts by their permanent ids; the order of their parts means nothing."""
    ids = [row[0] for row in store.rows("SELECT id FROM contact")]
    return {
        each.uid: each._replace(
            points=tuple(sorted(each.points)),
            fields=tuple(sorted(each.fields)),
            addresses=tuple(sorted(each.addresses)),
            nicknames=tuple(sorted(each.nicknames)),
        )
        for each in read_drafts(store, ids)
    }


@dataclasses.dataclass
class Side:
    """One database, and the texts that were written into it since the last sync."""

    store: Store
    fresh: set[str] = dataclasses.field(default_factory=set)


CHANGES = ("title", "note", "phone", "email", "tag", "field", "birthday", "city", "name", "untag")
actions = st.lists(
    st.tuples(st.sampled_from([0, 1]), st.integers(0, 2), st.sampled_from((*CHANGES, "sync"))),
    max_size=12,
)


def act(side: Side, which: int, what: str, number: int) -> None:
    """Change one of the contacts of a side."""
    ids = [row[0] for row in side.store.rows("SELECT id FROM contact ORDER BY uid")]
    row_id, word = ids[which % len(ids)], f"w{number}x"
    if what in ("phone", "email"):
        text = f"+4420794601{number:02d}" if what == "phone" else f"{word}@x.example"
        point = ContactDraft(points=(ContactPointDraft(what, text),))
        edit(side.store, [row_id], Edit(additions=point))
        word = text[-5:] if what == "phone" else text
        side.fresh.add(word if what == "email" else f"01{number:02d}")
    elif what == "tag":
        edit(side.store, [row_id], Edit(tags=(word,)))
        side.fresh.add(word)
    elif what == "untag":
        edit(side.store, [row_id], Edit(untag=("old",)))
    else:
        key = "color" if what == "field" else what
        text = f"--03-{number % 28 + 1:02d}" if what == "birthday" else word
        text = f"Bo {word}" if what == "name" else text
        edit(side.store, [row_id], Edit(values=((key, text),)))
        if what == "birthday":
            word = text
        # A later text of the same person for the same field replaces this one.
        side.fresh.add(f"{row_id}|{key}|{word}")


def current(fresh: set[str]) -> Iterator[str]:
    last: dict[str, tuple[int, str]] = {}
    for each in fresh:
        if "|" not in each:
            yield each
            continue
        row_id, key, word = each.split("|")
        order = int("".join(char for char in word if char.isdigit()))
        place = f"{row_id}{key}"
        last[place] = max(last.get(place, (-1, "")), (order, word))
    yield from (word for _, word in last.values())


@settings(max_examples=25)
@given(actions)
def test_random_edits_on_both_sides_converge_and_lose_nothing(
    temporary_store: Callable[..., ExitStack], tmp_path_factory: pytest.TempPathFactory, steps: list
):
    folder = tmp_path_factory.mktemp("folder")
    with temporary_store(user="ann") as desk, temporary_store(user="phil") as phone:
        sides = (Side(desk), Side(phone))
        for side in sides:
            custom_fields.add(side.store, "color")
        for number in range(3):
            draft = ContactDraft(name=f"Ann Ray{number}", tags=("old",), title="Boss")
            contacts.add(desk, draft)
        settle(sides, folder)
        for number, (side, which, what) in enumerate([*steps, (0, 0, "sync")]):
            if what == "sync":
                settle(sides, folder)
            else:
                act(sides[side], which, what, number)


def settle(sides: tuple[Side, Side], folder: Path) -> None:
    """Sync until nothing moves, and compare."""
    for side in (*sides, *sides):
        run(side.store, folder)
    ends = [run(side.store, folder) for side in sides]
    assert [(end.database, end.files, end.pending, end.left) for end in ends] == [
        ({}, {}, [], []),
        ({}, {}, [], []),
    ]
    desk, phone = (people(side.store) for side in sides)
    assert desk == phone
    everything = str(desk)
    for side in sides:
        missing = [word for word in current(side.fresh) if word not in everything]
        assert not missing
        side.fresh.clear()
