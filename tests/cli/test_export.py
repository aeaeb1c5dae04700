"""Export contacts to files and to folders of vCards."""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from cardcrm.formats.vcard.folder import choose_name

Typed = Callable[..., tuple[int, str, str]]


@pytest.fixture
def folder(typed: Typed, tmp_path: Path) -> Path:
    """Return the name of a new folder, beside a database of two contacts."""
    typed("add", "Jane Doe", "--email", "jane@example.com")
    typed("add", "Bob Ray")
    return tmp_path / "vcards"


def test_a_folder_gets_a_private_vcard_for_each_contact(typed: Typed, folder: Path) -> None:
    assert typed("export", "--format", "vcard", "--to", f"{folder}/") == (
        0,
        "",
        f"wrote 2 contacts to {folder}/\n",
    )
    files = sorted(folder.iterdir())
    assert [each.stat().st_mode & 0o777 for each in (folder, *files)] == [0o700, 0o600, 0o600]
    assert all(re.fullmatch(r"[0-9a-f-]{36}\.vcf", each.name) for each in files)
    text = files[0].read_bytes().decode()
    assert text.startswith("BEGIN:VCARD\r\nVERSION:3.0\r\n")
    assert text.count("BEGIN:VCARD") == 1
    assert typed("import", *map(str, files))[2].count("1 unchanged") == 2


def test_an_existing_folder_is_filled_once_unless_forced(typed: Typed, folder: Path) -> None:
    folder.mkdir()
    (folder / "mine.txt").write_text("mine")
    assert typed("export", "jane", "--to", str(folder))[0] == 0
    code, _, err = typed("export", "--to", str(folder))
    assert (code, "already exists\nhint: Name another folder, or add --force." in err) == (4, True)
    assert len(list(folder.iterdir())) == 2
    out = typed("export", "--to", str(folder), "--force", "--json")[1]
    assert json.loads(out) == {"exported": 2, "path": str(folder)}
    assert (folder / "mine.txt").read_text() == "mine"


def test_a_link_in_the_folder_is_replaced_and_not_followed(
    typed: Typed, folder: Path, tmp_path: Path
) -> None:
    typed("export", "jane", "--to", f"{folder}/")
    (file,) = folder.iterdir()
    file.unlink()
    target = tmp_path / "target"
    target.write_text("mine")
    file.symlink_to(target)
    assert typed("export", "jane", "--to", f"{folder}/")[0] == 4
    assert typed("export", "jane", "--to", f"{folder}/", "--force")[0] == 0
    assert (target.read_text(), file.is_symlink()) == ("mine", False)


@pytest.mark.parametrize(
    "uid",
    ["../../etc/passwd", "/etc/passwd", "..", ".hidden", "-rf", "a/b", "a\\b", "con", "NUL.txt",
     "x" * 300, "a\nb", "ünique", "urn:x", "end.", "a b", ""],
)  # fmt: skip
def test_an_odd_uid_gives_a_safe_file_name(uid: str) -> None:
    name = choose_name(uid)
    assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.@+-]*-[0-9a-f]{16}\.vcf", name)
    assert len(name) < 100
    assert os.path.basename(name) == name
    assert name != choose_name(f"{uid}2")


def test_names_that_differ_by_case_alone_get_two_files() -> None:
    assert choose_name("ABC") == "ABC.vcf"
    assert choose_name("ABC", {"abc.vcf"}).startswith("ABC-")


def test_the_version_of_vcards_is_3_unless_another_is_asked_for(typed: Typed, folder: Path) -> None:
    def version(*words: str) -> str:
        return typed("export", "jane", *words)[1].splitlines()[1]

    assert version("--format", "vcard") == "VERSION:3.0"
    assert version("--format", "vcard", "--vcard-version", "4.0") == "VERSION:4.0"
    assert version("--vcard-version=4", "--format=vcard") == "VERSION:4.0"
    file = folder.with_suffix(".vcf")
    assert typed("export", "--to", str(file), "--vcard-version", "4.0")[0] == 0
    assert "VERSION:4.0" in file.read_text()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--vcard-version", "4.0"], "--vcard-version is for vCards"),
        (["--format", "vcard", "--vcard-version", "2.1"], "cannot write vCard version 2.1"),
        (["--format", "csv", "--to", "d/"], "--format csv writes one file, not a folder"),
        (["--format", "csv", "--to", "a.vcf"], "a.vcf is not a name for --format csv"),
        (["--format", "markdown"], "export does not take --format markdown"),
        (["--format", "vcard", "--columns", "name"], "--columns is for CSV and XLSX files"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_options_that_do_not_fit_are_refused(typed: Typed, words: list[str], message: str) -> None:
    code, out, err = typed("export", *words)
    assert (code, out, message in err) == (2, "", True)
