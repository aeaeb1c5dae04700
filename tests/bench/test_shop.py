"""The generated shop is what the program itself would have stored, and repeats exactly."""

import pytest

from bench import shop
from cardcrm.store import integrity, open_store

PLAN = shop.Shop("test", 600, 3_000)


@pytest.fixture
def store(tmp_path):
    shop.make(PLAN, tmp_path / "shop.db")
    found = open_store(tmp_path / "shop.db")
    yield found
    found.close()


def rows(store, sql):
    return [tuple(row) for row in store.rows(sql)]


def test_the_shop_has_its_customers_and_sales(store):
    (figures,) = rows(
        store,
        "SELECT count(*), count(DISTINCT contact_id), sum(CASE WHEN amount < 0 THEN 1 ELSE 0 END), "
        "min(on_date), max(on_date) FROM sale",
    )
    assert figures[:3] == (3_000, 600, 3_000 // 33)
    assert figures[3] >= shop.START.isoformat()
    assert figures[4] <= shop.TODAY.isoformat()
    assert rows(store, "SELECT on_date FROM sale ORDER BY id") == rows(
        store, "SELECT on_date FROM sale ORDER BY on_date"
    )


def test_lines_add_up_to_their_sale(store):
    assert store.value("SELECT count(*) FROM sale_line") > 300
    wrong = (
        "SELECT s.id FROM sale s JOIN sale_line l ON l.sale_id = s.id GROUP BY s.id "
        "HAVING sum(l.amount) <> s.amount"
    )
    assert rows(store, wrong) == []


def test_derived_data_matches_the_records(store):
    queries = (
        "SELECT id, last_on, touched_on, touch_by, name_key, sort_key FROM contact ORDER BY id",
        "SELECT * FROM contact_value ORDER BY contact_id, own",
    )
    made = [rows(store, sql) for sql in queries]
    integrity.repair_database(store)
    assert [rows(store, sql) for sql in queries] == made
    assert integrity.check_database(store, print) == []


def test_a_shop_repeats_exactly(store, tmp_path):
    shop.make(PLAN, tmp_path / "second.db")
    second = open_store(tmp_path / "second.db")
    for table in ("contact", "sale", "sale_line", "interaction"):
        sql = f"SELECT * FROM {table} ORDER BY id"
        assert rows(second, sql) == rows(store, sql)
    second.close()
