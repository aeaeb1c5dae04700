"""`export --star` and `warehouse`: the star equals the database, and holds nothing else."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cardcrm.currencies import DECIMALS
from cardcrm.errors import ConflictError
from cardcrm.reports.warehouse import manifest, star_export
from cardcrm.reports.warehouse.tables.all_tables import all_tables
from cardcrm.reports.warehouse.warehouse_query import run_query
from cardcrm.store import open_store
from tests.support.databases import Location, ServerDatabases
from tests.support.postgresql import Server

Run = Callable[..., tuple[int, str, str]]

TABLES = [each.name for each in all_tables()]
# Each line with the moment at which it is typed.
HISTORY = (
    ("2026-01-10T09:00", "add", "Jane Roe", "--city", "Leeds", "--source", "web", "--owner", "ann"),
    ("2026-01-10T09:00", "add", "Acme Ltd", "--kind", "org", "--city", "Bath"),
    ("2026-01-10T09:00", "add", "Bob Ray", "--org", "Acme Ltd"),
    ("2026-01-10T09:00", "product", "add", "Rose", "--price", "2.4990", "--cost", "1.0050"),
    ("2026-01-11T09:00", "sell", "jane", "12.50", "flowers", "--channel", "web", "--cost", "4"),
    ("2026-01-31T09:00", "sell", "jane", "--line", "3 x Rose -10%", "--line", "1 x Vase @ 7"),
    ("2026-02-01T09:00", "sell", "bob", "1500 JPY", "lunch"),
    ("2026-02-02T09:00", "sell", "bob", "1234.567 KWD", "oil", "--tax", "20%"),
    ("2026-02-28T09:00", "sell", "jane", "--line", "7 x Rose @ 0.0455", "--tax", "7%"),
    ("2026-02-28T10:00", "sell", "jane", "-5.25", "back"),
    ("2026-03-01T09:00", "sell", "jane", "--refund", "--line", "1 x Rose"),
    ("2026-03-01T09:00", "edit", "jane", "--city", "York", "--stage", "customer"),
    ("2026-03-02T09:00", "sell", "acme", "0", "sample"),
    ("2026-03-02T09:00", "log", "jane", "called", "--with", "bob", "--kind", "call"),
    ("2026-03-02T09:00", "remind", "jane", "call back", "--due", "2026-04-05"),
    ("2026-04-06T09:00", "edit", "jane", "--owner", "ben"),
    ("2026-04-06T10:00", "edit", "jane", "--owner", "cleo"),
)  # fmt: skip


@pytest.fixture(autouse=True)
def own_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def shop(typed: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A database with sales in three currencies, typed on several days."""
    for moment, *words in HISTORY:
        monkeypatch.setenv("CARDCRM_NOW", moment)
        code, _, err = typed(*words)
        assert code == 0, (words, err)
    monkeypatch.setenv("CARDCRM_NOW", "2026-04-10T09:00")
    return typed


@pytest.fixture
def star(shop: Run, tmp_path: Path) -> Path:
    """The star of the shop."""
    code, _, err = shop("export", "--star", str(tmp_path / "star"))
    assert code == 0, err
    return tmp_path / "star"


def ask(star: Path, sql: str) -> list[tuple[Any, ...]]:
    return run_query(star, sql).rows


def content(star: Path) -> list[tuple[Any, ...]]:
    """Return all rows of all tables."""
    rows = " UNION ALL ".join(
        f"SELECT '{name}' AS of, CAST(to_json(t) AS VARCHAR) AS row FROM {name} t"
        for name in TABLES
    )
    return ask(star, f"{rows} ORDER BY of, row")


def files(star: Path) -> dict[str, bytes]:
    found = (path for path in star.rglob("*") if path.is_file())
    return {path.relative_to(star).as_posix(): path.read_bytes() for path in found}


def database_rows(location: Location, sql: str) -> list[tuple[Any, ...]]:
    store = open_store(location, readonly=True)
    try:
        return [tuple(row) for row in store.rows(sql)]
    finally:
        store.close()


