"""Declare the keys of an error."""

from docs.generator.answers.declaration import Key

KEYS = {
    "code": Key("text", "kind of error, from the table above"),
    "message": Key("text", "the problem"),
    "hint": Key("text", "the remedy"),
    "near": Key("[text]", "similar names"),
    "candidates": Key("[candidate]", "contacts that match"),
    "detail": Key("text", "what tells the contact from the others"),
    "missing_fields": Key("[missing_field]", "fields of a template that are empty for contacts"),
    "examples": Key("[named]", "three of the contacts"),
    "error": Key("error", "the error, on standard error"),
}

OBJECTS = {
    "candidate": "id name detail",
    "missing_field": "template field:text count:integer mailed examples query",
    "error": "code message hint near? candidates? missing_fields?",
}
