"""The SQL views: decimal amounts and names, on both engines, also after a migration."""

import gzip
from pathlib import Path
from typing import Any

import pytest
import sqlite_utils

from cardcrm.cli.run import main
from cardcrm.store import Store, integrity, open_store, table_registry, views
from cardcrm.store.server_address import is_server
from tests.support.databases import Location

OLD = Path(__file__).parent / "sqlite" / "files" / "version-2.db.gz"


# Rows of any table, contacts that are gone, and ids that mails have.
NO_REFERENCES = {
    ("change", "row_id"),
    ("merged_id", "old_id"),
    ("interaction", "message_id"),
    ("interaction", "thread_id"),
    ("interaction", "reply_to_id"),
    ("message", "message_id"),
    ("message", "reply_to_id"),
    ("mail_report", "message_id"),
}


@pytest.fixture
def sold(location: Location, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Store:
    """Sales in currencies of two, no and three decimals, and a product with a fine price."""
    monkeypatch.setenv("CARDCRM_DB", str(location))
    monkeypatch.setenv("CARDCRM_CONFIG", str(tmp_path / "none.toml"))
    (tmp_path / "none.toml").touch()
    for words in (
        ["add", "Jane Doe", "--org", "Acme", "--email", "jane@example.com", "--tag", "vip"],
        ["product", "add", "Staples", "--price", "0.045", "--cost", "0.02"],
        ["sell", "jane", "240.50 GBP", "flowers", "--cost", "95 GBP"],
        ["sell", "jane", "1200", "paper", "--currency", "JPY"],
        ["sell", "jane", "1.234 KWD", "tea"],
        ["sell", "jane", "--line", "1.5 x Staples @ 2 -12.5%"],
        ["log", "jane", "asked for a quote", "--kind", "call", "--in", "--minutes", "5"],
        ["remind", "jane", "send it", "--due", "2026-11-25", "--promise"],
        ["remind", "pay the rent", "--due", "2026-11-30"],
    ):
        assert main(words) == 0, words
    return open_store(location)


def rows(store: Store, sql: str) -> list[tuple[Any, ...]]:
    return [
        tuple(float(cell) if hasattr(cell, "as_tuple") else cell for cell in row)
        for row in store.rows(sql)
    ]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        (
            "SELECT contact, currency, amount, cost, text FROM sales ORDER BY id",
            [
                ("Jane Doe", "GBP", 240.5, 95.0, "flowers"),
                ("Jane Doe", "JPY", 1200.0, None, "paper"),
                ("Jane Doe", "KWD", 1.234, None, "tea"),
                ("Jane Doe", "GBP", 2.63, 0.03, "Staples"),
            ],
        ),
        (
            "SELECT product, quantity, currency, price, discount_percent, amount "
            "FROM sale_lines",
            [("Staples", 1.5, "GBP", 2.0, 12.5, 2.63)],
        ),
        (
            "SELECT name, currency, price, cost FROM products",
            [("Staples", "GBP", 0.045, 0.02)],
        ),
        (
            "SELECT contact, currency, revenue, orders FROM contact_values "
            "WHERE own = 1 ORDER BY currency",
            [("Jane Doe", "GBP", 243.13, 2), ("Jane Doe", "JPY", 1200.0, 1),
             ("Jane Doe", "KWD", 1.234, 1)],
        ),
        (
            "SELECT name, organization, email, tags FROM contacts WHERE kind = 'person'",
            [("Jane Doe", "Acme", "jane@example.com", "vip")],
        ),
        (
            "SELECT contact, kind, direction, minutes, text FROM interactions",
            [("Jane Doe", "call", "in", 5, "asked for a quote")],
        ),
        (
            "SELECT contact, due_on, promise, text FROM reminders ORDER BY id",
            [("Jane Doe", "2026-11-25", 1, "send it"), (None, "2026-11-30", 0, "pay the rent")],
        ),
        (
            "SELECT contact, noun, kind, text, currency, amount FROM timeline "
            "WHERE contact = 'Jane Doe' ORDER BY noun, amount LIMIT 3",
            [("Jane Doe", "interaction", "call", "asked for a quote", None, None),
             ("Jane Doe", "reminder", "open", "send it", None, None),
             ("Jane Doe", "sale", "sale", "tea", "KWD", 1.234)],
        ),
    ],
    ids=lambda value: value.split(" FROM ")[1].split()[0] if isinstance(value, str) else "",
)  # fmt: skip
def test_a_view_shows_decimals_and_names(
    sold: Store, sql: str, expected: list[tuple[Any, ...]]
) -> None:
    assert rows(sold, sql) == expected
    sold.close()


def test_views_leave_checks_and_copies_as_they_were(
    sold: Store, location: Location, tmp_path: Path
) -> None:
    assert integrity.check_database(sold, lambda _step: None) == []
    sales = rows(sold, "SELECT * FROM sales ORDER BY id")
    sold.close()
    assert main(["db", "copy", str(location), str(tmp_path / "copy.db")]) == 0
    copy = open_store(tmp_path / "copy.db")
    assert rows(copy, "SELECT * FROM sales ORDER BY id") == sales
    copy.close()


def test_an_older_database_gets_the_views(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    path.write_bytes(gzip.decompress(OLD.read_bytes()))
    store = open_store(path)
    for name in views.VIEWS:
        store.rows(f"SELECT * FROM {name}")
    assert len(store.rows("SELECT * FROM contacts")) == 3
    store.close()


def test_every_reference_is_a_foreign_key_that_other_programs_follow(sold: Store) -> None:
    if sold.engine.is_remote:
        sql = (
            "SELECT k.table_name, k.column_name FROM information_schema.table_constraints t "
            "JOIN information_schema.key_column_usage k USING (constraint_schema, constraint_name) "
            "WHERE t.constraint_type = 'FOREIGN KEY' AND t.constraint_schema = current_schema()"
        )
        found = set(rows(sold, sql))
    else:
        tables = [
            name for (name,) in rows(sold, "SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        found = {
            (table, column)
            for table in tables
            for (column,) in rows(sold, f"SELECT \"from\" FROM pragma_foreign_key_list('{table}')")
        }
    tables = [*table_registry.all_tables(), "contact_value", "alert", "step", "change"]
    wanted = {
        (table, column)
        for table in tables
        for column in sold.engine.column_names(table)
        if column.endswith("_id") and (table, column) not in NO_REFERENCES
    }
    assert found == wanted
    sold.close()


def test_sqlite_utils_reads_the_file(sold: Store, location: Location) -> None:
    sold.close()
    if is_server(location):
        return
    database = sqlite_utils.Database(location)
    assert {"contacts", "timeline", "sales"} <= set(database.view_names())
    (first, *_) = database["sales"].rows_where("currency = 'GBP'", order_by="id")
    assert (first["contact"], first["amount"]) == ("Jane Doe", 240.5)
    assert [(each.column, each.other_table) for each in database["sale_line"].foreign_keys] == [
        ("product_id", "product"),
        ("sale_id", "sale"),
    ]
    assert database["contact_value"].foreign_keys[0].other_table == "contact"
    database.close()
