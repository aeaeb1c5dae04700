"""Import and export from the command line: nothing lost, duplicated or half done."""

import csv
import io
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cardcrm.cli.run import main
from cardcrm.errors import ConnectionLostError, StorageError
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import AddressDraft, ContactDraft
from cardcrm.store import open_store
from cardcrm.store.table_registry import all_tables

EXAMPLES = Path(__file__).parents[2] / "examples"
SOURCE = Path(__file__).parents[2] / "src"
NAMELESS = ";a note without a name"  # a row that is refused


Database = Path | str


@pytest.fixture
def database(cli_location: Database) -> Database:
    return cli_location


def content(database: Database) -> list[str]:
    """Return every row of every table except the journal, as text."""
    store = open_store(database)
    tables = [name for name in (*all_tables(), "setting", "contact_value") if name != "segment"]
    rows = [
        f"{table}: {tuple(row)}"
        for table in tables
        for row in store.rows(f"SELECT * FROM {table} ORDER BY 1, 2")
    ]
    store.close()
    return rows


def is_there(database: Database) -> bool:
    try:
        open_store(database).close()
    except StorageError:
        return False
    return True


@pytest.mark.parametrize("name", ["contacts.csv", "contacts.vcf"])
def test_importing_an_example_twice_changes_nothing(
    database: Database, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", str(EXAMPLES / name)]) == 0
    before = content(database)
    assert main(["import", str(EXAMPLES / name)]) == 0
    assert content(database) == before
    assert " 0 created, 0 updated" in capsys.readouterr().err


def test_several_files_are_one_step_and_one_result(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("ann", "bob"):
        (tmp_path / f"{name}.csv").write_text(f"name,relation\n{name.title()},x\n")
    files = [str(tmp_path / "ann.csv"), str(tmp_path / "bob.csv")]
    assert main(["import", *files, "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["created"] == 2
    assert [row["created"] for row in answer["files"]] == [1, 1]
    assert main(["undo"]) == 0
    assert main(["find", "--count", "--format", "ids"]) == 0
    assert capsys.readouterr().out == "0\n"


@pytest.mark.no_database
@pytest.mark.parametrize("files", [("people.csv",), ("people.csv", "more.csv")])
def test_bad_entries_overwrite_no_file(
    database: Database, tmp_path: Path, files: tuple[str, ...]
) -> None:
    for name in files:
        (tmp_path / name).write_text("name,email\nAnn,no mail\n")
    paths = [str(tmp_path / name) for name in files]
    assert main(["import", *paths, "--bad", paths[0]]) == (4 if len(files) == 1 else 2)
    assert (tmp_path / files[0]).read_text() == "name,email\nAnn,no mail\n"
    assert not is_there(database)


def test_bad_rows_are_reported_and_can_be_fixed(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "people.csv"
    source.write_text(f"name;note\nAnn;hello\n{NAMELESS}\nCy;hello\n")
    assert main(["import", str(source)]) == 1
    message = capsys.readouterr().err
    assert "2 created" in message
    assert "line 3: this row has no name, organization, email or phone" in message
    bad = tmp_path / "people.bad.csv"
    bad.write_text(bad.read_text().replace(NAMELESS, f"Bob{NAMELESS}"))
    assert main(["import", str(bad)]) == 0
    assert "1 created" in capsys.readouterr().err


def test_the_same_refused_rows_are_saved_once(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "people.csv"
    source.write_text(f"name;note\nAnn;\n{NAMELESS}\n")
    for _ in range(3):
        assert main(["import", str(source)]) == 1
        assert "people.bad.csv; fix them" in capsys.readouterr().err
    assert list(tmp_path.glob("*.bad*")) == [tmp_path / "people.bad.csv"]
    source.write_text(f"name;note\nAnn;\n{NAMELESS} today\n")
    assert main(["import", str(source)]) == 1
    assert "people.bad-2.csv; fix them" in capsys.readouterr().err
    assert sorted(tmp_path.glob("*.bad*")) == [
        tmp_path / "people.bad-2.csv",
        tmp_path / "people.bad.csv",
    ]


def send(monkeypatch: pytest.MonkeyPatch, text: str, *, watched: bool = False) -> None:
    """Replace standard input by a text."""
    stream = io.TextIOWrapper(io.BytesIO(text.encode()))
    monkeypatch.setattr(stream, "isatty", lambda: watched, raising=False)
    monkeypatch.setattr(sys, "stdin", stream)


@pytest.mark.no_database
@pytest.mark.parametrize("words", [("-",), ()])
@pytest.mark.parametrize("name", ["contacts.csv", "contacts.vcf"])
def test_piped_input_is_imported_like_a_file(
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    name: str,
) -> None:
    text = (EXAMPLES / name).read_text()
    send(monkeypatch, text)
    assert main(["import", *words, "--dry-run"]) == 0
    tried = capsys.readouterr().err
    assert tried.startswith("standard input: ")
    assert not is_there(database)
    send(monkeypatch, text)
    assert main(["import", *words]) == 0
    done = tried.replace("would be the tag", "is the tag").replace("would be ", "")
    assert capsys.readouterr().err.startswith(done)
    before = content(database)
    assert main(["import", str(EXAMPLES / name)]) == 0
    assert content(database) == before
    assert main(["undo"]) == 0
    assert main(["find", "--count", "--format", "ids"]) == 0
    assert capsys.readouterr().out == "0\n"


def test_bad_rows_of_piped_input_can_be_fixed(
    database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    send(monkeypatch, f"name;note\nAnn;hello\n{NAMELESS}\n")
    assert main(["import"]) == 1
    message = capsys.readouterr().err
    assert "line 3: this row has no name, organization, email or phone" in message
    assert "refused entries are in import.bad.csv" in message
    assert Path("import.bad.csv").read_text() == f"sep=;\nname;note\n{NAMELESS}\n"
    assert list(tmp_path.glob("import*")) == [tmp_path / "import.bad.csv"]
    bad = Path("import.bad.csv").read_text().replace(NAMELESS, f"Bob{NAMELESS}")
    send(monkeypatch, bad)
    assert main(["import", "-"]) == 0
    assert "1 created" in capsys.readouterr().err


def test_named_pipe_is_read_completely(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pipe = tmp_path / "63"
    os.mkfifo(pipe)
    sending = subprocess.Popen(["cp", str(EXAMPLES / "contacts.csv"), str(pipe)])
    assert main(["import", str(pipe)]) == 0
    assert capsys.readouterr().err.startswith("pipe 63: 12 created")
    assert sending.wait(timeout=60) == 0
    assert main(["import", str(EXAMPLES / "contacts.csv")]) == 0
    assert " 0 created, 0 updated" in capsys.readouterr().err


@pytest.mark.parametrize("rows", ["contacts", "sales", "interactions", "reminders"])
def test_two_imports_of_a_file_at_once_add_each_row_once(
    database: Database, tmp_path: Path, rows: str
) -> None:
    head = {
        "contacts": "name,org,tags,email",
        "sales": "name,product,amount,email,date,currency,ref",
        "interactions": "name,text,kind,email,date",
        "reminders": "name,text,priority,email,due",
    }[rows]
    ends = {"contacts": "", "sales": ",2026-03-01,EUR,R{}", "interactions": ",2026-03-01"}
    source = tmp_path / "rows.csv"
    source.write_text(
        f"{head}\n"
        + "".join(
            f"Person {n // 2},Thing {n % 7},{n},p{n // 2}@example.com"
            + ends.get(rows, ",2027-03-01").format(n)
            + "\n"
            for n in range(600)
        )
    )
    main(["add", "Zero"])
    words = [sys.executable, "-m", "cardcrm", "import", str(source), "--as", rows, "--json"]
    environment = {**os.environ, "PYTHONPATH": str(SOURCE), "CARDCRM_CURRENCY": "EUR"}
    both = [
        subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    answers = [json.loads(each.communicate(timeout=120)[0]) for each in both]
    assert [each.returncode for each in both] == [0, 0], answers
    store = open_store(database)
    table = "sale" if rows == "sales" else rows.removesuffix("s")
    people = "SELECT count(*), count(DISTINCT name) FROM contact WHERE name LIKE 'Person %'"
    assert tuple(store.rows(people)[0]) == (300, 300)
    assert store.value("SELECT count(*) FROM point WHERE kind = 'email'") == 300
    if rows != "contacts":
        assert store.value(f"SELECT count(*) FROM {table}") == 600
        assert sum(each["created"] for each in answers) == 600
    store.close()
    assert main(["db", "check"]) == 0


def test_temporary_copy_of_piped_input_is_removed(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "passing"))
    (tmp_path / "passing").mkdir()
    for text, code in (("name\nAnn\n", 0), ("%PDF-1.4", 2)):
        send(monkeypatch, text)
        assert main(["import"]) == code
    assert list((tmp_path / "passing").iterdir()) == []


@pytest.mark.parametrize(
    ("words", "text", "message"),
    [
        ((), "", "standard input is empty"),
        (("-", "-"), "name\nAnn\n", "standard input can be read only once"),
        (("-",), "PK\x03\x04", "standard input is a zip"),
        (("--as", "xlsx"), "name\nAnn\n", "unknown --as “xlsx”\nhint: A format is given with"),
        (("--from", "pdf"), "name\nAnn\n", "unknown --from “pdf”\nhint: Use one of: csv, xlsx,"),
        (
            ("--as", "deals"),
            "name\nAnn\n",
            "the file has no column for the title of the deal\nhint: Name it",
        ),
        (("--from", "csv"), "BEGIN:VCARD\nFN:Ann\nEND:VCARD\n", "no header that names the columns"),
    ],
)
@pytest.mark.no_database
def test_unreadable_input_is_reported(
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    text: str,
    message: str,
) -> None:
    send(monkeypatch, text)
    assert main(["import", *words]) == 2
    assert message in capsys.readouterr().err
    assert not is_there(database)


def test_terminal_user_is_asked_for_a_file(
    database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setattr(os, "get_terminal_size", lambda *_: os.terminal_size((80, 24)))
    monkeypatch.setattr(sys.stderr, "fileno", lambda: 2)
    send(monkeypatch, "", watched=True)
    assert main(["import", "--color", "never"]) == 2
    assert "no files given" in capsys.readouterr().err
    send(monkeypatch, "name\nAnn\n", watched=True)
    assert main(["import", "-", "--color", "never"]) == 0
    message = capsys.readouterr().err
    assert "Ctrl+D" in message
    assert "1 created" in message


class Keyboard(io.RawIOBase):
    """Type a line and Ctrl+D; a second read would wait for more."""

    output = (b"name\nAnn Lee\n", b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        text, *self.output = self.output
        buffer[: len(text)] = text
        return len(text)


def test_one_ctrl_d_ends_typed_input(
    database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(Keyboard())))
    assert main(["import", "-"]) == 0
    assert "1 created" in capsys.readouterr().err


def test_import_kind_can_be_given(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = tmp_path / "odd.txt"
    odd.write_text("Sent from my phone\nBEGIN:VCARD\nVERSION:3.0\nFN:Ann Lee\nEND:VCARD\n")
    assert main(["import", str(odd)]) == 2
    assert main(["import", str(odd), "--from", "vcard"]) == 1  # for the line above the contact
    assert "1 created" in capsys.readouterr().err


ROW = "name,email,phone,country\nKarl Ott,karl@ott.example,0221 1234567,{}\n"
CARD = (
    "BEGIN:VCARD\nVERSION:3.0\nFN:Karl Ott\nTEL:0221 1234567\nADR:;;;;;;{}\n"
    "EMAIL:karl@ott.example\nEND:VCARD\n"
)


@pytest.mark.parametrize("text", [ROW, CARD])
@pytest.mark.parametrize("country", ["Deutschland", "Germany", "DE"])
def test_phone_number_follows_country_of_row_or_contact(
    database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    text: str,
    country: str,
) -> None:
    monkeypatch.setenv("CARDCRM_REGION", "GB")
    file = tmp_path / "exported"
    file.write_text(text.format(country))
    assert main(["import", str(file)]) == 0
    main(["find", "phone:any", "--format", "json"])
    (karl,) = json.loads(capsys.readouterr().out)
    assert karl["phone"] == "+49 221 1234567"
    before = content(database)
    assert main(["import", str(file)]) == 0
    assert content(database) == before


PEOPLE = (
    "BEGIN:VCARD\nVERSION:4.0\nKIND:group\nFN:Garden Club\nUID:urn:uuid:g-1\n"
    "MEMBER:urn:uuid:jane-1\nMEMBER:urn:uuid:bob-1\nMEMBER:mailto:zoe@z.example\n"
    "MEMBER:urn:uuid:long-gone\nEND:VCARD\n"
    "BEGIN:VCARD\nVERSION:4.0\nFN:Jane Doe\nUID:urn:uuid:jane-1\nEMAIL:jane@d.example\nEND:VCARD\n"
    "BEGIN:VCARD\nVERSION:4.0\nFN:Bob Ray\nUID:urn:uuid:bob-1\nEMAIL:bob@r.example\nEND:VCARD\n"
    "BEGIN:VCARD\nVERSION:4.0\nKIND:group\nFN:( )\nMEMBER:urn:uuid:bob-1\nEND:VCARD\n"
)


def test_group_becomes_a_tag_of_its_known_members(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["add", "Zoe Li", "--email", "zoe@z.example"])
    main(["add", "Bob Ray", "--email", "bob@r.example"])  # with another uid
    main(["add", "Ann Lee"])
    file = tmp_path / "people.vcf"
    file.write_text(PEOPLE)
    untouched = content(database)
    capsys.readouterr()
    assert main(["import", str(file), "--dry-run"]) == 0
    assert content(database) == untouched
    assert "the group “Garden Club” would be the tag Garden-Club on 3 contacts" in (
        capsys.readouterr().err
    )
    assert main(["import", str(file)]) == 0
    output = capsys.readouterr().err
    assert "1 created, 0 updated, 1 unchanged, 0 refused" in output
    assert "the group “Garden Club” is the tag Garden-Club on 3 contacts; 1 member" in output
    assert "skipped the group “( )”: its name cannot become a tag" in output
    assert not list(tmp_path.glob("*.bad*"))
    main(["find", "tag:garden-club", "--format", "json"])
    assert [each["name"] for each in json.loads(capsys.readouterr().out)] == [
        "Jane Doe",
        "Zoe Li",
        "Bob Ray",
    ]
    before = content(database)
    assert main(["import", str(file), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["files"][0]["groups"] == 2
    assert content(database) == before
    assert main(["undo"]) == 0
    assert content(database) == untouched


def test_merged_group_member_is_the_kept_contact(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "people.vcf"
    file.write_text(PEOPLE)
    main(["add", "J. Doe", "--email", "jd@other.example"])
    main(["import", str(file)])
    assert main(["merge", "J. Doe", "Jane Doe", "--yes"]) == 0
    main(["tag", "J. Doe", "-garden-club"])
    capsys.readouterr()
    assert main(["import", str(file)]) == 0
    main(["show", "J. Doe", "--format", "json"])
    assert json.loads(capsys.readouterr().out)["tags"] == ["Garden-Club"]


@pytest.mark.no_database
def test_dry_run_reports_and_changes_nothing(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", "--dry-run", str(EXAMPLES / "contacts.csv")]) == 0
    assert "12 would be created" in capsys.readouterr().err
    assert not is_there(database)


def test_import_is_undone_in_one_step(database: Database) -> None:
    main(["add", "Tom"])
    before = [row for row in content(database) if not row.startswith("setting")]
    main(["import", str(EXAMPLES / "contacts.csv")])
    assert main(["undo"]) == 0
    assert [row for row in content(database) if not row.startswith("setting")] == before


@pytest.mark.parametrize("kind", ["csv", "vcf"])
def test_exported_file_can_be_imported(
    database: Database, locations: Any, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("contacts.csv", "contacts.vcf"):
        main(["import", str(EXAMPLES / name)])
    first, second = tmp_path / f"first.{kind}", tmp_path / f"second.{kind}"
    assert main(["export", "--to", str(first)]) == 0
    monkeypatch.setenv("CARDCRM_DB", str(locations("other")))
    assert main(["import", str(first)]) == 0
    assert main(["export", "--to", str(second)]) == 0
    assert second.read_text() == first.read_text()


def test_each_part_of_an_address_has_a_column(database: Database, tmp_path: Path) -> None:
    draft = ContactDraft(
        "Jane Doe",
        addresses=(
            AddressDraft("home", "1 Mill Lane; rear|door", "Leeds", "", "LS1", "GB"),
            AddressDraft("work", "", "York"),
        ),
    )
    main(["add", "Bob Ray"])
    store = open_store(database)
    contacts.add(store, draft)
    store.close()
    file = tmp_path / "all.csv"
    assert main(["export", "--to", str(file)]) == 0
    jane, bob = csv.DictReader(file.read_text().splitlines())
    parts = {"street": "1 Mill Lane; rear|door", "city": "Leeds", "postcode": "LS1",
             "address label": "home", "city 2": "York", "address label 2": "work"}  # fmt: skip
    assert {key: jane[key] for key in parts} == parts
    assert {bob[key] for key in parts} == {""}
    assert "addresses" not in jane


def test_columns_of_an_export_can_be_chosen(
    database: Database, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    main(["add", "Jane Doe", "--city", "Leeds", "--email", "j@x.org"])
    main(["field", "add", "budget", "--type", "money"])
    main(["edit", "jane", "--field", "budget=1,234.50 USD"])
    main(["sell", "jane", "1234.50"])
    capsys.readouterr()
    assert main(["export", "--columns", "name,city,value,budget"]) == 0
    assert capsys.readouterr().out == (
        "name,city,value,currency,budget,budget_currency\nJane Doe,Leeds,1234.50,GBP,1234.50,USD\n"
    )
    assert main(["export", "--columns", "nonsense"]) == 2
    assert main(["export", "--columns", "name", "--format", "vcard"]) == 2


def test_no_exported_cell_starts_a_formula(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--note", "@SUM(A1)", "--title", "-2+3", "--city", "＝1+1"]
    main(["add", '=HYPERLINK("http://x")', *words])
    assert main(["export", "name:hyperlink"]) == 0
    cells = capsys.readouterr().out.splitlines()[1]
    for formula in ("=HYPERLINK", "@SUM", "-2+3", "＝1+1"):
        assert f"'{formula}" in cells


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "image"),
        (b"PK\x03\x04" + bytes(50), "zip archive"),
        (b"", "empty"),
        (b"a;b;c\n1;2;3\n", "header"),
    ],
)
def test_wrong_file_gets_one_clear_line(
    database: Database,
    tmp_path: Path,
    content: bytes,
    message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    source = tmp_path / "wrong.csv"
    source.write_bytes(content)
    assert main(["import", str(source)]) == 2
    err = capsys.readouterr().err
    assert err.startswith("error: ")
    assert message in err


def test_missing_import_file_is_not_found(database: Database) -> None:
    assert main(["import", "nothing-here.csv"]) == 3


def test_missing_file_or_folder_gets_a_hint(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["add", "Tom"])
    nowhere = tmp_path / "nope" / "x.csv"
    capsys.readouterr()
    for words in (["import", str(nowhere)], ["export", "--to", str(nowhere)]):
        assert main(words) == 3
        message = capsys.readouterr().err
        assert "hint" in message.lower()
        assert ".part" not in message
    assert f"folder {nowhere.parent} does not exist" in message
    source = tmp_path / "x.csv"
    source.write_text("name\nAnn\n")
    assert main(["import", str(source), "--bad", str(nowhere)]) == 3
    assert count(database) == 1


def test_organizations_added_along_the_way_are_counted(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "people.csv"
    source.write_text("name,company,email\nZed,New Org,\nAnn,Acme,\n,New Org,i@n.com\n")
    assert main(["import", str(source)]) == 0
    assert "3 created, 1 organization created, 0 updated" in capsys.readouterr().err
    assert count(database) == 4
    assert main(["import", str(source), "--format", "json"]) == 0
    (message,) = json.loads(capsys.readouterr().out)["files"]
    assert (message["unchanged"], message["organizations"]) == (3, 0)


def test_later_opt_out_is_imported(database: Database, tmp_path: Path) -> None:
    source = tmp_path / "list.csv"
    for word in ("no", "yes", "no"):
        source.write_text(f"Name,Email,Unsubscribed\nAnn,ann@x.com,{word}\n")
        assert main(["import", str(source)]) == 0
    assert any("'ann@x.com', '', 1, 0, '')" in row for row in content(database))


def test_importing_again_after_a_merge_adds_nothing(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "m.csv"
    source.write_text("Name,Email,Phone\nJane Doe,jane@a.com,0113 496 0123\nJ. Doe,jd@b.com,\n")
    assert main(["import", str(source)]) == 0
    assert main(["merge", "1", "2", "--yes"]) == 0
    assert main(["import", str(source)]) == 0
    assert "0 created, 0 updated, 2 unchanged" in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["csv", "vcf"])
def test_organization_keeps_its_uid_if_its_people_come_first(
    database: Database, locations: Any, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    main(["add", "Zed Last"])
    main(["add", "New Org", "--kind", "org"])
    main(["edit", "zed", "--set", "org=New Org"])
    first, second = tmp_path / f"first.{kind}", tmp_path / f"second.{kind}"
    assert main(["export", "--to", str(first)]) == 0
    monkeypatch.setenv("CARDCRM_DB", str(locations("other")))
    assert main(["import", str(first)]) == 0
    assert main(["export", "--to", str(second)]) == 0
    assert sorted(second.read_text().split()) == sorted(first.read_text().split())


def test_odd_labels_and_a_row_without_a_name_lose_nothing(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "mailchimp.csv"
    source.write_text('Email Address,First Name,TAGS\na@x.com,,"""vip"",""gold"""\n')
    google = tmp_path / "google.csv"
    google.write_text("Name,Labels\nAnn,Clients (2020) ::: * myContacts\nBob,Red: Family\n")
    assert main(["import", str(source), str(google)]) == 0
    for query, name in (
        ("tag:vip tag:gold", "a@x.com"), ("tag:clients-2020", "Ann"), ("tag:red-family", "Bob"),
    ):  # fmt: skip
        assert main(["find", query, "--columns", "name", "--format", "csv"]) == 0
        assert name in capsys.readouterr().out


@pytest.mark.slow
def test_killed_import_leaves_whole_batches_and_can_be_repeated(
    database: Database, tmp_path: Path
) -> None:
    source = tmp_path / "many.csv"
    people = 20_000
    source.write_text(
        "name,email\n" + "".join(f"Person {n},p{n}@example.com\n" for n in range(people))
    )
    command = [sys.executable, "-m", "cardcrm", "import", str(source)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 60
    while count(database) == 0 and time.monotonic() < until:
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    kept = count(database)
    assert kept
    assert kept % 5_000 == 0
    store = open_store(database)
    assert store.engine.maintenance.find_problems() == []
    assert store.value("SELECT count(*) FROM point") == kept
    assert store.value("SELECT count(*) FROM card_fts") == kept
    store.close()
    assert subprocess.run(command, check=False, capture_output=True).returncode == 0
    assert count(database) == people


def count(database: Database) -> int:
    """Count the contacts in a database that another process may be creating."""
    try:
        store = open_store(database, readonly=True)
    except StorageError:
        return 0
    found: int = store.value("SELECT count(*) FROM contact")
    store.close()
    return found


@pytest.mark.parametrize(
    ("broken", "code"),
    [(KeyboardInterrupt(), 130), (ConnectionLostError("the server went away"), 5)],
)
def test_interrupted_import_reports_progress(
    database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    broken: BaseException,
    code: int,
) -> None:
    from cardcrm.cli import import_contacts
    from cardcrm.records.importing import bulk_import

    many = tmp_path / "many.csv"
    many.write_text("name\nAnn Lee\nBob Ray\nCay Poe\n")
    real, calls = bulk_import.import_drafts, []

    def load(*given: object, **options: object) -> object:
        calls.append(given)
        if len(calls) == 2:
            raise broken
        return real(*given, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(import_contacts, "BATCH", 2)
    monkeypatch.setattr(bulk_import, "import_drafts", load)
    assert main(["import", str(many)]) == code
    assert (
        "stopped: 2 contacts imported from many.csv; to continue, import it again"
        in capsys.readouterr().err
    )
    assert main(["import", str(many)]) == 0
    assert "1 created, 0 updated, 2 unchanged" in capsys.readouterr().err


def test_failed_export_keeps_the_existing_file(database: Database, tmp_path: Path) -> None:
    assert main(["import", str(EXAMPLES / "contacts.csv")]) == 0
    target = tmp_path / "all.csv"
    target.write_text("the old one\n")
    done = subprocess.run(
        [sys.executable, "-m", "cardcrm", "export", "--to", str(target), "--force"],
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 5, done.stderr
    assert list(tmp_path.glob(".*")) == []
    assert target.read_text() == "the old one\n"
    assert main(["export", "--to", str(target), "--force"]) == 0
    assert target.read_text().startswith("uid,")
    assert target.stat().st_mode & 0o777 == 0o600


def test_piped_export_is_utf_8_and_terminal_gets_no_controls(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    main(["add", "Jürgen \u200ederR"])
    for encoding, watched in (("ascii", False), ("utf-8", True)):
        out = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
        monkeypatch.setattr(out, "isatty", lambda watched=watched: watched, raising=False)
        monkeypatch.setattr(sys, "stdout", out)
        assert main(["export", "name:jürgen"]) == 0
        out.flush()
        text = out.buffer.getvalue().decode("utf-8")
        assert "Jürgen" in text
        assert ("\u200e" in text) is not watched


def test_invalid_numbers_are_imported_and_reported_once(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = tmp_path / "odd.csv"
    rows = "".join(f"Nr {number},{number}\n" for number in range(10, 15))
    odd.write_text(f"name,phone\nAnn,0113 496 0123\n{rows}")
    assert main(["import", str(odd), "--dry-run"]) == 0
    message = capsys.readouterr().err
    assert "  5 invalid phone numbers would be kept as written:\n" in message
    assert main(["import", str(odd)]) == 0
    message = capsys.readouterr().err
    assert (
        "  5 invalid phone numbers kept as written:\n"
        "    line 3: “10” is too short for a phone number\n"
    ) in message
    assert "\n    … and 2 more\n    to list such numbers: cardcrm db phones\n" in message
    assert main(["import", str(odd)]) == 0
    assert "kept as written" not in capsys.readouterr().err
    main(["find", "phone:11", "--format", "json"])
    assert json.loads(capsys.readouterr().out)[0]["phone"] == "11"


SECOND_JOB = """first name,last name,email,org,title
Jane,Roe,jane@roe.example,Acme,CTO
Jane,Roe,jane@roe.example,Globex,CEO
Jane,Roe,jane@roe.example,ACME,cto
"""
NOT_TAKEN = "line 3, Jane Roe (contact 2): organization Globex, title CEO"


def test_values_that_a_contact_does_not_take_are_named(
    typed: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    file = str(tmp_path / "people.csv")
    Path(file).write_text(SECOND_JOB)
    assert typed("import", file)[2].split("\n")[2:6] == [
        "  1 row with values that were not taken, as the contact has others:",
        f"    {NOT_TAKEN}",
        "    to overwrite what the contact has: --update",
        "    to add a job: cardcrm job add TITLE --who ID --org NAME",
    ]
    trial = typed("import", file, "--dry-run")[2]
    assert "  1 row with values that would not be taken, as the contact has others:" in trial
    (tally,) = json.loads(typed("import", file, "--json")[1])["files"]
    assert tally["not_taken"] == [NOT_TAKEN]


def test_days_and_custom_fields_that_a_contact_does_not_take_are_named(
    typed: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    file = tmp_path / "people.csv"
    rows = ["Ann Lee,1980-05-01,Red", "Ann Lee,1980-05-02,Blue", "Ann Lee,1980-05-01,red"]
    file.write_text("\n".join(["name,birthday,hat", *rows, ""]))
    for _ in range(2):
        (tally,) = json.loads(typed("import", str(file), "--json")[1])["files"]
        assert tally["not_taken"] == ["line 3, Ann Lee (contact 1): birthday 1980-05-02, hat Blue"]
    typed("import", str(file), "--update")
    assert "1980-05-02" not in typed("show", "ann", "--json")[1]


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        ("Date,Customer,Amount", "sales"),
        ("Due,Name,Text", "reminders"),
        ("Datum,Kunde,Art,Notiz", "interactions"),
    ],
)
def test_a_table_that_may_have_other_rows_names_the_way(
    typed: Callable[..., tuple[int, str, str]], tmp_path: Path, header: str, rows: str
) -> None:
    file = tmp_path / "list.csv"
    file.write_text(f"{header}\n2026-03-04,Ann Lee,5,x\n".replace(",x", ",x" * header.count("Art")))
    note = f"  the rows may be {rows}; to import them as such: --as {rows}\n"
    assert note in typed("import", str(file), "--dry-run")[2]
    code, _, said = typed("import", str(file), "--as", rows)
    assert (code, note in said) == (0, False)
    assert f"list.csv: 1 {rows.removesuffix('s')} created" in said


def test_a_list_of_contacts_has_no_such_note(
    typed: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    file = tmp_path / "list.csv"
    file.write_text("Name,Phone,Type,Created,Notes\nAnn Lee,0113 496 0123,x,2026-03-04,y\n")
    assert "--as" not in typed("import", str(file))[2]


def test_a_possible_duplicate_of_many_rows_is_named_once(
    typed: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    typed("add", "Jane Doe", "--email", "jane@x.example")
    file = tmp_path / "list.csv"
    file.write_text("name,note\nJane Doe,one\nJane Doe,two\nJane Doe,three\n")
    said = typed("import", str(file))[2]
    assert "  1 possible duplicate added; contacts with the same name exist: line 2" in said
    assert said.count("cardcrm merge 1 2") == 1
