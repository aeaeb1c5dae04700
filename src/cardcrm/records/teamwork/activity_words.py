"""Say in a sentence what a colleague did, plans or claimed."""

import datetime as dt

from cardcrm import dates
from cardcrm.records.teamwork.activity import CLAIM, DEAL, PLAN, QUOTE, SALE, Activity
from cardcrm.text import quote, shorten

_LONGEST = 60  # cells of a text
_VERBS = {
    "call": "called",
    "mail": "mailed",
    "meeting": "met",
    "visit": "visited",
    "message": "wrote to",
    "note": "made a note about",
    SALE: "sold to",
    DEAL: "opened a deal with",
    QUOTE: "made a quote for",
}
_FROM = {"call": "a call", "mail": "mail", "message": "a message"}


def describe_activity(done: Activity, today: dt.date) -> str:
    """Return an activity as “bob called Jane Doe yesterday: “wants a quote””."""
    day = dt.date.fromisoformat(done.day)
    text = f": {quote(shorten(' '.join(done.text.split()), _LONGEST))}" if done.text else ""
    if done.kind == CLAIM:
        return f"{done.user} has claimed {done.contact} until {dates.format_day(day, today)}{text}"
    when = dates.format_relative(day, today)
    if done.kind == PLAN:
        return f"{done.user} has a reminder for {done.contact}, due {when}{text}"
    return f"{done.user} {_describe_verb(done)} {done.contact} {when}{text}"


def _describe_verb(done: Activity) -> str:
    if done.no_answer:
        return "tried to reach"
    if done.direction == "in" and done.kind in _FROM:
        return f"logged {_FROM[done.kind]} from"
    return _VERBS[done.kind]
