"""The SQL views: decimal amounts and names, on both engines, also after a migration."""

import gzip
from pathlib import Path
from typing import Any

import pytest

from cardcrm.cli.run import main
from cardcrm.store import Store, integrity, open_store, views
from tests.support.databases import Location

OLD = Path(__file__).parent / "sqlite" / "files" / "version-2.db.gz"


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
            "SELECT contact, currency, amount, cost, text FROM sale_view ORDER BY id",
            [
                ("Jane Doe", "GBP", 240.5, 95.0, "flowers"),
                ("Jane Doe", "JPY", 1200.0, None, "paper"),
                ("Jane Doe", "KWD", 1.234, None, "tea"),
                ("Jane Doe", "GBP", 2.63, 0.03, "Staples"),
            ],
        ),
        (
            "SELECT product, quantity, currency, price, discount_percent, amount "
            "FROM sale_line_view",
            [("Staples", 1.5, "GBP", 2.0, 12.5, 2.63)],
        ),
        (
            "SELECT name, currency, price, cost FROM product_view",
            [("Staples", "GBP", 0.045, 0.02)],
        ),
        (
            "SELECT contact, currency, revenue, orders FROM contact_value_view "
            "WHERE own = 1 ORDER BY currency",
            [("Jane Doe", "GBP", 243.13, 2), ("Jane Doe", "JPY", 1200.0, 1),
             ("Jane Doe", "KWD", 1.234, 1)],
        ),
        (
            "SELECT name, organization, email, tags FROM contact_view WHERE kind = 'person'",
            [("Jane Doe", "Acme", "jane@example.com", "vip")],
        ),
        (
            "SELECT contact, kind, direction, minutes, text FROM interaction_view",
            [("Jane Doe", "call", "in", 5, "asked for a quote")],
        ),
        (
            "SELECT contact, due_on, promise, text FROM reminder_view ORDER BY id",
            [("Jane Doe", "2026-11-25", 1, "send it"), (None, "2026-11-30", 0, "pay the rent")],
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
    sales = rows(sold, "SELECT * FROM sale_view ORDER BY id")
    sold.close()
    assert main(["db", "copy", str(location), str(tmp_path / "copy.db")]) == 0
    copy = open_store(tmp_path / "copy.db")
    assert rows(copy, "SELECT * FROM sale_view ORDER BY id") == sales
    copy.close()


def test_an_older_database_gets_the_views(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    path.write_bytes(gzip.decompress(OLD.read_bytes()))
    store = open_store(path)
    for name in views.VIEWS:
        store.rows(f"SELECT * FROM {name}")
    assert len(store.rows("SELECT * FROM contact_view")) == 3
    store.close()
