"""Declare the answers about leads and calls."""

from docs.generator.answers.declaration import Answer, Key

_LEAD = "lead status_changes score score_reasons answered_on response_seconds"

KEYS = {
    "score_reasons": Key("[score_point]", "points of the score, with reasons"),
    "points": Key("integer", "points of a score"),
    "is_open": Key("boolean", "it is within its opening hours; null if unknown"),
    "opens": Key("text", "local time at which the contact opens"),
    "local_time": Key("text", "time now where the contact is"),
    "deal_ids": Key("[integer]", "numbers of open deals"),
    "lead_id": Key("integer", "number of the lead"),
    "leads": Key("[contact_lead]", "open leads, the newest first"),
    "leads_due": Key("[due_lead]", "leads without a first response, the newest first"),
    "leads_count": Key("integer", "leads that came in"),
    "slow_hours": Key("number", "hours within which nine of ten were answered"),
    "within_hour": Key("number", "share of the times that are at most an hour"),
    "answered_at": Key("moment", "moment of the first response"),
    "lead_status": Key("text", "status of the lead"),
    "planned": Key("[reminder]", "reminders that were planned"),
    "completed": Key("[reminder]", "reminders that were marked as done"),
    "answered_on": Key("day", "day of the first response"),
    "response_seconds": Key("integer", "seconds to the first response, if known"),
    "property": Key("text", "property of past leads"),
    "other_won": Key("integer", "cases without it that were won"),
    "cases": Key("integer", "past cases with it"),
    "other_cases": Key("integer", "past cases without it"),
    "odds_ratio": Key("number", "odds of a win with it by those without it"),
    "status_changes": Key("[lead_change]", "statuses of a lead, the oldest first"),
}

OBJECTS = {
    "score_point": "points reason",
    "contact_lead": "id text status source owner received answered_at",
    "due_lead": (
        "id text lead_status source received owner contact_id contact org phone email status mvc "
        "last_interaction"
    ),
    "lead_change": "status owner at seconds author",
}

_CALL = (
    "contact_id contact org phone score reason score_reasons due best_hour is_open opens "
    "local_time deal_ids lead_id"
)

ANSWERS = {
    "lead score": Answer(
        (
            "[{id contact status score reason score_reasons}]",
            "[{property won cases other_won other_cases odds_ratio low high points}]",
        ),
        "the second form with --explain",
    ),
    "lead rules": Answer(("[lead_rule]",)),
    "lead assign": Answer(("[lead]",)),
    "calls": Answer((f"[{{{_CALL}}}]",)),
    "call": Answer(("interaction planned completed lead_id lead_status",)),
    "lead add": Answer((_LEAD, "[lead]")),
    "lead show": Answer((_LEAD, "[lead]")),
    **{f"lead {verb}": Answer((_LEAD,)) for verb in ("convert", "drop", "recycle")},
}