def to_major(minor: int | None, currency: str) -> Decimal | None:
    return None if minor is None else Decimal(int(minor)).scaleb(-DECIMALS[currency])


# Figures


@pytest.mark.parametrize(
    ("by_star", "by_database"),
    [
        ("strftime(f.on_date, '%Y-%m')", "substr(s.on_date, 1, 7)"),
        ("f.customer_id", "s.contact_id"),
        ("f.channel", "s.channel"),
        ("f.author", "s.author"),
    ],
)
def test_sums_of_the_star_are_those_of_the_sales(star, cli_location, by_star, by_database):
    names = ("amount", "cost", "tax")
    cost = "CASE WHEN s.cost IS NULL AND s.amount < 0 THEN 0 ELSE s.cost END"  # a refund
    sums = f"sum(s.amount), sum({cost}), sum(s.tax)"
    known = f"sum(s.amount - ({cost})), sum(CASE WHEN s.tax IS NOT NULL THEN s.amount - s.tax END)"
    expected = [
        (group, currency, *(to_major(each, currency) for each in minor), count)
        for group, currency, *minor, count in database_rows(
            cli_location,
            f"SELECT {by_database}, s.currency, {sums}, {known}, count(*) FROM sale s "
            f"GROUP BY {by_database}, s.currency ORDER BY 1, 2",
        )
    ]
    measures = ", ".join(f"sum(f.{name})" for name in (*names, "margin", "net"))
    found = ask(
        star,
        f"SELECT {by_star}, f.currency, {measures}, count(DISTINCT sale_id) "
        "FROM fact_sale_line f GROUP BY ALL ORDER BY 1, 2",
    )
    assert found == expected


def test_sums_by_product_are_those_of_the_lines_and_the_rest_is_unknown(star, cli_location):
    lines = database_rows(
        cli_location,
        "SELECT p.name, s.currency, sum(l.amount), sum(l.quantity) FROM sale_line l JOIN sale s "
        "ON s.id = l.sale_id JOIN product p ON p.id = l.product_id GROUP BY p.name, s.currency",
    )
    rest = database_rows(
        cli_location,
        "SELECT '(unknown)', s.currency, sum(s.amount), NULL FROM sale s WHERE s.id NOT IN "
        "(SELECT sale_id FROM sale_line) GROUP BY s.currency",
    )
    expected = [
        (name, currency, to_major(amount, currency), None if each is None else Decimal(each) / 1000)
        for name, currency, amount, each in sorted([*lines, *rest])
    ]
    assert len(lines) == 2
    assert expected == ask(
        star,
        "SELECT p.name, f.currency, sum(amount), sum(quantity) FROM fact_sale_line f "
        "JOIN dim_product p USING (product_id) GROUP BY ALL ORDER BY ALL",
    )


def test_a_sale_names_the_promotion_that_it_redeemed(shop, tmp_path):
    assert shop("campaign", "add", "spring", "--segment", "id>0", "--channel", "call")[0] == 0
    words = ("--discount", "10%", "--campaign", "spring", "--until", "2027-01-31")
    assert shop("promotion", "add", "spring10", *words)[0] == 0
    assert shop("sell", "bob", "--line", "1 x Lily @ 3", "--code", "SPRING10")[0] == 0
    assert shop("export", "--star", str(tmp_path / "star"))[0] == 0
    found = ask(
        tmp_path / "star",
        "SELECT code, percent_off, campaign, from_on, until_on, amount FROM fact_sale_line "
        "JOIN dim_promotion USING (promotion_id)",
    )
    assert [tuple(map(str, row)) for row in found] == [
        ("SPRING10", "10.000", "spring", "None", "2027-01-31", "2.700")
    ]


