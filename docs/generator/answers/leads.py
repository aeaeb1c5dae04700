"""Declare the answers about leads and calls."""

from docs.generator.answers.declaration import Answer, Key

_LEAD = "lead status_changes"

KEYS = {
    "calls": Key("[call]", "contacts to ring, the highest score first"),
    "points": Key("[call_point]", "points of a score, each with its reason"),
    "is_open": Key("boolean", "it is within its opening hours"),
    "opens": Key("text", "local time at which the contact opens"),
    "local_time": Key("text", "time now where the contact is"),
    "deal_ids": Key("[integer]", "numbers of open deals"),
    "lead_id": Key("integer", "number of the lead"),
    "lead_status": Key("text", "status that the lead has got"),
    "planned": Key("[reminder]", "reminders that were planned"),
    "completed": Key("[reminder]", "reminders that were marked as done"),
    "status_changes": Key("[lead_change]", "statuses of a lead, the oldest first"),
}

OBJECTS = {
    "call_point": "points reason",
    "lead_change": "status owner at seconds author",
}

_CALL = (
    "contact_id contact org phone score reason points due best_hour is_open opens local_time "
    "deal_ids lead_id"
)

ANSWERS = {
    "calls": Answer((f"[{{{_CALL}}}]",)),
    "call": Answer(("interaction planned completed lead_id lead_status",)),
    "lead add": Answer((_LEAD, "[lead]")),
    "lead show": Answer((_LEAD, "[lead]")),
    **{f"lead {verb}": Answer((_LEAD,)) for verb in ("convert", "drop", "recycle")},
}
