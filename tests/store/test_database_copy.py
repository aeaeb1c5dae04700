"""A box copied from file to server and back is the same box, however often it was broken off."""

import contextlib
import datetime as dt
import itertools
from pathlib import Path

import pytest

from cardcrm.cli.run import main
from cardcrm.dates import When
from cardcrm.errors import ConflictError, StorageError
from cardcrm.money import Money
from cardcrm.records.activity import interactions, reminders
from cardcrm.records.contacts import contacts, update
from cardcrm.records.contacts.drafts import ContactDraft, PointDraft
from cardcrm.records.sales import sales
from cardcrm.records.search.prefix import search
from cardcrm.store import database_copy, integrity, journal, open_store

pytestmark = pytest.mark.no_database

ROADS = list(itertools.product(("sqlite", "postgresql"), repeat=2))


@pytest.fixture(params=ROADS, ids="-".join)
def road(request, tmp_path):
    """From where to where: places on two engines."""
    found = []
    for number, engine in enumerate(request.param):
        if engine == "sqlite":
            found.append(tmp_path / f"{number}.db")
        else:
            found.append(request.getfixturevalue("server_places")(str(number)))
    return found


@pytest.fixture
def source(road):
    box = open_store(road[0], user="ann", create=True)
    phone = PointDraft("phone", "0113 496 0123")
    contacts.add(box, ContactDraft(name="Jürgen Müller", points=(phone,), note="o'brien's tea"))
    contacts.add(box, ContactDraft(name="Łódź Works", kind="org", tags=("vip",)))
    update.edit(box, [1], update.Edit(values=(("org", "Łódź Works"),)))  # it comes after the card
    interactions.log(
        box, [1], "asked for 50% off: “why \\ not”\nnew line\ttab", when=When(dt.date(2026, 1, 2))
    )
    reminders.add(box, 1, "call", When(dt.date(2026, 12, 1)))
    sales.sell(box, 1, Money(1250, "GBP"), lines=[sales.LineDraft("Soap")])
    contacts.add(box, ContactDraft(name="Gone"))
    journal.undo(box)
    yield box
    box.close()


@pytest.fixture
def target(road):
    box = open_store(road[1], user="ann", create=True)
    yield box
    box.close()


def test_everything_comes_along_and_goes_on(source, target):
    compared = database_copy.copy_database(source, target, lambda _done: None)
    assert {each.table: each.rows for each in compared}["contact"] == 2
    assert integrity.check_database(target, print) == []
    assert contacts.get(target, 1) == contacts.get(source, 1)
    assert contacts.get(target, 1).org == "Łódź Works"
    assert [hit.id for hit in search(target, "4960123")] == [1]
    assert [hit.id for hit in search(target, "brien")] == [1]
    added = [contacts.add(box, ContactDraft(name="New")).id for box in (source, target)]
    assert added[0] == added[1] == 4  # a number that was given once is not given again
    journal.undo(target)
    journal.undo(target)
    assert target.value("SELECT count(*) FROM sale") == 0


def test_a_copy_goes_on_where_it_was_broken_off(source, target, monkeypatch):
    monkeypatch.setattr(database_copy, "BATCH_SIZE", 2)

    class BrokenError(Exception):
        """The power has gone."""

    def tell(done):
        if done >= limit:
            raise BrokenError

    for limit in (1, 3, 5, 8, 13, 21):
        with pytest.raises(BrokenError):
            database_copy.copy_database(source, target, tell, resume=limit > 1)
    with pytest.raises(ConflictError, match="incomplete copy"):
        database_copy.copy_database(source, target, lambda _done: None)
    database_copy.copy_database(source, target, lambda _done: None, resume=True)
    assert integrity.check_database(target, print) == []
    assert (
        target.value("SELECT count(*) FROM setting WHERE name = :name", name=database_copy.MARKER)
        == 0
    )


def test_a_box_that_is_not_empty_is_left_alone(source, target):
    contacts.add(target, ContactDraft(name="Mine"))
    with pytest.raises(ConflictError, match="not empty"):
        database_copy.copy_database(source, target, lambda _done: None)
    with pytest.raises(ConflictError, match="no interrupted copy"):
        database_copy.copy_database(source, target, lambda _done: None, resume=True)
    assert [row[0] for row in target.rows("SELECT name FROM contact")] == ["Mine"]


def test_a_copy_that_is_not_the_same_is_told(source, target, monkeypatch):
    keep = database_copy._sum

    def spoil(other):
        keep(other)
        with other.transaction():
            other.engine.execute(
                "UPDATE contact SET note = :note WHERE id = 1", {"note": "another"}
            )

    monkeypatch.setattr(database_copy, "_sum", spoil)
    with pytest.raises(StorageError, match="differs: rows of contact are not equal"):
        database_copy.copy_database(source, target, lambda _done: None)


