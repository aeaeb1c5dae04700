"""The boxes that are measured hold what the program itself would have kept in them."""

import pytest

from bench import boxes
from cardcrm.records.search.prefix import quick
from cardcrm.store import derived, open_store


@pytest.fixture
def store(tmp_path):
    path = tmp_path / "made.db"
    boxes.make(boxes.Plan("test", 240, 3, 2, 2), path)
    opened = open_store(path)
    yield opened
    opened.close()


def facts(store):
    return [
        [tuple(row) for row in store.rows(sql)]
        for sql in (
            "SELECT id, last_on, touch_on, name_key, sort_key FROM contact ORDER BY id",
            "SELECT rowid, names, rest FROM card_fts ORDER BY rowid",
            "SELECT rowid, body FROM text_fts ORDER BY rowid",
            "SELECT contact_id, currency, revenue, margin, orders, first_on, last_on "
            "FROM contact_value ORDER BY contact_id",
        )
    ]


def test_what_is_kept_beside_the_records_is_what_they_say(store):
    made = facts(store)
    store.engine.begin()
    derived.rebuild(store.engine)
    store.engine.commit()
    for before, after in zip(made, facts(store), strict=True):
        assert before == after
    assert store.engine.problems() == []


def test_indexes_are_all_there_again_and_the_box_can_be_searched(store, tmp_path):
    fresh = open_store(tmp_path / "fresh.db", create=True)
    sql = "SELECT name FROM sqlite_master WHERE type = 'index' ORDER BY name"
    assert [row[0] for row in store.rows(sql)] == [row[0] for row in fresh.rows(sql)]
    fresh.close()
    assert quick(store, store.value("SELECT name FROM contact WHERE id = 99"))


def test_the_same_plan_makes_the_same_box(store, tmp_path):
    boxes.make(boxes.Plan("test", 240, 3, 2, 2), tmp_path / "again.db")
    again = open_store(tmp_path / "again.db")
    assert facts(again) == facts(store)
    again.close()
