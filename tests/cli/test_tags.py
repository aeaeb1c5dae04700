"""Tags keep their letters, and are matched without case and accents."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Result

Typed = Callable[..., Result]


def _tags(typed: Typed, who: str) -> list[str]:
    found: list[str] = json.loads(typed("show", who, "--json")[1])["tags"]
    return found


@pytest.mark.parametrize(
    ("typed_tag", "shown"),
    [
        ("Zwölf", "Zwölf"),
        ("VIP", "VIP"),
        ("Garden Club", "Garden-Club"),
        ("#Messe", "Messe"),
        ("Ελλάδα", "Ελλάδα"),
        ("東京", "東京"),
        ("vip", "vip"),
    ],
)
def test_a_tag_is_shown_and_exported_as_it_was_written(
    typed: Typed, typed_tag: str, shown: str
) -> None:
    typed("add", "Jane Doe")
    assert f"tag {shown} added; tags: {shown}" in typed("tag", "jane", f"+{typed_tag}")[2]
    assert _tags(typed, "jane") == [shown]
    assert f"[{shown}]" in typed("show", "jane")[1]
    assert json.loads(typed("find", "--json")[1])[0]["tags"] == [shown]
    rows = list(csv.DictReader(io.StringIO(typed("export")[1])))
    assert rows[0]["tags"] == shown
    assert f"CATEGORIES:{shown}\r\n" in typed("export", "--format", "vcard")[1].replace("\r\n ", "")


@pytest.mark.parametrize("query", ["Zwölf", "zwölf", "zwolf", "ZWÖLF", "ZWOLF"])
def test_a_tag_is_found_in_any_writing(typed: Typed, query: str) -> None:
    typed("add", "Jane Doe", "--tag", "Zwölf")
    typed("add", "Bob Ray", "--tag", "zwolf")
    typed("add", "Cay Poe")
    assert typed("find", "--count", f"tag:{query}")[1] == "2\n"
    assert typed("find", "--count", f"-tag:{query}")[1] == "1\n"
    assert typed("find", "--count", query)[1] == "2\n"


def test_the_first_writing_stays_until_the_tag_is_removed(typed: Typed) -> None:
    typed("add", "Jane Doe", "--tag", "Zwölf", "--tag", "zwolf")
    assert "no change" in typed("tag", "jane", "+ZWOLF")[2]
    assert _tags(typed, "jane") == ["Zwölf"]
    assert "tag Zwölf removed, tag zwolf added" in typed("tag", "jane", "-ZWÖLF", "+zwolf")[2]
    assert _tags(typed, "jane") == ["zwolf"]
    typed("undo")
    assert _tags(typed, "jane") == ["Zwölf"]
    assert "tag Zwölf removed" in typed("edit", "jane", "--remove", "tag:zwolf")[2]
    assert _tags(typed, "jane") == []


def test_a_merge_keeps_the_writing_of_the_contact_that_stays(typed: Typed) -> None:
    typed("add", "Jane Doe", "--tag", "Zwölf", "--tag", "VIP")
    typed("add", "J Doe", "--tag", "zwolf", "--tag", "Lokal")
    assert typed("merge", "1", "2", "--yes")[0] == 0
    assert _tags(typed, "1") == ["Lokal", "VIP", "Zwölf"]
    typed("undo")
    assert (_tags(typed, "1"), _tags(typed, "2")) == (["VIP", "Zwölf"], ["Lokal", "zwolf"])
    assert typed("db", "check")[0] == 0


@pytest.mark.parametrize("kind", ["csv", "vcard"])
def test_a_file_brings_tags_back_as_they_were(typed: Typed, tmp_path: Path, kind: str) -> None:
    typed("add", "Jane Doe", "--tag", "Zwölf", "--tag", "VIP")
    file = tmp_path / ("all.csv" if kind == "csv" else "all.vcf")
    typed("export", "--to", str(file))
    typed("rm", "jane", "--yes")
    assert typed("import", str(file))[0] == 0
    (contact_id,) = typed("find", "--format", "ids")[1].split()
    assert _tags(typed, contact_id) == ["VIP", "Zwölf"]
    typed("import", str(file))
    assert _tags(typed, contact_id) == ["VIP", "Zwölf"]
    assert typed("db", "check")[0] == 0


def test_a_file_of_another_program_keeps_the_letters_of_its_tags(
    typed: Typed, tmp_path: Path
) -> None:
    file = tmp_path / "list.csv"
    file.write_text("Name,Tags\nJane Doe,Größe (XL)\nJane Doe,GRÖSSE XL\n", "utf-8")
    typed("import", str(file), "--tag", "Messe-2026")
    assert _tags(typed, "jane") == ["Größe-XL", "Messe-2026"]


@pytest.mark.parametrize("words", [("+vip", "-vip"), ("-Zwölf", "+Zwölf")])
def test_a_tag_that_is_added_and_removed_is_refused(typed: Typed, words: tuple[str, ...]) -> None:
    typed("add", "Jane Doe")
    assert typed("tag", "jane", *words)[::2] == (
        2,
        f"error: the tag “{words[0][1:]}” is both added and removed\n"
        "hint: Leave one of them out.\n",
    )
    assert _tags(typed, "jane") == []
