"""`edit` changes and removes everything that `add` takes and `show` shows."""

import inspect
import json
from collections.abc import Callable
from typing import Any

import pytest

from cardcrm.cli import contact
from cardcrm.cli import edit as cli_edit

Run = Callable[..., tuple[str, str]]

JANE = (
    "add", "Jane Doe", "--org", "Acme Ltd", "--title", "buyer", "--nick", "Janie",
    "--email", "jane@a.example", "--phone", "work:0113 496 0123", "--web", "https://a.example/",
    "--social", "@jane", "--street", "1 High St", "--city", "Leeds", "--postcode", "LS1 1AA",
    "--tag", "vip", "--note", "likes roses", "--birthday", "1980-05-17",
    "--day", "wedding=2010-06-05", "--field", "Shoe size=38", "--relation", "spouse=Bob",
    "--source", "fair", "--stage", "prospect", "--owner", "ann", "--every", "30d",
)  # fmt: skip


@pytest.fixture
def run(typed: Callable[..., tuple[int, str, str]]) -> Run:
    """Return a function that runs a command; Jane is contact 3."""

    def run(*words: str, code: int = 0) -> tuple[str, str]:
        ended, out, told = typed(*words)
        assert ended == code, told
        return out, told

    run("add", "Bob Ray")
    run("add", "Acme Ltd", "--kind", "org")
    run(*JANE)
    return run


def jane(run: Run) -> dict[str, Any]:
    card: dict[str, Any] = json.loads(run("show", "3", "--format", "json")[0])
    return card


def without_times(card: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in card.items() if name not in ("uid", "updated")}


def test_edit_takes_every_option_of_add() -> None:
    of_add = inspect.signature(contact.add).parameters.keys() - {"field"}  # `--set` is `--field`
    assert of_add <= inspect.signature(cli_edit.edit).parameters.keys()


CHANGES = [
    ("name", "Jane Roe"),
    ("org", "Apex"),
    ("title", "chief"),
    ("note", "likes tulips"),
    ("source", "web"),
    ("stage", "customer"),
    ("owner", "bob"),
    ("kind", "org"),
]


@pytest.mark.parametrize(("option", "text"), CHANGES)
def test_an_option_sets_its_field_once(run: Run, option: str, text: str) -> None:
    assert "changed 3" in run("edit", "3", f"--{option}", text)[1]
    assert jane(run)[option] == text
    assert "no change" in run("edit", "3", f"--{option}", text)[1]


@pytest.mark.parametrize("option", ["org", "title", "note", "source", "owner"])
def test_an_empty_option_clears_its_field(run: Run, option: str) -> None:
    run("edit", "3", f"--{option}", "")
    assert jane(run)[option] == ""


def test_options_change_the_address_the_days_and_the_cadence(run: Run) -> None:
    run("edit", "3", "--city", "York", "--region", "Yorkshire", "--country", "UK")
    run("edit", "3", "--birthday", "18 May 1981", "--day", "wedding=2011-07-06", "--every", "2w")
    card = jane(run)
    assert [(each["street"], each["city"], each["country"]) for each in card["addresses"]] == [
        ("1 High St", "York", "UK")
    ]
    assert [each["day"] for each in card["anniversaries"]] == ["1981-05-18", "2011-07-06"]
    assert card["every"] == 14
    run("edit", "3", "--birthday", "", "--every", "")
    assert (len(jane(run)["anniversaries"]), jane(run)["every"]) == (1, None)


def test_options_add_to_what_a_contact_may_have_several_of(run: Run) -> None:
    run(
        "edit", "3", "--nick", "JD", "--email", "j@b.example", "--tag", "Garden", "--relation",
        "friend=bob", "--field", "shoe size=39",
    )  # fmt: skip
    card = jane(run)
    assert card["nicknames"] == ["Janie", "JD"]
    assert [each["address"] for each in card["contact_points"]][-1] == "j@b.example"
    assert card["tags"] == ["Garden", "vip"]
    assert [each["kind"] for each in card["relations"]] == ["spouse", "friend"]
    assert [each["text"] for each in card["fields"]] == ["39"]


REMOVALS = [
    ("jane@a.example", "contact_points"),
    ("0113-496-0123", "contact_points"),
    ("a.example", "contact_points"),
    ("@JANE", "contact_points"),
    ("janie", "nicknames"),
    ("1 high st", "addresses"),
    ("Leeds", "addresses"),
    ("1 High St, Leeds, LS1 1AA", "addresses"),
    ("birthday", "anniversaries"),
    ("Wedding", "anniversaries"),
    ("vip", "tags"),
    ("Shoe size", "fields"),
    ("shoe-size", "fields"),
    ("spouse=bob", "relations"),
    ("email:jane@a.example", "contact_points"),
    ("nickname:Janie", "nicknames"),
    ("tag:VIP", "tags"),
    ("address:leeds", "addresses"),
    ("day:wedding", "anniversaries"),
    ("field:shoe size", "fields"),
    ("relation:spouse=1", "relations"),
]


@pytest.mark.parametrize(("what", "part"), REMOVALS)
def test_whatever_is_shown_can_be_removed_and_brought_back(run: Run, what: str, part: str) -> None:
    before = jane(run)
    run("edit", "3", "--remove", what)
    after = jane(run)
    assert len(after[part]) == len(before[part]) - 1
    assert without_times(after | {part: []}) == without_times(before | {part: []})
    run("undo")
    assert jane(run) == before


def test_an_organization_is_left(run: Run) -> None:
    run("edit", "3", "--remove", "works at=acme")
    assert jane(run)["org"] == ""


def test_a_text_that_two_parts_have_needs_the_part(run: Run) -> None:
    run("edit", "3", "--nick", "VIP")
    told = run("edit", "3", "--remove", "vip", code=4)[1]
    assert "“vip” is a nickname and a tag\nhint: Write “nickname:vip” or “tag:vip”." in told
    run("edit", "3", "--remove", "nickname:vip")
    assert (jane(run)["nicknames"], jane(run)["tags"]) == (["Janie"], ["vip"])


def test_an_unknown_part_changes_nothing(run: Run) -> None:
    before = jane(run)
    told = run("edit", "3", "--title", "boss", "--remove", "x@b.example", code=3)[1]
    assert "Jane Doe has no “x@b.example”" in told
    assert jane(run) == before


def test_a_mark_that_is_set_already_is_no_change(run: Run) -> None:
    for told in ("changed 3", "no change"):
        words = ("edit", "3", "--opt-out", "jane@a.example", "--invalid", "0113 496 0123")
        assert told in run(*words)[1]
    assert [(each["opted_out"], each["invalid"]) for each in jane(run)["contact_points"]][:2] == [
        (True, False),
        (False, True),
    ]
