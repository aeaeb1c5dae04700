"""The sample database: current on any day, in a file of its own, never replacing another."""

import datetime as dt

import pytest

from cardcrm.cli.run import main
from cardcrm.records import sample
from cardcrm.records.search import prefix
from cardcrm.store import Locale, Store, open_store

DAYS = ("2026-11-21T20:00", "2028-02-29T08:00", "2027-01-01T00:10", "2027-03-28T01:30")


@pytest.fixture(autouse=True)
def alone(monkeypatch, tmp_path):
    monkeypatch.setenv("CARDCRM_CONFIG", str(tmp_path / "none.toml"))
    (tmp_path / "none.toml").touch()
    monkeypatch.setenv("CARDCRM_NOW", DAYS[0])
    monkeypatch.delenv("CARDCRM_DB", raising=False)


def filled(path) -> Store:
    store = open_store(path, create=True, user=sample.USER, locale=Locale("GB", "GBP"))
    sample.fill(store)
    return store


@pytest.mark.parametrize("now", DAYS)
def test_sample_has_overdue_due_and_birthday_entries_on_any_day(now, location, monkeypatch):
    monkeypatch.setenv("CARDCRM_NOW", now)
    store = filled(location)
    today = now[:10]
    soon = dt.date.fromisoformat(today) + dt.timedelta(days=7)
    open_ = "SELECT count(*) FROM reminder WHERE done_at IS NULL AND due_on"
    assert store.value(f"{open_} < :today", today=today) >= 2
    assert store.value(f"{open_} = :today AND promise = 1", today=today) >= 1
    assert store.value(f"{open_} > :today", today=today) >= 5
    assert store.value("SELECT count(*) FROM contact WHERE touch_by < :today", today=today) >= 3
    days = [dt.date.fromisoformat(today) + dt.timedelta(days=ahead) for ahead in range(8)]
    near = {day.strftime("%m-%d") for day in days}
    born = {row[0] for row in store.rows("SELECT month_day FROM yearly_day")}
    assert len(near & born) >= 3, soon
    store.close()


@pytest.mark.no_database
def test_samples_of_one_day_are_identical(locations):
    def content(store: Store) -> list[tuple[object, ...]]:
        return [
            tuple(row)
            for sql in (
                "SELECT id, name, note, last_on, touch_by, created_at FROM contact",
                "SELECT contact_id, on_date, amount, ref FROM sale",
                "SELECT contact_id, due_on, text, rule FROM reminder",
                "SELECT on_date, at, text FROM interaction",
            )
            for row in store.rows(sql)
        ]

    one, two = filled(locations("one")), filled(locations("two"))
    assert content(one) == content(two)
    assert [hit.name for hit in prefix.search(one, "Eleanor")] == ["Eleanor Whitcombe"]
    one.close()
    two.close()


NOT_SINCE = "SELECT max(on_date) FROM sale s JOIN contact c ON c.id = s.contact_id WHERE "
LINES = "sale_line l JOIN product p ON p.id = l.product_id JOIN sale s ON s.id = l.sale_id"


@pytest.mark.parametrize("now", DAYS)
def test_sample_tells_its_story_on_any_day(now, location, monkeypatch):
    monkeypatch.setenv("CARDCRM_NOW", now)
    store = filled(location)
    today = dt.date.fromisoformat(now[:10])

    def ago(days: int) -> str:
        return (today - dt.timedelta(days=days)).isoformat()

    def best(since: str) -> list[str]:
        rows = store.rows(
            "SELECT c.name FROM sale s JOIN contact c ON c.id = s.contact_id WHERE on_date >= :day "
            "GROUP BY c.name ORDER BY sum(s.amount) DESC LIMIT 2",
            day=since,
        )
        return [row[0] for row in rows]

    assert best("") == ["The Aire Grand Hotel", "Kirkgate Playhouse"]
    assert best(ago(90))[0] == "Lantern Coffee"
    assert store.value(f"{NOT_SINCE} c.name = 'Kirkgate Playhouse'") <= ago(190)
    market = "c.id IN (SELECT contact_id FROM tag WHERE name = 'market')"
    assert store.value(f"{NOT_SINCE} {market}") < ago(425)
    prices = f"SELECT min(l.price), max(l.price) FROM {LINES} WHERE p.name = 'Seasonal bouquet' AND"
    assert tuple(store.row(f"{prices} s.on_date < :day", day=ago(211))) == (2400, 2400)
    assert tuple(store.row(f"{prices} s.on_date > :day", day=ago(209))) == (2800, 2800)
    orchids = f"SELECT s.id FROM {LINES} WHERE p.name = 'Potted orchid'"
    feed = f"SELECT count(*) FROM {LINES} WHERE p.name = 'Orchid feed' AND s.id IN ({orchids})"
    assert store.value(feed) / store.value(f"SELECT count(*) FROM ({orchids}) o") == (
        pytest.approx(0.8, abs=0.02)
    )
    by_month = dict(
        tuple(row)
        for row in store.rows(
            "SELECT substr(on_date, 1, 7) AS month, sum(amount) FROM sale GROUP BY month"
        )
    )
    year = today.year - 1
    others = sum(by_month[f"{year}-{month:02}"] for month in range(1, 12)) / 11
    assert by_month[f"{year}-12"] > 1.5 * others
    assert store.value("SELECT count(*) FROM sale WHERE tax IS NULL OR channel = ''") == 0
    store.close()


def test_demo_leaves_an_existing_file_alone(tmp_path, capsys):
    there = tmp_path / "cards.db"
    there.write_text("mine")
    assert main(["demo", "--path", str(there)]) == 4
    assert there.read_text() == "mine"
    assert "already exists" in capsys.readouterr().err


def test_demo_refuses_the_users_own_database(tmp_path, capsys):
    assert main(["--db", str(tmp_path / "own.db"), "demo"]) == 2
    assert not (tmp_path / "own.db").exists()
    assert "--path" in capsys.readouterr().err


def test_demo_shows_next_steps_and_cannot_be_undone(tmp_path, capsys):
    database = tmp_path / "my database.db"
    assert main(["demo", "--path", str(database)]) == 0
    assert f"export CARDCRM_DB='{database}'" in capsys.readouterr().err
    store = open_store(database, user="somebody")
    from cardcrm.store import journal

    assert journal.undo(store) is None
    assert store.value("SELECT count(*) FROM contact") > 35
    store.close()
