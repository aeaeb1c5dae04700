"""One declaration is all that a noun needs: a gadget is declared here, and everything works.

No other module knows of gadgets. The test stays as the proof that a new noun costs one declaration
and one migration.
"""

import asyncio
import csv
import io
import json
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from cardcrm.cli import completion_scripts, record_group
from cardcrm.cli.global_options import GLOBAL_OPTIONS
from cardcrm.cli.run import main
from cardcrm.errors import UsageError
from cardcrm.money import Money
from cardcrm.records import record_completion, records, registry
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts import merge as merging
from cardcrm.records.fields import (
    Choice,
    Day,
    Flag,
    Instant,
    MoneyAmount,
    Quantity,
    Reference,
    Text,
    Uid,
    User,
)
from cardcrm.records.privacy import forget
from cardcrm.records.privacy.gather import gather, gather_all
from cardcrm.records.record_type import RESERVED_NAMES, RecordType, create_table
from cardcrm.records.records import Selection
from cardcrm.reports import change_text
from cardcrm.store import (
    Locale,
    Store,
    integrity,
    journal,
    migrations,
    open_store,
    schema_version,
    undo_conflicts,
)
from cardcrm.tui import palette
from cardcrm.tui.app import CardApp
from cardcrm.tui.forms.form import Form
from cardcrm.tui.screens.records import RecordsPage
from cardcrm.tui.worker import DatabaseWorker

GADGET = RecordType(
    "gadget",
    "gadgets",
    (
        Uid(),
        Text("name", folded="name_key", required=True, listed=True, searchable=True),
        Choice("shade", ("red", "green", "blue"), default="red", listed=True),
        MoneyAmount("price", least=0, listed=True),
        Quantity("weight", listed=True),
        Day("due_on", key="due", listed=True),
        Instant("seen_at", key="seen", listed=True),
        Reference("contact_id", listed=True),
        User("owner", default="me", listed=True),
    ),
    title="{name}",
    sort="name",
    summary="Gadgets and their owners.",
)

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def declared(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Declare the noun and its migration; nothing else is touched."""
    registry.register(GADGET)
    version = schema_version.VERSION + 1
    steps = (*migrations.MIGRATIONS, (version, (create_table(GADGET),)))
    monkeypatch.setattr(migrations, "MIGRATIONS", steps)
    monkeypatch.setattr(schema_version, "VERSION", version)
    yield
    registry.unregister("gadget")


@pytest.fixture
def run(
    location: Path | str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Run a command on a fresh database on a Saturday evening."""
    monkeypatch.setenv("CARDCRM_DB", str(location))
    monkeypatch.setenv("CARDCRM_CONFIG", str(tmp_path / "none.toml"))
    (tmp_path / "none.toml").touch()
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-21T20:00")
    monkeypatch.setenv("LOGNAME", "ann")
    monkeypatch.setenv("TZ", "UTC")

    def type_(*words: str) -> tuple[int, str, str]:
        code = main(list(words))
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    type_("add", "Jane Doe", "--tag", "vip")
    type_("add", "Bob Ray")
    return type_


@pytest.fixture
def filled(run: Run) -> Run:
    """Add two gadgets: Jane's lamp, and a kettle without a contact."""
    code, _, err = run(
        "gadget", "add", "Old", "lamp", "--price", "12.50 GBP", "--weight", "2.5",
        "--due", "fri", "--seen", "2026-11-20 09:30", "--who", "jane",
    )  # fmt: skip
    facts = "price 12.50 GBP, weight 2.5, due Fri 27 Nov, seen Fri 20 Nov 09:30"
    assert (code, err) == (0, f"added gadget 1 Old lamp (Jane Doe): {facts}\n")
    code, _, err = run("gadget", "add", "Kettle", "--shade", "blue", "--owner", "bob")
    assert (code, err) == (0, "added gadget 2 Kettle: shade blue, owner bob\n")
    return run


@pytest.fixture
def store(filled: Run, location: Path | str) -> Iterator[Store]:
    """The database that the commands write."""
    opened = open_store(location, user="ann", command="test")
    yield opened
    opened.close()


def names(run: Run, *words: str) -> list[str]:
    """Return the names in a list of gadgets."""
    code, out, err = run("gadget", "list", *words, "--format", "json")
    assert code == 0, err
    return [row["name"] for row in json.loads(out)]


# the shell


def test_the_help_shows_the_group(run: Run) -> None:
    code, out, _ = run("gadget", "--help")
    assert code == 0
    for command in ("add", "list", "show", "edit", "rm", "export", "import"):
        assert command in out
    code, out, _ = run("gadget", "add", "--help")
    assert "--price" in out
    assert "--due" in out


def test_a_list_shows_the_fields(filled: Run) -> None:
    code, out, _ = filled("gadget", "list")
    assert code == 0
    assert "Old lamp" in out
    assert "12.50 GBP" in out
    assert "Jane Doe" in out


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Kettle", "Old lamp"]),
        ("lamp", ["Old lamp"]),
        ("doe", ["Old lamp"]),
        ("name:OLD", ["Old lamp"]),
        ("shade:blue", ["Kettle"]),
        ("-shade:blue", ["Old lamp"]),
        ("price>10", ["Old lamp"]),
        ("-price>10", ["Kettle"]),
        ("price:none", ["Kettle"]),
        ("weight=2.5", ["Old lamp"]),
        ("due<7d", ["Old lamp"]),
        ("due>7d", []),
        ("-due<7d", ["Kettle"]),
        ("seen<2d", ["Old lamp"]),
        ("seen:2026-11-20", ["Old lamp"]),
        ("seen>2d", []),
        ("who:jane", ["Old lamp"]),
        ("who:tag:vip", ["Old lamp"]),
        ("-who:jane", ["Kettle"]),
        ("who:none", ["Kettle"]),
        ("owner:me", ["Old lamp"]),
        ("owner:bob", ["Kettle"]),
        ("shade:blue or price>10", ["Kettle", "Old lamp"]),
        ("id:2", ["Kettle"]),
    ],
)
def test_a_list_is_filtered(filled: Run, query: str, found: list[str]) -> None:
    words = [query.replace("who:tag:vip", 'who:"tag:vip"')] if query else []
    assert names(filled, *words) == found


