"""Declare the answers about cases and service levels."""

from docs.generator.answers.declaration import Answer, Key

_CASE = "case conversation articles minutes_spent related status_history"

KEYS = {
    "conversation": Key("[case_entry]", "interactions of the case, the oldest first"),
    "related": Key("[related_case]", "cases with the same cause or contact, and merged cases"),
    "relation": Key("text", "relation of the case to the one that is shown"),
    "status_history": Key("[case_status]", "statuses of the case, the oldest first"),
    "cases_due": Key("[due_case]", "cases that missed a deadline or have one today"),
    "case_priority": Key("text", "priority of the case"),
    "case_status": Key("text", "status of the case"),
    "solved_cases": Key("integer", "cases that are solved"),
    "breached_cases": Key("integer", "cases that missed a deadline"),
    "reopened_cases": Key("integer", "cases that were reopened"),
    "first_response_median": Key("number", "median of the minutes to the first response"),
    "first_response_p90": Key("number", "90th percentile of the minutes to the first response"),
    "solution_median": Key("number", "median of the minutes to the solution"),
    "solution_p90": Key("number", "90th percentile of the minutes to the solution"),
    "open_1_day": Key("integer", "open cases younger than a day"),
    "open_3_days": Key("integer", "open cases of 1 to 3 days"),
    "open_7_days": Key("integer", "open cases of 3 to 7 days"),
    "open_older": Key("integer", "open cases older than 7 days"),
    "ratings": Key("integer", "cases that the customer rated"),
    "satisfaction": Key("number", "mean of the ratings, 1 to 5"),
    "minutes_spent": Key("integer", "minutes of the interactions of the cases"),
}

OBJECTS = {
    "case_entry": "id kind direction on text minutes author",
    "related_case": "id relation status text",
    "case_status": "status at author",
    "due_case": ("id text due:instant breached case_priority case_status owner contact_id contact"),
}

_REPORT = (
    "group cases solved_cases breached_cases reopened_cases first_response_median "
    "first_response_p90 solution_median solution_p90 open_1_day open_3_days open_7_days "
    "open_older ratings satisfaction minutes_spent revenue?"
)

ANSWERS = {
    "case show": Answer((_CASE, "[case]")),
    **{
        f"case {verb}": Answer((_CASE,))
        for verb in (
            "open",
            "reply",
            "note",
            "wait",
            "solve",
            "reopen",
            "close",
            "merge",
            "split",
            "rate",
        )
    },
    **{
        f"case {verb}": Answer((_CASE, "[case]"), "an array for several cases")
        for verb in ("assign", "claim")
    },
    "report service": Answer((f"[{{{_REPORT}}}]",), "`revenue` with `--by customer`"),
}
