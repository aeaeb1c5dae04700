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


def first_word(name: str) -> str:
    return name.split(" ", maxsplit=1)[0]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Create a database from a vCard file."""
    found = tmp_path_factory.mktemp("hostile")
    write_programs(found)
    escaped = (name.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;") for name in NAMES)
    cards = "".join(f"BEGIN:VCARD\r\nVERSION:4.0\r\nFN:{name}\r\nEND:VCARD\r\n" for name in escaped)
    (found / "hostile.vcf").write_text(cards, encoding="utf-8")
    done = subprocess.run(
        ["cardcrm-real", "import", str(found / "hostile.vcf")],
        env=environment(found),
        capture_output=True,
        text=True,
        check=False,
    )
    assert f"{len(NAMES)} added" in done.stderr
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