def test_a_cost_given_for_the_whole_sale_is_in_a_row_of_its_own(shop, tmp_path):
    lines = ("--line", "1 x Rose", "--line", "1 x Lily @ 3")
    assert shop("sell", "bob", *lines, "--cost", "2.22")[0] == 0
    assert shop("export", "--star", str(tmp_path / "star"))[0] == 0
    found = ask(
        tmp_path / "star",
        "SELECT product_id, amount, cost, margin FROM fact_sale_line "
        "WHERE sale_id = (SELECT max(sale_id) FROM fact_sale_line) ORDER BY sale_line_id",
    )
    assert [(row[0] == 0, *map(str, row[1:])) for row in found] == [
        (False, "2.500", "1.010", "1.490"),
        (False, "3.000", "0.000", "3.000"),
        (True, "0.000", "1.210", "-1.210"),
    ]


def test_unit_prices_and_discounts_are_exact(star):
    found = ask(
        star,
        "SELECT unit_price, quantity, discount_percent, discount, amount FROM fact_sale_line "
        "WHERE product_id > 0 ORDER BY sale_line_id",
    )
    assert [tuple(map(str, row)) for row in found] == [
        ("2.4990000", "3.000", "10.000", "0.750", "6.750"),
        ("7.0000000", "1.000", "0.000", "0.000", "7.000"),
        ("0.0455000", "7.000", "0.000", "0.000", "0.320"),
        ("2.4990000", "-1.000", "0.000", "0.000", "-2.500"),
    ]


# Dimensions


def test_a_customer_who_moved_has_a_version_for_each_place(star):
    found = ask(
        star,
        "SELECT version, city, stage, owner, CAST(valid_from AS VARCHAR), "
        "CAST(valid_to AS VARCHAR), current FROM dim_customer WHERE name = 'Jane Roe' ORDER BY 1",
    )
    assert found == [
        (1, "Leeds", "lead", "ann", "1900-01-01", "2026-01-11", False),
        (2, "Leeds", "customer", "ann", "2026-01-11", "2026-03-01", False),
        (3, "York", "customer", "ann", "2026-03-01", "2026-04-06", False),
        (4, "York", "customer", "cleo", "2026-04-06", "9999-12-31", True),
    ]


def test_each_fact_has_one_version_of_its_customer_and_one_of_each_other_dimension(star):
    joined = (
        "FROM fact_sale_line f JOIN dim_customer c ON c.customer_id = f.customer_id "
        "AND c.valid_from <= f.on_date AND f.on_date < c.valid_to "
        "JOIN dim_place USING (place_id) JOIN dim_product USING (product_id) "
        "JOIN dim_date d ON d.date = f.on_date JOIN dim_user u ON u.user_name = f.author"
    )
    (every,) = ask(star, "SELECT count(*), sum(amount) FROM fact_sale_line")
    assert ask(star, f"SELECT count(*), sum(amount) {joined}") == [every]
    assert ask(
        star,
        f"SELECT dim_place.city, sum(amount) {joined} AND f.currency = 'GBP' GROUP BY 1 ORDER BY 1",
    ) == [("Bath", Decimal("0.000")), ("Leeds", Decimal("21.320")), ("York", Decimal("-2.500"))]


def test_interactions_have_a_row_for_each_participant(star):
    found = ask(
        star,
        "SELECT f.kind, CAST(on_date AS VARCHAR), c.name FROM fact_interaction f "
        "JOIN dim_customer c ON c.customer_id = f.customer_id AND current ORDER BY c.name",
    )
    assert found == [("call", "2026-03-02", "Bob Ray"), ("call", "2026-03-02", "Jane Roe")]


def test_tags_and_segments_are_those_of_the_day(shop, star, monkeypatch):
    for words in (("tag", "jane", "+vip"), ("segment", "add", "quiet", "last>30d")):
        assert shop(*words)[0] == 0
    members = (
        "SELECT tag, segment FROM dim_customer LEFT JOIN bridge_customer_tag USING (customer_id) "
        "LEFT JOIN bridge_customer_segment USING (customer_id) WHERE current AND name = 'Jane Roe'"
    )
    for moment, segment in (("2026-04-01T09:00", None), ("2026-04-02T09:00", "quiet")):
        monkeypatch.setenv("CARDCRM_NOW", moment)
        assert shop("export", "--star", str(star))[0] == 0
        assert ask(star, members) == [("vip", segment)]


