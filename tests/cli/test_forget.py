"""`forget`: no byte of the contact is left in the database, its journal or a new backup."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cardcrm.store import open_store, private_files
from cardcrm.store.server_address import is_server
from tests.support.databases import Location

Run = Callable[..., tuple[int, str, str]]

SECRETS = (
    "quillfeather", "janet", "jq@quill", "old@quill", "new.jane", "1632960123", "1632 960123",
    "1632960999", "960 123", "elmgrove", "likes tea", "quilly", "jq-1", "linkedin.com/in/jq",
)  # fmt: skip
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "utf-7")
JANE = "old@quill.example"


@pytest.fixture
def rich(typed: Run, tmp_path: Path) -> Run:
    """A database in which Jane was imported, changed, merged, removed and restored."""
    people = tmp_path / "people.csv"
    people.write_text(
        "Name,Email,Phone,Street,City,Notes\n"
        "Jane Quillfeather,jq@quill.example,+44 1632 960123,12 Elmgrove Street,Leeds,likes tea\n"
        "Bob Ray,bob@ex.example,,1 High St,Leeds,friend of Jane Quillfeather\n"
    )
    for words in (
        ("import", str(people)),
        ("add", "Janet Quillfeather", "--email", JANE, "--phone", "01632 960999", "--tag", "vip"),
        ("edit", "jq@quill.example", "--nick", "Quilly", "--web", "linkedin.com/in/jq"),
        ("edit", "jq@quill.example", "--note", "JANE QUILLFEATHER prefers jq@quill.example"),
        ("edit", "jq@quill.example", "--email", "new.jane@quill.example"),
        ("field", "add", "Favorite"),
        ("edit", "jq@quill.example", "--set", "Favorite=Quillfeather tea"),
        ("log", "jq@quill.example", "asked", "--next", "write to Quillfeather", "--due", "fri"),
        ("log", "bob@ex.example", "Quillfeather, Jane called about roses, 01632 960 123"),
        ("log", "bob@ex.example", "met Jane Quillfeather", "--with", "jq@quill.example"),
        ("undo",),
        ("log", "bob@ex.example", "with jane quillfeather again", "--with", "jq@quill.example"),
        ("sell", "jq@quill.example", "120 GBP", "flowers for Jane Quillfeather", "--ref", "JQ-1"),
        ("remind", "jq@quill.example", "call back jane", "--due", "mon"),
        ("remind", "bob@ex.example", "ask Jane  Quillfeather about tea", "--due", "mon"),
        ("merge", JANE, "jq@quill.example", "--yes"),
        ("edit", JANE, "--name", "Janet Elmgrove"),
        ("undo",),
        ("segment", "add", "janes", '"jane quillfeather" tag:vip'),
        ("config", "cadence", '"jane quillfeather"', "30d"),
        ("rm", JANE, "--yes"),
        ("undo",),
        ("log", "bob@ex.example", "later"),
    ):
        code, _, err = typed(*words)
        assert code == 0, (words, err)
    return typed


def bytes_of(location: Location) -> Iterator[tuple[str, bytes]]:
    """Yield everything that is stored: the files of a database, or the rows of a server's."""
    if not is_server(location):
        folder = Path(location).parent
        for path in folder.glob(f"{Path(location).stem}*"):
            if path.is_file():
                yield path.name, path.read_bytes()
        return
    store = open_store(location)
    for table in store.engine.maintenance.count_rows():
        yield table, repr([tuple(row) for row in store.rows(f"SELECT * FROM {table}")]).encode()
    store.close()


def find_secrets(location: Location) -> list[tuple[str, str]]:
    """Return the places of a secret in any encoding."""
    return [
        (name, secret)
        for name, content in bytes_of(location)
        for secret in SECRETS
        for encoding in ENCODINGS
        if secret.encode(encoding) in content.lower()
    ]


def test_no_byte_of_a_forgotten_contact_is_left(rich: Run, cli_location: Location):
    assert {secret for _, secret in find_secrets(cli_location)} >= {"quillfeather", "jq@quill"}
    code, out, err = rich("forget", JANE, "--yes")
    assert (code, out) == (0, ""), err
    assert err.startswith("forgot 3 Janet Quillfeather, which cannot be undone\n")
    assert find_secrets(cli_location) == []
    assert rich("find", "jane")[1] == ""
    assert rich("journal", "--limit", "99")[0] == 0
    assert rich("db", "check")[0] == 0


