"""Tab completion: what it offers, and real shells where the script matters."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cardcrm.cli import completers, completion_index
from cardcrm.cli.completion_shells import quote, read_request, split_line
from cardcrm.cli.run import main
from cardcrm.formats.export_formats import EXPORT_FORMATS
from tests.support.shells import (
    SHELLS,
    Shell,
    environment,
    missing,
    open_shell,
    write_programs,
)

Typed = Callable[..., tuple[int, str, str]]
Offer = Callable[..., list[str]]

STAGES = ["lead", "prospect", "customer", "lapsed", "partner", "other"]


@pytest.fixture
def answer(typed: Typed, monkeypatch: pytest.MonkeyPatch) -> Offer:
    """Return the lines with which the program answers a shell; the last word is incomplete."""

    def ask(*words: str) -> list[str]:
        with monkeypatch.context() as patch:
            patch.setenv("_CARDCRM_COMPLETE", "fish")
            code, out, err = typed(*words)
        assert (code, err) == (0, "")
        return out.splitlines()

    return ask


@pytest.fixture
def offer(answer: Offer) -> Offer:
    """Return the words that are offered for the last word."""

    def ask(*words: str) -> list[str]:
        return [line.partition("\t")[0] for line in answer(*words)[1:]]

    return ask


@pytest.fixture
def contacts(typed: Typed) -> None:
    for words in (
        ("Jane Doe", "--tag", "vip", "--owner", "ann", "--city", "Leeds"),
        ("Janet O'Brien", "--tag", "Garden Club", "--source", "fair"),
        ("Müller & Söhne", "--kind", "org"),
        ("Bob Ray",),
    ):
        assert typed("add", *words)[0] == 0


def test_commands_and_options_complete(offer: Offer) -> None:
    assert offer("sno") == ["snooze"]
    assert offer("help", "sno") == ["snooze"]
    assert offer("show", "--ti") == ["--timeline"]
    assert "backup" in offer("db", "")
    assert offer("nonsense", "ja") == []


@pytest.mark.parametrize("words", [("show",), ("sale", "list"), ("db", "info")])
def test_options_of_every_command_complete(offer: Offer, words: tuple[str, ...]) -> None:
    assert offer(*words, "--fo") == ["--format"]
    assert offer(*words, "--json") == ["--json"]
    assert offer(*words, "--format", "m") == ["markdown"]
    assert offer(*words, "--color=a") == ["--color=auto", "--color=always"]


@pytest.mark.usefixtures("contacts")
def test_names_complete_by_any_word_in_any_case(offer: Offer) -> None:
    assert offer("show", "ja") == ["Jane Doe", "Janet O'Brien"]
    assert offer("show", "doe") == ["Jane Doe"]
    assert offer("log", "mull") == ["Müller & Söhne"]
    assert offer("show", "zzz") == []


def test_name_that_would_be_read_as_something_else_is_offered_by_its_number(
    typed: Typed, offer: Offer
) -> None:
    for name in ("--yes", "-rf home", "+vip", "@segment", "#1", "4711", "--db=/tmp/other.db"):
        assert typed("add", "--", name)[0] == 0
    assert offer("rm", "yes") == ["1"]
    assert offer("rm", "home") == ["2"]
    assert offer("show", "segment") == ["4"]
    assert offer("show", "4711") == ["6"]
    assert offer("show", "other") == ["7"]


@pytest.mark.usefixtures("contacts")
def test_values_complete_for_options(typed: Typed, offer: Offer) -> None:
    typed("product", "add", "Rose bouquet", "--price", "24.50")
    typed("remind", "jane", "send", "it", "--due", "fri", "--for", "zoe")
    for words, found in (
        (("add", "Jane", "--stage", "c"), ["customer"]),
        (("add", "Jane", "--kind", ""), ["person", "org"]),
        (("log", "jane", "--kind", "m"), ["mail", "meeting", "message"]),
        (("done", "1", "--log", "x", "--kind", "n"), ["note"]),
        (("find", "--sort", "nam"), ["name", "name_order"]),
        (("find", "--sort", "-cit"), ["-city"]),
        (("find", "--columns", "name,cit"), ["name,city"]),
        (("find", "--columns=name,cit"), ["--columns=name,city"]),
        (("sale", "list", "--sort", "-am"), ["-amount"]),
        (("sale", "list", "--columns", "on,amo"), ["on,amount"]),
        (("value", "--by", "m"), ["margin"]),
        (("export", "--vcard-version", ""), ["3.0", "4.0"]),
        (("export", "--format", ""), [*EXPORT_FORMATS, "json"]),
        (("export", "--format", "v"), ["vcard"]),
        (("import", "--as", "c"), ["contacts"]),
        (("import", "--from", "c"), ["csv"]),
        (("sell", "jane", "--product", "bouq"), ["Rose bouquet"]),
        (("sell", "jane", "--line", "rose"), ["Rose bouquet"]),
        (("sell", "jane", "--currency", "eu"), ["EUR"]),
        (("add", "Ann", "--owner", ""), ["ann", "zoe"]),
        (("remind", "jane", "--for", "z"), ["zoe"]),
        (("due", "--for", "z"), ["zoe"]),
        (("add", "Ann", "--tag", "gard"), ["garden-club"]),
        (("add", "Ann", "--source", ""), ["fair"]),
        (("add", "Ann", "--org", "mul"), ["Müller & Söhne"]),
        (("add", "Ann", "--relation", "spouse=bo"), ["spouse=Bob Ray"]),
        (("remind", "jane", "--due", "tom"), ["tomorrow"]),
        (("remind", "jane", "--every", "mon"), ["monthly"]),
        (("tag", "jane", "+v"), ["+vip"]),
        (("tag", "jane", "-v"), ["-vip"]),
        (("field", "add", "Size", "--type", "nu"), ["number"]),
        (("config", "set", "format", "c"), ["csv"]),
    ):
        assert offer(*words) == found, words


@pytest.mark.usefixtures("contacts")
def test_ids_complete_with_their_meaning(typed: Typed, answer: Offer, offer: Offer) -> None:
    typed("sell", "jane", "10", "roses")
    typed("sell", "jane", "20", "tulips")
    assert answer("sale", "show", "")[1:] == ["2\t20.00 GBP tulips", "1\t10.00 GBP roses"]
    assert offer("sale", "rm", "1") == ["1"]
    assert offer("journal", "1") == ["1"]


@pytest.mark.usefixtures("contacts")
def test_open_reminders_complete_by_number_and_by_contact(
    typed: Typed, answer: Offer, offer: Offer
) -> None:
    typed("remind", "jane doe", "send", "it", "--due", "2026-12-02")
    typed("remind", "bob", "call", "--due", "2026-12-01")
    typed("remind", "janet", "write", "--due", "2026-12-03")
    typed("done", "3")
    assert answer("done", "")[1:] == [
        "2\t2026-12-01 · Bob Ray · call",
        "1\t2026-12-02 · Jane Doe · send it",
    ]
    assert offer("done", "ja") == ["Jane Doe"]
    assert offer("snooze", "") == ["2", "1"]
    assert offer("snooze", "1", "tom") == ["tomorrow"]


@pytest.mark.parametrize("words", [("done",), ("sale", "show"), ("sell", "x", "--product"),
                                   ("show",), ("segment", "show"), ("add", "A", "--owner"),
                                   ("log", "jane"), ("field", "rm")])  # fmt: skip
def test_nothing_is_offered_where_there_is_nothing(answer: Offer, words: tuple[str, ...]) -> None:
    assert answer(*words, "") == ["words"]


@pytest.mark.parametrize("words", [("import",), ("export", "--to"), ("db", "restore"), ("--db",),
                                   ("show", "--db"), ("db", "copy"), ("db", "backup"),
                                   ("sale", "export"), ("demo", "--path")])  # fmt: skip
def test_paths_are_offered_where_a_file_is_meant(answer: Offer, words: tuple[str, ...]) -> None:
    assert answer(*words, "") == ["files"]


@pytest.mark.usefixtures("contacts")
def test_queries_complete_to_fields_and_values(answer: Offer, offer: Offer) -> None:
    assert answer("find", "birth") == ["open", "birthday:"]
    assert offer("find", "stage:c") == ["stage:customer"]
    assert offer("find", "stage:customer,pa") == ["stage:customer,partner"]
    assert offer("find", "stag") == [f"stage:{stage}" for stage in STAGES]
    assert offer("find", "tag:gard") == ["tag:garden-club"]


def test_negated_filters_complete(offer: Offer) -> None:
    assert offer("find", "-stage:customer,pa") == ["-stage:customer,partner"]
    assert offer("find", "-kind=") == ["-kind=person", "-kind=org"]
    assert offer("find", "-birth") == ["-birthday:"]
    assert offer("find", "--cou") == ["--count"]
    assert offer("show", "-ja") == []


@pytest.mark.parametrize(
    "words",
    [
        ("export",), ("due",), ("segment", "add", "big"), ("edit", "--where"), ("rm", "--where"),
        ("tag", "--where"), ("value", "--where"),
    ],
)  # fmt: skip
def test_queries_complete_in_every_command(offer: Offer, words: tuple[str, ...]) -> None:
    assert offer(*words, "kind:pe") == ["kind:person"]
    assert offer(*words, "-kind:pe") == ["-kind:person"]


def test_segment_names_complete(typed: Typed, offer: Offer) -> None:
    typed("segment", "add", "quiet", "last>90d")
    assert offer("segment", "show", "qu") == ["quiet"]


@pytest.mark.usefixtures("contacts")
def test_completion_uses_the_database_on_the_command_line(
    offer: Offer, cli_location: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing_file = tmp_path / "none.db"
    monkeypatch.setenv("CARDCRM_DB", str(missing_file))
    assert offer("show", "bo") == []
    assert offer("find", "birth") == ["birthday:"]
    assert offer("--db", str(cli_location), "show", "bo") == ["Bob Ray"]
    assert offer("show", f"--db={cli_location}", "bo") == ["Bob Ray"]
    assert not missing_file.exists()


def test_further_commands_are_offered_beside_contacts(offer: Offer, typed: Typed) -> None:
    typed("add", "Mona")
    assert offer("value", "mo") == ["model", "Mona"]
    assert offer("value", "model", "--re") == ["--refit"]
    assert offer("value", "mona", "eq") == []
    assert "future" in offer("value", "--by", "")


def test_index_has_every_command_as_it_is() -> None:
    fresh = completion_index.to_json(completion_index.build())
    assert completion_index.FILE.read_text("utf-8") == fresh, "run: make docs"


def test_every_source_in_the_index_exists() -> None:
    def sources(entry: completion_index.Entry) -> set[str]:
        own = {each.source.partition(":")[0] for each in entry.params}
        return own.union(*map(sources, entry.commands.values()))

    assert sources(completion_index.read()) - {"", completers.FILES} <= set(completers.SOURCES)


def test_request_of_an_older_script_prints_nothing_that_it_would_run(
    typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("_CARDCRM_COMPLETE", "complete_zsh")
    code, out, err = typed("show", "ja")
    assert (code, out) == (2, "")
    assert "cardcrm --install-completion" in err


# The form of requests and answers


@pytest.mark.parametrize(
    ("line", "words", "open_quote"),
    [
        ("cardcrm show ja", ["cardcrm", "show", "ja"], ""),
        ("cardcrm show ", ["cardcrm", "show", ""], ""),
        ("cardcrm show Jane\\ ", ["cardcrm", "show", "Jane "], ""),
        ("cardcrm show 'Jane D", ["cardcrm", "show", "Jane D"], "'"),
        ('cardcrm show "a\\"b \\$c \\d', ["cardcrm", "show", 'a"b $c \\d'], '"'),
        ("cardcrm show 'O'\\''Brien' \"x\" ", ["cardcrm", "show", "O'Brien", "x", ""], ""),
        ("cardcrm show \"\" ''", ["cardcrm", "show", "", ""], ""),
        ("cardcrm show a'b c", ["cardcrm", "show", "ab c"], "'"),
        ("cardcrm show x\\", ["cardcrm", "show", "x"], ""),
    ],
)
def test_line_of_bash_is_split_as_bash_does(line: str, words: list[str], open_quote: str) -> None:
    assert split_line(line) == (words, open_quote)


def test_bash_replaces_only_the_part_after_a_colon() -> None:
    request = read_request("bash", ["cardcrm find stage:cu", "cu"])
    assert request == (["find"], "stage:cu", "cu", "")


@pytest.mark.parametrize(
    ("within", "written"),
    [("", 'Jo\\ \\$x\\ \\"q\\"\\!'), ('"', 'Jo \\$x \\"q\\""\\!"'), ("'", 'Jo $x "q"!')],
)
def test_special_characters_are_quoted_for_bash(within: str, written: str) -> None:
    assert quote('Jo $x "q"!', within) == written


# Scripts in real shells


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Create a folder with a database of a few contacts."""
    found = tmp_path_factory.mktemp("shells")
    write_programs(found)
    for name in ("Jane Doe", "Janet O'Brien", "Müller & Söhne", "Bob Ray"):
        call(found, "add", name)
    return found


