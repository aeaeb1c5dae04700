"""Declare the answers about sequences."""

from docs.generator.answers.declaration import Answer, Key

KEYS = {
    "enrolled": Key("integer", "contacts that were enrolled"),
    "action": Key("text", "mail, wait, task, set, notify or goto; stop in a simulation"),
    "active": Key("integer", "contacts that are under way"),
    "stopped": Key("integer", "contacts that were stopped"),
    "reached": Key("integer", "contacts that reached the step"),
    "stopped_by": Key("[left_out_contacts]", "contacts that were stopped, by reason"),
    "condition": Key("text", "condition without which the step is skipped"),
    "not_met": Key("integer", "contacts for which the condition did not hold"),
    "step_counts": Key("[step_result]", "steps with the contacts that reached them"),
    "mails": Key("integer", "mails that were queued"),
    "tasks": Key("integer", "reminders that were added"),
}

OBJECTS = {
    "step_result": "step action text condition reached waiting done:integer not_met "
    "sent:integer replied:integer",
}

ANSWERS = {
    "sequence enroll": Answer(("{name enrolled left_out:[left_out_contacts]}",)),
    "sequence stop": Answer(("[enrollment]",)),
    "sequence pause": Answer(("sequence",)),
    "sequence resume": Answer(("sequence",)),
    "sequence run": Answer(
        ("{entered:integer stopped:integer done:integer mails tasks changed:integer}",)
    ),
    "sequence simulate": Answer(("[{on:day contact_id contact step action text}]",)),
    "sequence results": Answer(
        (
            "{name entered:integer active:integer done:integer stopped:integer stopped_by "
            "step_counts}",
        )
    ),
    "enrollment stop": Answer(("[enrollment]",)),
}
