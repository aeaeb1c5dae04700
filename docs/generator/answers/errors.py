"""Declare the keys of an error."""

from docs.generator.answers.declaration import Key

KEYS = {
    "code": Key("text", "kind of error, from the table above"),
    "message": Key("text", "the problem"),
    "hint": Key("text", "the remedy"),
    "near": Key("[text]", "similar names"),
    "candidates": Key("[candidate]", "contacts that match"),
    "detail": Key("text", "what tells the contact from the others"),
    "error": Key("error", "the error, on standard error"),
}

OBJECTS = {
    "candidate": "id name detail",
    "error": "code message hint near? candidates?",
}
