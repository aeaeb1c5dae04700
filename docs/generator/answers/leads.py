"""Declare the answers about leads and calls."""

from docs.generator.answers.declaration import Answer, Key

_LEAD = "lead status_changes"

KEYS = {
    "status_changes": Key("[lead_change]", "statuses of a lead, the oldest first"),
}

OBJECTS = {
    "lead_change": "status owner at seconds author",
}

ANSWERS = {
    "lead add": Answer((_LEAD, "[lead]")),
    "lead show": Answer((_LEAD, "[lead]")),
    **{f"lead {verb}": Answer((_LEAD,)) for verb in ("convert", "drop", "recycle")},
}
