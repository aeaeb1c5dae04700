"""The folder of a warehouse: odd names, changed manifests, and queries that reach for more."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cardcrm.errors import CardcrmError, ConflictError, StorageError, UsageError
from cardcrm.money import Money
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.sales import sales
from cardcrm.reports.warehouse import manifest
from cardcrm.reports.warehouse.star_export import export_star
from cardcrm.reports.warehouse.warehouse_query import list_tables, run_query
from cardcrm.store import Store, open_store


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Path]]:
    """A database with one sale, and its star."""
    folder = tmp_path_factory.mktemp("written")
    store = open_store(folder / "cards.db", create=True)
    with store.transaction("test"):
        sales.sell(store, contacts.add(store, ContactDraft("Ann Lee")).id, Money(1250, "GBP"))
    export_star(store, folder / "star")
    yield store, folder / "star"
    store.close()


@pytest.fixture
def store(written: tuple[Store, Path]) -> Store:
    return written[0]


@pytest.fixture
def star(written: tuple[Store, Path], tmp_path: Path) -> Path:
    """A copy of the star, to be changed."""
    return Path(shutil.copytree(written[1], tmp_path / "star"))


def ask(star: Path, sql: str) -> list[tuple[Any, ...]]:
    return run_query(star, sql).rows


def files(star: Path) -> dict[str, bytes]:
    found = (path for path in star.rglob("*") if path.is_file())
    return {path.relative_to(star).as_posix(): path.read_bytes() for path in found}


@pytest.mark.parametrize(
    "name", ["it's a star", "ä; DROP TABLE sale; --", '"quoted"', "$HOME", "a,b"]
)
def test_folders_of_odd_names_work(store, tmp_path, name):
    export_star(store, tmp_path / name)
    assert str(ask(tmp_path / name, "SELECT sum(amount) FROM fact_sale_line")[0][0]) == "12.500"
    assert os.listdir(tmp_path) == [name]


@pytest.mark.parametrize("name", ["a*b", "a?b", "a[b]c", "a\nb", "a\x1bb"])
def test_folders_that_are_patterns_are_refused(store, tmp_path, name):
    for act in (lambda: export_star(store, tmp_path / name), lambda: ask(tmp_path / name, "")):
        with pytest.raises(UsageError, match="cannot be the folder of a warehouse"):
            act()
    assert os.listdir(tmp_path) == []


def test_a_folder_with_other_files_is_refused(store, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("dear")
    with pytest.raises(ConflictError, match=r"letter\.txt"):
        export_star(store, tmp_path / "full")
    assert os.listdir(tmp_path / "full") == ["letter.txt"]
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="is not a folder"):
        export_star(store, tmp_path / "file")
    with pytest.raises(CardcrmError, match="cannot create"):
        export_star(store, tmp_path / "no" / "parent")


def test_a_damaged_day_does_not_become_the_name_of_a_folder(tmp_path):
    store = open_store(tmp_path / "cards.db", create=True)
    contact = contacts.add(store, ContactDraft("Ann Lee")).id
    sales.sell(store, contact, Money(1250, "GBP"))
    store.engine.begin()
    store.engine.execute("UPDATE sale SET on_date = '../../x'", {})
    store.engine.commit()
    with pytest.raises(StorageError, match="which is not a date"):
        export_star(store, tmp_path / "star")
    store.close()
    assert os.listdir(tmp_path / "star") == []


def test_a_day_that_is_in_no_calendar_stays_in_its_month(tmp_path):
    store = open_store(tmp_path / "cards.db", create=True)
    contact = contacts.add(store, ContactDraft("Ann Lee")).id
    for minor in (100, 250):
        sales.sell(store, contact, Money(minor, "GBP"))
    store.engine.begin()
    store.engine.execute("UPDATE sale SET on_date = '2026-02-31' WHERE id = 1", {})
    store.engine.commit()
    export_star(store, tmp_path / "star")
    store.close()
    found = ask(tmp_path / "star", "SELECT on_date, amount FROM fact_sale_line ORDER BY amount")
    assert [(day is None, str(amount)) for day, amount in found] == [
        (True, "1.000"),
        (False, "2.500"),
    ]


def test_tables_without_rows_can_be_queried(star):
    assert ask(star, "SELECT count(*), sum(minutes) FROM fact_interaction") == [(0, None)]


def test_tables_are_listed_without_a_warehouse(tmp_path):
    assert {each.rows for each in list_tables(None)} == {None}
    assert {each.rows for each in list_tables(tmp_path / "none")} == {None}


@pytest.mark.parametrize(
    "path",
    [
        "../secret.parquet",
        "/etc/passwd",
        "fact_sale_line/../../x.parquet",
        "dim_user/part-000001.parquet",
        "fact_sale_line/month=2026-01/part-000001.parquet' UNION SELECT 1; --",
        "https://example.com/part-000001.parquet",
    ],
)
def test_a_manifest_that_names_other_files_is_refused(star, path):
    data = json.loads((star / manifest.NAME).read_text())
    data["tables"]["dim_place"][""]["file"] = path
    (star / manifest.NAME).write_text(json.dumps(data))
    with pytest.raises(StorageError, match="damaged"):
        ask(star, "SELECT 1")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 99}', '{"format": 1, "tables": []}'])
def test_a_damaged_manifest_is_one_clear_line(store, star, text):
    (star / manifest.NAME).write_text(text)
    for act in (lambda: export_star(store, star), lambda: ask(star, "SELECT 1")):
        with pytest.raises(StorageError, match="is damaged"):
            act()


def test_a_file_that_links_elsewhere_is_refused(star, tmp_path):
    (place,) = star.glob("dim_place/*.parquet")
    shutil.move(place, tmp_path / "elsewhere.parquet")
    place.symlink_to(tmp_path / "elsewhere.parquet")
    with pytest.raises(CardcrmError, match="link"):
        ask(star, "SELECT 1")


def test_a_file_that_is_missing_is_named_and_the_next_export_is_whole(store, star):
    (place,) = star.glob("dim_place/*.parquet")
    place.unlink()
    with pytest.raises(CardcrmError, match="is missing"):
        ask(star, "SELECT 1")
    assert not export_star(store, star).is_unchanged
    assert ask(star, "SELECT count(*) FROM dim_place") == [(1,)]


def test_files_that_no_manifest_lists_are_not_read(star):
    (listed,) = star.glob("fact_sale_line/*/*.parquet")
    shutil.copy(listed, listed.with_name("part-000009.parquet"))
    assert ask(star, "SELECT count(*) FROM fact_sale_line") == [(1,)]


def test_a_pivot_names_its_values(star):
    pivot = "PIVOT fact_sale_line ON currency {} USING sum(amount)"
    with pytest.raises(UsageError, match="columns of the pivot are unknown"):
        ask(star, pivot.format(""))
    found = run_query(star, pivot.format("IN ('GBP', 'EUR')"))
    assert {"GBP", "EUR"} <= set(found.names)


@pytest.mark.parametrize(
    "sql",
    [
        "COPY (SELECT 1) TO '{0}/evil.csv'",
        "COPY dim_user TO '{0}/star/dim_user/part-000001.parquet'",
        "WITH a AS (COPY (SELECT 1) TO '{0}/evil.csv') SELECT 1",
        "EXPLAIN ANALYZE COPY (SELECT 1) TO '{0}/evil.csv'",
        "PREPARE x AS COPY (SELECT 1) TO '{0}/evil.csv'",
        "EXPORT DATABASE '{0}/evil'",
        "ATTACH '{0}/evil.db'",
        "CREATE TABLE evil AS SELECT 1",
        "INSERT INTO dim_user VALUES (1)",
        "DROP VIEW dim_user",
        "SET enable_external_access = true",
        "PRAGMA enable_external_access",
        "RESET lock_configuration",
        "INSTALL httpfs",
        "LOAD httpfs",
        "CALL enable_logging(storage = 'file', storage_path = '{0}/evil')",
        "SELECT * FROM read_text('{0}/secret.txt')",
        "SELECT * FROM read_csv('{0}/secret.txt')",
        "FROM '{0}/secret.txt'",
        "SELECT * FROM read_blob('{0}/star/../secret.txt')",
        "SELECT * FROM read_text('{0}/star/manifest.json')",
        "SELECT * FROM glob('{0}/*')",
        "SELECT * FROM read_parquet('{0}/star/*/*.parquet')",
        "SELECT * FROM read_csv('https://example.com/x.csv')",
        "SELECT * FROM query('SELECT * FROM read_text(''{0}/secret.txt'')')",
        "SELECT getenv('HOME')",
        "SELECT 1; COPY (SELECT 1) TO '{0}/evil.csv'",
        "FROM location",
        "",
        ";",
        "-- nothing",
        "SELECT \x00",
        "SELEC 1",
        "SELECT * FROM nowhere",
    ],
)
def test_a_query_reads_the_tables_of_the_warehouse_and_writes_nothing(star, tmp_path, sql):
    (tmp_path / "secret.txt").write_text("open sesame")
    before = files(star)
    with pytest.raises(UsageError) as caught:
        ask(star, sql.format(tmp_path))
    assert "\n" not in caught.value.message
    assert "sesame" not in caught.value.message
    assert files(star) == before
    assert not list(tmp_path.rglob("evil*"))