def test_days_have_their_calendar(star):
    found = ask(
        star,
        "SELECT year_month, quarter, iso_week, weekday_name, is_weekend, is_month_end "
        "FROM dim_date WHERE date = DATE '2026-01-31'",
    )
    assert found == [("2026-01", 1, 5, "Saturday", True, True)]


# Again


# The star is exported after the changes of each line.
CHANGES: tuple[tuple[tuple[str, ...], ...], ...] = (
    (
        ("sell", "jane", "3", "more", "--on", "2026-01-15"),
        ("sale", "edit", "1", "--on", "2025-12-24"),
    ),
    (("sale", "rm", "3", "--yes"),),
    (("undo",), ("sell", "bob", "--line", "2 x Tulip @ 1.10")),
    (("reminder", "edit", "1", "--due", "2026-06-01"), ("interaction", "rm", "1", "--yes")),
    (("undo",), ("interaction", "edit", "1", "--without", "bob")),
    (("edit", "acme", "--city", "Hull"), ("product", "edit", "Rose", "--price", "3")),
    (("segment", "add", "northern", "city:york"), ("tag", "jane", "+vip"), ("tag", "acme", "+b2b")),
    (("add", "Zoe Poe", "--city", "Rome"), ("merge", "jane", "bob", "--yes")),
    (("forget", "jane", "--yes"), ("rm", "zoe", "--yes"), ("sell", "acme", "2", "after")),
)


def test_an_export_of_the_changes_equals_one_of_everything(shop, star, tmp_path):
    for changes in CHANGES:
        for words in changes:
            code, _, err = shop(*words)
            assert code == 0, (words, err)
        shop("export", "--star", str(star))
        whole = tmp_path / "whole"
        shutil.rmtree(whole, ignore_errors=True)
        code, _, err = shop("export", "--star", str(whole))
        assert code == 0, err
        assert content(star) == content(whole), changes


def test_only_the_months_that_were_touched_are_written(shop, star):
    before = files(star)
    assert shop("sell", "jane", "3", "more", "--on", "2026-01-15")[0] == 0
    code, out, _ = shop("export", "--star", str(star), "--json")
    assert code == 0
    written = {each["table"]: each["written_months"] for each in json.loads(out)}
    assert written["fact_sale_line"] == "2026-01"
    assert written["fact_interaction"] is None
    changed = {name for name, data in files(star).items() if before.get(name) != data}
    assert {name for name in changed if name.startswith("fact")} == {
        "fact_sale_line/month=2026-01/part-000002.parquet"
    }


def test_an_export_without_changes_writes_nothing(shop, star):
    before = files(star)
    code, _, err = shop("export", "--star", str(star))
    assert (code, "nothing has changed" in err) == (0, True)
    assert json.loads(shop("export", "--star", str(star), "--json")[1]) == []
    assert files(star) == before


def test_a_forgotten_contact_vanishes_from_the_files(shop, star):
    (row,) = ask(star, "SELECT DISTINCT customer_id FROM dim_customer WHERE name = 'Jane Roe'")
    assert f"until the next `cardcrm export --star`: {star}" in shop("forget", "jane", "--yes")[2]
    assert shop("export", "--star", str(star))[0] == 0
    for table in ("dim_customer", "fact_sale_line", "fact_interaction", "fact_reminder"):
        assert ask(star, f"SELECT count(*) FROM {table} WHERE customer_id = {row[0]}") == [(0,)]
    assert "Jane" not in repr(content(star))


def test_another_database_is_exported_whole(shop, star, tmp_path, monkeypatch):
    monkeypatch.setenv("CARDCRM_DB", str(tmp_path / "other.db"))
    assert shop("add", "Ann Lee")[0] == 0
    assert shop("export", "--star", str(star))[0] == 0
    assert ask(star, "SELECT name FROM dim_customer") == [("Ann Lee",)]
    assert ask(star, "SELECT count(*) FROM fact_sale_line") == [(0,)]


