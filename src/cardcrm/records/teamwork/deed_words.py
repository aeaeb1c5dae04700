"""Say in a sentence what a colleague did, plans or claimed."""

import datetime as dt

from cardcrm import dates
from cardcrm.records.teamwork.deed import CLAIM, DEAL, PLAN, QUOTE, SALE, Deed
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


def describe_deed(deed: Deed, today: dt.date) -> str:
    """Return a deed as “bob called Jane Doe yesterday: “wants a quote””."""
    day = dt.date.fromisoformat(deed.day)
    text = f": {quote(shorten(' '.join(deed.text.split()), _LONGEST))}" if deed.text else ""
    if deed.kind == CLAIM:
        return f"{deed.user} has claimed {deed.contact} until {dates.format_day(day, today)}{text}"
    when = dates.format_relative(day, today)
    if deed.kind == PLAN:
        return f"{deed.user} has a reminder for {deed.contact}, due {when}{text}"
    return f"{deed.user} {_describe_verb(deed)} {deed.contact} {when}{text}"


def _describe_verb(deed: Deed) -> str:
    if deed.no_answer:
        return "tried to reach"
    if deed.direction == "in" and deed.kind in _FROM:
        return f"logged {_FROM[deed.kind]} from"
    return _VERBS[deed.kind]
