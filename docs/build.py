"""Writes what the documentation says of the program's own lists, and the picture in the README.

A page holds its generated parts between ``<!-- made: NAME -->`` and ``<!-- end -->``; the sentences
around them are written by people. ``make docs`` writes the parts anew, and a test compares them.
"""

import contextlib
import datetime as dt
import io
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parent
NOW = "2026-11-21T09:00"  # a Saturday
PART = re.compile(r"(<!-- made: ([\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
FONTS = "DejaVu Sans Mono, Menlo, Consolas, Liberation Mono, monospace"


def table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Rows as a Markdown table."""
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |"
        for row in lines
    )


# Commands


def commands() -> Iterator[tuple[str, Any]]:
    """Every command with its full name, sub-commands after their group."""
    from cardcrm.cli.commands import NOUNS
    from cardcrm.cli.root import load

    for name in NOUNS:
        command = load(name)
        yield name, command
        for sub, each in getattr(command, "commands", {}).items():
            yield f"{name} {sub}", each


def told(command: Any) -> tuple[str, list[str]]:
    """What a command's help says, and its example lines."""
    text = (command.help or "").replace("[dim][/dim]", "")
    words, _, rest = re.sub(r"\nExamples?:\n", "\n\x00", text).partition("\x00")
    return words.strip(), [line.strip() for line in rest.splitlines() if line.strip()]


def command_part() -> str:
    """The reference of all commands, panel by panel, as the help has them."""
    from cardcrm.cli.commands import NOUNS

    parts: list[str] = []
    known = list(commands())
    for panel in dict.fromkeys(noun.panel for noun in NOUNS.values()):
        parts.append(f"## {panel}")
        for name, command in known:
            if NOUNS[name.split()[0]].panel == panel:
                parts.append(_command(name, command))
    return "\n\n".join(parts)


def _command(name: str, command: Any) -> str:
    words, examples = told(command)
    subs = getattr(command, "commands", {})
    if subs:
        listed = [
            f"- [{name} {sub}](#{name}-{sub}): {_summary(each)}" for sub, each in subs.items()
        ]
        return "\n\n".join((f"### {name}", words, "\n".join(listed)))
    parts = [
        f"{'####' if ' ' in name else '###'} {name}",
        words,
        f"```\n{_usage(name, command)}\n```",
        _parameters(command),
    ]
    if examples:
        parts.append("```sh\n" + "\n".join(examples) + "\n```")
    return "\n\n".join(filter(None, parts))


def _summary(command: Any) -> str:
    return told(command)[0].partition("\n")[0]


def _usage(name: str, command: Any) -> str:
    words = [_metavar(each) for each in command.params if each.param_type_name == "argument"]
    return " ".join(["cardcrm", name, *words, "[OPTIONS]"])


def _metavar(param: Any) -> str:
    shown = str(param.metavar or param.name.upper())
    return shown if param.required or shown.startswith("[") else f"[{shown}]"


def _parameters(command: Any) -> str:
    panels: dict[str, list[tuple[str, str]]] = {}
    for each in command.params:
        if each.param_type_name == "argument":
            panels.setdefault("Arguments", []).append((f"`{_metavar(each)}`", each.help or ""))
        elif each.name != "help":
            panel = getattr(each, "rich_help_panel", None) or "Options"
            panels.setdefault(panel, []).append((_option(each), _help(each)))
    return "\n\n".join(table((panel, ""), rows) for panel, rows in panels.items())


def _option(param: Any) -> str:
    names = ", ".join((*param.opts, *param.secondary_opts))
    return f"`{names}`" if param.is_flag else f"`{names} {param.metavar}`"


def _help(param: Any) -> str:
    default = param.default
    if param.is_flag or param.show_default is False or default in (None, "", [], (), 0):
        return str(param.help)
    return f"{param.help} Unless told: {default}."


def root_part() -> str:
    """The options of the program itself."""
    import typer

    from cardcrm.cli.root import app

    return _parameters(typer.main.get_command(app))


# Lists


def settings_part() -> str:
    """Every setting."""
    from cardcrm.config import SETTINGS

    rows = [
        (
            f"`{each.name}`",
            each.help[:1].upper() + each.help[1:],
            ", ".join(f"`{choice}`" for choice in each.choices),
            f"`{each.default}`" if each.default else "",
            f"`{each.variable}`",
        )
        for each in SETTINGS.values()
    ]
    return table(("Setting", "What it is for", "Choices", "Default", "Environment"), rows)


def fields_part() -> str:
    """What can be filtered by."""
    from cardcrm.query import FIELDS

    return table(("Field", "What it is"), [(f"`{name}`", text) for name, text in FIELDS.items()])


def columns_part() -> str:
    """What lists can show."""
    from cardcrm.records.query_sql.columns import COLUMNS, USUAL

    rows = [(f"`{each.key}`", each.title) for each in COLUMNS.values()]
    usual = ", ".join(f"`{name}`" for name in USUAL)
    return f"{table(('Column', 'Head'), rows)}\n\nShown unless told otherwise: {usual}."


def own_columns_part() -> str:
    """The header of our own CSV."""
    from cardcrm.formats.csv.native_columns import HEADER

    return "```\n" + ",".join(HEADER) + "\n```"


def headers_part() -> str:
    """Header texts that are recognised."""
    from cardcrm.formats.csv.headers import COLUMNS

    rows = [
        (f"{what} {label}".replace(" #", " (labelled by a column of its own)"), texts)
        for (what, label), texts in COLUMNS.items()
    ]
    return table(
        ("What it is", "Headers"), [(what, text.replace(" | ", ", ")) for what, text in rows]
    )


def exits_part() -> str:
    """Exit codes, from the errors that carry them."""
    from cardcrm import errors

    kinds = [errors.CardError, *errors.CardError.__subclasses__()]
    rows = [
        (
            str(each.exit_code),
            f"`{each.code}`",
            (each.__doc__ or "").partition("\n")[0].replace("``", "`"),
        )
        for each in kinds
        if each.__module__ == "cardcrm.errors"
    ]
    return table(("Exit code", "`code`", "When"), rows)


WHENS = (
    "2026-12-24", "24 dec", "24.12.", "today", "tomorrow", "yesterday", "fri", "this sat",
    "next tue", "last mon", "next tue 14:00", "fri 9am", "23rd", "3d", "2w", "1m", "in 2 weeks",
    "3 days ago", "eow", "eom", "eoq", "eoy", "next month", "noon", "2pm", "in 90 min",
)  # fmt: skip
EVERIES = (
    "daily", "weekly", "2w", "fortnightly", "monthly", "quarterly", "yearly", "weekday", "mon,thu",
    "15th", "3rd monday", "last friday", "last day", "every other week", "FREQ=WEEKLY;BYDAY=TU",
)  # fmt: skip


def whens_part() -> str:
    """Date words with what they mean in the two directions."""
    from cardcrm.dates import parse_when

    now = dt.datetime.fromisoformat(NOW).replace(tzinfo=dt.UTC)

    def shown(text: str, *, past: bool) -> str:
        day, time = parse_when(text, now, past=past)
        return f"{day:%a} {day}" + (f" {time:%H:%M}" if time else "")

    rows = [(f"`{each}`", shown(each, past=False), shown(each, past=True)) for each in WHENS]
    return table(("You say", "`--due` (looks forward)", "`--on` (looks back)"), rows)


def everies_part() -> str:
    """Recurrences with the rule they make and the next dates."""
    from cardcrm.recurrence import describe_every, next_due, parse_every

    rows = []
    for each in EVERIES:
        rule = parse_every(each)
        day = dt.datetime.fromisoformat("2026-11-24")  # a Tuesday
        following = next_due(rule, day, day)
        rows.append((f"`{each}`", describe_every(rule), f"`{rule}`", f"{following:%a %Y-%m-%d}"))
    return table(("You say", "It is said as", "Rule", "After Tue 2026-11-24"), rows)


# What the program itself answers


@contextlib.contextmanager
def sample_box() -> Iterator[Path]:
    """The sample shop at a fixed day, with an environment that makes each run the same."""
    before = dict(os.environ)
    with tempfile.TemporaryDirectory() as folder:
        box = Path(folder) / "petal-and-stem.db"
        for name in [name for name in os.environ if name.startswith("CARDCRM_")]:
            del os.environ[name]
        os.environ |= {
            "CARDCRM_NOW": NOW,
            "CARDCRM_TIMEZONE": "Europe/London",
            "CARDCRM_CONFIG": str(Path(folder) / "none.toml"),
            "CARDCRM_USER": "rosa",
        }
        try:
            run("demo", "--path", str(box))
            os.environ["CARDCRM_DB"] = str(box)
            yield box
        finally:
            os.environ.clear()
            os.environ.update(before)


def run(*words: str) -> str:
    """What one command writes to standard output."""
    from cardcrm.cli.run import main

    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        code = main(list(words))
    if code:
        raise SystemExit(f"cardcrm {' '.join(words)} ended with {code}")
    return out.getvalue()


SHAPES = (
    "find --limit 2",
    "show margaret",
    "due",
    "value --limit 2",
    "value margaret",
    "log eleanor confirmed --next thank --due fri",
    "remind eleanor send the list --due fri",
    "done 5",
    "sell eleanor 12.50 ribbon",
    "segment list",
    "field list",
    "product list",
    "journal --limit 2",
    "db info",
    "config get currency",
)


def shapes_part() -> str:
    """The form of what commands answer in JSON, taken from real answers of the sample box."""
    with sample_box():
        answers = [(line, json.loads(run("--format", "json", *line.split()))) for line in SHAPES]
    return "\n\n".join(
        f"### {line.split()[0]}: `cardcrm --format json {line}`\n\n```\n{shape(answer)}\n```"
        for line, answer in answers
    )


def shape(value: Any, indent: str = "") -> str:
    """The form of a JSON value: keys, and kinds in place of values."""
    deeper = indent + "  "
    if isinstance(value, dict):
        if set(value) == {"amount", "currency"}:
            return '{"amount": "text", "currency": "text"}'
        lines = [f'{deeper}"{key}": {shape(inner, deeper)}' for key, inner in value.items()]
        return "{\n" + ",\n".join(lines) + f"\n{indent}}}" if lines else "{}"
    if isinstance(value, list):
        return f"[{shape(_fullest(value), indent)}, …]" if value else "[]"
    names = {bool: "true or false", int: "number", float: "number", str: "text"}
    return names.get(type(value), "null")


def _fullest(values: list[Any]) -> Any:
    """Of several values the one that shows most."""
    return max(values, key=lambda each: len(shape(each)))


# Pages and pictures

PARTS: dict[str, Callable[[], str]] = {
    "options": root_part,
    "commands": command_part,
    "settings": settings_part,
    "fields": fields_part,
    "columns": columns_part,
    "own-columns": own_columns_part,
    "headers": headers_part,
    "exit-codes": exits_part,
    "whens": whens_part,
    "everies": everies_part,
    "shapes": shapes_part,
}


def filled(page: str) -> str:
    """A page with its generated parts written anew."""
    return PART.sub(lambda match: f"{match[1]}{PARTS[match[2]]()}\n{match[3]}", page)


def pages() -> list[Path]:
    """The pages that hold generated parts."""
    return [path for path in sorted(DOCS.rglob("*.md")) if PART.search(path.read_text("utf-8"))]


def pictures() -> dict[str, str]:
    """The SVG pictures by their file names: what two commands show of the sample box."""
    width = 84
    with sample_box() as box:
        from cardcrm.cli.show import full_card
        from cardcrm.dates import today
        from cardcrm.render import card, digest
        from cardcrm.reports.due import digest as reckoned
        from cardcrm.store import Locale, open_store

        store = open_store(box, locale=Locale("GB", "GBP", "Europe/London"))
        try:
            due = reckoned(store, today("Europe/London"), ahead=2, limit=2)
            drawn = card.draw(full_card(store, 9, timeline=3), color=True, width=width, boxes=True)
        finally:
            store.close()
    return {
        "due.svg": picture("cardcrm due", digest.text(due, color=True, width=width), width),
        "show.svg": picture("cardcrm show eleanor", drawn, width),
    }


def picture(title: str, text: str, width: int) -> str:
    """Coloured text as a picture of a terminal."""
    from rich.console import Console
    from rich.text import Text

    console = Console(
        record=True, width=width, file=io.StringIO(), force_terminal=True, color_system="standard"
    )
    console.print(Text.from_ansi(text.rstrip()), soft_wrap=True)
    svg = console.export_svg(title=title, unique_id=re.sub(r"\W+", "-", title))
    svg = re.sub(r"\s*@font-face \{.*?\}\n", "", svg, flags=re.DOTALL)  # a picture fetches nothing
    return re.sub(r"font-family: Fira Code, monospace", f"font-family: {FONTS}", svg)


def main() -> None:
    """Write all of it."""
    for page in pages():
        page.write_text(filled(page.read_text("utf-8")), encoding="utf-8")
    for name, svg in pictures().items():
        (DOCS / "images" / name).write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
