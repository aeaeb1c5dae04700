"""The prose linter finds what the style guide rules out, and leaves plain English alone."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


def load_linter() -> ModuleType:
    """Load `tools/prose.py`, which is a script outside the package."""
    spec = importlib.util.spec_from_file_location("tools_prose", ROOT / "tools" / "prose.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


prose = load_linter()


def messages(source: str, suffix: str = ".py", path: str = "src/cardcrm/text.py") -> list[str]:
    return [f"{line}: {message}" for line, message in sorted(prose.CHECKS[suffix](path, source))]


@pytest.mark.parametrize(
    "text",
    [
        "“vist” is no kind of card",
        "an sslmode that there is not",
        "1 phone number can be none",
        "-5 minutes cannot be",
        "the clock of who asks",
        "Who goes on meanwhile is not led back.",
        "whatever happened while disconnected",
        "as one types",
        "use the palette, too.",
        "where both changed the same, the second is asked",
        "it was so already",
        "bad rows are told with their line",
        "what stands in the form",
        "how it is said",
        "it tells of errors",
        "words that begin so",
        "changes that were taken back",
        "reminders that are put off",
        "a number in any writing",
        "all is read anew",
        "the sums are reckoned",
        "NO_COLOR is heeded",
        "the engine foresees it",
        "in handfuls",
        "for whoever asks",
        "somebody else",
        "Nobody can be asked",
        "so many days",
        "derived from kept facts",
        "repair or mend it",
        "the same box on a server",
        "a likely double",
        "the contact and its points",
        "only the faces print",
        "a room of its own",
        "the arrows of the code",
        "through the house",
        "the drawer of cards",
        "an organisation",
        "its Behaviour",
        "the catalogue",
        "MIT licence",
        "three labelled numbers",
        "an e-mail",
    ],
)  # fmt: skip
def test_wording_that_is_ruled_out_is_found(text: str) -> None:
    assert messages(f"{text}\n", ".md", "docs/page.md")


@pytest.mark.parametrize(
    "text",
    [
        "There is no file of that name.",
        "It is no longer needed, and no one is asked.",
        "Names that differ only in accents are the same.",
        "the same words on both engines",
        "in the same\ntransaction, which cannot be\nread",
        "Too many rows; type in the search box.",
        "a PO box, or a mailbox",
        "The arrow keys move, and a double click opens.",
        "A batch doubles the memory.",
        "the decimal point, and at this point",
        "Who may open the file?",
        "A stands for one, and stand-alone programs stand out.",
        "See [what is new](whats-new.md) and `reckon_again`.",
        "An alias, a license, the color gray, canceled, optimistic.",
    ],
)
def test_plain_english_is_left_alone(text: str) -> None:
    assert messages(f"{text}\n", ".md", "docs/page.md") == []


@pytest.mark.parametrize(
    "line",
    [
        "What is due.", "Whether it is due.", "How due it is.",
        "The contacts that are due.", "A contact.", "Every contact.", "Ids of contacts.",
        "Returns the ids.", "Sorted contacts.", "Text of a contact.", "Group of contacts.",
        "``text`` in capitals.", "lower case.", "Return the contacts",
    ],
)  # fmt: skip
def test_a_docstring_must_open_with_an_imperative_verb_and_end_with_a_full_stop(line: str) -> None:
    assert messages(f'def due():\n    """{line}"""\n')


@pytest.mark.parametrize(
    "line",
    [
        "Return the contacts that are due.", "Return whether it is due.", "Group contacts.",
        "Check that it is due.", "Process a row.", "Apply it.", "Re-parent the sales.",
        "Return the text (see `due`.)",
    ],
)  # fmt: skip
def test_an_imperative_docstring_is_left_alone(line: str) -> None:
    assert messages(f'def due():\n    """{line}"""\n') == []


def test_classes_properties_and_fixtures_may_be_described_by_a_noun() -> None:
    assert messages('class Due:\n    """The contacts that are due."""\n') == []
    assert messages('@property\ndef due(self):\n    """The day."""\n') == []
    assert messages('@pytest.fixture(scope="module")\ndef due(self):\n    """A day."""\n') == []
    assert messages('class Due:\n    """What is due."""\n')


def test_findings_name_their_line() -> None:
    source = (
        '"""Read it."""\n\n# one\n# read anew\ncall(\n    f"{x} "\n    "is no day",\n)  # anew\n'
    )
    assert [each.partition(":")[0] for each in messages(source)] == ["4", "7", "8"]
    source = '"""Read it.\n\nAgain, or\nanew.\n"""\n'
    assert [each.partition(":")[0] for each in messages(source)] == ["4"]


def test_only_the_user_interface_may_say_card() -> None:
    source = "# a card\n"
    assert messages(source, path="src/cardcrm/records/contacts/merge.py")
    assert messages(source, path="src/cardcrm/tui/app.py") == []


def test_markdown_code_and_generated_parts_are_skipped() -> None:
    page = "```\nanew\n```\n<!-- made: x -->\nanew\n<!-- end -->\n`anew`\n\nanew\n"
    assert [each.partition(":")[0] for each in messages(page, ".md", "docs/x.md")] == ["9"]


def test_a_change_has_one_line_of_at_most_120_characters() -> None:
    text = f"- {'x' * 119}\n- short\n  and more\n"
    found = messages(text, ".md", "CHANGELOG.md")
    assert [each.partition(":")[0] for each in found] == ["1", "3"]


def test_comments_of_configuration_are_read() -> None:
    assert messages("key = 1  # read anew\n", ".toml", "pyproject.toml")


def test_exceptions_are_few_and_have_reasons() -> None:
    assert len(prose.EXCEPTIONS) <= 20
    assert all(reason for _, _, reason in prose.EXCEPTIONS)


def test_paths_can_be_given_and_decide_the_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "good.md").write_text("Plain English.\n")
    assert prose.main([str(tmp_path)]) == 0
    (tmp_path / "bad.md").write_text("Plain.\nAll is read anew.\n")
    assert prose.main([str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert out == f"{tmp_path}/bad.md:2: “anew”: write “again” or “re-…”\n"
    with pytest.raises(SystemExit):
        prose.main([str(tmp_path / "missing")])
