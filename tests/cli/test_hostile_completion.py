"""Tab over names from a file by other people: nothing of a name runs, and all of it arrives."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.shells import SHELLS, Shell, environment, missing, open_shell, write_programs

# Each name runs a command, breaks a quote, or becomes another word in a careless shell script. The
# first word finds it.
NAMES = (
    "Uma $(touch pwned)",
    "Una `touch pwned`",
    "Ula \\$(touch pwned)",
    "Ulf \\\\$(touch pwned)",
    "Ugo \\`touch pwned\\`",
    "Uri ${IFS}touch${IFS}pwned",
    "Uwe '; touch pwned; '",
    'Udo "; touch pwned; "',
    "Ute ; touch pwned",
    "Ulu | touch pwned",
    "Uli & touch pwned",
    "Ubi && touch pwned",
    "Uto > pwned",
    "Ufa < /etc/passwd",
    "Ubo $'\\x41'",
    'Ude "$(touch pwned)"',
    "Ulo '$(touch pwned)'",
    "Uda '\"`touch pwned`\"'",
    "Ure (touch pwned)",
    "Usa <(touch pwned)",
    "Uno [a-z]* ? *",
    "Uyy {1..3} ~ ~root",
    "Ukk !! !$ !touch",
    "Umm ^touch^pwned # comment",
    "Unn %x %F{red} %(!.a.b)",
    "Uoo :(touch pwned): a:b",
    "Upp =(touch pwned) =ls a=b",
    "Uqq O'Brien O’Brien “x”",
    "Urr (e)(:touch:) (#b)*",
    "Uss (e:'touch pwned':)",
    "Utt \\",
    "Uuu $HOME $0 $@ $$",
)  # fmt: skip

# The name in the file, the text typed, and the word that arrives.
CHANGED = (
    ("--yes Vox $(touch pwned)", "vox", str(len(NAMES) + 1)),
    ("-rf Vim `touch pwned`", "vim", str(len(NAMES) + 2)),
    ("Van\n$(touch pwned)", "van", "Van $(touch pwned)"),
    ("Vel\t\x1b]52;;cHduZWQ=\x07`touch pwned`", "vel", "Vel `touch pwned`"),
)


def first_word(name: str) -> str:
    return name.split(" ", maxsplit=1)[0]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Create a database from a vCard file."""
    found = tmp_path_factory.mktemp("hostile")
    write_programs(found)
    names = (*NAMES, *(name for name, _, _ in CHANGED))
    escaped = (
        name.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;").replace("\n", "\\n")
        for name in names
    )
    cards = "".join(f"BEGIN:VCARD\r\nVERSION:4.0\r\nFN:{name}\r\nEND:VCARD\r\n" for name in escaped)
    (found / "hostile.vcf").write_text(cards, encoding="utf-8")
    done = subprocess.run(
        ["cardcrm-real", "import", str(found / "hostile.vcf")],
        env=environment(found),
        capture_output=True,
        text=True,
        check=False,
    )
    assert f"{len(names)} created" in done.stderr
    return found


@pytest.fixture(scope="module", params=SHELLS)
def shell(request: pytest.FixtureRequest, folder: Path) -> Iterator[Shell]:
    if reason := missing(request.param):
        pytest.skip(reason)
    with open_shell(request.param, folder) as found:
        yield found


@pytest.mark.parametrize("name", NAMES, ids=first_word)
def test_tab_runs_nothing_and_inserts_the_name(shell: Shell, name: str) -> None:
    assert shell.words_of(f"cardcrm show {first_word(name).lower()}\t") == ["show", name]
    assert not list((shell.folder / "work").iterdir())


@pytest.mark.parametrize("quote", ["'", '"'])
@pytest.mark.parametrize("name", NAMES, ids=first_word)
def test_tab_after_a_quote_keeps_it_closed(shell: Shell, name: str, quote: str) -> None:
    assert shell.words_of(f"cardcrm show {quote}{first_word(name)}\t") == ["show", name]
    assert not list((shell.folder / "work").iterdir())


@pytest.mark.parametrize(("typed", "word"), [each[1:] for each in CHANGED])
def test_name_that_no_word_can_hold_arrives_by_its_number_or_cleaned(
    shell: Shell, typed: str, word: str
) -> None:
    assert shell.words_of(f"cardcrm show {typed}\t") == ["show", word]
    assert not list((shell.folder / "work").iterdir())
