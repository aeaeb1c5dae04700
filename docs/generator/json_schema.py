"""Generate the JSON Schema of all answers, and the tables of keys, from their declaration."""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from cardcrm.records.contacts.query_fields import COLUMNS, MoneySum, Tags
from cardcrm.records.fields import Field
from docs.generator.answers import (
    ANSWERS,
    KEYS,
    OBJECTS,
    SCALARS,
    Key,
    fields_to_keys,
    record_types,
)
from docs.generator.markdown import table

FILE = Path(__file__).parents[1] / "reference" / "json-schema.json"
Schema = dict[str, Any]

ANY_COLUMNS = "[{*}]"
_ROW = "contact_row*"

_DAY = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_INSTANT = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"
_MOMENT = f"{_DAY[:-1]}(T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}Z)?$"
_TYPES: Mapping[str, Schema] = {
    "text": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "day": {"type": "string", "pattern": _DAY},
    "instant": {"type": "string", "pattern": _INSTANT},
    "moment": {"type": "string", "pattern": _MOMENT},
}
_MONEY: Schema = {
    "type": "object",
    "description": "Money: the amount is decimal text, so that no digit is lost.",
    "properties": {
        "amount": {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"},
        "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
    },
    "required": ["amount", "currency"],
    "additionalProperties": False,
}
_CUSTOM: Schema = {
    "description": "Value of a custom field.",
    "anyOf": [{"type": ["string", "number", "null"]}, {"$ref": "#/$defs/money"}],
}


@cache
def all_keys() -> dict[str, Key]:
    """Return every key with its type. Raises ValueError where two nouns differ in the type."""
    found = dict(KEYS)
    for type_ in record_types().values():
        for name, key in fields_to_keys(type_):
            known = found.get(name, key)
            if name in KEYS:
                continue
            if known.type != key.type:
                raise ValueError(
                    f"the key {name} is {known.type} and {key.type}: give it a json_key"
                )
            found[name] = known._replace(nullable=known.nullable or key.nullable)
    columns = {name: _column_key(each.field) for name, each in COLUMNS.items()}
    return {**columns, **found}


def _column_key(field: Field) -> Key:
    """Return the key of a column in a list of contacts."""
    type_ = {MoneySum: "money", Tags: "[text]"}.get(type(field), field.json_type)
    return Key(type_, (field.help or field.heading).rstrip("."))


@cache
def objects() -> dict[str, tuple[str, ...]]:
    """Return the keys of each object; a question mark follows one that may be missing."""
    nouns = {
        name: ("id", *(key for key, _ in fields_to_keys(type_)))
        for name, type_ in record_types().items()
        if name not in (*OBJECTS, "point")
    }
    for name in ("sale", "deal", "quote", "invoice", "campaign", "partner"):
        keys = [f"{part.line_key}?" for part in record_types()[name].line_types]
        nouns[name] += tuple(keys)  # which a list leaves out
    return {**nouns, **{name: _expand(keys) for name, keys in OBJECTS.items()}}


def _expand(keys: str) -> tuple[str, ...]:
    """Return the keys of a declaration, in which ``{noun}`` stands for the fields of a noun."""
    found: list[str] = []
    for word in keys.split():
        if word.startswith("{"):
            type_ = record_types()[word.strip("{}")]
            own = ["id", "uid"] if word == "{contact}" else []
            found += own + [key for key, _ in fields_to_keys(type_)]
        else:
            found.append(word)
    return tuple(dict.fromkeys(found))


def form_keys(form: str) -> tuple[str, ...]:
    """Return the keys of one form of an answer."""
    bare = form.strip("[]")
    if bare.startswith("{"):
        return tuple(bare.strip("{}").split())
    name, *more = bare.split()
    own = COLUMNS if name == _ROW else objects()[name.rstrip("*")]
    if name.endswith("*"):
        own = tuple(f"{key.rstrip('?')}?" for key in own)
    return (*own, *more)


# The schema


def build() -> Schema:
    """Return the schema of all answers, one for each command."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Answers of cardcrm in JSON",
        "description": "`$defs` has the answer of each command under its name.",
        "$defs": {
            "money": _MONEY,
            **{f"object.{name}": _object(keys) for name, keys in objects().items()},
            "object.contact_row": {**_object(form_keys(_ROW)), "additionalProperties": _CUSTOM},
            **{command: _answer(answer.forms) for command, answer in ANSWERS.items()},
            "error": _object(("error",)),
        },
    }


def _answer(forms: Iterable[str]) -> Schema:
    found = [_form(each) for each in forms]
    return found[0] if len(found) == 1 else {"anyOf": found}


def _form(form: str) -> Schema:
    named = form.strip("[]")
    if form == ANY_COLUMNS:
        schema: Schema = {"type": "object"}
    elif named in (*objects(), _ROW):
        schema = _refer(named.rstrip("*"))
    else:
        schema = _object(form_keys(form))
    return {"type": "array", "items": schema} if form.startswith("[") else schema


def _object(keys: Iterable[str]) -> Schema:
    required = [plain_key(key) for key in keys if not key.endswith("?")]
    properties = {plain_key(key): _property(key.rstrip("?")) for key in keys}
    properties["warnings"] = _property("warnings")
    return {"type": "object", "properties": properties, "required": required}


def _refer(name: str) -> Schema:
    return {"$ref": f"#/$defs/object.{name}"}


def plain_key(key: str) -> str:
    """Return the name of a key, without its mark and its own type."""
    return key.rstrip("?*").partition(":")[0]


def _property(name: str) -> Schema:
    name, _, type_ = name.partition(":")
    key = all_keys()[name]._replace(type=type_) if type_ else all_keys()[name]
    schema = _type(key.type)
    if key.nullable and not key.type.startswith("[") and name != "id":
        schema = {"anyOf": [schema, {"type": "null"}]} if "$ref" in schema else _or_null(schema)
    return {**schema, "description": key.meaning}


def _or_null(schema: Schema) -> Schema:
    return {**schema, "type": [schema["type"], "null"]}


def _type(name: str) -> Schema:
    if name.startswith("["):
        return {"type": "array", "items": _type(name.strip("[]"))}
    if name == "money":
        return {"$ref": "#/$defs/money"}
    return dict(_TYPES[name]) if name in SCALARS else _refer(name)


def write() -> None:
    """Write the schema."""
    FILE.write_text(to_text(), encoding="utf-8")


def to_text() -> str:
    """Return the content of the file."""
    return json.dumps(build(), ensure_ascii=False, indent=1) + "\n"


# The page


def command_table() -> str:
    """List the answer of each command."""
    rows = [
        (f"`{command}`", " or ".join(dict.fromkeys(map(_describe_form, answer.forms))), answer.note)
        for command, answer in ANSWERS.items()
    ]
    return table(("Command", "Answer", "Note"), rows)


def _describe_form(form: str) -> str:
    named, *more = form.strip("[]").split(" ")
    if named.startswith("{"):
        shown = _code(form_keys(form)) if form != ANY_COLUMNS else "objects"
    elif named == _ROW:
        shown = "contacts in columns"
    else:
        name = named.rstrip("*")
        shown = f"**{name}**"
        if more:
            shown += f" with {_code(more)}"
    return f"array of {shown}" if form.startswith("[") else shown


def _code(keys: Iterable[str]) -> str:
    return ", ".join(f"`{plain_key(key)}`" for key in keys)


def object_table() -> str:
    """List the keys of each object."""
    return table(
        ("Object", "Keys"),
        [(f"**{name}**", _code(keys)) for name, keys in sorted(objects().items())],
    )


def key_table() -> str:
    """List all keys with their types and meanings."""
    rows = [
        (f"`{name}`", _describe_type(key.type), key.meaning)
        for name, key in sorted(all_keys().items())
        if name in used_keys()
    ]
    return table(("Key", "Type", "Meaning"), rows)


def used_keys() -> set[str]:
    """Return the keys that appear in an answer."""
    forms = [each for answer in ANSWERS.values() for each in answer.forms if each != ANY_COLUMNS]
    lists = [*objects().values(), *map(form_keys, forms), ("warnings", "error")]
    return {plain_key(key) for keys in lists for key in keys}


def _describe_type(name: str) -> str:
    if name.startswith("["):
        return f"array: {_describe_type(name.strip('[]'))}"
    return SCALARS.get(name, f"object {name}")
