"""Derive the keys of the nouns, and the answers of the commands that every noun has."""

from collections.abc import Iterator

from cardcrm.records import registry
from cardcrm.records.contacts.contact_type import ADDRESS, ANNIVERSARY, CONTACT, POINT
from cardcrm.records.fields import Field, Reference, References
from cardcrm.records.record_type import RecordType
from docs.generator.answers.declaration import LIST_OF_NOUN, Answer, Key

# Nouns with commands of their own in place of those of every noun.
_WITHOUT = {
    "case": ("add",),
    "consent": ("add", "edit"),
    "message": ("add", "edit", "import"),
    "enrollment": ("add", "edit", "rm", "import"),
    "invoice": ("show",),
}


def noun_answers() -> Iterator[tuple[str, Answer]]:
    """Yield the answers of the commands that every noun has."""
    for type_ in registry.listed_types():
        name, command = type_.name.replace(" ", "_"), type_.name.replace(" ", "-")
        for verb, answer in _answers_of(name).items():
            if verb not in _WITHOUT.get(name, ()):
                yield f"{command} {verb}", answer


def _answers_of(name: str) -> dict[str, Answer]:
    return {
        "add": Answer((name,)),
        "list": Answer((f"[{name}* count?]",), LIST_OF_NOUN),
        "show": Answer((name, f"[{name}]")),
        "edit": Answer((f"{name} changes", f"[{name} changes]"), "an array for several rows"),
        "rm": Answer((f"[{name}]",)),
        "export": Answer(("file_written",)),
        "import": Answer(("file_read",)),
    }


def record_types() -> dict[str, RecordType]:
    """Return the nouns whose fields are keys, by the names of their objects."""
    nouns = {each.name.replace(" ", "_"): each for each in registry.listed_types()}
    lines = {part.name: part for each in nouns.values() for part in each.line_types}
    parts = {"point": POINT, "address": ADDRESS, "anniversary": ANNIVERSARY, "contact": CONTACT}
    further = ("rate", "cadence_rule", "import_column", "lead_rule", "script_run")
    more = {name: registry.record_type(name) for name in further}
    return {**nouns, **lines, **parts, **more}


def fields_to_keys(type_: RecordType) -> Iterator[tuple[str, Key]]:
    """Yield the keys of a noun: each field, and the ids of what it refers to."""
    for field in type_.fields:
        if field.column == type_.parent and type_.name in ("point", "address", "yearly_day"):
            continue
        if isinstance(field, Reference):
            yield field.column, Key("integer", f"number of the {field.to}", not field.is_required)
        elif isinstance(field, References):
            yield field.ids_column, Key("[integer]", f"numbers of the {field.to}s")
        yield field.json_key, Key(field.json_type, _meaning(field), not field.is_required)


def _meaning(field: Field) -> str:
    return (field.help or f"{field.label}").rstrip(".")