def test_from_the_shell(source, road, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("CARDCRM_CONFIG", str(tmp_path / "none.toml"))
    source.close()
    assert main(["db", "copy", *map(str, road)]) == 0
    assert "both boxes are the same" in capsys.readouterr().err
    assert main(["--db", str(road[1]), "find", "lodz", "--format", "ids"]) == 0
    assert capsys.readouterr().out.split() == ["2", "1"]
    assert main(["db", "copy", *map(str, road)]) == 4


def test_the_how_to_takes_a_shop_to_a_server(server_location, tmp_path, monkeypatch, capsys):
    """The lines of the page as they stand there, on another file and another server."""
    page = Path(__file__).parents[2] / "docs" / "how-to" / "move-to-a-server.md"
    places = {
        "~/.local/share/cardcrm/cards.db": str(tmp_path / "cards.db"),
        "postgresql://shop@db/cards": server_location,
    }
    monkeypatch.setenv("CARDCRM_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.delenv("CARDCRM_DB", raising=False)
    assert main(["--db", places["~/.local/share/cardcrm/cards.db"], "add", "Jane Doe"]) == 0
    lines = page.read_text("utf-8").split("```text\n")[1].split("```")[0].splitlines()
    assert len(lines) == 5
    for line in lines:
        if line.startswith("cardcrm "):
            assert main([places.get(word, word) for word in line.split()[1:]]) == 0, line
    capsys.readouterr()
    assert main(["find", "jane", "--format", "ids"]) == 0
    assert capsys.readouterr().out == "1\n"
    assert main(["db", "info"]) == 0
    assert "postgresql 1" in capsys.readouterr().out


def test_a_copy_that_was_broken_off_is_no_box_to_work_with(
    road, source, target, monkeypatch, tmp_path, capsys
):
    monkeypatch.setenv("CARDCRM_CONFIG", str(tmp_path / "none.toml"))

    def tell(done):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        database_copy.copy_database(source, target, tell)
    assert main(["--db", str(road[1]), "find"]) == 5
    assert "--resume" in capsys.readouterr().err


def test_ctrl_c_says_how_to_go_on(road, source, target, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("CARDCRM_CONFIG", str(tmp_path / "none.toml"))
    with monkeypatch.context() as patched:
        patched.setattr(database_copy, "_sum", interrupted)
        assert main(["db", "copy", *map(str, road)]) == 130
    told = capsys.readouterr().err
    assert "what was copied so far stays" in told
    assert "--resume" in told
    assert main(["db", "copy", *map(str, road)]) == 4
    assert "--resume" in capsys.readouterr().err
    assert main(["db", "copy", *map(str, road), "--resume"]) == 0


def test_half_a_copy_is_not_copied_on(source, target, tmp_path, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(database_copy, "_sum", interrupted)
        with pytest.raises(KeyboardInterrupt):
            database_copy.copy_database(source, target, lambda _done: None)
    with contextlib.closing(open_store(tmp_path / "third.db", create=True)) as third:
        with pytest.raises(ConflictError, match="incomplete copy"):
            database_copy.copy_database(target, third, lambda _done: None)
        assert third.value("SELECT count(*) FROM contact") == 0


def interrupted(*_):
    raise KeyboardInterrupt


@pytest.mark.parametrize("end", ["_sum", "_compare_index"])
def test_what_breaks_a_copy_off_says_that_it_can_be_gone_on_with(source, target, monkeypatch, end):
    def full(*_):
        raise StorageError("its disk is full", "Nothing was changed. Try again.")

    with monkeypatch.context() as patched:
        patched.setattr(database_copy, end, full)
        with pytest.raises(StorageError, match="disk is full") as told:
            database_copy.copy_database(source, target, lambda _done: None)
    assert "Nothing was changed" not in told.value.hint
    assert "--resume" in told.value.hint
    database_copy.copy_database(source, target, lambda _done: None, resume=True)


def test_of_two_who_copy_into_one_box_the_one_that_came_later_goes_on(
    road, source, target, monkeypatch
):
    """Whoever says --resume while the first is still at it, takes it over; nothing is doubled."""
    monkeypatch.setattr(database_copy, "BATCH_SIZE", 1)
    done = []

    def tell(count):
        if count and not done:
            with contextlib.ExitStack() as both:
                stores = [
                    both.enter_context(contextlib.closing(open_store(place))) for place in road
                ]
                done.append(database_copy.copy_database(*stores, lambda _done: None, resume=True))

    with pytest.raises(ConflictError, match="another process took over"):
        database_copy.copy_database(source, target, tell)
    assert done
    assert integrity.check_database(target, print) == []
    assert target.value("SELECT count(*) FROM contact") == 2


def made(box):
    """How every index and constraint of a box on a server is made."""
    return box.rows(
        "SELECT pg_get_indexdef(indexrelid) AS made FROM pg_index WHERE indrelid IN "
        "(SELECT oid FROM pg_class WHERE relnamespace = CAST(current_schema() AS regnamespace)) "
        "UNION ALL SELECT conname || pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE connamespace = CAST(current_schema() AS regnamespace) ORDER BY made"
    )


@pytest.mark.parametrize("road", [("sqlite", "postgresql")], indirect=True, ids="-".join)
def test_what_a_copy_lays_aside_on_a_server_is_put_back(source, target, monkeypatch):
    before = made(target)
    assert len(before) > 60

    def stop(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(database_copy, "_sum", stop)
        for resume in (False, True):
            with pytest.raises(KeyboardInterrupt):
                database_copy.copy_database(source, target, lambda _done: None, resume=resume)
            assert len(made(target)) < len(before)
    database_copy.copy_database(source, target, lambda _done: None, resume=True)
    assert made(target) == before
    with pytest.raises(ConflictError, match="conflicts with existing data"), target.transaction():
        target.engine.insert("tag", {"contact_id": 999, "name": "nobody's"})


def test_a_row_that_points_to_nothing_is_not_copied(source, target):
    """As another program may have left it in a file."""
    if source.engine.name == "postgresql":
        pytest.skip("a server does not come to hold such a row")
    source.engine.execute("PRAGMA foreign_keys = OFF", {})
    source.engine.execute("INSERT INTO nickname VALUES (1, 999, 'x', 'x')", {})
    with pytest.raises((ConflictError, StorageError), match="nickname"):
        database_copy.copy_database(source, target, lambda _done: None)