def call(folder: Path, *words: str) -> str:
    done = subprocess.run(
        ["cardcrm-real", *words],
        env=environment(folder),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(params=SHELLS)
def name(request: pytest.FixtureRequest) -> str:
    """The name of a shell that is installed."""
    if reason := missing(request.param):
        pytest.skip(reason)
    return str(request.param)


@pytest.fixture
def shell(name: str, folder: Path) -> Iterator[Shell]:
    with open_shell(name, folder) as found:
        yield found


def test_tab_completes_commands_values_and_names(shell: Shell) -> None:
    for typed, words in (
        ("cardcrm sno\t", ["snooze"]),
        ("cardcrm show bob\t", ["show", "Bob Ray"]),
        ("cardcrm show BO\t", ["show", "Bob Ray"]),
        ("cardcrm show doe\t", ["show", "Jane Doe"]),
        ("cardcrm show brien\t", ["show", "Janet O'Brien"]),
        ("cardcrm show 'Jane D\t", ["show", "Jane Doe"]),
        ('cardcrm show "Jane D\t', ["show", "Jane Doe"]),
        ("cardcrm show Jane\\ D\t", ["show", "Jane Doe"]),
        ("cardcrm log müll\tcalled", ["log", "Müller & Söhne", "called"]),
        ("cardcrm --format js\tdue", ["--format", "json", "due"]),
        ("cardcrm find stage:cu\t", ["find", "stage:customer"]),
        ("cardcrm find -stage:cu\t", ["find", "-stage:customer"]),
        ("cardcrm find stage:customer,pa\t", ["find", "stage:customer,partner"]),
        ("cardcrm find birth\t03", ["find", "birthday:03"]),
        ("cardcrm find --columns=name,cit\t", ["find", "--columns=name,city"]),
        ("cardcrm add x --kind=or\t", ["add", "x", "--kind=org"]),
        ("cardcrm show bob --js\t", ["show", "bob", "--json"]),
    ):
        assert shell.words_of(typed) == words


def test_tab_offers_files_only_where_a_file_is_meant(shell: Shell) -> None:
    work = shell.folder / "work"
    work.joinpath("zebra file.csv").touch()
    try:
        assert shell.words_of("cardcrm import zeb\t") == ["import", "zebra file.csv"]
        assert shell.words_of("cardcrm show zeb\t") == ["show", "zeb"]
        assert shell.words_of("cardcrm log bob zeb\t") == ["log", "bob", "zeb"]
    finally:
        work.joinpath("zebra file.csv").unlink()


def test_first_tab_in_a_new_shell_completes_after_installation(name: str, folder: Path) -> None:
    call(folder, "--install-completion", name)
    start = [name, "-i"]
    with open_shell(name, folder, start, load="") as shell:
        assert shell.words_of("cardcrm show doe\t") == ["show", "Jane Doe"]


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_has_its_script(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--show-completion", shell]) == 0
    assert f"_CARDCRM_COMPLETE={shell}" in capsys.readouterr().out


@pytest.mark.parametrize("shell", SHELLS)
def test_no_script_evaluates_text(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--show-completion", shell])
    script = capsys.readouterr().out
    assert not [word for word in ("eval", "_arguments", "_values", "(e)") if word in script]


def test_unknown_shell_lists_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--show-completion=tcsh"]) == 2
    assert "bash, zsh, fish" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("shell", "script", "startup"),
    [
        ("bash", ".bash_completions/cardcrm.sh", ".bashrc"),
        ("zsh", ".zfunc/_cardcrm", ".zshrc"),
        ("fish", ".config/fish/completions/cardcrm.fish", ""),
    ],
)
def test_completion_script_installs_into_the_home_folder(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    shell: str,
    script: str,
    startup: str,
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("ZDOTDIR", raising=False)
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    if startup:
        (tmp_path / startup).write_text("alias ll='ls -l'")
    for _ in range(2):  # the second time changes nothing
        assert main(["--install-completion", shell]) == 0
    assert str(tmp_path / script) in capsys.readouterr().err
    assert f"_CARDCRM_COMPLETE={shell}" in (tmp_path / script).read_text()
    if startup:
        lines = (tmp_path / startup).read_text().splitlines()
        assert lines[0] == "alias ll='ls -l'"
        assert len(lines) == 2
