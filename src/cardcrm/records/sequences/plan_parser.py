"""Parse the file of a sequence: TOML with the rules at the top and a table for each step."""

import datetime as dt
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from cardcrm.dates import parse_duration
from cardcrm.dates.hours import parse_hours
from cardcrm.errors import UsageError
from cardcrm.records.sequences.plan import (
    ACTIONS,
    ALWAYS,
    BIRTHDAY,
    DATE,
    DEAL_LOST,
    DEAL_STAGE,
    DEAL_WON,
    DEFAULT_STOPS,
    END,
    FIRST_SALE,
    GOTO,
    LEAD,
    NEVER,
    NO_SALE,
    REPEATED_EVENTS,
    SET,
    STAGE,
    STOPS,
    TASK,
    WAIT,
    Event,
    Plan,
    Step,
    Wait,
)
from cardcrm.text import find_similar, fold, quote

MAX_STEPS: Final = 100
_RULES: Final = ("purpose", "enter", "on", "again", "stop", "send-between", "weekdays", "step")
_KEYS: Final = (*ACTIONS, "if", "label", "due")
_SHORT: Final = {"minute": 1, "min": 1, "hour": 60, "h": 60}
_MAX_MINUTES: Final = 100_000


@lru_cache(maxsize=64)
def parse_plan(text: str) -> Plan:
    """Return the sequence that a file describes. Raises UsageError naming the line or the step."""
    try:
        read = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"invalid TOML: {error}", "Correct the file.") from error
    _check_keys("the file", read, _RULES)
    event = _parse_event(_text("the file", read, "on"))
    plan = Plan(
        _parse_steps(read.get("step")),
        _parse_purpose(_text("the file", read, "purpose")),
        _text("the file", read, "enter"),
        event,
        _parse_again(_text("the file", read, "again"), event),
        _parse_stops(read.get("stop", list(DEFAULT_STOPS))),
        _parse_hours(_text("the file", read, "send-between")),
        weekdays=_flag(read, "weekdays"),
    )
    _check_jumps(plan)
    return plan


def _check_keys(place: str, table: Mapping[str, Any], known: Sequence[str]) -> None:
    """Raise UsageError for a key that does not exist."""
    for key in table:
        if key not in known:
            like = find_similar(key, list(known), limit=1)
            hint = f"Did you mean {like[0]}?" if like else f"Use {', '.join(known)}."
            raise UsageError(f"{place}: unknown key {quote(key)}", hint)


def _text(place: str, table: Mapping[str, Any], key: str) -> str:
    """Return the text of a key, "" without it."""
    value = table.get(key, "")
    if not isinstance(value, str):
        raise UsageError(f"{place}: {key} must be a text", f'Write it in quotes: {key} = "…"')
    return " ".join(value.split())


def _flag(table: Mapping[str, Any], key: str) -> bool:
    value = table.get(key, False)
    if not isinstance(value, bool):
        raise UsageError(f"the file: {key} must be true or false", f"Write {key} = true.")
    return value


# Rules


def _parse_purpose(text: str) -> str:
    from cardcrm.records.fields import parse_purpose

    return parse_purpose(text) if text else ""


_EVENT_HINT: Final = (
    'For example: on = "first sale", "no sale 180 days", "stage customer", "deal won", '
    '"deal stage Quote", "lead website", "birthday -3 days" or "contract-end -30 days".'
)
_NAMED: Final = (FIRST_SALE, DEAL_WON, DEAL_LOST)
_WITH_NAME: Final = (DEAL_STAGE, STAGE, LEAD)


def _parse_event(text: str) -> Event | None:
    """Return the event that contacts enter by. Raises UsageError."""
    words = fold(text)
    if not words:
        return None
    if words in _NAMED:
        return Event(words)
    if words.startswith(f"{NO_SALE} "):
        return Event(NO_SALE, days=_days(words.removeprefix(NO_SALE), "the file: on"))
    for kind in _WITH_NAME:
        if words == kind or words.startswith(f"{kind} "):
            return _named_event(kind, text[len(kind) :].strip())
    found = re.fullmatch(r"(.+?)(?: +([+-]) *(\d.*))?", words)
    assert found is not None
    name, sign, span = found.groups()
    days = _days(span, "the file: on") * (-1 if sign == "-" else 1) if span else 0
    kind = BIRTHDAY if name == BIRTHDAY else DATE
    return Event(kind, name.replace(" ", "-"), days)


def _named_event(kind: str, name: str) -> Event:
    if not name and kind != LEAD:
        raise UsageError(f"the file: on = “{kind}” needs the name of a stage", _EVENT_HINT)
    return Event(kind, name)


def _days(text: str, place: str) -> int:
    try:
        return parse_duration(text)
    except UsageError as error:
        raise UsageError(f"{place}: {error.message}", error.hint) from error


def _parse_again(text: str, event: Event | None) -> int:
    words = fold(text).removeprefix("after ")
    if not words:
        return ALWAYS if event is not None and event.kind in REPEATED_EVENTS else NEVER
    if words == "always" and event is None:
        hint = 'Use again = "after 365 days", or name an event: on = "…".'
        raise UsageError("the file: again = “always” needs an event", hint)
    if words in ("never", "always"):
        return NEVER if words == "never" else ALWAYS
    try:
        return parse_duration(words)
    except UsageError as error:
        hint = 'Use "never", "always" or "after 365 days".'
        raise UsageError(f"the file: invalid again {quote(text)}", hint) from error