@pytest.mark.parametrize("words", [("--erase-sales",), ("--keep-sales",)])
def test_sales_stay_for_the_books_unless_they_are_erased_too(rich: Run, words: tuple[str, ...]):
    rich("forget", JANE, "--yes", *words)
    sales = json.loads(
        rich("sale", "list", "--json", "--columns", "amount,contact,text,ref")[1] or "[]"
    )
    expected = {
        "contact_id": 4,
        "contact": "[forgotten]",
        "amount": {"amount": "120.00", "currency": "GBP"},
        "text": None,
        "ref": None,
    }
    assert sales == ([] if words == ("--erase-sales",) else [expected])


def test_texts_about_others_keep_the_rest(rich: Run):
    rich("forget", JANE, "--yes")
    found = json.loads(rich("interaction", "list", "--json", "--columns", "id,with,text")[1])
    assert [(each["with"], each["text"]) for each in found] == [
        ("Bob Ray", "later"),
        ("Bob Ray", "with [forgotten] again"),
        ("Bob Ray", "[forgotten] called about roses, [forgotten]"),
    ]
    assert "friend of [forgotten]" in rich("show", "bob")[1]
    assert "ask [forgotten] about tea" in rich("reminder", "list")[1]
    assert "[forgotten]" in rich("segment", "list")[1]


def test_the_remaining_steps_can_still_be_undone(rich: Run):
    rich("forget", JANE, "--yes")
    undone = 0
    while undone < 30:
        code, _, err = rich("undo")
        if "nothing to undo" in err:
            break
        assert code == 0, err
        undone += 1
    assert undone >= 4
    assert rich("db", "check")[0] == 0


def test_forgetting_itself_cannot_be_undone(rich: Run, cli_location: Location):
    rich("forget", JANE, "--yes")
    while "nothing" not in rich("undo")[2]:
        pass
    assert rich("find", "jane", "--count")[1].strip() in ("0", "")
    assert find_secrets(cli_location) == []


def test_words_of_the_name_that_stand_alone_are_listed_and_struck_out_on_request(rich: Run):
    rich("log", "bob@ex.example", "Quillfeather wants roses")
    code, out, _ = rich("forget", JANE, "--dry-run", "--json")
    planned = json.loads(out)
    assert (code, planned["forgotten"]) == (0, False)
    found = [each["text"] for each in planned["mentions"]]
    assert found == ["Quillfeather wants roses", "janes"]
    assert {"noun": "contacts", "count": 1} in planned["erased_rows"]
    assert {"noun": "sales", "count": 1} in planned["kept_rows"]
    assert rich("show", JANE)[0] == 0
    rich("forget", JANE, "--yes", "--also", "quillfeather")
    assert "[forgotten] wants roses" in rich("show", "bob")[1]


def test_what_another_contact_has_too_stays(rich: Run):
    rich("add", "Kim Lodger", "--street", "12 Elmgrove Street", "--phone", "01632 960123")
    rich("add", "Janet Quillfeather", "--email", "namesake@ex.example")
    code, _, err = rich("forget", JANE, "--yes")
    assert code == 0
    assert "“12 Elmgrove Street” stays: contact 4 Kim Lodger has it too" in err
    assert "+44 1632 960123" in rich("show", "kim")[1]
    assert "12 Elmgrove Street" in rich("show", "kim")[1]
    assert rich("show", "namesake@ex.example")[1].startswith("Janet Quillfeather")


def test_the_answer_names_the_copies_and_the_files(
    typed: Run, cli_location: Location, tmp_path: Path
):
    people = tmp_path / "people.csv"
    people.write_text("Name,Email\nJane Quill,jane@quill.example\n")
    typed("import", str(people))
    if not is_server(cli_location):
        typed("db", "backup")
    answer = json.loads(typed("forget", "jane", "--yes", "--json")[1])
    assert answer["imports"] == [f"import {people}"]
    names = [Path(each["path"]).name for each in answer["copies"]]
    assert names == ([] if is_server(cli_location) else ["cards-2026-11-21.db"])


def test_forget_asks_twice(typed: Run, monkeypatch: pytest.MonkeyPatch):
    from cardcrm.cli.session import Session

    typed("add", "Jane Quill")
    answers = iter(["y\n", "jane qull\n", "y\n", "jane quill\n"])
    monkeypatch.setattr(Session, "can_ask", property(lambda _session: True))
    monkeypatch.setattr(Session, "ask", lambda _session, _prompt: next(answers))
    code, _, err = typed("forget", "jane")
    assert (code, err.splitlines()[-1]) == (1, "nothing was changed")
    assert typed("forget", "jane")[0] == 0
    assert typed("show", "jane")[0] == 3


def test_a_script_needs_yes(typed: Run):
    typed("add", "Jane Quill")
    code, _, err = typed("forget", "jane")
    assert (code, err.splitlines()[-1]) == (2, "hint: To go ahead, add --yes.")


