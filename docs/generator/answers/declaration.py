"""Define how the answers of commands are declared."""

from typing import NamedTuple

SCALARS = {
    "text": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "day": "day: `2026-11-27`",
    "instant": "instant: `2026-11-21T09:00:00Z`",
    "moment": "day, or instant where a time is known",
    "money": '`{"amount": "12.50", "currency": "GBP"}`',
}

LIST_OF_NOUN = "`--columns` limits the keys; `--by` leaves one of them and `count`"


class Key(NamedTuple):
    """A key: its type in JSON, what it means, and whether its value may be null.

    The type is one of `SCALARS` or an object. An array is its elements in brackets.
    """

    type: str
    meaning: str
    nullable: bool = True


class Answer(NamedTuple):
    """The answer of a command: its forms, and what to know about it.

    A form is an object, or an array of objects in brackets. An object is its name, or the list of
    its keys in braces. A key with a question mark may be missing; one with a colon has a type of
    its own. A star after the name of an object says that any of its keys may be missing.
    """

    forms: tuple[str, ...]
    note: str = ""
