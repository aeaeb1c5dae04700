"""Every command answers in JSON, as declared: one type for each key, and a schema for each answer.

All commands of the index run one after the other on the sample database.
"""

import json
import re
import shlex
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema
import pytest

from cardcrm.cli import completion_index
from cardcrm.cli.completion_index import Entry
from cardcrm.cli.run import main
from cardcrm.records import sample
from cardcrm.store import Locale, open_store, settings
from cardcrm.text import shorten
from docs.generator import json_schema
from docs.generator.answers import ANSWERS, KEYS, SILENT
from tests.support.command_lines import FILES_ONLY, LINES, PREPARE
from tests.support.databases import Location

# In a money object the amount is decimal text; under the same key a sale has the money itself.
# A contact has the day of its creation; an import the number of the contacts that it created.
# A quote has the day on which it was sent, a campaign the number of its mails; deals that were
# converted have a value, contacts are counted. A reminder has the day on which it was done, a deal
# that on which it entered its stage; a run of sequences counts contacts.
SAME_KEY_TWO_TYPES = {
    "amount": {"string", "money"},
    "converted": {"number", "money"},
    "created": {"string", "number"},
    "deals": {"number", "array of object"},
    "done": {"string", "number"},
    "entered": {"string", "number"},
    "sent": {"string", "number"},
    "weighted": {"number", "money"},
    "updated": {"string", "number"},
}

# Answers that are typed into commands which ask for them.
TYPED = {"script run": "blue\n"}

# Their answers need a server; see test_warehouse.py and test_mail_attachments.py.
ON_A_SERVER = {"warehouse copy", "campaign test"}

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")
SNAKE_CASE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
FILES = {
    "hours.ogg": "",
    "mail.mbox": (
        "From a@b Fri Nov 20 14:00:00 2026\nFrom: zoe@quill.example\nTo: me@x.example\n\nhi\n\n"
        "From a@b Fri Nov 20 15:00:00 2026\nFrom: Kim <kim@x.example>\nTo: me@x.example\n\nhi\n\n"
        "From a@b Fri Nov 20 16:00:00 2026\nFrom: news@x.example\nPrecedence: list\n\nhi\n\n"
        "From a@b Fri Nov 20 17:00:00 2026\nSubject: lost\n\nhi\n"
    ),
    "away.mbox": (
        "From a@b Fri Nov 20 18:00:00 2026\nFrom: zoe@quill.example\nTo: me@x.example\n"
        "Auto-Submitted: auto-replied\nDate: Fri, 20 Nov 2026 18:00:00 +0000\n\n"
        "I am away until 5 December 2026.\n\n"
        "From a@b Fri Nov 20 19:00:00 2026\nFrom: otto@y.example\nTo: me@x.example\n\nhi\n"
    ),
    "message.eml": (
        "From: Carl <carl@x.example>\nTo: me@x.example\nSubject: Flowers\n\nDo you deliver?\n"
    ),
    "rates.csv": "date,currency,rate,base\n2020-01-01,EUR,0.85,GBP\n",
    "contacts.csv": "name,email,phone\nIda Import,ida@x.example,020 7946 0000\n",
    "orders.csv": (Path(__file__).parents[2] / "examples" / "orders.csv").read_text("utf-8"),
    "bad.vcf": "BEGIN:VCARD\nVERSION:3.0\nEND:VCARD\n",
    "contacts/damaged.vcf": "no vCard\n",
    "contacts/eleanor.vcf": (
        "BEGIN:VCARD\nVERSION:3.0\nUID:e\nFN:Eleanor Whitcombe\nTITLE:Vice president\n"
        "EMAIL:eleanor@whitcombe.example.com\nEND:VCARD\n"
    ),
    "cities500.txt": "".join(
        f"{number}\t{name}\t{name}\t{others}\t{place}\tP\tPPL\t{country}\t\t\t\t\t\t{people}\t\t\t\t2024-05-01\n"
        for number, (name, others, place, country, people) in enumerate(
            (
                ("Leeds", "", "53.79648\t-1.54785", "GB", 455123),
                ("Newcastle", "", "54.21804\t-5.88979", "GB", 7672),
                ("Newcastle upon Tyne", "Newcastle", "54.97328\t-1.61396", "GB", 19238),
            )
        )
    ),
    "todos/event.ics": "BEGIN:VCALENDAR\nVERSION:2.0\nEND:VCALENDAR\n",
}


