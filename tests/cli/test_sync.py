"""`sync`: a folder of vCards and the database, and accidents of either."""

import errno
import fcntl
import io
import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cardcrm.cli.session import Session
from cardcrm.formats.vdir import folder as vdir_folder

Typed = Callable[..., tuple[int, str, str]]

BOB = (
    "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:bob-1\r\nFN:Bob Ray\r\nN:Ray;Bob;;;\r\n"
    "item1.TEL;TYPE=CELL,VOICE:020 7946 0111\r\nitem1.X-ABLabel:garage\r\n"
    "X-FOO;A=b:kept\r\nCATEGORIES:Old,Blue\r\n"
    "PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////\r\n"
    " ////////////////2Q==\r\nTITLE:Clerk\r\nEND:VCARD\r\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "contacts"
    made.mkdir()
    return made


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def read(path: Path) -> str:
    return path.read_bytes().decode()


def card(typed: Typed, who: str) -> dict:
    return json.loads(typed("show", who, "--json")[1])


def report(typed: Typed, *words: str) -> dict:
    return json.loads(typed("sync", *map(str, words), "--json")[1])


def numbers(found: dict) -> tuple[list[int], list[int]]:
    """Return how many were added, changed and deleted in the database, and in the folder."""
    return list(found["to_database"].values()), list(found["to_folder"].values())


def vcard(name: str, uid: str, *lines: str) -> str:
    body = "".join(f"{line}\r\n" for line in lines)
    uid = f"UID:{uid}\r\n" if uid else ""
    return f"BEGIN:VCARD\r\nVERSION:3.0\r\n{uid}FN:{name}\r\n{body}END:VCARD\r\n"


def test_consents_and_opt_outs_outlast_an_address_that_the_phone_drops(typed, folder):
    typed("add", "Jane Doe", "--email", "jane@x.example", "--phone", "020 7946 0111")
    typed("consent", "set", "jane", "--purpose", "newsletter")
    typed("opt-out", "jane@x.example")
    typed("sync", str(folder))
    before = typed("consent", "list", "--json")[1]
    (file,) = folder.glob("*.vcf")
    text = read(file)
    assert "newsletter" not in text
    lines = [each for each in text.splitlines(keepends=True) if "jane@x" not in each]
    write(folder, file.name, "".join(lines))
    assert typed("sync", "--yes")[0] == 0
    assert [each["kind"] for each in card(typed, "jane")["contact_points"]] == ["phone"]
    write(folder, file.name, read(file).replace("END:", "EMAIL:jane@x.example\r\nEND:"))
    assert typed("sync", "--yes")[0] == 0
    points = {each["kind"]: each["opted_out"] for each in card(typed, "jane")["contact_points"]}
    assert points == {"phone": False, "email": True}
    assert typed("consent", "list", "--json")[1] == before


def test_contacts_and_files_become_each_other_and_then_there_is_nothing_to_do(typed, folder):
    write(folder, "bob.vcf", BOB)
    typed("add", "Jane Doe", "--email", "jane@x.example")
    assert numbers(report(typed, folder)) == ([1, 0, 0], [1, 0, 0])
    assert card(typed, "bob")["title"] == "Clerk"
    jane = folder / f"{card(typed, 'jane')['uid']}.vcf"
    assert "EMAIL:jane@x.example" in read(jane)
    assert oct(jane.stat().st_mode & 0o777) == "0o600"
    assert read(folder / "bob.vcf") == BOB
    assert typed("sync", str(folder))[2].endswith(": nothing to do\n")


@pytest.mark.parametrize(
    ("change", "old", "new"),
    [
        (["--title", "Boss"], "TITLE:Clerk\r\n", "TITLE:Boss\r\n"),
        (["--title", ""], "TITLE:Clerk\r\n", ""),
        (["--remove", "+442079460111"],
         "item1.TEL;TYPE=CELL,VOICE:020 7946 0111\r\nitem1.X-ABLabel:garage\r\n", ""),
        (["--phone", "020 7946 0222"], "END:VCARD", "TEL:+44 20 7946 0222\r\nEND:VCARD"),
        (["--remove", "tag:blue"], "CATEGORIES:Old,Blue", "CATEGORIES:Old"),
        (["--name", "Bob Rae"], "FN:Bob Ray", "FN:Bob Rae"),
        (["--note", "x"], "END:VCARD", "NOTE:x\r\nEND:VCARD"),
    ],
)  # fmt: skip
def test_only_the_changed_lines_of_a_file_are_written(typed, folder, change, old, new):
    path = write(folder, "bob.vcf", BOB)
    typed("sync", str(folder))
    assert typed("edit", "bob", *change)[0] == 0
    assert numbers(report(typed, folder))[1] == [0, 1, 0]
    assert old in BOB
    assert read(path) == BOB.replace(old, new)


def test_an_organization_that_a_file_names_gets_a_file_at_once(typed, folder):
    write(folder, "bob.vcf", BOB.replace("TITLE", "ORG:Acme\r\nTITLE"))
    assert numbers(report(typed, folder)) == ([1, 0, 0], [1, 0, 0])
    assert typed("sync", str(folder))[2].endswith(": nothing to do\n")
    write(folder, "bob.vcf", BOB.replace("TITLE", "ORG:Apex\r\nTITLE"))
    assert numbers(report(typed, folder)) == ([0, 1, 0], [1, 0, 0])
    assert typed("sync", str(folder))[2].endswith(": nothing to do\n")


def test_an_unfolded_file_of_unix_line_ends_keeps_them(typed, folder):
    text = BOB.replace("\r\n", "\n")
    path = write(folder, "bob.vcf", text)
    typed("sync", str(folder))
    typed("edit", "bob", "--title", "Boss")
    typed("sync", str(folder))
    assert read(path) == text.replace("Clerk", "Boss")


def test_a_vcard_of_version_2_1_gets_lines_of_that_version(typed, folder):
    path = write(folder, "old.vcf", "BEGIN:VCARD\nVERSION:2.1\nUID:o\nN:Old;Otto\nFN:Otto Old\n"
                 "TEL;CELL:+44 20 7946 0111\nEND:VCARD\n")  # fmt: skip
    typed("sync", str(folder))
    typed("edit", "otto", "--note", "größer\nzwei", "--title", "Koch, Wirt")
    typed("sync", str(folder))
    assert "NOTE;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:gr=C3=B6=C3=9Fer=0D=0Azwei" in read(path)
    assert "TITLE:Koch, Wirt\n" in read(path)
    assert report(typed, folder)["to_database"] == {"added": 0, "changed": 0, "deleted": 0}
    assert card(typed, "otto")["note"] == "größer\nzwei"


def test_a_card_without_a_permanent_id_gets_ours(typed, folder):
    path = write(folder, "ann.vcf", vcard("Ann Lee", ""))
    typed("sync", str(folder))
    uid = card(typed, "ann")["uid"]
    assert read(path) == vcard("Ann Lee", "").replace("FN:", f"UID:{uid}\r\nFN:")
    assert typed("sync", str(folder))[2].endswith(": nothing to do\n")


def test_two_files_of_one_permanent_id_are_two_contacts(typed, folder):
    write(folder, "a.vcf", vcard("Ann Lee", "same"))
    path = write(folder, "b.vcf", vcard("Ben Fox", "same"))
    found = report(typed, folder)
    assert numbers(found) == ([2, 0, 0], [0, 1, 0])
    assert found["notes"] == ["b.vcf has the permanent id of another file, and gets one of its own"]
    assert card(typed, "ann")["uid"] == "same"
    assert f"UID:{card(typed, 'ben')['uid']}\r\n" in read(path)
    assert typed("sync", str(folder))[2].endswith(": nothing to do\n")


@pytest.mark.parametrize(
    "uid", ["../../etc/x y\\n", "/etc/x", "CON", "nul.vcf", "x" * 3000, ".", "-rf"]
)
def test_an_odd_permanent_id_makes_a_safe_file_name(typed, folder, tmp_path, uid):
    source = write(tmp_path, "odd.vcf", vcard("Ann Lee", uid))
    typed("import", str(source))
    typed("sync", str(folder))
    (made,) = folder.iterdir()
    assert made.stem.replace("-", "").isalnum()
    assert made.stem.lower() not in ("con", "nul")
    assert typed("sync", str(folder))[2].endswith(": nothing to do\n")


def make_link(folder: Path) -> None:
    write(folder.parent, "outside.vcf", vcard("Out Side", "out"))
    (folder / "x.vcf").symlink_to(folder.parent / "outside.vcf")


def make_large(folder: Path) -> None:
    with (folder / "x.vcf").open("wb") as stream:
        stream.truncate(1 << 30)


LEFT = {
    "a symbolic link, which is not followed": make_link,
    "larger than 16 MiB": make_large,
    "not a regular file": lambda folder: os.mkfifo(folder / "x.vcf"),
    "it is not a vCard": lambda folder: write(folder, "x.vcf", "<html><body>no</body></html>"),
    "it holds 2 vCards; to bring them in: cardcrm import FILE": lambda folder: write(
        folder, "x.vcf", vcard("Ann Lee", "a") + vcard("Ben Fox", "b")
    ),
    "unreadable vCard: it has no name, organization, email or phone": lambda folder: write(
        folder, "x.vcf", "BEGIN:VCARD\nVERSION:3.0\nNOTE:x\nEND:VCARD\n"
    ),
}


@pytest.mark.parametrize("reason", LEFT)
def test_a_file_that_cannot_be_used_is_left_and_named(typed, folder, reason):
    write(folder, "bob.vcf", BOB)
    LEFT[reason](folder)
    found = report(typed, folder)
    assert found["left"] == [{"file": "x.vcf", "reason": reason}]
    assert numbers(found) == ([1, 0, 0], [0, 0, 0])
    assert report(typed, folder)["left"] == found["left"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read_is_left(typed, folder):
    write(folder, "x.vcf", BOB).chmod(0)
    assert report(typed, folder)["left"] == [
        {"file": "x.vcf", "reason": "cannot be read: Permission denied"}
    ]


GROUP = (
    "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:g\r\nFN:Team\r\nX-ADDRESSBOOKSERVER-KIND:group\r\n"
    "X-ADDRESSBOOKSERVER-MEMBER:urn:uuid:bob-1\r\nEND:VCARD\r\n"
)


@pytest.mark.parametrize(
    ("name", "text"),
    [("g.vcf", GROUP), (".hidden.vcf", BOB), ("x.vcf.tmp", BOB), ("displayname", "Friends"),
     ("color", "#ff0000")],
)  # fmt: skip
def test_files_of_other_programs_are_left_without_a_word(typed, folder, name, text):
    path = write(folder, name, text)
    found = report(typed, folder)
    assert (numbers(found), found["left"]) == (([0, 0, 0], [0, 0, 0]), [])
    assert read(path) == text


def test_a_name_with_a_line_break_cannot_break_the_report(typed, folder):
    write(folder, "a\nb\x1b[31m.vcf", "no card")
    _, _, said = typed("sync", str(folder))
    assert "\x1b" not in said
    assert write(folder, "ok\nok.vcf", BOB)
    assert numbers(report(typed, folder))[0] == [1, 0, 0]


def test_known_file_that_becomes_a_link_or_damaged_removes_nothing(typed, folder):
    path = write(folder, "bob.vcf", BOB)
    write(folder, "ann.vcf", vcard("Ann Lee", "ann"))
    typed("sync", str(folder))
    path.unlink()
    path.symlink_to("/etc/passwd")
    write(folder, "ann.vcf", "")
    found = report(typed, folder, "--yes")
    assert [each["file"] for each in found["left"]] == ["bob.vcf", "ann.vcf"]
    assert numbers(found) == ([0, 0, 0], [0, 0, 0])


# Both sides change


def change_both(typed: Typed, folder: Path, *, words: list[str], old: str, new: str) -> Path:
    path = write(folder, "bob.vcf", BOB)
    typed("sync", str(folder))
    typed("edit", "bob", *words)
    write(folder, "bob.vcf", BOB.replace(old, new))
    return path


def test_changes_of_different_fields_are_merged(typed, folder):
    path = change_both(typed, folder, words=["--note", "roses"], old="Clerk", new="Waiter")
    found = report(typed, folder)
    assert (numbers(found), found["conflicts"]) == (([0, 1, 0], [0, 1, 0]), [])
    bob = card(typed, "bob")
    assert (bob["title"], bob["note"]) == ("Waiter", "roses")
    assert "TITLE:Waiter" in read(path)
    assert "NOTE:roses" in read(path)


@pytest.mark.parametrize(
    ("options", "taken", "title", "other"),
    [([], "database", "Chief", "Waiter"), (["--prefer", "file"], "file", "Waiter", "Chief")],
)
def test_of_two_new_texts_one_is_taken_and_the_other_is_kept(
    typed, folder, options, taken, title, other
):
    path = change_both(typed, folder, words=["--title", "Chief"], old="Clerk", new="Waiter")
    found = report(typed, folder, *options)
    assert found["conflicts"] == [
        {"name": "Bob Ray", "field": "title", "taken": taken, "file": "Waiter", "database": "Chief"}
    ]
    bob = card(typed, "bob")
    assert (bob["title"], [each["text"] for each in bob["fields"]]) == (title, [other])
    assert f"TITLE:{title}" in read(path)
    assert other in read(path)
    assert typed("sync", str(folder))[2].endswith(": nothing to do\n")


def test_notes_of_both_sides_are_kept_in_one(typed, folder):
    change_both(typed, folder, words=["--note", "one"], old="TITLE", new="NOTE:two\r\nTITLE")
    typed("sync", str(folder))
    assert card(typed, "bob")["note"] == "one\n\ntwo"


def test_a_number_that_both_replaced_is_there_twice_and_said(typed, folder):
    words = ["--remove", "+442079460111", "--phone", "020 7946 0222"]
    change_both(typed, folder, words=words, old="020 7946 0111", new="020 7946 0333")
    found = report(typed, folder)
    assert found["conflicts"] == [
        {"name": "Bob Ray", "field": "phone", "taken": "both", "file": "+44 20 7946 0333",
         "database": "+44 20 7946 0222"}
    ]  # fmt: skip
    assert {each["address"] for each in card(typed, "bob")["contact_points"]} == {
        "+44 20 7946 0222", "+44 20 7946 0333"
    }  # fmt: skip


def test_a_program_that_drops_our_properties_clears_nothing(typed, folder):
    typed("add", "Jane Doe", "--email", "j@x.example", "--stage", "customer")
    typed("field", "add", "Size")
    typed("edit", "jane", "--opt-out", "j@x.example", "--set", "size=40")
    typed("sync", str(folder))
    (path,) = folder.glob("*.vcf")
    assert "X-CARDCRM=opted-out" in read(path)
    lines = [line for line in read(path).split("\r\n") if not line.startswith("X-CARDCRM-")]
    text = (
        "\r\n".join(lines).replace(";X-CARDCRM=opted-out", "").replace("FN:", "TITLE:Boss\r\nFN:")
    )
    write(folder, path.name, text)
    typed("sync", str(folder))
    jane = card(typed, "jane")
    assert (jane["title"], jane["stage"], jane["fields"][0]["text"]) == ("Boss", "customer", "40")
    assert jane["contact_points"][0]["opted_out"] is True
    assert typed("sync", str(folder))[2].endswith(": nothing to do\n")


def test_undo_brings_the_database_back_and_the_next_sync_the_file(typed, folder):
    path = write(folder, "bob.vcf", BOB)
    typed("sync", str(folder))
    write(folder, "bob.vcf", BOB.replace("Clerk", "Waiter"))
    typed("sync", str(folder))
    assert typed("undo")[0] == 0
    assert card(typed, "bob")["title"] == "Clerk"
    assert numbers(report(typed, folder)) == ([0, 0, 0], [0, 1, 0])
    assert read(path) == BOB
    assert typed("sync", str(folder))[2].endswith(": nothing to do\n")


# One side removes


def fill(typed: Typed, folder: Path, count: int = 3) -> list[Path]:
    paths = [write(folder, f"{n}.vcf", vcard(f"Ann Lee{n}", f"u{n}")) for n in range(count)]
    typed("sync", str(folder))
    return paths


def test_a_deletion_waits_for_an_answer(typed, folder):
    first, second, _ = fill(typed, folder)
    first.unlink()
    said = typed("sync", str(folder))[2]
    assert "  removed on one side:\n    Ann Lee0: its file 0.vcf is gone\n" in said
    assert f"1 deletion in {folder} needs confirmation\n" in said
    typed("rm", "lee1", "--yes")
    code, out, said = typed("sync", str(folder), "--json")
    assert (code, json.loads(out)["pending"]) == (2, [
        {"name": "Ann Lee0", "uid": "u0", "file": "0.vcf", "remove_from": "database"},
        {"name": "1.vcf", "uid": "u1", "file": "1.vcf", "remove_from": "folder"},
    ])  # fmt: skip
    assert f"2 deletions in {folder} need confirmation" in said
    assert typed("show", "lee0")[0] == 0
    assert second.exists()
    assert numbers(report(typed, folder, "--yes")) == ([0, 0, 1], [0, 0, 1])
    assert typed("show", "lee0")[0] == 3
    assert not second.exists()
    assert typed("sync", str(folder))[2].endswith(": nothing to do\n")


def test_a_deletion_can_be_undone_on_the_other_side(typed, folder):
    first, _, _ = fill(typed, folder)
    first.unlink()
    typed("rm", "lee1", "--yes")
    assert numbers(report(typed, folder, "--keep")) == ([1, 0, 0], [1, 0, 0])
    assert typed("show", "lee1")[0] == 0
    assert len(list(folder.glob("*.vcf"))) == 3
    assert typed("sync", str(folder))[2].endswith(": nothing to do\n")


def test_what_one_side_removed_and_the_other_changed_stays(typed, folder):
    first, second, _ = fill(typed, folder)
    first.unlink()
    typed("edit", "lee0", "--title", "Boss")
    typed("rm", "lee1", "--yes")
    write(folder, second.name, vcard("Ann Lee1", "u1", "TITLE:Chef"))
    found = report(typed, folder)
    assert (found["pending"], numbers(found)) == ([], ([1, 0, 0], [1, 0, 0]))
    assert card(typed, "lee1")["title"] == "Chef"
    assert sum("TITLE:Boss" in read(each) for each in folder.glob("*.vcf")) == 1


@pytest.mark.parametrize("count", [2, 12])
def test_an_emptied_folder_removes_no_contact(typed, folder, count):
    paths = fill(typed, folder, count)
    for path in paths[: count // 2 + 1]:
        path.unlink()
    code, _, said = typed("sync", str(folder), "--yes")
    assert (code, "have vanished" in said) == (4, True)
    assert len(json.loads(typed("find", "--json")[1])) == count
    assert typed("sync", str(folder), "--keep")[0] == 0
    assert len(list(folder.glob("*.vcf"))) == count


def test_an_emptied_database_removes_no_file(typed, folder):
    paths = fill(typed, folder)
    typed("rm", "--where", "lee", "--yes")
    code, _, said = typed("sync", str(folder), "--yes")
    assert (code, "were removed from the database" in said) == (4, True)
    assert all(path.exists() for path in paths)


def test_a_folder_that_has_vanished_is_said(typed, folder):
    fill(typed, folder)
    shutil.rmtree(folder)
    assert typed("sync", str(folder), "--yes")[0] == 3
    assert typed("sync", "--yes")[0] == 3
    assert len(json.loads(typed("find", "--json")[1])) == 3


# Interruptions


def test_two_syncs_exclude_each_other(typed, folder):
    fill(typed, folder)
    handle = os.open(folder, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    assert typed("sync", str(folder))[0] == 4
    os.close(handle)
    assert typed("sync", str(folder))[0] == 0


@pytest.mark.parametrize("failing", [0, 1, 2, 3])
def test_a_sync_that_breaks_off_is_repeated_without_loss_or_doubles(
    typed, folder, monkeypatch, failing
):
    fill(typed, folder)
    for name in ("Carl Orr", "Dora Orr"):
        typed("add", name)
    for number in range(3):
        typed("edit", f"lee{number}", "--title", f"Boss{number}")
        write(folder, f"{number}.vcf", vcard(f"Ann Lee{number}", f"u{number}", f"NOTE:n{number}"))
    write(folder, "new.vcf", vcard("Eve Orr", "eve"))
    real, written = vdir_folder.place_file, []

    def break_off(*words):
        if len(written) == failing:
            raise OSError(errno.ENOSPC, "No space left on device")
        written.append(words)
        return real(*words)

    with monkeypatch.context() as patch:
        patch.setattr(vdir_folder, "place_file", break_off)
        code, _, said = typed("sync", str(folder))
    assert (code, "No space left on device" in said) == (5, True)
    assert typed("sync", str(folder))[0] == 0
    assert typed("sync", str(folder))[2].endswith(": nothing to do\n")
    assert len(list(folder.iterdir())) == 6
    assert len(json.loads(typed("find", "--json")[1])) == 6
    for number in range(3):
        found = card(typed, f"lee{number}")
        assert (found["title"], found["note"]) == (f"Boss{number}", f"n{number}")
        assert f"TITLE:Boss{number}" in read(folder / f"{number}.vcf")
        assert f"NOTE:n{number}" in read(folder / f"{number}.vcf")


def test_renamed_files_are_known_by_their_permanent_ids(typed, folder):
    first, second, _ = fill(typed, folder)
    first.rename(folder / "other.vcf")
    second.rename(folder / second.name.upper())
    assert numbers(report(typed, folder)) == ([0, 0, 0], [0, 0, 0])
    assert typed("sync", str(folder))[2].endswith(": nothing to do\n")
    typed("edit", "lee0", "--title", "Boss")
    typed("sync", str(folder))
    assert "TITLE:Boss" in read(folder / "other.vcf")


# Which contacts


def test_a_query_chooses_the_contacts_and_is_remembered(typed, folder):
    typed("add", "Jane Doe", "--tag", "phone")
    typed("add", "Carl Orr")
    write(folder, "ann.vcf", vcard("Ann Lee", "ann"))
    assert numbers(report(typed, folder, "tag:phone")) == ([1, 0, 0], [1, 0, 0])
    assert typed("sync")[2].endswith(": nothing to do\n")
    typed("tag", "carl", "+phone")
    assert numbers(report(typed)) == ([0, 0, 0], [1, 0, 0])
    typed("tag", "carl", "-phone")
    assert [each["name"] for each in report(typed)["pending"]] == ["Carl Orr"]
    assert numbers(report(typed, "--yes")) == ([0, 0, 0], [0, 0, 1])
    assert card(typed, "carl")["name"] == "Carl Orr"
    assert (folder / "ann.vcf").exists()
    assert numbers(report(typed, folder, "--all")) == ([0, 0, 0], [1, 0, 0])


def test_contacts_that_are_known_already_are_found_and_not_doubled(typed, folder):
    typed("add", "Bob Ray", "--phone", "020 7946 0111", "--email", "bob@x.example")
    path = write(folder, "bob.vcf", BOB)
    found = report(typed, folder)
    assert (numbers(found), found["conflicts"]) == (([0, 1, 0], [0, 1, 0]), [])
    assert len(json.loads(typed("find", "--json")[1])) == 1
    assert card(typed, "bob")["title"] == "Clerk"
    assert "EMAIL:bob@x.example" in read(path)
    assert "UID:bob-1" in read(path)
    assert read(path).count("TEL") == 1
    assert typed("sync", str(folder))[2].endswith(": nothing to do\n")


def test_a_dry_run_changes_nothing(typed, folder):
    path = write(folder, "ann.vcf", vcard("Ann Lee", ""))
    typed("add", "Jane Doe")
    before = (read(path), typed("journal", "--json")[1])
    assert numbers(report(typed, folder, "--dry-run")) == ([1, 0, 0], [1, 1, 0])
    assert (read(path), typed("journal", "--json")[1]) == before
    assert [each.name for each in folder.iterdir()] == ["ann.vcf"]
    assert typed("sync")[0] == 2


def test_a_forgotten_folder_keeps_its_files(typed, folder):
    fill(typed, folder)
    assert typed("sync", str(folder), "--stop")[0] == 0
    assert len(list(folder.glob("*.vcf"))) == 3
    assert typed("sync")[0] == 2


def test_a_new_folder_is_created_and_its_parents_are_not(typed, tmp_path):
    typed("add", "Jane Doe")
    assert typed("sync", str(tmp_path / "new"), "--dry-run")[0] == 3
    assert typed("sync", str(tmp_path / "new"))[0] == 0
    assert len(list((tmp_path / "new").iterdir())) == 1
    assert typed("sync", str(tmp_path / "none" / "new"))[0] == 3


def test_a_folder_of_folders_is_refused_with_the_name_of_one(typed, folder):
    (folder / "friends").mkdir()
    code, _, said = typed("sync", str(folder))
    assert code == 2
    assert "friends" in said


def test_a_forgotten_contact_leaves_no_state_and_does_not_come_back(typed, folder):
    write(folder, "bob.vcf", BOB)
    typed("add", "Jane Doe")
    typed("sync", str(folder))
    code, _, said = typed("forget", "bob", "--yes")
    assert code == 0, said
    states = json.loads(typed("db", "sql", "select uid, base from sync_file", "--json")[1])
    assert (len(states), "Ray" in str(states)) == (1, False)
    found = report(typed, folder)
    assert numbers(found) == ([0, 0, 0], [0, 0, 0])
    assert [each["file"] for each in found["left"]] == ["bob.vcf"]
    assert found["left"][0]["reason"].startswith("was forgotten on")
    assert typed("show", "bob")[0] == 3


# Questions on a terminal


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let a person at a terminal answer with some lines."""
    monkeypatch.setattr(Session, "can_ask", True)
    return lambda text: monkeypatch.setattr(sys, "stdin", io.StringIO(text))


@pytest.mark.parametrize(("answer", "title", "other"), [("f\n", "Waiter", "Chief"),
                                                        ("\n", "Chief", "Waiter")])  # fmt: skip
def test_a_person_chooses_between_two_texts(typed, folder, asked, answer, title, other):
    change_both(typed, folder, words=["--title", "Chief"], old="Clerk", new="Waiter")
    asked(answer)
    assert typed("sync", str(folder))[0] == 0
    bob = card(typed, "bob")
    assert (bob["title"], bob["fields"][0]["text"]) == (title, other)


@pytest.mark.parametrize(
    ("answer", "code", "files", "found"), [("r\n", 0, 2, 3), ("k\n", 0, 3, 0), ("\n", 2, 2, 0)]
)
def test_a_person_decides_on_deletions(typed, folder, asked, answer, code, files, found):
    first, _, _ = fill(typed, folder)
    first.unlink()
    asked(answer)
    assert typed("sync", str(folder))[0] == code
    assert len(list(folder.glob("*.vcf"))) == files
    assert typed("show", "lee0")[0] == found


# Shapes of vCards

NEXTCLOUD = (
    "BEGIN:VCARD\r\nVERSION:4.0\r\nPRODID:-//Nextcloud Contacts\r\n"
    "UID:urn:uuid:4fbe8971-0bc3-424c-9c26-36c3e1eff6b1\r\nFN:Zoé Ångström\r\n"
    'N:Ångström;Zoé;;;\r\nTEL;VALUE=uri;TYPE="home,voice":tel:+44-20-7946-0111\r\n'
    "PHOTO:data:image/png;base64,iVBORw0KGgo=\r\nX-PHONETIC-LAST-NAME:ong\r\n"
    "REV:20200101T000000Z\r\nEND:VCARD\r\n"
)  # fmt: skip


def test_a_vcard_of_version_4_keeps_its_version_and_its_photo(typed, folder):
    path = write(folder, "z.vcf", NEXTCLOUD)
    typed("sync", str(folder))
    assert read(path) == NEXTCLOUD
    typed("edit", "zoé", "--birthday", "--05-17", "--title", "Boss")
    typed("sync", str(folder))
    text = read(path)
    kept = [line for line in NEXTCLOUD.split("\r\n") if not line.startswith(("REV", "END"))]
    assert [line for line in text.split("\r\n") if line in kept] == kept
    assert "BDAY:--0517\r\n" in text
    assert "REV:20200101" not in text
    assert typed("sync", str(folder))[2].endswith(": nothing to do\n")


def test_a_name_that_grows_in_a_file_keeps_its_words(typed, folder):
    typed("add", "Plumber")
    typed("sync", str(folder))
    (path,) = folder.glob("*.vcf")
    write(folder, path.name, read(path).replace("FN:Plumber", "FN:Pete Plumber"))
    typed("sync", str(folder))
    found = card(typed, "plumber")
    assert (found["name"], found["given"], found["family"]) == ("Pete Plumber", "Pete", "Plumber")
    assert "FN:Pete Plumber\r\nN:Plumber;Pete;;;\r\n" in read(path)
    assert typed("sync", str(folder))[2].endswith(": nothing to do\n")


def test_names_and_organizations_are_written_where_they_stand(typed, folder):
    text = vcard("Acme Ltd", "a", "N:;;;;", "ORG:Acme Ltd", "X-ABShowAs:COMPANY")
    path = write(folder, "a.vcf", text)
    typed("sync", str(folder))
    typed("edit", "acme", "--name", "Acme & Sons")
    typed("sync", str(folder))
    assert read(path) == text.replace("Acme Ltd", "Acme & Sons")
    assert typed("sync", str(folder))[2].endswith(": nothing to do\n")


def test_a_second_title_stays_and_several_notes_become_one(typed, folder):
    text = vcard("Ann Lee", "a", "TITLE:Cook", "TITLE:Baker", "NOTE:one", "NOTE:two")
    path = write(folder, "a.vcf", text)
    typed("sync", str(folder))
    typed("edit", "ann", "--title", "Chef", "--note", "three")
    typed("sync", str(folder))
    changed = text.replace("Cook", "Chef").replace("one", "three")
    assert read(path) == changed.replace("NOTE:two\r\n", "")
    assert typed("sync", str(folder))[2].endswith(": nothing to do\n")


def test_a_new_name_of_an_organization_reaches_the_files_of_its_people(typed, folder):
    typed("add", "Jane Doe", "--org", "Acme")
    typed("sync", str(folder))
    typed("edit", "acme", "--name", "Apex")
    assert numbers(report(typed, folder))[1] == [0, 2, 0]
    assert sum("ORG:Apex" in read(path) for path in folder.glob("*.vcf")) == 2


@pytest.mark.parametrize("start", ["\ufeff", "\r\n\r\n", ""])
@pytest.mark.parametrize("end", ["\r\n", "", "\r\n\r\n"])
def test_what_surrounds_a_vcard_is_no_obstacle(typed, folder, start, end):
    body = vcard("Ann Lee", "a", "TITLE:Cook").rstrip()
    path = write(folder, "a.vcf", f"{start}{body}{end}")
    typed("sync", str(folder))
    typed("edit", "ann", "--title", "Chef")
    typed("sync", str(folder))
    assert body.replace("Cook", "Chef") in read(path)
    assert card(typed, "ann")["title"] == "Chef"
    assert typed("sync", str(folder))[2].endswith(": nothing to do\n")


def test_a_file_of_another_encoding_keeps_its_bytes(typed, folder):
    path = folder / "a.vcf"
    before = vcard("Jürgen Groß", "j").encode("cp1252")
    path.write_bytes(before)
    typed("sync", str(folder))
    assert card(typed, "groß")["name"] == "Jürgen Groß"
    typed("edit", "groß", "--title", "Küster")
    typed("sync", str(folder))
    assert path.read_bytes() == before.replace(b"END:", "TITLE:Küster\r\nEND:".encode())
    assert typed("sync", str(folder))[2].endswith(": nothing to do\n")


def test_a_photo_that_the_phone_changes_comes_in(typed, folder):
    path = write(folder, "bob.vcf", BOB)
    typed("sync", str(folder))
    text = BOB.replace("SkZJRg", "SkZJRh")
    write(folder, "bob.vcf", text)
    assert numbers(report(typed, folder)) == ([0, 1, 0], [0, 0, 0])
    assert read(path) == text
