"""A person who said no is never mailable after an import or a merge, in any order of them."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

Run = Callable[..., tuple[int, str, str]]

NO = "Name,Email,Phone,Unsubscribed\nJane Quill,jane@quill.example,+441632960123,yes\n"
YES = "Name,Email,Phone,Unsubscribed\nJane Quill,jane@quill.example,+441632960123,no\n"


@pytest.fixture
def files(typed: Run, tmp_path: Path) -> Mapping[str, str]:
    """Files that say no, that say yes, and with everything from before the no."""
    (tmp_path / "no.csv").write_text(NO)
    (tmp_path / "yes.csv").write_text(YES)
    typed("import", str(tmp_path / "yes.csv"))
    typed("export", "--all", str(tmp_path / "all.jsonl"))
    typed("undo")
    return {each.stem: str(each) for each in tmp_path.glob("*.*") if each.suffix != ".toml"}


def list_opted_out(typed: Run) -> list[tuple[str, bool]]:
    """Return the email addresses of all contacts, and whether they are opted out."""
    found = json.loads(typed("find", "--json", "--columns", "id")[1])
    cards = [json.loads(typed("show", str(each["id"]), "--json")[1]) for each in found]
    return [
        (point["address"], point["opted_out"])
        for card in cards
        for point in card["contact_points"]
        if point["kind"] == "email"
    ]


@pytest.mark.parametrize("words", [(), ("--update",), ("--fill",), ("--skip",)])
@pytest.mark.parametrize("order", [("no", "all"), ("all", "no"), ("no", "yes", "all")])
def test_an_older_file_with_everything_clears_no_opt_out(
    typed: Run, files: Mapping[str, str], order: tuple[str, ...], words: tuple[str, ...]
):
    for name in order:
        code, _, err = typed("import", files[name], *words)
        assert code == 0, err
    assert set(list_opted_out(typed)) == {("jane@quill.example", True)}


def test_a_new_address_of_one_who_refuses_all_is_opted_out(typed: Run, files: Mapping[str, str]):
    typed("import", files["all"])
    typed("edit", "jane", "--email", "second@quill.example")
    second = str(Path(files["all"]).with_name("second.jsonl"))
    typed("export", "--all", second)
    typed("undo")
    typed("import", files["no"])
    typed("import", second)
    assert set(list_opted_out(typed)) == {
        ("jane@quill.example", True),
        ("second@quill.example", True),
    }


@pytest.mark.parametrize("names", [("1", "2"), ("2", "1")])
def test_one_who_refuses_all_still_does_so_after_a_merge(
    typed: Run, files: Mapping[str, str], names: tuple[str, str]
):
    typed("import", files["no"])
    typed("add", "Jane Quill", "--email", "second@quill.example")
    before = list_opted_out(typed)
    ids = [str(each["id"]) for each in json.loads(typed("find", "--json")[1])]
    assert len(ids) == 2
    keep, other = (ids[int(name) - 1] for name in names)
    assert typed("merge", keep, other, "--yes")[0] == 0
    assert sorted(list_opted_out(typed)) == [
        ("jane@quill.example", True),
        ("second@quill.example", True),
    ]
    typed("undo")
    assert list_opted_out(typed) == before


def test_one_who_refuses_an_old_address_alone_keeps_the_new_one(typed: Run):
    typed("add", "Jane Quill", "--email", "old@quill.example", "--email", "new@quill.example")
    typed("edit", "jane", "--opt-out", "old@quill.example")
    typed("add", "Jane Quill", "--email", "third@quill.example")
    assert typed("merge", "old@quill.example", "third@quill.example", "--yes")[0] == 0
    assert sorted(list_opted_out(typed)) == [
        ("new@quill.example", False),
        ("old@quill.example", True),
        ("third@quill.example", False),
    ]


@pytest.mark.parametrize("name", ["Jane Quill", "Bob Roe"])
@pytest.mark.parametrize("email", ["own@quill.example", "shared@quill.example", ""])
def test_an_address_that_another_contact_has_as_well_is_opted_out_there(
    typed: Run, tmp_path: Path, name: str, email: str
):
    shared = ("--email", "shared@quill.example")
    typed("add", "Jane Quill", "--email", "own@quill.example", *shared)
    typed("add", name, "--email", "other@quill.example", *shared)
    (tmp_path / "no.csv").write_text(f"Name,Email,Unsubscribed\nJane Quill,{email},yes\n")
    assert typed("import", str(tmp_path / "no.csv"))[0] == 0
    assert sorted(list_opted_out(typed)) == [
        ("other@quill.example", False),
        ("own@quill.example", True),
        ("shared@quill.example", True),
        ("shared@quill.example", True),
    ]