def test_a_list_is_sorted_limited_and_cut_to_columns(filled: Run) -> None:
    assert names(filled, "--sort", "-price") == ["Old lamp", "Kettle"]
    assert names(filled, "--sort", "price", "--limit", "1") == ["Old lamp"]
    code, out, _ = filled("gadget", "list", "--columns", "id,shade", "--format", "csv")
    assert (code, out) == (0, "id,shade\n2,blue\n1,red\n")


def test_unknown_fields_and_words_are_named(filled: Run) -> None:
    code, _, err = filled("gadget", "list", "shadow:red")
    assert code == 2
    assert "shade" in err
    code, _, err = filled("gadget", "add", "Vase", "--shade", "purple")
    assert code == 2
    assert "unknown shade “purple”" in err
    code, _, err = filled("gadget", "list", "--sort", "prise")
    assert code == 2
    assert "price" in err
    code, _, err = filled("gadget", "add")
    assert code == 2
    assert "a gadget needs a name" in err
    assert filled("gadget", "show", "99")[0] == 3


@pytest.mark.parametrize("format_", ["table", "json", "csv", "tsv", "ids", "markdown", "html"])
def test_every_format_shows_a_list_and_a_row(filled: Run, format_: str) -> None:
    code, out, err = filled("gadget", "list", "--format", format_)
    assert code == 0, err
    assert ("1" if format_ == "ids" else "Old lamp") in out
    code, out, err = filled("gadget", "show", "1", "--format", format_)
    assert code == 0, err


def test_json_is_complete(filled: Run) -> None:
    code, out, _ = filled("gadget", "show", "1", "--format", "json")
    shown = json.loads(out)
    assert code == 0
    assert len(shown.pop("uid")) == 36
    assert shown == {
        "id": 1,
        "name": "Old lamp",
        "shade": "red",
        "price": {"amount": "12.50", "currency": "GBP"},
        "weight": 2.5,
        "due": "2026-11-27",
        "seen": "2026-11-20T09:30:00Z",
        "contact_id": 1,
        "contact": "Jane Doe",
        "owner": "ann",
    }


