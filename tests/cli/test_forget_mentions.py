"""`forget`: a contact is struck out of texts about others in every spelling, and stays out."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.test_forget import bytes_of
from tests.support.databases import Location

Run = Callable[..., tuple[int, str, str]]

ZSOFIA = "zq@quill.example"


@pytest.fixture
def two(typed: Run) -> Run:
    """A database with Zsófia, who is to be forgotten, and Bob."""
    typed("add", "Zsófia Quillfeather", "--email", ZSOFIA, "--street", "12 Müller-Straße")
    typed("add", "Bob Ray", "--email", "bob@ray.example")
    return typed


def find_name(location: Location) -> Iterator[str]:
    """Yield the places of the name in any of some spellings."""
    for name, content in bytes_of(location):
        lowered = content.decode("utf-8", "replace").lower()
        if "quillf" in lowered or "zsofia" in lowered or "zsófia" in lowered:
            yield name


@pytest.mark.parametrize(
    ("text", "struck"),
    [
        ("ZSÓFIA QUILLFEATHER called", "[forgotten] called"),
        ("Zsofia Quillfeather called", "[forgotten] called"),
        ("Zsòfia Quillféather called", "[forgotten] called"),
        ("quillfeather, zsofia called", "[forgotten] called"),
        ("Zsófia Quillfeather's roses", "[forgotten] roses"),
        ("Zsófia Quillfeathers Rosen", "[forgotten] Rosen"),
        ("see zsofia_quillfeather.pdf", "see [forgotten].pdf"),
        ("see Zsofia-Quillfeather-2026.pdf", "see [forgotten]-2026.pdf"),
        ("see /Zs%C3%B3fia/Zsofia%20Quillfeather", "see /Zs%C3%B3fia/[forgotten]"),
        ("lives 12 muller strasse", "lives [forgotten]"),
        ("lives 12 Muller-Straße", "lives [forgotten]"),
        ("wrote <ZQ@quill.example>", "wrote <[forgotten]>"),
        ("Zsofia Quillfeatherington", "Zsofia Quillfeatherington"),  # another name
        ("wrote zq@quill.example.org", "wrote [forgotten].org"),
    ],
)
def test_a_name_is_struck_out_in_every_spelling(two: Run, text: str, struck: str):
    two("log", "bob", text)
    assert two("forget", ZSOFIA, "--yes")[0] == 0
    (found,) = json.loads(two("interaction", "list", "--json", "--columns", "text")[1])
    assert found["text"] == struck


def test_no_name_is_left_of_tags_fields_segments_rules_and_products(
    two: Run, cli_location: Location
):
    two("edit", "bob", "--tag", "zsofia-quillfeather", "--tag", "vip")
    two("field", "add", "Zsófia Quillfeather says")
    two("field", "add", "Zsofia-Quillfeather says")
    two("edit", "bob", "--set", "Zsófia Quillfeather says=yes")
    two("segment", "add", "zsofia quillfeather", '"zsófia quillfeather"')
    two("segment", "add", "quillfeather zsofia", '"quillfeather zsófia"')
    two("config", "cadence", '"zsófia quillfeather"', "30d")
    two("config", "cadence", '"quillfeather zsofia"', "60d")
    two("product", "add", "Zsófia Quillfeather", "--price", "3 GBP")
    two("product", "add", "Quillfeather Zsofia", "--price", "3 GBP")
    code, _, err = two("forget", ZSOFIA, "--yes")
    assert code == 0, err
    assert list(find_name(cli_location)) == []
    assert two("db", "check")[0] == 0
    assert json.loads(two("show", "bob", "--json")[1])["tags"] == ["vip"]
    assert "[forgotten] says  yes" in two("show", "bob")[1]
    names = json.loads(two("product", "list", "--json", "--columns", "name")[1])
    assert [each["name"] for each in names] == ["[forgotten]", "[forgotten] 2"]


def test_texts_about_others_can_be_undone_and_redone(two: Run, cli_location: Location):
    two("log", "bob", "Zsófia Quillfeather likes café", "--next", "ask Zsófia Quillfeather")
    two("edit", "bob", "--tag", "zsofia-quillfeather", "--note", "Zsófia Quillfeather ☕")
    two("segment", "add", "z", '"zsófia quillfeather"')
    assert two("forget", ZSOFIA, "--yes")[0] == 0
    undone = 0
    while two("undo")[0] == 0:
        undone += 1
    assert undone == 4
    assert two("find", "--count")[1].split()[-1] == "0"
    while two("redo")[0] == 0:
        undone -= 1
    assert undone == 0
    assert two("db", "check")[0] == 0
    assert list(find_name(cli_location)) == []


def test_a_sync_brings_no_mention_back(two: Run, tmp_path: Path, cli_location: Location):
    two("edit", "bob", "--note", "friend of Zsófia Quillfeather")
    two("remind", "bob", "ask Zsófia Quillfeather", "--due", "mon")
    two("remind", ZSOFIA, "call", "--due", "mon")
    for name, words in (("cards", ()), ("todos", ("--as", "todo"))):
        (tmp_path / name).mkdir()
        assert two("sync", str(tmp_path / name), "--yes", *words)[0] == 0
    assert two("forget", ZSOFIA, "--yes")[0] == 0
    assert list(find_name(cli_location)) == []
    for name in ("cards", "todos"):
        code, _, err = two("sync", str(tmp_path / name), "--yes")
        assert (code, err.splitlines()[0]) == (0, f"{tmp_path / name}: folder: 1 changed")
        assert "forgotten on 2026-11-21" in err
    assert list(find_name(cli_location)) == []
    files = [*(tmp_path / "cards").iterdir(), *(tmp_path / "todos").iterdir()]
    assert sum("[forgotten]" in each.read_text() for each in files) == 2
    reminders = json.loads(two("reminder", "list", "--json", "--columns", "text")[1])
    assert [each["text"] for each in reminders] == ["ask [forgotten]"]


def test_a_file_that_changed_since_brings_no_mention_back(
    two: Run, tmp_path: Path, cli_location: Location
):
    name = "Zsófia Quillfeather"
    two(
        "edit",
        "bob",
        "--note",
        f"friend of {name}",
        "--title",
        "boss",
        "--relation",
        f"friend={name}",
    )
    two("tag", "bob", f"+{name}", "+vip")
    cards = tmp_path / "cards"
    two("sync", str(cards), "--yes")
    [file] = [each for each in cards.iterdir() if "FN:Bob" in each.read_text()]
    assert file.read_text().lower().count("quillfeather") == 3
    assert two("forget", ZSOFIA, "--yes")[0] == 0
    file.write_text(file.read_text().replace("TITLE:boss", "TITLE:chief of all"))
    assert two("sync", str(cards), "--yes")[0] == 0
    assert list(find_name(cli_location)) == []
    assert "quillfeather" not in file.read_text().lower()
    bob = json.loads(two("show", "bob", "--json")[1])
    assert (bob["title"], bob["tags"], bob["note"]) == (
        "chief of all",
        ["vip"],
        "friend of [forgotten]",
    )


def test_a_folder_whose_path_has_the_name_is_listed_and_stays_in_step(two: Run, tmp_path: Path):
    folder = tmp_path / "zsofia_quillfeather"
    folder.mkdir()
    two("sync", str(folder), "--yes")
    answer = json.loads(two("forget", ZSOFIA, "--yes", "--json")[1])
    assert [each["text"] for each in answer["mentions"]] == [str(folder)]
    _, _, err = two("sync", str(folder), "--yes")
    assert err.splitlines()[0] == f"{folder}: nothing to do"
