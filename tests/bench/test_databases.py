"""The generated databases contain what the program itself would have stored."""

import pytest

from bench import databases
from cardcrm.records.search.prefix import search
from cardcrm.store import integrity, open_store


@pytest.fixture
def store(tmp_path):
    path = tmp_path / "made.db"
    databases.make(databases.Plan("test", 240, 3, 2, 2), path)
    open_database = open_store(path)
    yield open_database
    open_database.close()


def derived_rows(store):
    return [
        [tuple(row) for row in store.rows(sql)]
        for sql in (
            "SELECT id, last_on, touch_by, name_key, sort_key FROM contact ORDER BY id",
            "SELECT rowid, names, rest FROM card_fts ORDER BY rowid",
            "SELECT rowid, body FROM text_fts ORDER BY rowid",
            "SELECT contact_id, currency, revenue, margin, orders, first_on, last_on "
            "FROM contact_value ORDER BY contact_id",
        )
    ]


def test_derived_data_matches_the_records(store):
    made = derived_rows(store)
    assert integrity.check_database(store, print) == []
    integrity.repair_database(store)
    for before, after in zip(made, derived_rows(store), strict=True):
        assert before == after
    assert store.engine.maintenance.find_problems() == []


def test_indexes_are_complete_and_search_works(store, tmp_path):
    fresh = open_store(tmp_path / "fresh.db", create=True)
    sql = "SELECT name FROM sqlite_master WHERE type = 'index' ORDER BY name"
    assert [row[0] for row in store.rows(sql)] == [row[0] for row in fresh.rows(sql)]
    fresh.close()
    assert search(store, store.value("SELECT name FROM contact WHERE id = 99"))


def test_a_plan_always_makes_one_database(store, tmp_path):
    databases.make(databases.Plan("test", 240, 3, 2, 2), tmp_path / "second.db")
    second = open_store(tmp_path / "second.db")
    assert derived_rows(second) == derived_rows(store)
    second.close()
