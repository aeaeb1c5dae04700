"""Declare the JSON of each command, once for the reference page, the schema and the tests.

Each module of this package declares a topic in up to three tables: `ANSWERS` has the answer of each
command, `OBJECTS` the keys of each object, and `KEYS` the type and the meaning of each key. All
modules are found, so that a new command adds lines to one of them. A key has one type in all
answers; `shared` has the keys that several topics use. The keys of a noun and the answers of its
commands come from its `RecordType`.
"""

import pkgutil
from importlib import import_module
from typing import Any

from docs.generator.answers.declaration import SCALARS, Answer, Key
from docs.generator.answers.nouns import fields_to_keys, noun_answers, record_types

__all__ = [
    "ANSWERS",
    "KEYS",
    "OBJECTS",
    "SCALARS",
    "SILENT",
    "Answer",
    "Key",
    "fields_to_keys",
    "record_types",
]

_TOPICS = [import_module(f"{__name__}.{each.name}") for each in pkgutil.iter_modules(__path__)]


def _gather(table: str) -> dict[str, Any]:
    """Return a table of all topics. Raises ValueError where two topics declare the same name."""
    gathered: dict[str, Any] = {}
    for topic in _TOPICS:
        declared: dict[str, Any] = getattr(topic, table, {})
        if doubled := gathered.keys() & declared.keys():
            raise ValueError(f"{table} of {topic.__name__}: {sorted(doubled)} are declared twice")
        gathered.update(declared)
    return gathered


# The keys that no noun declares.
KEYS: dict[str, Key] = _gather("KEYS")

# The keys of each object that is not a noun of its own.
OBJECTS: dict[str, str] = _gather("OBJECTS")

# The commands are in the order of the alphabet; a topic may replace the answer of a noun's command.
ANSWERS: dict[str, Answer] = dict(sorted({**dict(noun_answers()), **_gather("ANSWERS")}.items()))

# Commands without an answer.
SILENT = {"tui": "It opens the screen."}