def test_an_interrupted_erasure_is_completed(typed: Run, cli_location: Location):
    typed("add", "Jane Quill")
    assert typed("forget")[0] == 2
    store = open_store(cli_location)
    store.engine.insert("setting", {"name": "erasing", "value": "1"})
    store.close()
    assert typed("forget") == (0, "", "completed the erasure that was interrupted\n")
    assert typed("forget")[0] == 2


def test_a_file_in_use_is_left_as_it_is(typed: Run, cli_location: Location):
    typed("add", "Jane Quill")
    if is_server(cli_location):
        pytest.skip("a server has many users")
    other = open_store(cli_location)
    other.rows("SELECT 1 FROM contact")
    typed("config", "set", "lock-wait", "0")
    code, _, err = typed("forget", "jane", "--yes")
    other.close()
    assert code == 5
    assert "use" in err
    assert typed("show", "jane")[0] == 0
    assert private_files.exists(Path(cli_location))


@pytest.fixture
def archive(typed: Run, tmp_path: Path) -> Path:
    """A file with everything about Jane and Bob, from before Jane was forgotten."""
    typed("add", "Jane Quill", "--email", "jane@quill.example", "--phone", "01632 960123")
    typed("add", "Bob Ray", "--note", "friend of Jane Quill")
    typed("log", "jane", "called", "--with", "bob")
    typed("log", "jane", "wrote")
    typed("remind", "jane", "call back", "--due", "fri")
    typed("sell", "jane", "12 GBP")
    typed("export", "--all", str(tmp_path / "all.jsonl"))
    typed("export", "--to", str(tmp_path / "people.csv"))
    typed("export", "--to", str(tmp_path / "people.vcf"))
    return tmp_path / "all.jsonl"


@pytest.mark.parametrize("name", ["all.jsonl", "people.csv", "people.vcf"])
def test_an_import_does_not_bring_a_forgotten_contact_back(typed: Run, archive: Path, name: str):
    typed("forget", "jane", "--yes", "--erase-sales")
    code, out, _ = typed("import", str(archive.with_name(name)), "--json")
    answer = json.loads(out)
    assert (code, answer["created"]) == (1, 0)
    (refused,) = answer["refused"]
    assert "was forgotten on 2026-11-21; `import --anyway` brings it back" in refused["reason"]
    assert not list(archive.parent.glob("*.bad*"))  # refused rows are kept, but not these
    assert typed("show", "jane")[0] == 3
    assert typed("reminder", "list", "--json")[1].strip() in ("", "[]")
    assert "friend of [forgotten]" in typed("show", "bob")[1]
    code, _, err = typed("import", str(archive.with_name(name)), "--anyway")
    assert code == 0, err
    assert typed("show", "jane")[0] == 0


@pytest.mark.parametrize(
    ("row", "is_refused"),
    [
        ("Other Name,jane@quill.example,", True),  # an address is enough
        ("Jane Quill,,", True),  # so is a name without an address
        ("jane  QUILL,,", True),
        ("Jane Quill,,+441632960123", True),
        ("Jane Quill,other@ex.example,", False),  # a namesake
        ("John Quill,,01632 960123", False),  # another person of the household
    ],
)
def test_a_row_is_refused_by_its_address_or_by_name_and_number(
    typed: Run, archive: Path, tmp_path: Path, row: str, is_refused: bool
):
    typed("forget", "jane", "--yes")
    (tmp_path / "new.csv").write_text(f"name,email,phone\n{row}\n")
    answer = json.loads(typed("import", str(tmp_path / "new.csv"), "--json")[1])
    assert (answer["created"], len(answer["refused"])) == ((0, 1) if is_refused else (1, 0))


def test_a_forgotten_contact_can_be_added_by_hand(typed: Run, archive: Path):
    typed("forget", "jane", "--yes")
    assert typed("add", "Jane Quill", "--email", "jane@quill.example")[0] == 0


def test_a_copy_by_way_of_a_file_remembers_who_was_forgotten(
    typed: Run, archive: Path, tmp_path: Path, locations: Callable[[str], Location]
):
    typed("forget", "jane", "--yes")
    typed("export", "--all", str(tmp_path / "later.jsonl"))
    there = str(locations("there"))
    assert typed("--db", there, "import", str(tmp_path / "later.jsonl"))[0] == 0
    assert typed("--db", there, "import", str(tmp_path / "people.csv"))[0] == 1
    assert typed("--db", there, "show", "jane")[0] == 3


