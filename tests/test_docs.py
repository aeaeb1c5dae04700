"""The documentation is true: generated parts are current, commands run, and links work."""

import io
import os
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cardcrm import api, dates
from cardcrm.cli.commands import COMMANDS as COMMAND_LIST
from cardcrm.cli.global_options import split_global_options
from cardcrm.cli.run import main
from cardcrm.cli.session import Session
from docs.generator import __main__ as generator
from docs.generator import command_pictures, commands, man_pages, pages, python_api, schema
from tests.support.gazetteer import write_postcodes, write_towns
from tests.support.mails import mail, mbox

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("examples/*.md")])
BLOCK = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
WIDTH = 74  # what fits an 80-column help panel, indented


COMMANDS: dict[str, Any] = dict(commands.all_commands())
named = pytest.mark.parametrize("name", COMMANDS)
on_each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


# What is generated


@pytest.mark.parametrize("page", pages.find_pages(), ids=lambda page: page.name)
def test_generated_parts_are_up_to_date(page: Path) -> None:
    text = page.read_text("utf-8")
    assert pages.fill(text) == text, "run `make docs`"


def test_every_generated_part_is_on_a_page() -> None:
    placed = {
        match[2] for page in pages.find_pages() for match in pages.PART.finditer(page.read_text())
    }
    assert placed == set(pages.PARTS)


def test_the_pictures_show_what_the_program_shows_now() -> None:
    for name, svg in command_pictures.pictures().items():
        stored = (ROOT / "docs" / "images" / name).read_text("utf-8")
        assert words_of(stored) == words_of(svg), "run `make docs`"


def words_of(svg: str) -> list[str]:
    """Return the text in a picture, which is the same for all versions of Rich."""
    return re.findall(r">([^<>]+)</text>", svg)


# Man pages

MAN_PAGES = man_pages.pages()


def test_the_man_pages_are_up_to_date() -> None:
    stored = {path.name: path.read_text("utf-8") for path in man_pages.FOLDER.iterdir()}
    assert stored == MAN_PAGES, "run `make docs`"