def test_an_amount_is_a_number_with_its_currency_beside_it(filled: Run) -> None:
    keys = ("gadget", "list", "--columns", "name,price,shade")
    out = filled(*keys, "--format", "csv")[1]
    assert out == "name,price,currency,shade\nKettle,,,blue\nOld lamp,12.50,GBP,red\n"
    out = filled(*keys, "--format", "tsv")[1]
    assert out.splitlines()[2] == "Old lamp\t12.50\tGBP\tred"


def test_a_row_is_the_same_object_in_every_command(filled: Run, tmp_path: Path) -> None:
    shown = json.loads(filled("gadget", "show", "1", "--json")[1])
    assert json.loads(filled("gadget", "list", "id:1", "--json")[1]) == [shown]
    edited = json.loads(filled("gadget", "edit", "1", "--weight", "2.5", "--json")[1])
    assert edited == {**shown, "changes": []}
    filled("gadget", "export", str(tmp_path / "lamp.jsonl"), "id:1")
    exported = json.loads((tmp_path / "lamp.jsonl").read_text())
    assert len(exported.pop("contact_uid")) == 36
    assert exported == shown
    [cut] = json.loads(filled("gadget", "list", "id:1", "--columns", "contact", "--json")[1])
    assert cut == {"contact_id": 1, "contact": "Jane Doe"}


@pytest.mark.parametrize("key", ["price", "weight", "due", "seen", "who", "owner", "shade"])
def test_an_empty_value_clears_an_optional_field(filled: Run, key: str) -> None:
    code, _, err = filled("gadget", "edit", "1", f"--{key}", "")
    assert (code, "→ none" in err) == (0, True)
    assert "Old lamp" in names(filled, f"{key}:none")


def test_edit_changes_clears_and_asks(filled: Run) -> None:
    code, _, err = filled("gadget", "edit", "1", "--price", "15 GBP", "--due", "")
    facts = "price 12.50 GBP → 15.00 GBP, due Fri 27 Nov → none"
    assert (code, err) == (0, f"changed gadget 1 Old lamp (Jane Doe): {facts}\n")
    shown = json.loads(filled("gadget", "show", "1", "--format", "json")[1])
    assert (shown["price"]["amount"], shown["due"]) == ("15.00", None)
    code, _, err = filled("gadget", "edit", "1", "--price", "15 GBP")
    assert (code, err) == (0, "no change to gadget 1 Old lamp (Jane Doe)\n")
    filled("gadget", "add", "Vase")
    code, _, err = filled("gadget", "edit", "--where", "", "--shade", "green")
    assert code == 2
    code, _, err = filled("gadget", "edit", "1", "2", "3", "--shade", "green")
    assert code == 2
    assert "--yes" in err
    code, _, err = filled("gadget", "edit", "1", "2", "3", "--shade", "green", "--dry-run")
    assert "would change 3 gadgets" in err
    code, _, err = filled(
        "gadget", "edit", "--where", "shade:red,blue", "--shade", "green", "--yes"
    )
    assert err.splitlines()[0] == "changed 3 of 3 gadgets:"
    assert err.count("→ green") == 3
    assert names(filled, "shade:green") == ["Kettle", "Old lamp", "Vase"]


def test_rm_asks_and_undo_brings_back(filled: Run) -> None:
    code, _, err = filled("gadget", "rm", "1")
    assert code == 2
    code, _, err = filled("gadget", "rm", "1", "--yes")
    assert (code, err) == (
        0, "removed gadget 1 Old lamp (Jane Doe); to restore: cardcrm undo\n",
    )  # fmt: skip
    assert names(filled) == ["Kettle"]
    assert filled("undo")[0] == 0
    assert names(filled) == ["Kettle", "Old lamp"]
    assert filled("redo")[0] == 0
    assert names(filled) == ["Kettle"]


# names that the commands use themselves


@pytest.mark.parametrize("key", sorted(RESERVED_NAMES))
def test_a_field_cannot_take_the_name_of_a_general_option(key: str) -> None:
    noun = RecordType("widget", "widgets", (Text("name"), Text(key.replace("-", "_"))))
    with pytest.raises(UsageError) as error:
        registry.register(noun)
    assert f"--{key}" in error.value.message
    assert error.value.hint == f"Give the field another key, such as widget_{noun.fields[1].key}."
    assert "widget" not in registry.added()