# Interrupted


def export(location: Location, star: Path, advance: Callable[[int, int], None]) -> None:
    store = open_store(location)
    try:
        star_export.export_star(store, star, advance)
    finally:
        store.close()


@pytest.mark.parametrize("step", [1, 2, 5])
def test_an_interrupted_export_leaves_the_old_state(shop, star, cli_location, step):
    before = files(star)
    shop("sell", "jane", "3", "more", "--on", "2026-01-15")

    def stop(done: int, _steps: int) -> None:
        if done == step:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export(cli_location, star, stop)
    assert files(star) == before


KILLED = """
import os, sys
from pathlib import Path
from cardcrm.reports.warehouse import star_export
from cardcrm.store import open_store
from cardcrm.store.server_address import parse_location
star_export.export_star(
    open_store(parse_location(sys.argv[1])), Path(sys.argv[2]),
    lambda done, steps: os._exit(9) if done == steps else None,
)
"""


def test_a_killed_export_leaves_the_old_state_and_the_next_one_cleans_up(
    shop, star, cli_location, tmp_path
):
    before, rows = files(star), content(star)
    shop("sell", "jane", "3", "more", "--on", "2026-01-15")
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(cli_location), str(star)], check=False, env=os.environ
    )
    assert done.returncode == 9
    assert before.items() <= files(star).items()
    assert content(star) == rows
    assert shop("export", "--star", str(star))[0] == 0
    assert set(files(star)) == manifest.read(star).paths() | {manifest.NAME}
    assert shop("export", "--star", str(tmp_path / "whole"))[0] == 0
    assert content(star) == content(tmp_path / "whole")


def test_two_exports_at_once_exclude_each_other(shop, star, cli_location):
    shop("sell", "jane", "3", "more")
    refused = []

    def start_another(done: int, _steps: int) -> None:
        if done == 1:
            with pytest.raises(ConflictError, match="another export is writing"):
                export(cli_location, star, lambda _done, _steps: None)
            refused.append(True)

    export(cli_location, star, start_another)
    assert refused


# Queries


def test_a_query_answers_in_every_format(shop, star):
    sql = "select 2.5 as x, date '2026-01-31' as d, null as n, [1, 2] as l, 'a|b' as t"
    assert shop("warehouse", "sql", sql, "--json")[1] == (
        '[\n{"x": 2.5, "d": "2026-01-31", "n": null, "l": "[1, 2]", "t": "a|b"}\n]\n'
    )
    assert shop("warehouse", "sql", sql, "--format", "csv")[1].splitlines() == [
        "x,d,n,l,t", '2.5,2026-01-31,,"[1, 2]",a|b',
    ]  # fmt: skip
    for name in ("table", "tsv", "ids", "markdown", "html"):
        code, out, _ = shop("warehouse", "sql", sql, "--format", name)
        assert (code, "2.5" in out) == (0, True)


def test_errors_name_what_is_near(shop, star):
    assert "Did you mean fact_sale_line" in shop("warehouse", "sql", "from fact_sales_line")[2]
    assert "Did you mean amount" in shop("warehouse", "sql", "select amont from fact_sale_line")[2]
    assert "Did you mean dim_place" in shop("warehouse", "tables", "dim_places")[2]


def test_the_folder_of_the_last_export_is_remembered_for_each_database(
    shop, star, tmp_path, monkeypatch
):
    assert shop("warehouse", "sql", "select 1")[0] == 0
    monkeypatch.setenv("CARDCRM_DB", str(tmp_path / "other.db"))
    code, _, err = shop("warehouse", "sql", "select 1")
    assert code == 2
    assert "no warehouse has been exported" in err
    assert shop("warehouse", "sql", "select 1", "--dir", str(star))[0] == 0
    code, _, err = shop("warehouse", "sql", "select 1", "--dir", str(tmp_path / "none"))
    assert (code, "no warehouse in" in err) == (3, True)