def test_there_is_a_man_page_for_every_command() -> None:
    assert set(MAN_PAGES) == {"cardcrm.1", *(f"cardcrm-{name}.1" for name in COMMAND_LIST)}


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not installed")
@pytest.mark.parametrize("name", MAN_PAGES)
def test_a_man_page_is_set_without_warnings_and_shows_every_option(name: str) -> None:
    done = subprocess.run(
        ["groff", "-Kutf8", "-man", "-Tutf8", "-ww", "-P-cbou", "-rLL=200n"],
        input=MAN_PAGES[name], capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stderr == ""
    command = name.removesuffix(".1").removeprefix("cardcrm").lstrip("-")
    for full, each in COMMANDS.items():
        if command and full.split()[0] == command and not hasattr(each, "commands"):
            for option in (opt for param in each.params for opt in param.opts):
                assert not option.startswith("--") or option in done.stdout, option
            for example in commands.split_help(each)[1]:
                assert example in done.stdout


@pytest.mark.parametrize(
    ("text", "roff"),
    [
        ("use `--limit 0` here", r"use \fB\-\-limit 0\fR here"),
        (".hidden", r"\&.hidden"),
        ("'quoted", r"\&'quoted"),
        (r"a\b", r"a\eb"),
    ],
)
def test_text_is_escaped_for_man_pages(text: str, roff: str) -> None:
    assert man_pages.escape(text) == roff


# The database


@pytest.mark.parametrize("kind", ["tables", "views"])
def test_every_table_and_view_is_described(kind: str) -> None:
    text = (ROOT / "docs" / "reference" / "schema.md").read_text("utf-8")
    for name, _ in schema.find_columns(kind):
        assert (f"### {name}\n" if kind == "tables" else f"| `{name}` |") in text


def test_every_column_has_a_meaning() -> None:
    types = schema.find_types()
    unknown = [
        f"{table}.{column}"
        for table, columns in schema.find_columns("tables")
        for column, _ in columns
        if not schema.describe(types.get(table), table, column)
    ]
    assert unknown == []


@pytest.mark.parametrize(
    ("column", "unit"),
    [
        ("sale.amount", "minor units of the currency"),
        ("sale_line.quantity", "thousandths"),
        ("sale_line.discount", "thousandths of a percent"),
        ("product.price_rest", "ten-thousandths of one"),
        ("reminder.due_on", "local day"),
        ("reminder.due_at", "UTC instant, if a time is known"),
        ("contact.created_at", "UTC instant"),
        ("product.retired", "0 or 1"),
    ],
)
def test_the_meaning_of_a_column_names_its_unit(column: str, unit: str) -> None:
    table, _, name = column.partition(".")
    assert schema.describe(schema.find_types()[table], table, name).endswith(f"; {unit}.")


# Help


@pytest.mark.parametrize("name", COMMAND_LIST)
def test_the_list_of_commands_has_each_ones_own_summary(name: str) -> None:
    assert commands.summary(COMMANDS[name]) == COMMAND_LIST[name].summary


@named
def test_every_command_has_a_summary_in_one_sentence(name: str) -> None:
    summary = commands.summary(COMMANDS[name])
    assert summary.endswith(".")
    assert len(summary) <= 78


@named
def test_every_option_and_argument_has_help(name: str) -> None:
    for param in COMMANDS[name].params:
        assert param.help, f"{name}: {param.name}"


@named
def test_every_command_has_examples_that_fit_the_help(name: str) -> None:
    command = COMMANDS[name]
    if hasattr(command, "commands"):
        return
    _, examples = commands.split_help(command)
    group, _, last = name.rpartition(" ")
    names = [name]
    if group and getattr(COMMANDS[group], "default", "") == last:
        names.append(group)
    assert any(f"cardcrm {each}" in example for example in examples for each in names)
    for example in examples:
        assert len(example) <= WIDTH, example
        check_line(example)


# Lines


def check_line(line: str) -> None:
    """Fail unless each `cardcrm …` in a line names a command, its options and arguments."""
    for words in cardcrm_calls(line):
        _, rest = split_global_options(words)
        if not rest or rest[0].startswith("--"):
            assert not rest or rest[0] in root_options(), line
            continue
        parse(rest, line)


def root_options() -> set[str]:
    import typer

    from cardcrm.cli.root import app

    root = typer.main.get_command(app)
    return {opt for param in root.params for opt in param.opts} | {"--help"}


def parse(words: list[str], line: str) -> None:
    """Let the command's own parser read the words; free words that look like options are wrong."""
    name = words[0]
    assert name in COMMAND_LIST, f"{line}: there is no command {name}"
    command, rest = COMMANDS[name], words[1:]
    further = getattr(command, "further", None)
    if hasattr(command, "commands") and (further is None or {*rest[:1]} & {*further}):
        if not rest:
            return
        if getattr(command, "default", "") and rest[0] not in (*command.commands, "--help"):
            rest = [command.default, *rest]
        assert f"{name} {rest[0]}" in COMMANDS, f"{line}: there is no {name} {rest[0]}"
        command, rest = command.commands[rest[0]], rest[1:]
        if hasattr(command, "commands") and rest:
            assert rest[0] in command.commands, f"{line}: there is no {rest[0]}"
            command, rest = command.commands[rest[0]], rest[1:]
    if "--help" in rest:
        return
    known = {opt for param in command.params for opt in (*param.opts, *param.secondary_opts)}
    before_free = rest[: rest.index("--")] if "--" in rest else rest
    for word in before_free:
        option = word.partition("=")[0]
        assert not option.startswith("--") or option in known, f"{line}: no option {option}"
    command.make_context(name, list(rest))


def cardcrm_calls(line: str) -> Iterator[list[str]]:
    """Yield the words after each `cardcrm` in a shell line, up to a pipe or redirection."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|<>;&")
    lexer.whitespace_split = True
    lexer.commenters = "#"
    words: list[str] | None = None
    from_xargs = False  # xargs adds words, so the call is incomplete
    for word in lexer:
        from_xargs = from_xargs or word == "xargs"
        if word and set(word) <= set("|<>;&"):
            if words is not None and not from_xargs:
                yield words
            words, from_xargs = None, False
        elif words is not None:
            words.append(word)
        elif word == "cardcrm":
            words = []
    if words is not None and not from_xargs:
        yield words


def command_lines(page: Path) -> list[str]:
    """Return the lines in code blocks, and the code spans, that call the program."""
    text = pages.PART.sub("", page.read_text("utf-8"))
    lines = [line.strip() for block in BLOCK.findall(text) for line in block[1].splitlines()]
    spans = re.findall(r"`(cardcrm [^`]*)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    found = [line for line in (*lines, *spans) if re.search(r"\bcardcrm\b(?![-./_])", line)]
    return [line for line in found if not re.search(r"\b[A-Z]{4,}\b(?<!WHEN)", line)]


@on_each_page
def test_every_line_shown_names_commands_and_options_that_exist(page: Path) -> None:
    for line in command_lines(page):
        if line.startswith("pipx inject cardcrm "):
            continue
        command = re.search(r'query_command = "(.*)"', line)
        check_line(command[1] if command else line)


@on_each_page
def test_links_lead_to_a_page_and_a_heading(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, heading = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), f"{name_of(page)}: {target}"
        if heading:
            heads = re.findall(r"^#+ (.*)$", file.read_text("utf-8"), re.MULTILINE)
            assert heading in {slug(each) for each in heads}, f"{name_of(page)}: {target}"


def slug(heading: str) -> str:
    """Return the anchor of a heading, as code hosts derive it."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


# Pages whose commands run in an empty database, and pages that need the sample contacts.
EMPTY = (
    "README.md",
    "docs/tutorial.md",
    "docs/how-to/keep-in-touch.md",
    "docs/how-to/undo-and-duplicates.md",
    "docs/how-to/move-from-a-spreadsheet.md",
    "docs/how-to/bring-in-orders.md",
    "docs/how-to/deals.md",
    "docs/how-to/quotes.md",
    "docs/how-to/invoices.md",
    "docs/how-to/dunning.md",
    "docs/how-to/product-feedback.md",
    "docs/how-to/dealers.md",
    "docs/how-to/maintenance.md",
    "docs/how-to/first-newsletter.md",
    "docs/how-to/mail-provider.md",
)
# Tables that readers of a page have.
FILES = {
    "newsletter.txt": "Dear {{ contact.first_name | default('customer') }},\n\nTulips!\n",
    "takings.csv": "Customer,Date,Takings,Currency\nJane Doe,2026-10-05,12.50,GBP\n",
    "square-items.csv": (
        "Date,Time,Time Zone,Item,Qty,Gross Sales,Net Sales,Tax,Transaction ID,Event Type\n"
        "2026-10-05,10:00:00,London,Vase,1.0,£40.00,£40.00,£0.00,SQ1,Payment\n"
    ),
    "activities.csv": (
        "Activity - Subject,Activity - Type,Activity - Due date,Activity - Done,Person - Name\n"
        "First call,Call,2026-10-05,Done,Jane Doe\nSend quote,Task,2026-12-01,To do,Jane Doe\n"
    ),
    "stripe-invoices.csv": (
        "id,Amount Due,Amount Paid,Currency,Customer Email,Date (UTC),Due Date (UTC),"
        "Number,Status\n"
        "in_1,480.00,480.00,gbp,noor@example.com,2026-09-01,2026-09-15,F-17,paid\n"
    ),
    "form.csv": "Your name,Your email,Message\nJane Doe,jane@x.example,a vase\n",
    "message.eml": "From: Kim <kim@x.example>\nTo: me@x.example\nSubject: Vase\n\nIn blue?\n",
    "calls.csv": "Contact,Date,Note\nJane Doe,2026-10-06,asked for a vase\n",
    "opportunities.csv": "Deal,Contact,Stage,Amount,Close\nGate,Jane Doe,Demo,700,2026-12-02\n",
    "partner-deals.csv": "Deal,Customer,Partner\nSmall hall,Jane Doe,Blooms\n",
    "machines.csv": "contact,product,serial,service_every\nNoor Haddad,Grinder,G1,12m\n",
    "follow-ups.csv": "Contact,Due,Text\nJane Doe,2026-12-02,call back\n",
}
FILLED = (
    "docs/how-to/calls.md",
    "docs/how-to/cron.md",
    "docs/how-to/help-desk.md",
    "docs/how-to/leads.md",
    "docs/how-to/mail-client.md",
    "docs/how-to/other-programs.md",
    "docs/how-to/phone.md",
    "docs/how-to/calendar.md",
    "docs/how-to/backup.md",
    "docs/reference/query.md",
    "docs/reference/json.md",
    "docs/reference/settings.md",
    "docs/reference/schema.md",
    "docs/explanation/warehouse.md",
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run commands in a folder that contains the examples."""
    for name, value in {
        "CARDCRM_DB": str(tmp_path / "cards.db"),
        "CARDCRM_NOW": "2026-11-21T09:00",
        "CARDCRM_CONFIG": str(tmp_path / "config.toml"),
        "CARDCRM_TIMEZONE": "Europe/London",
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "LANG": "en_GB.UTF-8",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("LC_ALL", raising=False)
    (tmp_path / "config.toml").touch()
    for name in ("contacts.csv", "contacts.vcf"):  # files of the reader's own
        shutil.copy(ROOT / "examples" / name, tmp_path / f"my-{name}")
    shutil.copy(ROOT / "examples" / "orders.csv", tmp_path)
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    for place in ("Mail/INBOX/cur/1.eml", "Mail/Sent/cur/2.eml", "message.eml"):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_bytes(mail("hello", To="Kim <kim@example.com>"))
    (tmp_path / "archive.mbox").write_bytes(mbox(mail("hello")))
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    sent = io.TextIOWrapper(io.BytesIO((ROOT / "examples" / "contacts.vcf").read_bytes()))
    monkeypatch.setattr(sys, "stdin", sent)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run_lines(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Run the shell commands on a page."""
    for kind, block in BLOCK.findall((ROOT / page).read_text("utf-8")):
        if kind != "sh":
            continue
        for line in block.splitlines():
            for words in cardcrm_calls(line):
                if words[:1] == ["--install-completion"]:
                    continue
                code = main(words)
                assert code == 0 or (code == 1 and "--check" in words), (line, capsys.readouterr())


@pytest.fixture
def anywhere(folder: Path, location: Path | str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run commands in that folder, on a file and on a server."""
    monkeypatch.setenv("CARDCRM_DB", str(location))
    return folder


@pytest.mark.usefixtures("anywhere")
@pytest.mark.parametrize("page", EMPTY)
def test_the_lines_of_a_page_run_from_its_beginning_to_its_end(
    page: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run_lines(page, capsys)


@pytest.mark.parametrize("page", FILLED)
def test_the_lines_of_a_page_run_in_the_sample_database(
    page: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["demo", "--path", str(folder / "cards.db")]) == 0
    run_lines(page, capsys)


@pytest.mark.usefixtures("anywhere")
def test_the_day_in_the_readme_can_be_worked_after_importing_the_examples(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["import", "examples/contacts.csv", "examples/contacts.vcf"]) == 0
    run_lines("README.md", capsys)


def run_script(*words: str, folder: Path) -> str:
    """Run a Python script and return its standard output."""
    done = subprocess.run(
        [sys.executable, *words],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "CARDCRM_USER": "rosa"},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_example_script_adds_its_contact_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database = tmp_path / "cards.db"
    script = str(ROOT / "examples" / "quiet_customers.py")
    assert run_script(script, str(database), folder=tmp_path) == "added contact 1 Ada Byron\n"
    assert run_script(script, str(database), folder=tmp_path) == "found contact 1 Ada Byron\n"
    assert main(["--db", str(database), "find", "script", "--count", "--format", "ids"]) == 0
    assert capsys.readouterr().out == "1\n"


def test_the_example_of_the_python_api_runs(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "reference" / "python-api.md").read_text("utf-8")
    (example,) = [block for kind, block in BLOCK.findall(text) if "import" in block]
    today = dates.now().date()
    assert run_script("-c", example, folder=tmp_path) == f"Jane Doe Acme Ltd {today}\n"


def test_the_public_names_exist_and_are_documented() -> None:
    text = (ROOT / "docs" / "reference" / "python-api.md").read_text("utf-8")
    assert sorted(api.__all__) == api.__all__
    for name in api.__all__:
        assert getattr(api, name).__doc__, name
        assert f"\n### {name}\n" in text
    for method in python_api.METHODS["Store"]:
        assert callable(getattr(api.Store, method))


# The examples in the help

SCRIPT = """\
[what]
ask = "What is wrong?"
to = "when"
[when]
ask = "Since when?"
to = "end"
[end]
say = "I am sorry."
"""
SHOP = (
    'add "Acme Ltd" --kind org',
    'add "Jane Doe" --org "Acme Ltd" --phone "0113 496 0000"',
    'add "Ann Lee"',
    'add "Bob Ray"',
    *(f"add Filler{number}" for number in range(12)),
    "remind jane send the quote --due fri",
    'interaction edit 12 --with "Bob Ray"',
    "product add Rose bouquet --price 24.50",
    "product add rose boquet --price 24.50",
    "product add Vase --price 12",
    "segment add quiet-vips tag:vip last>90d",
    'field add "Shoe size" --type number',
    "config cadence tag:vip 30d",
    *(f"job add Buyer --who jane --org 'Acme Ltd' --from {2000 + number}" for number in range(12)),
    "benefit add Free delivery --every 90d --cost 12",
    "benefit add Client dinner",
    "benefit add Basket --cost 20",
    *(["mvc give jane Client dinner"] * 12),
    *(
        f'sell "{who}" --line "2 x Vase" --on {days}d'
        for who in ("Jane Doe", "Ann Lee")
        for days in (110, 103, 96, 89, 82, 75, 68, 61, 54, 47, 40, 33, 26, 12)
    ),
    "alert refresh",
    *(f"target set ann 2025-{month:02} 100" for month in range(1, 13)),
    *(['quote add 12 --line "2 x roof @ 500" --optional "1 x gutter @ 80"'] * 12),
    "segment add vips tag:vip",
    *(["price add loyal --discount 5%"] * 12),
    "invoice add R12 --contact jane --amount 500 --on 2026-11-01",
    *(f"claim Filler{number}" for number in range(12)),
    "team add sales --member ann",
    *(
        f"territory add {name} --where city:{name} --owner ann"
        for name in ("north", *"abcdefghijkl")
    ),
    *(f"invoice add F{number} --contact jane --amount 1" for number in range(12)),
    *(
        f"template add {name} --subject Hello --text 'Hello there'"
        for name in ("plain", "follow-up")
    ),
    *(f"template add letter{number} --text 'Hello there'" for number in range(12)),
    "edit jane --email jane@example.com --social mastodon:@jane@example.social",
    "campaign add spring --segment has:email --template welcome",
    "promotion add SPRING10 --discount 10%",
    "campaign add post --segment kind:person --channel letter --template welcome",
    "campaign add chat --segment kind:person --channel message --template welcome",
    "template add step --subject Hello --text 'Hello there'",
    "sequence add welcome --file '[[step]]\nmail = \"step\"'",
    "sequence enroll welcome jane",
    "sequence add calls --file '[[step]]\ntask = \"Ring\"'",
    *(["sequence enroll calls id>0 --yes"]),
    *(["consent set jane --purpose surveys"] * 12),
    *(["mail jane --template plain"] * 12),
    *(["case open jane the heater leaks"] * 12),
    *(f"sla add {name} --first 1h" for name in ("standard", *(f"level{n}" for n in range(12)))),
    *(f"edit {who} --pin 53.8,-1.5" for who in ("jane", "'Bob Ray'", "'Acme Ltd'", 4, 7, 12)),
    "tag jane +visit",
    *(f"product add {name} --price 3" for name in ("Rose", "Boiler")),
    "asset add jane Boiler --serial SN123",
    *(f"asset add ann Boiler --serial A{100 + number} --unit h" for number in range(12)),
    *(["contract add jane service --start 2025-03-01 --renewal 12m --notice 3m --price 9"] * 12),
    "answer add sorry --text 'Sorry! We come on {{ values.day }}.'",
    "article add Watering orchids --text 'Once a week.'",
    "article edit 3 --text 'Write to us.'",
    *(f"article add Article {number} --text 'Read on.'" for number in range(12)),
    *(f"feedback add Filler{number} 'Potted orchid' a leaflet" for number in range(12)),
    *(f"testimonial add Filler{number} --asked 2026-11-02" for number in range(12)),
    *(f"partner add Filler{number}" for number in range(12)),
    "add Blooms --kind org",
    "partner add blooms --from 2026-01-01 --commission 10%",
    *(f"partner register blooms Filler{number}" for number in range(12)),
    "edit bob --relation 'referred by=blooms'",
    "sell bob 90 --on yesterday",
    f"script add wilted --file '{SCRIPT}'",
    "template add ask --subject Hello --text 'Hello there'",
)
# Commands that remove what an example adds, or write the file that it reads.
FIRST = {
    "product add Rose": "product rm Rose bouquet",
    "benefit add Free": "benefit rm Free delivery",
    "field add Shoe": "field rm Shoe size",
    **{
        f"{noun} import": f"{noun} export {noun}s.csv"
        for noun in (
            "benefit",
            "claim",
            "deal",
            "gift",
            "interaction",
            "invoice",
            "job",
            "lead",
            "price",
            "product",
            "quote",
            "reminder",
            "sale",
            "segment",
            "target",
            "team",
        )
    },
    **{
        f"{noun} import": f"{noun} export {noun}s.csv"
        for noun in (
            "answer",
            "article",
            "asset",
            "campaign",
            "case",
            "consent",
            "contract",
            "partner",
            "promotion",
            "recording",
            "registration",
            "script",
            "sequence",
            "template",
            "testimonial",
        )
    },
    "campaign add spring": "campaign rm spring",
    "promotion add SPRING10": "promotion rm SPRING10",
    "campaign letters post": "campaign send post --yes",
    "campaign next chat": "campaign send chat --yes",
    "sequence add welcome": "sequence rm welcome",
    "sequence resume welcome": "sequence pause welcome",
    "campaign pause spring": "campaign send spring",
    "campaign stop spring": "campaign send spring",
    "sla add standard": "sla rm standard",
    "sla add desk": "sla rm desk",
    "sla import": "sla export service-levels.csv",
    "dunning import": "dunning export dunning-steps.csv",
    "feedback import": "feedback export feedback-items.csv",
    "dunning add friendly": "dunning rm friendly",
    "asset add jane": "asset edit 4 --serial SN1",
    "answer add sorry": "answer rm sorry",
    "answer add photo-please": "answer rm photo-please",
    "article add Watering": "article rm Watering orchids",
    "article unlink": "article link 3 12",
    "script add wilted": "script rm wilted",
    "recording add opening-hours": "recording rm opening-hours",
    "recording play": "recording edit opening-hours --file hours.ogg",
    "partner add blooms": "partner end blooms --on yesterday",
    "case split 50": "case open --mail 50",
    "case reopen 12": "case solve 12",
    "case rate 12": "case solve 12",
    "template add welcome": "template edit welcome --language fr",
    "territory import": "territory export territories.csv",
    "invoice add R12": "invoice rm R12",
    **{
        f"lead {verb} jane": "lead add --contact jane --text quote"
        for verb in ("show", "edit", "convert", "drop", "recycle")
    },
    "lead rules source:referral --remove": "lead rules source:referral --points 20",
    "quote revise": "quote send 30",
    "quote view 30": "quote send 30 --on 20.11.",
    "claim jane --release": "claim jane",
    **{
        f"{noun} add {name}": f"{noun} rm {name}"
        for noun, name in (("team", "sales"), ("territory", "north"))
    },
    "sync --yes": "sync contacts",
    "warehouse sql": "export --star star",
    "calendar write": "calendar write calendar.ics",
    "config cadence tag:vip none": "config cadence tag:vip 30d",
    "config columns --rm": "import contacts.csv --map Source=tags",
}
# The quotes and deals of the sample with the numbers of the examples are closed.
OPEN = {"12": "30", "id:12,13": "id:29,30"}
# Examples that need a terminal, a mail server, another database or a keyring.
ELSEWHERE = (
    "tui",
    "due --mail",
    "db copy",
    "warehouse copy",
    "db restore",
    "db backup /mnt",
    "config password",
    "mail run",
    "mail fetch",
    "mail offers take",
    "places load",
    "mail offers ignore",
    "message retry",
    "campaign resume",
    "campaign test",
    "template attach",
    "template detach",
    "mail jane --template offer --attach",
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Create a database with all contacts and products that the examples name."""
    database = tmp_path_factory.mktemp("shop") / "cards.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CARDCRM_NOW", "2026-11-21T09:00")
        patch.setenv("CARDCRM_CONFIG", os.devnull)
        patch.setenv("CARDCRM_MAIL_HOST", "localhost")
        patch.setenv("CARDCRM_MAIL_FROM", "shop@example.com")
        patch.setenv("CARDCRM_DB", str(database))
        assert main(["demo", "--path", str(database)]) == 0
        towns = write_towns(database.parent / "cities500.txt")
        codes = write_postcodes(database.parent / "GB.txt")
        assert main(["places", "load", str(towns), str(codes)]) == 0
        for line in SHOP:
            assert main(shlex.split(line)) == 0, line
        patch.setattr(sys, "stdin", io.StringIO("limp\n"))
        assert main(["script", "run", "wilted", "jane"]) == 1, "the call was not interrupted"
        assert main(["add", "Put Back"]) == 0
        assert main(["undo"]) == 0  # the last command, so that `redo` repeats it
    return database


EXAMPLES = [
    words
    for command in COMMANDS.values()
    if not hasattr(command, "commands")
    for example in commands.split_help(command)[1]
    for words in cardcrm_calls(example)
    if not " ".join(words).startswith(ELSEWHERE)
]


@pytest.mark.parametrize("words", EXAMPLES, ids=" ".join)
def test_every_example_in_the_help_does_what_it_says(
    words: list[str],
    shop: Path,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with (
        closing(sqlite3.connect(shop)) as source,
        closing(sqlite3.connect(folder / "cards.db")) as copy,
    ):
        source.backup(copy)
    for name in ("contacts.csv", "google.csv", "phone.vcf"):
        shutil.copy(ROOT / "examples" / f"contacts{Path(name).suffix}", folder / name)
    shutil.copy(ROOT / "examples" / "rates.csv", folder)
    monkeypatch.setenv("CARDCRM_MAIL_HOST", "localhost")
    monkeypatch.setenv("CARDCRM_MAIL_FROM", "shop@example.com")
    (folder / "welcome.txt").write_text("Hello there", "utf-8")
    (folder / "welcome.toml").write_text('[[step]]\nmail = "step"\n', "utf-8")
    (folder / "wilted.toml").write_text(SCRIPT, "utf-8")
    for name in ("photo.txt", "orchids.md", "hours.ogg"):
        (folder / name).write_text("Hello there", "utf-8")
    monkeypatch.setenv("CARDCRM_DESK_PLAYER", "true")
    (folder / "letter.html").write_text("<h1>{{number}}</h1>{{lines}}", "utf-8")
    monkeypatch.setattr(Session, "confirm", lambda *_, **__: None)
    if words[0] == "quote" and words[1] != "add":
        words = [OPEN.get(word, word) for word in words]
    for begins, first in FIRST.items():
        assert not " ".join(words).startswith(begins) or main(first.split()) == 0
    code = main(words)
    assert code == 0 or (code == 1 and "--check" in words), capsys.readouterr().err


def test_the_generator_prints_its_help_and_writes_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["docs.generator", "--help"])
    monkeypatch.setattr(pages, "write", pytest.fail)
    with pytest.raises(SystemExit) as end:
        generator.main()
    assert end.value.code == 0
    assert capsys.readouterr().out.startswith("usage: python -m docs.generator")