class Typed(NamedTuple):
    """A command line with its exit code and what it wrote."""

    command: str
    line: str
    expected: int
    code: int
    out: str
    err: str

    @property
    def answer(self) -> Any:
        return json.loads(self.out)


def commands(entry: Entry, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield the path of each command, without the groups."""
    if path and not entry.is_group:
        yield " ".join(path)
    for name, each in entry.commands.items():
        yield from commands(each, (*path, name))


ALL = tuple(commands(completion_index.read()))


@pytest.fixture(scope="module")
def typed_lines(
    shared_locations: Callable[[str], Location], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[Typed]]:
    """Run all lines, and return what each wrote."""
    folder = tmp_path_factory.mktemp("files")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    (folder / "config.toml").write_text('mail.user = "rosa"\n')
    location = shared_locations("sample")
    found = defaultdict(list)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CARDCRM_DB", str(location))
        patch.setenv("CARDCRM_CONFIG", str(folder / "config.toml"))
        patch.setenv("CARDCRM_NOW", "2026-11-21T09:00")
        patch.setenv("CARDCRM_TIMEZONE", "Europe/London")
        patch.setenv("CARDCRM_USER", sample.USER)
        patch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
        locale = Locale(sample.REGION, sample.CURRENCY)
        store = open_store(location, user=sample.USER, create=True, locale=locale)
        settings.initialize(store, sample.REGION, sample.CURRENCY)
        sample.fill(store)
        store.close()
        files = {"folder": folder, "database": location}
        lines = [("", line) for line in PREPARE]
        lines += [(name, line) for name, each in LINES.items() for line in each]
        for name, line in lines:
            if name in FILES_ONLY and not isinstance(location, Path):
                continue
            values = files | {"interaction": find_last_interaction(found["case note"])}
            found[name].append(run(name, line.format(**values)))
    return found


def find_last_interaction(lines: list[Typed]) -> int:
    """Return the number of the last interaction of the case that lines show; 0 without one."""
    return max((each["id"] for line in lines for each in line.answer["conversation"]), default=0)


def run(command: str, line: str) -> Typed:
    """Run a line with ``--format json``."""
    import contextlib
    import io

    code, _, rest = line.partition(" ") if line[0].isdigit() else ("0", "", line)
    out, err = io.StringIO(), io.StringIO()
    with (
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(sys, "stdin", io.StringIO(TYPED.get(command, "")))
        got = main(["--format", "json", *shlex.split(rest)])
    return Typed(command, rest, int(code), got, out.getvalue(), err.getvalue())


def answers(typed_lines: dict[str, list[Typed]]) -> list[Typed]:
    """Return the lines of all commands that have an answer."""
    return [each for name, lines in typed_lines.items() if name for each in lines]


def walk(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the keys of all objects in an answer with their values."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key, inner
            yield from walk(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from walk(inner)


def type_of(value: Any) -> str:
    """Return the type of a value in JSON; an array is that of its elements."""
    if isinstance(value, dict):
        return "money" if set(value) == {"amount", "currency"} else "object"
    if isinstance(value, list):
        return "array" + "".join(sorted({f" of {type_of(each)}" for each in value}))
    names = {bool: "boolean", int: "number", float: "number", str: "string"}
    return names[type(value)]


def test_every_command_of_the_index_has_lines_and_a_declared_answer() -> None:
    assert set(ALL) == set(LINES) | set(SILENT) | ON_A_SERVER
    assert set(ALL) == set(ANSWERS) | set(SILENT)


@pytest.mark.parametrize("command", LINES)
def test_each_answer_is_json_and_meets_its_schema(
    command: str, typed_lines: dict[str, list[Typed]]
) -> None:
    schema = strict(json_schema.build())
    schema["$ref"] = f"#/$defs/{command.replace(' ', '%20')}"
    check = jsonschema.Draft202012Validator(schema)
    for each in typed_lines[command]:
        assert each.code == each.expected, (each.line, each.err)
        assert list(problems(check.iter_errors(each.answer))) == [], each.line


def problems(errors: Iterable[jsonschema.ValidationError]) -> Iterator[str]:
    """Yield what is wrong with an answer, in one line each."""
    for each in errors:
        yield f"{each.json_path}: {shorten(each.message, 300)}"
        yield from problems(each.context or ())


def strict(schema: Any) -> Any:
    """Return a schema that refuses keys that it does not name."""
    if isinstance(schema, list):
        return [strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: strict(each) for key, each in schema.items()}
    if "properties" in found and isinstance(found.get("required"), list):
        found.setdefault("additionalProperties", False)
    return found


def test_each_key_is_in_snake_case_and_has_one_type(typed_lines: dict[str, list[Typed]]) -> None:
    types = defaultdict(set)
    for each in answers(typed_lines):
        for key, value in walk(each.answer):
            assert SNAKE_CASE.fullmatch(key), (key, each.line)
            if value is not None and value != []:
                types[key].add(type_of(value))
    two = {key: found for key, found in types.items() if len(found) > 1}
    assert two == SAME_KEY_TWO_TYPES


def test_each_day_and_each_instant_is_in_iso_form(typed_lines: dict[str, list[Typed]]) -> None:
    patterns = {"day": (DAY,), "instant": (INSTANT,), "moment": (DAY, INSTANT)}
    seen = set()
    for each in answers(typed_lines):
        for key, value in walk(each.answer):
            type_ = json_schema.all_keys()[key].type if key in json_schema.all_keys() else ""
            if isinstance(value, str) and type_ in patterns:
                assert any(form.fullmatch(value) for form in patterns[type_]), (key, each.line)
                seen.add(type_)
    assert seen == set(patterns)


def test_every_amount_of_money_is_decimal_text_with_its_currency(
    typed_lines: dict[str, list[Typed]],
) -> None:
    found = [
        value
        for each in answers(typed_lines)
        for key, value in walk(each.answer)
        if json_schema.all_keys().get(key, KEYS["id"]).type == "money" and isinstance(value, dict)
    ]
    assert {tuple(each) for each in found} == {("amount", "currency")}
    assert all(re.fullmatch(r"-?\d+(\.\d+)?", each["amount"]) for each in found)
    assert {each["currency"] for each in found} == {"GBP", "EUR"}


def test_every_declared_key_appears_in_an_answer(typed_lines: dict[str, list[Typed]]) -> None:
    seen = {key for each in answers(typed_lines) for key, _ in walk(each.answer)}
    skipped = {
        key
        for name in FILES_ONLY
        if not typed_lines[name]
        for form in ANSWERS[name].forms
        for key in json_schema.form_keys(form)
    }
    assert json_schema.used_keys() - seen <= NOT_SHOWN | skipped


# Keys of answers to what the sample database lacks: damage, wrong numbers, ambiguous names, photos,
# orders, sales enough for a model, past leads enough to learn from, a mail account that is silent,
# a mail server, mail of strangers.
NOT_SHOWN = {
    "uri", "digest", "program", "left_out",
    "area", "better", "problem", "error", "code", "message", "hint", "near",
    "candidates", "detail", "future",
    "property", "cases", "other_won", "other_cases", "odds_ratio", "login", "last_success",
    "retried", "uncertain", "canceled", "waiting", "waiting_for", "sender", "report_kind",
}  # fmt: skip


@pytest.mark.parametrize("words", [("show", "nemo"), ("show", "mar"), ("find", "--sort", "x")])
def test_an_error_meets_its_schema(
    words: tuple[str, ...], typed_lines, shared_locations, capsys, monkeypatch
) -> None:
    monkeypatch.setenv("CARDCRM_DB", str(shared_locations("sample")))
    assert main([*words, "--json"]) > 0
    out, err = capsys.readouterr()
    schema = strict(json_schema.build()) | {"$ref": "#/$defs/error"}
    jsonschema.Draft202012Validator(schema).validate(json.loads(err))
    assert out == ""


def test_the_schema_is_valid_and_up_to_date() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema.build())
    assert json_schema.FILE.read_text("utf-8") == json_schema.to_text(), "run `make docs`"
