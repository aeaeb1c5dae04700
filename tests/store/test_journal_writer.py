"""The journal's lines are written together, and say the same as if each were written at once."""

import pytest

from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft, ContactPointDraft
from cardcrm.store import Store, integrity, journal, journal_writer

JANE = ContactDraft(
    name="Jane Doe",
    nicknames=("Jay", "JD", "jay"),
    points=(ContactPointDraft("email", "jane@x.org"), ContactPointDraft("phone", "0113 496 0123")),
    tags=("vip", "garden", "vip"),
)


@pytest.mark.parametrize("held", [1, 2, 3, 500])
def test_changes_stand_in_their_order_however_many_are_written_together(
    store: Store, monkeypatch: pytest.MonkeyPatch, held: int
) -> None:
    monkeypatch.setattr(journal_writer, "MAX_ENTRIES", held)
    jane = contacts.add(store, JANE)
    assert store.last_step is not None
    changes = journal.changes(store, store.last_step)
    assert [(change.op, change.table) for change in changes] == [
        ("insert", table)
        for table in ("contact", "nickname", "nickname", "point", "point", "tag", "tag")
    ]
    names = [change.new["name"] for change in changes if change.table in ("nickname", "tag")]
    assert names == ["Jay", "JD", "vip", "garden"]
    assert [change.row_id for change in changes if change.table == "contact"] == [jane.id]
    assert not integrity.check_database(store, lambda _words: None)
    assert journal.undo(store) is not None
    assert store.value("SELECT count(*) FROM contact") == 0
    assert journal.redo(store) is not None
    assert contacts.details(store, jane.id).nicknames == ("Jay", "JD")
    assert not integrity.check_database(store, lambda _words: None)


def test_what_was_written_before_an_error_goes_with_the_rest(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_writer, "MAX_ENTRIES", 2)
    contacts.add(store, ContactDraft(name="Ann"))
    first = store.last_step

    def broken_off() -> None:
        with store.transaction("two cards"):
            for name in ("Bob", "Cat", "Dan"):
                contacts.add(store, ContactDraft(name=name))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken_off()
    assert store.last_step is None
    contacts.add(store, ContactDraft(name="Eve"))
    names = [
        change.new["name"]
        for step in journal.steps(store)
        for change in journal.changes(store, step.id)
    ]
    assert sorted(names) == ["Ann", "Eve"]
    assert store.last_step not in (None, first)


def test_rows_inserted_together_get_their_own_ids(store: Store) -> None:
    jane = contacts.add(store, ContactDraft(name="Jane"))
    rows = [{"contact_id": jane.id, "name": f"n{number}"} for number in range(1200)]
    with store.transaction():
        store.insert_rows("tag", rows)
    assert store.last_step is not None
    told = {change.row_id: change.new["name"] for change in journal.changes(store, store.last_step)}
    assert told == {row[0]: row[1] for row in store.rows("SELECT id, name FROM tag")}
    assert list(told.values()) == [row["name"] for row in rows]


def test_what_continues_no_step_belongs_to_the_transaction_around_it(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_writer, "MAX_ENTRIES", 2)
    with store.transaction("three cards"):
        contacts.add(store, ContactDraft(name="Ann"))
        contacts.add(store, ContactDraft(name="Bob"))  # both are written by now
        with store.continue_step(None):
            contacts.add(store, ContactDraft(name="Cat"))
    assert [each.command for each in journal.steps(store)] == ["three cards"]
    assert journal.undo(store) is not None
    assert store.value("SELECT count(*) FROM contact") == 0