def _parse_stops(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise UsageError("the file: stop must be a list", 'For example: stop = ["reply"]')
    for each in value:
        if each not in STOPS:
            hint = f"Use {', '.join(STOPS)}."
            raise UsageError(f"the file: unknown stop {quote(each)}", hint)
    return tuple(value)


def _parse_hours(text: str) -> tuple[dt.time, dt.time] | None:
    if not text:
        return None
    try:
        first, last = parse_hours(text)
    except ValueError:
        first = last = dt.time()
    if first >= last:
        hint = 'Write it like send-between = "09:00-17:00".'
        raise UsageError(f"the file: invalid send-between {quote(text)}", hint)
    return first, last


# Steps


def _parse_steps(tables: Any) -> tuple[Step, ...]:
    if not isinstance(tables, list) or not tables:
        raise UsageError("the file has no step", "Add one: a line [[step]], then mail = …")
    if len(tables) > MAX_STEPS:
        raise UsageError(f"too many steps: {len(tables)}", f"At most {MAX_STEPS} are allowed.")
    steps: list[Step] = []
    for number, table in enumerate(tables, 1):
        steps.append(_parse_step(number, table, [each.label for each in steps]))
    return tuple(steps)


def _parse_step(number: int, table: Any, taken: Sequence[str]) -> Step:
    place = f"step {number}"
    if not isinstance(table, dict):
        raise UsageError(f"{place} must be a table", "Begin it with a line [[step]].")
    _check_keys(place, table, _KEYS)
    actions = [each for each in ACTIONS if each in table]
    if len(actions) != 1:
        problem = f"has {' and '.join(actions)}" if actions else "does nothing"
        raise UsageError(f"{place} {problem}", f"Give it one of {', '.join(ACTIONS)}.")
    (action,) = actions
    if "due" in table and action != TASK:
        raise UsageError(f"{place}: due is for tasks", "Use wait for a pause between steps.")
    text = "" if action == SET else _text(place, table, action)
    if action != SET and not text:
        raise UsageError(f"{place}: {action} is empty", "Give it a text.")
    changes = _parse_changes(place, table[SET]) if action == SET else ()
    due = _text(place, table, "due")
    return Step(
        number,
        _parse_label(place, table, taken, f"{action}-{text or changes[0][0]}"),
        action,
        text,
        _text(place, table, "if"),
        _parse_wait(place, text) if action == WAIT else Wait(),
        _days(due, f"{place}: due") if due else 0,
        changes,
    )


def _parse_label(place: str, table: Mapping[str, Any], taken: Sequence[str], made: str) -> str:
    """Return the label of a step, which is made of what it does unless it has one."""
    label = _slug(_text(place, table, "label"))
    if "label" in table:
        if label in taken or label in ("", END):
            raise UsageError(f"{place}: the label {quote(label)} is taken", "Use another word.")
        return label
    base = _slug(made)
    return next(each for each in _numbered(base) if each not in taken)


def _numbered(base: str) -> Sequence[str]:
    return [base, *(f"{base}-{number}" for number in range(2, MAX_STEPS + 2))]


def _slug(text: str) -> str:
    """Return the first words of a text as one word."""
    words = re.findall(r"\w+", re.sub(r"\{[{%].*?[}%]\}", " ", fold(text)))
    return "-".join(words)[:40].strip("-")


def _parse_wait(place: str, text: str) -> Wait:
    words = fold(text)
    found = re.fullmatch(r"(\d{1,6}) ?(minute|min|hour|h)s?", words)
    if found is None:
        return Wait(days=_days(words, place))
    minutes = int(found[1]) * _SHORT[found[2]]
    if not 1 <= minutes <= _MAX_MINUTES:
        raise UsageError(f"{place}: invalid wait {quote(text)}", 'For example: wait = "3 days"')
    return Wait(minutes=minutes)


def _parse_changes(place: str, value: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict) or not value:
        hint = 'For example: set = {stage = "customer"}'
        raise UsageError(f"{place}: set must name fields and values", hint)
    return tuple((str(key), _as_text(place, each)) for key, each in value.items())


def _as_text(place: str, value: Any) -> str:
    writers: Mapping[type, Callable[[Any], str]] = {
        str: str, int: str, float: str, dt.date: dt.date.isoformat,
        bool: lambda each: "yes" if each else "no",
    }  # fmt: skip
    write = writers.get(type(value))
    if write is None:
        raise UsageError(f"{place}: a value of set must be a text", 'Write it in quotes: "…"')
    return write(value)


def _check_jumps(plan: Plan) -> None:
    """Raise UsageError for a step that goes to no later step: a sequence must end."""
    for at, step in enumerate(plan.steps):
        if step.action != GOTO:
            continue
        to = plan.positions.get(step.text)
        if to is None:
            raise UsageError(
                f"step {step.number}: unknown label {quote(step.text)}",
                f"Use {END}, or give a later step: label = {quote(step.text)}",
            )
        if to <= at:
            message = f"step {step.number} goes back to step {to + 1}"
            raise UsageError(message, "A step can only go to a later one.")
