"""Declare the answers about templates and the mail that they make."""

from docs.generator.answers.declaration import Answer, Key

_PREVIEW = "{contact_id contact from to subject text html attachments}"

KEYS = {
    "attachments": Key("[attachment]", "files that go with the mail", nullable=False),
}

OBJECTS = {"attachment": "name type:text size"}

ANSWERS = {
    "template show": Answer(("template attachments", "[template]")),
    "template attach": Answer(("template attachments",)),
    "template detach": Answer(("template attachments",)),
    "template preview": Answer((_PREVIEW,)),
    "message show": Answer(("message attachments", "[message]")),
    "mail send": Answer((_PREVIEW, "message attachments"), "the first form with --preview"),
}
