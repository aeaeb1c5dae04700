"""Names and phone numbers as people type them, and as files hold them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Typed = Callable[..., tuple[int, str, str]]


def shown(typed: Typed, who: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(typed("show", who, "--format", "json")[1])
    return found


def test_parts_that_options_give_are_kept_and_the_rest_is_read(typed: Typed) -> None:
    typed("add", "Anna", "García", "Márquez", "--family", "García Márquez")
    anna = shown(typed, "1")
    assert [anna["name"], anna["given"], anna["family"]] == [
        "Anna García Márquez", "Anna", "García Márquez",
    ]  # fmt: skip
    typed("add", "--given", "Jo", "--family", "Bloggs", "--prefix", "Dr.", "--suffix", "MD")
    assert shown(typed, "2")["name"] == "Jo Bloggs, MD"
    assert "full name  Dr. Jo Bloggs, MD" in typed("show", "2")[1]
    typed("add", "Wang Wei", "--name-order", "family-first", "--sort-as", "Wei")
    wang = shown(typed, "3")
    assert [wang["given"], wang["family"], wang["sort_as"]] == ["Wei", "Wang", "Wei"]


def test_an_edit_of_the_name_says_which_stated_parts_stay(typed: Typed) -> None:
    typed("add", "--given", "Jane", "--family", "Doe")
    assert typed("edit", "1", "--name", "Jane Roe")[2] == (
        "changed 1 Jane Roe: name Jane Doe → Jane Roe\n"
        "  the family name stays Doe; to change it: --family\n"
    )
    assert typed("edit", "1", "--family", "Roe")[2] == "changed 1 Jane Roe: family name Doe → Roe\n"
    assert shown(typed, "1")["family"] == "Roe"


def test_columns_and_filters_have_every_part(typed: Typed) -> None:
    typed("add", "Dr. Ann Q. Test MBE")
    typed("add", "Robin van Persie")
    columns = "prefix,given,middle,family,suffix"
    assert typed("find", "family:persie", "--columns", columns, "--format", "csv")[1] == (
        "prefix,given,middle,family,suffix\n,Robin,,van Persie,\n"
    )
    assert typed("find", "prefix:dr", "--columns", columns, "--format", "csv")[1] == (
        "prefix,given,middle,family,suffix\nDr.,Ann,Q.,Test,MBE\n"
    )


def test_a_contact_is_named_with_its_title(typed: Typed) -> None:
    typed("add", "Linda Müller")
    typed("add", "Drew Mrsic")
    assert typed("log", "Mrs", "Müller", "asked for pots")[2] == (
        "logged note 1 with 1 Linda Müller: asked for pots\n"
    )
    assert typed("show", "Frau Müller")[1] == typed("show", "1")[1]
    code, _, message = typed("log", "Mrs", "Nemo", "asked for pots")
    assert (code, message.splitlines()[0]) == (3, "error: no contact matches “Mrs Nemo”")
    code, _, message = typed("show", "Mrs Miller")
    assert (code, message.splitlines()[0]) == (3, "error: no contact matches “Mrs Miller”")
    assert "Linda Müller" in message or "Müller" in message


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("a.csv", "name,phone\nAnn,07700 900123 (Mum)\n"),
        ("b.csv", 'name,phone\nAnn,"07700 900123 (Mum), 0113 496 0123 (work)"\n'),
        ("c.vcf", "BEGIN:VCARD\nVERSION:3.0\nFN:Ann\nTEL:07700 900123 (Mum)\nEND:VCARD\n"),
    ],
)
def test_a_label_in_brackets_is_the_label_in_every_file(
    typed: Typed, tmp_path: Path, file: str, text: str
) -> None:
    (tmp_path / file).write_text(text)
    typed("import", str(tmp_path / file))
    point, *more = shown(typed, "ann")["contact_points"]
    assert [point["address"], point["label"]] == ["+44 7700 900123", "Mum"]
    assert [each["label"] for each in more] == ["work"] * (file == "b.csv")


def test_an_import_names_the_custom_fields_it_adds(typed: Typed, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("Name,Shoe size,Hat\nAnn Lee,38,red\n", "utf-8")
    would = typed("import", str(file), "--dry-run")[2]
    assert "  2 custom fields would be added: Hat, Shoe size\n" in would
    assert "  2 custom fields added: Hat, Shoe size\n" in typed("import", str(file))[2]
    assert "added: " not in typed("import", str(file))[2]


def test_an_import_says_once_which_region_was_assumed(typed: Typed, tmp_path: Path) -> None:
    file = tmp_path / "us.csv"
    file.write_text("First Name,Last Name,Phone\nAnn,Test,07700 900123\nBob,Test,0113 496 0123\n")
    code, _, message = typed("import", str(file))
    assert (code, message.splitlines()[2]) == (
        0, "  2 phone numbers without a country code were read as numbers of the region GB"
        "; for another: cardcrm undo, then cardcrm config set region CODE",
    )  # fmt: skip
    assert "country code" not in typed("import", str(file))[2]
    data = json.loads(typed("import", str(file), "--dry-run", "--format", "json")[1])
    assert data["files"][0]["regions"] == []


def test_one_number_in_two_writings_is_one(typed: Typed) -> None:
    typed("add", "Ann", "--phone", "+52 1 55 1234 5678")
    message = typed("add", "Bea", "--phone", "+52 55 1234 5678")[2]
    assert "possible duplicate of 1 Ann (same phone)" in message
    typed("edit", "ann", "--phone", "+52 (1) 55 1234 5678")
    assert len(shown(typed, "ann")["contact_points"]) == 1


@pytest.mark.parametrize(
    "query",
    [
        "5215512345678", "+5215512345678", "phone:5215512345678", "phone:5512345678",
        'phone:"52 1 55 1234 5678"', "525512345678", "phone:+5215512345678",
    ],
)  # fmt: skip
def test_a_mexican_number_is_found_as_it_is_shown(typed: Typed, query: str) -> None:
    typed("add", "Ann", "--phone", "+52 1 55 1234 5678")
    typed("add", "Bea", "--phone", "+52 55 1234 5678")
    typed("add", "Cy", "--phone", "+54 9 11 2345-6789")
    assert typed("find", query, "--format", "ids")[1] == "1\n2\n"


@pytest.mark.parametrize("query", ["5491123456789", "phone:5491123456789", "phone:541123456789"])
def test_an_argentine_number_is_found_as_it_is_shown(typed: Typed, query: str) -> None:
    typed("add", "Cy", "--phone", "+54 9 11 2345-6789")
    assert typed("find", query, "--format", "ids")[1] == "1\n"


def test_extensions_tell_two_numbers_apart_and_the_number_finds_both(typed: Typed) -> None:
    typed("add", "Ann", "--phone", "0113 496 0123 ext 5", "--phone", "+44 113 496 0123 x6")
    values = [each["address"] for each in shown(typed, "ann")["contact_points"]]
    assert values == ["+44 113 496 0123 x5", "+44 113 496 0123 x6"]
    assert shown(typed, "0113 496 0123")["name"] == "Ann"
    assert shown(typed, "٠١١٣ ٤٩٦ ٠١٢٣")["name"] == "Ann"
