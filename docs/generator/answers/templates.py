"""Declare the answers about templates and the mail that they make."""

from docs.generator.answers.declaration import Answer

_PREVIEW = "{contact_id contact from to subject text html}"

ANSWERS = {
    "template preview": Answer((_PREVIEW,)),
    "mail send": Answer((_PREVIEW, "message"), "the first form with --preview"),
}