def test_export_person_tells_all_that_is_held(rich: Run, tmp_path: Path):
    code, out, err = rich("export", "--person", JANE, "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert found["name"] == "Janet Quillfeather"
    nouns = {each["noun"] for each in found["held"]}
    assert nouns >= {"contact", "contact_points", "addresses", "interactions", "sales"}
    (sale,) = (each for each in found["held"] if each["noun"] == "sales")
    assert {"field": "amount", "text": "120.00 GBP"} in sale["facts"]
    assert found["former_ids"] == [1]
    assert [each["noun"] for each in found["mentions"]] == [
        "contact", "interaction", "interaction", "reminder", "segment", "cadence rule",
    ]  # fmt: skip
    told = json.dumps(found["history"])
    assert "likes tea" in told  # a note that was changed since
    assert "Bob Ray" not in told
    assert found["imports"]
    for name, start in (("jane.md", "# All that is held on"), ("jane.html", "<")):
        assert rich("export", "--person", JANE, "--to", str(tmp_path / name))[0] == 0
        assert (tmp_path / name).read_text().startswith(start)
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "words",
    [
        ("--all", "x.csv"),
        ("--all", "x.jsonl", "tag:vip"),
        ("--all", "x.jsonl", "--columns", "name"),
        ("--all", "x.jsonl", "--format", "csv"),
        ("--all", "x.jsonl", "--person", "jane"),
        ("--person", "jane", "--to", "x.xyz"),
        ("--person", "jane", "--format", "vcard"),
    ],
)
def test_options_that_do_not_go_together_are_refused(typed: Run, words: tuple[str, ...]):
    typed("add", "Jane Quill")
    assert typed("export", *words)[0] == 2


def test_a_file_that_exists_is_not_overwritten(typed: Run, archive: Path):
    before = archive.read_bytes()
    typed("add", "Kim")
    assert typed("export", "--all", str(archive))[0] == 4
    assert archive.read_bytes() == before
    assert typed("export", "--all", str(archive), "--force")[0] == 0
    assert archive.read_bytes() != before
    assert archive.stat().st_mode & 0o777 == 0o600


CARD = """BEGIN:VCARD
VERSION:3.0
UID:jane-quill-1
FN:Jane Quill
EMAIL:jane@quill.example
PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSkZJRgABAQAAAQABAAD/2w==
X-SECRET:quillsecret
END:VCARD
"""


def test_photos_and_unknown_properties_go_too(typed: Run, tmp_path: Path, cli_location: Location):
    (tmp_path / "jane.vcf").write_text(CARD)
    assert typed("import", str(tmp_path / "jane.vcf"))[0] == 0
    assert typed("forget", "jane", "--yes")[0] == 0
    found = [
        (name, secret)
        for name, content in bytes_of(cli_location)
        for secret in (b"JFIF", b"/9j/4AAQ", b"quillsecret", b"jane-quill-1")
        if secret in content
    ]
    assert found == []


def test_removing_a_contact_removes_its_photo(typed: Run, tmp_path: Path):
    (tmp_path / "jane.vcf").write_text(CARD)
    typed("import", str(tmp_path / "jane.vcf"))
    assert typed("rm", "jane", "--yes")[0] == 0
    assert typed("undo")[0] == 0
    assert typed("show", "jane")[0] == 0


def test_a_sync_does_not_bring_a_forgotten_contact_back(
    typed: Run, tmp_path: Path, cli_location: Location
):
    typed("add", "Jane Quill", "--email", "jane@quill.example")
    (tmp_path / "cards").mkdir()
    code, _, err = typed("sync", str(tmp_path / "cards"), "--yes")
    assert code == 0, err
    (file,) = (tmp_path / "cards").glob("*.vcf")
    answer = json.loads(typed("forget", "jane", "--yes", "--json")[1])
    assert answer["synced_files"] == [str(file)]
    typed("sync", str(tmp_path / "cards"), "--yes")
    assert typed("show", "jane")[0] == 3
    assert [name for name, content in bytes_of(cli_location) if b"quill" in content.lower()] == []


def test_changes_and_mentions_are_told_in_the_words_of_people(typed: Run):
    typed("add", "Jane Doe", "--email", "jane@doe.example", "--birthday", "1980-05-01")
    typed("edit", "jane", "--every", "60d", "--given", "Janet", "--family", "Doe")
    typed("sell", "jane", "12.50", "roses")
    typed("add", "Bob", "--day", "jane doe day=--03-04")
    history = json.loads(typed("export", "--person", "jane", "--json")[1])["history"]
    told = [(each["row"], each["field"], each["old"], each["new"]) for each in history]
    assert ("contact 1", "every", None, "60d") in told
    assert ("contact 1", "name", "Jane Doe", "Janet Doe") in told
    assert ("birthday 1", "day", None, "1 May 1980") in told
    assert ("sale 1", "amount", None, "12.50 GBP") in told
    answer = json.loads(typed("forget", "jane", "--dry-run", "--also", "Jane Doe", "--json")[1])
    assert [(each["noun"], each["id"], each["field"]) for each in answer["struck_out"]] == [
        ("contact", 2, "days: label")
    ]
