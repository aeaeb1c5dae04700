"""Names and labels have at most 200 characters, wherever they are typed; files lose nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest

Result = tuple[int, str, str]

COMMANDS = [
    ("name", ("add", "{}")),
    ("label", ("field", "add", "{}")),
    ("label", ("field", "add", "{}", "--type", "number")),
    ("label", ("add", "Bob", "--field", "{}=1")),
    ("tag", ("tag", "ann", "+{}")),
    ("tag", ("add", "Bob", "--tag", "{}")),
    ("nickname", ("edit", "ann", "--nick", "{}")),
    ("label", ("edit", "ann", "--day", "{}=2001-02-03")),
    ("kind of relation", ("edit", "ann", "--relation", "{}=bea")),
]


@pytest.mark.parametrize(("what", "words"), COMMANDS)
def test_a_label_has_at_most_200_characters(
    typed: Callable[..., Result], what: str, words: tuple[str, ...]
) -> None:
    typed("add", "Ann")
    typed("add", "Bea")
    for length in (201, 100_000):
        text = "x" * length
        assert typed(*(word.format(text) for word in words)) == (
            2,
            "",
            f"error: a {what} of {length:,} characters is too long\n"
            "hint: Use at most 200 characters, and --note for the rest.\n",
        )
    assert typed(*(word.format("x" * 200) for word in words))[0] == 0


def test_an_unknown_field_is_named_in_short(typed: Callable[..., Result]) -> None:
    typed("add", "Ann")
    code, _, message = typed("edit", "ann", "--field", f"{'x' * 100_000}=1")
    assert (code, len(message) < 1000) == (2, True)


def test_long_labels_of_files_are_kept_as_text(
    typed: Callable[..., Result], tmp_path: Path
) -> None:
    tag, nickname, question = "t" * 300, "n" * 300, "q" * 300
    file = tmp_path / "people.csv"
    file.write_text(f"name,tags,nicknames,{question}\nBob,vip;{tag},{nickname},yes\n")
    code, _, message = typed("import", str(file))
    assert (code, "1 created" in message) == (0, True)
    assert "a tag of 300 characters is too long; kept as “tag as written”" in message
    exported = typed("export")[1]
    assert f"tag as written|{tag}" in exported
    assert f"nickname as written|{nickname}" in exported
    assert f"{'q' * 199}…|yes" in exported
    assert ",vip," in exported