def test_two_fields_cannot_share_an_option() -> None:
    noun = RecordType("widget", "widgets", (Text("for"), User("owner", option="for")))
    with pytest.raises(UsageError, match="two fields of widget are named for"):
        registry.register(noun)


def test_all_options_of_the_general_commands_are_reserved() -> None:
    bare = RecordType("widget", "widgets", (Text("name"), Flag("broken")), closed_by="broken")
    group = typer.main.get_command(record_group.build(bare))
    options = {
        name.removeprefix("--")
        for command in group.commands.values()  # type: ignore[attr-defined]
        for param in command.params
        for name in param.opts
        if name.startswith("--")
    }
    own = {"name", "broken"}
    assert options - own <= RESERVED_NAMES
    assert set(GLOBAL_OPTIONS) <= RESERVED_NAMES


# export and import


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_an_exported_file_is_read_back(filled: Run, tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"gadgets.{ending}"
    code, _, err = filled("gadget", "export", str(file))
    assert (code, err) == (0, f"exported 2 gadgets to {file}\n")
    before = filled(
        "gadget", "list", "--columns", "uid,name,price,weight,seen,contact", "--format", "json"
    )
    code, _, err = filled("gadget", "import", str(file))
    assert (code, err) == (0, "added 0 gadgets, changed 0\n")
    filled("gadget", "rm", "1", "2", "--yes")
    code, _, err = filled("gadget", "import", str(file))
    assert (code, err) == (0, "added 2 gadgets, changed 0\n")
    after = filled(
        "gadget", "list", "--columns", "uid,name,price,weight,seen,contact", "--format", "json"
    )
    assert after == before


def test_a_csv_file_from_elsewhere_is_read(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text("name,price,contact\nVase,3 GBP,Bob\nPot,,\n")
    assert run("gadget", "import", str(file))[0] == 0
    assert names(run, "who:bob") == ["Vase"]
    file.write_text("name,shade\nCup,pink\n")
    code, _, err = run("gadget", "import", str(file))
    assert code == 2
    assert "line 2: unknown shade “pink”" in err
    rows = list(csv.reader(io.StringIO(run("gadget", "list", "--format", "csv")[1])))
    assert [row[1] for row in rows] == ["name", "Pot", "Vase"]


# the store


def headings(store: Store) -> list[str]:
    """Return the headings of all changes in the journal, newest step first."""
    found = []
    for step in journal.steps(store):
        told = change_text.describe(store, journal.changes(store, step.id))
        found += [each.heading for each in told]
    return found


def facts(store: Store) -> list[tuple[str, str, str]]:
    """Return the changes of the latest step."""
    step = journal.steps(store)[0]
    told = change_text.describe(store, journal.changes(store, step.id))
    return [fact for each in told for fact in each.facts]


def test_the_journal_tells_in_words(store: Store) -> None:
    assert headings(store)[:2] == ["gadget added · Kettle", "gadget added · Old lamp · Jane Doe"]
    records.edit(store, GADGET, [1], {"price": "15 GBP", "due": "2026-12-01", "contact": "bob"})
    assert headings(store)[0] == "gadget changed · Old lamp · Bob Ray"
    assert facts(store) == [
        ("price", "12.50 GBP", "15.00 GBP"),
        ("due", "Fri 27 Nov", "Tue 1 Dec"),
        ("contact", "Jane Doe", "Bob Ray"),
    ]


def test_undo_and_redo(store: Store) -> None:
    records.edit(store, GADGET, [1], {"name": "New lamp"})
    assert journal.undo(store) is not None
    assert records.get(store, GADGET, 1).values["name"] == "Old lamp"
    assert journal.redo(store) is not None
    assert records.get(store, GADGET, 1).values["name"] == "New lamp"


def test_an_undo_that_conflicts_names_the_gadget(store: Store, location: Path | str) -> None:
    records.edit(store, GADGET, [1], {"name": "New lamp"})
    mine = journal.changes(store, journal.steps(store)[0].id)[0]
    assert undo_conflicts.describe_row(store, mine, 1) == "gadget of contact 1 (Jane Doe)"


def test_a_merge_moves_the_gadget(store: Store) -> None:
    merging.merge(store, 2, 1)
    assert records.get(store, GADGET, 1).contact_id == 2
    journal.undo(store)
    assert records.get(store, GADGET, 1).contact_id == 1


def test_deleting_the_contact_deletes_the_gadget(store: Store) -> None:
    contacts.remove(store, [1])
    assert [each.id for each in records.select(store, GADGET)] == [2]
    journal.undo(store)
    assert [each.id for each in records.select(store, GADGET)] == [2, 1]


def test_a_privacy_export_holds_the_gadget(store: Store) -> None:
    found = gather(store, 1)
    assert found["contact"]["name"] == "Jane Doe"
    assert [each["name"] for each in found["gadgets"]] == ["Old lamp"]
    assert "gadgets" not in gather(store, 2)
    changes = [each for each in gather_all(store, 1)["history"] if each["noun"] == "gadget"]
    assert [each["new"]["name"] for each in changes] == ["Old lamp"]


def test_forgetting_the_contact_erases_the_gadget(store: Store, filled: Run) -> None:
    filled("gadget", "edit", "2", "--name", "Kettle of Jane Doe")
    plan = forget.forget(store, 1)
    assert plan.erased["gadgets"] == 1
    assert [each.values["name"] for each in records.select(store, GADGET)] == [
        "Kettle of [forgotten]"
    ]
    changes = store.rows("SELECT old, new FROM change WHERE tbl = 'gadget'")
    assert not any("lamp" in f"{row[0]}{row[1]}" for row in changes)


def test_a_file_with_everything_holds_the_gadgets(
    filled: Run, tmp_path: Path, locations: Callable[[str], Path | str]
) -> None:
    path, there = tmp_path / "all.jsonl", str(locations("there"))
    assert filled("export", "--all", str(path))[0] == 0
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert next(each for each in lines if each.get("noun") == "gadget") | {"uid": ""} == {
        "noun": "gadget", "id": 1, "uid": "", "name": "Old lamp", "shade": "red",
        "price": "12.50", "currency": "GBP", "weight": 2.5, "due_on": "2026-11-27",
        "seen_at": "2026-11-20T09:30:00Z", "contact_id": 1, "owner": "ann",
    }  # fmt: skip
    assert filled("--db", there, "import", str(path))[0] == 0
    assert filled("--db", there, "export", "--all", str(tmp_path / "again.jsonl"))[0] == 0
    assert (tmp_path / "again.jsonl").read_bytes() == path.read_bytes()


def test_db_check_finds_an_empty_required_field(store: Store) -> None:
    assert integrity.check_database(store, lambda _step: None) == []
    store.engine.execute("UPDATE gadget SET name = '' WHERE id = 1", {})
    [finding] = integrity.check_database(store, lambda _step: None)
    assert finding.message == "1 gadget without name: 1"


def test_db_copy_brings_gadgets_over(filled: Run, location: Path | str, tmp_path: Path) -> None:
    code, _, err = filled("db", "copy", str(location), str(tmp_path / "copy.db"))
    assert code == 0, err
    copy = open_store(tmp_path / "copy.db")
    assert [each.values["name"] for each in records.select(copy, GADGET)] == ["Kettle", "Old lamp"]
    copy.close()


def test_queries_and_options_are_completed(store: Store) -> None:
    def completed(text: str) -> list[str]:
        return record_completion.completed(store, GADGET, text)

    assert completed("sh") == ["shade:"]
    assert completed("shade:b") == ["shade:blue"]
    assert completed("lamp owner:b") == ["lamp owner:bob"]
    assert completed("who:jan") == ['who:"Jane Doe"']
    assert completed("-du") == ["-due:"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("gad", ["gadget"]),
        ("gadget sh", ["show"]),
        ("gadget list sh", ["shade:"]),
        ("gadget list shade:b", ["shade:blue"]),
        ("gadget list -shade:b", ["-shade:blue"]),
        ("gadget list owner:b", ["owner:bob"]),
        ("gadget rm --where shade:g", ["shade:green"]),
        ("gadget edit 1 --pr", ["--price"]),
        ("gadget add Vase --shade b", ["blue"]),
        ("gadget add Vase --owner b", ["bob"]),
        ("gadget add Vase --who jan", ["Jane Doe"]),
    ],
)
def test_the_shell_completes_commands_queries_and_options(
    filled: Run, monkeypatch: pytest.MonkeyPatch, line: str, expected: list[str]
) -> None:
    monkeypatch.setenv(completion_scripts.VARIABLE, "fish")
    code, out, err = filled(*line.split())
    assert (code, err) == (0, "")
    assert [each.partition("\t")[0] for each in out.splitlines()[1:]] == expected


def test_long_lists_are_streamed(store: Store) -> None:
    found = records.select(store, GADGET, Selection(limit=None))
    assert next(found).values["name"] == "Kettle"
    found.close()


# the screen


@pytest.fixture
def fixed_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the screen keep its files in a place of the test."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


def on_screen(place: Path | str, act: Callable[[Any], Awaitable[None]]) -> None:
    """Do something on the screen over a database."""

    def open_it() -> Store:
        return open_store(place, user="ann", locale=Locale("GB", "GBP", "UTC"))

    async def main_() -> None:
        database = DatabaseWorker(open_it)
        app = CardApp(database, database_name="gadgets")
        async with app.run_test(size=(120, 30)) as pilot:
            await act(pilot)
        database.close()

    asyncio.run(main_())


async def until(pilot: Any, is_so: Callable[[], Any]) -> None:
    """Wait until something is so."""
    for _ in range(400):
        if is_so():
            return
        await pilot.pause(0.02)
    raise AssertionError("it did not come to that")


def lists_two(screen: Any) -> bool:
    """Return whether a screen lists two records."""
    return isinstance(screen, RecordsPage) and screen.list.count == 2


def feedback(app: Any) -> str:
    """Return the line below the fields of a form."""
    return str(app.screen.query_one("#feedback").render())


def test_the_screen_lists_edits_and_adds(
    filled: Run, location: Path | str, fixed_home: None
) -> None:
    async def act(pilot: Any) -> None:
        app = pilot.app
        app.open_records("gadget")
        await until(
            pilot, lambda: isinstance(app.screen, RecordsPage) and app.screen.list.count == 2
        )
        page = app.screen
        assert [each.values["name"] for each in page.list.records] == ["Kettle", "Old lamp"]
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, Form))
        assert "contact:" not in app.screen.as_text()
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is page)
        await pilot.press("down")
        await until(pilot, lambda: page.card.contact_id == 1)
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, Form))
        assert app.screen.values["price"] == "12.50 GBP"
        assert "contact: Jane Doe" in app.screen.as_text()
        app.screen.fields.widget("price").value = "20 GBP"
        await pilot.press("ctrl+o")
        await until(pilot, lambda: app.screen is page)
        await until(pilot, lambda: page.list.records[1].values["price"] == Money(2000, "GBP"))
        await pilot.press("a")
        await until(pilot, lambda: isinstance(app.screen, Form))
        await pilot.press(*"Vase")
        await pilot.press("ctrl+o")
        await until(pilot, lambda: app.screen is page and page.list.count == 3)

    on_screen(location, act)
    assert names(filled) == ["Kettle", "Old lamp", "Vase"]
    _, out, _ = filled("gadget", "list", "name:lamp", "--columns", "price", "--format", "csv")
    assert out == "price,currency\n20.00,GBP\n"


def test_the_form_says_what_is_wrong(filled: Run, location: Path | str, fixed_home: None) -> None:
    async def act(pilot: Any) -> None:
        app = pilot.app
        app.open_records("gadget")
        await until(
            pilot, lambda: isinstance(app.screen, RecordsPage) and app.screen.list.count == 2
        )
        await pilot.press("a")
        await until(pilot, lambda: isinstance(app.screen, Form))
        await pilot.press("ctrl+o")
        await until(pilot, lambda: "needs a name" in feedback(app))
        app.screen.fields.widget("weight").value = "heavy"
        await until(pilot, lambda: "heavy" in feedback(app))

    on_screen(location, act)


def test_the_palette_offers_the_list(filled: Run, location: Path | str, fixed_home: None) -> None:
    async def act(pilot: Any) -> None:
        titles = [each.title for each in palette.entries(pilot.app)]
        assert "List gadgets" in titles
        assert "List sales" in titles

    on_screen(location, act)