def test_tables_are_listed_with_their_columns(shop, star):
    overview = shop("warehouse", "tables")[1].splitlines()
    assert [line.split()[0] for line in overview[1:]] == TABLES
    assert ["fact_interaction", "2", "One"] in [line.split()[:3] for line in overview]
    one = shop("warehouse", "tables", "dim_user")[1].splitlines()
    assert [line.split()[0] for line in one[2:4]] == ["user_name", "customers"]
    listed = json.loads(shop("warehouse", "tables", "--json")[1])
    assert {each["table"] for each in listed} == set(TABLES)
    for name in TABLES:
        described = ask(star, f"SELECT column_name, column_type FROM (DESCRIBE {name})")
        assert described == [
            (each["column"], each["type"]) for each in listed if each["table"] == name
        ]


def test_without_the_library_the_line_that_installs_it_is_named(shop, star, monkeypatch):
    monkeypatch.setitem(sys.modules, "duckdb", None)
    for words in (("warehouse", "sql", "select 1"), ("export", "--star", str(star) + "2")):
        code, _, err = shop(*words)
        assert code == 1
        assert "pip install 'duckdb>=2.0'" in err


# A server


@pytest.fixture
def address(server: Server, server_databases: ServerDatabases) -> Iterator[str]:
    """The address of an empty database on the server."""
    with server_databases.cloned("template0") as name:
        yield server.url_of(name)


QUERIES = (
    "SELECT year_month, currency, sum(amount), sum(margin), count(DISTINCT sale_id) "
    "FROM fact_sale_line JOIN dim_date ON date = on_date GROUP BY 1, 2 ORDER BY 1, 2",
    "SELECT p.name, f.currency, sum(quantity), sum(amount), sum(discount) FROM fact_sale_line f "
    "JOIN dim_product p ON p.product_id = f.product_id GROUP BY 1, 2 ORDER BY 1, 2",
    "SELECT c.city, c.stage, f.currency, sum(amount), sum(tax) FROM fact_sale_line f "
    "JOIN dim_customer c ON c.customer_id = f.customer_id "
    "AND c.valid_from <= f.on_date AND f.on_date < c.valid_to GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
    "SELECT name, version, valid_from, valid_to, current FROM dim_customer ORDER BY 1, 2",
    "SELECT kind, direction, minutes, no_answer, at_utc FROM fact_interaction",
)


def test_the_same_queries_answer_the_same_on_a_server_with_partitions(star, shop, address):
    import psycopg

    for _ in range(2):  # the second copy replaces the first
        code, out, err = shop("warehouse", "copy", address, "--json")
        assert code == 0, err
    assert {each["table"]: each["rows"] for each in json.loads(out)} == {
        f"warehouse.{name}": ask(star, f"SELECT count(*) FROM {name}")[0][0] for name in TABLES
    }
    with psycopg.connect(address) as connection:
        connection.execute("SET search_path = warehouse")
        for sql in QUERIES:
            assert connection.execute(sql).fetchall() == ask(star, sql)
        partitions = connection.execute(
            "SELECT count(*) FROM pg_inherits WHERE inhparent = 'fact_sale_line'::regclass"
        ).fetchone()
        assert partitions == (4,)  # three months, and one for rows without a day


def test_a_schema_with_other_tables_is_not_replaced(star, shop, address):
    import psycopg

    with psycopg.connect(address) as connection:
        connection.execute("CREATE SCHEMA warehouse")
        connection.execute("CREATE TABLE warehouse.mine (id int)")
    code, _, err = shop("warehouse", "copy", address)
    assert (code, "holds something else" in err) == (4, True)
    for name in ("public", "pg_x", "a;drop", 'a"b', "A", ""):
        assert shop("warehouse", "copy", address, "--schema", name)[0] == 2
    assert shop("warehouse", "copy", "cards.db")[0] == 2
    code, _, err = shop("warehouse", "copy", "pg:host=/nonexistent")
    assert (code, "does not answer" in err) == (5, True)
    with psycopg.connect(address) as connection:
        assert connection.execute("SELECT count(*) FROM warehouse.mine").fetchone() == (0,)
