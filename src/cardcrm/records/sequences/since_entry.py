"""Find out what happened to contacts since they entered: replies, meetings, sales and the like."""

from typing import Final

from cardcrm.records.sequences.plan import (
    BOUNCE,
    DEAL_CLOSED,
    HAPPENED,
    MEETING,
    PURCHASE,
    REPLY,
    UNSUBSCRIBE,
)

# An interaction without a time counts if it was logged since the contact entered.
_SINCE: Final = (
    "(i.at >= e.entered_at OR (i.at IS NULL AND i.created_at >= e.entered_at "
    "AND i.on_date >= e.entered_on))"
)
_INTERACTION: Final = (
    "EXISTS (SELECT 1 FROM participant p JOIN interaction i ON i.id = p.interaction_id "
    f"WHERE p.contact_id = e.contact_id AND {{}} AND {_SINCE})"
)
_MESSAGE: Final = "EXISTS (SELECT 1 FROM message m WHERE m.enrollment_id = e.id AND {})"

# The SQL of each event, true for an enrollment ``e``. A sale to the organization of a person
# counts; one that was recorded before the person entered does not. A request to unsubscribe is also
# a mail that came in, so it comes first.
EVENTS: Final = {
    UNSUBSCRIBE: "("
    + _MESSAGE.format("m.unsubscribed_at IS NOT NULL")
    + " OR (EXISTS (SELECT 1 FROM point q WHERE q.contact_id = e.contact_id AND q.kind = 'email' "
    "AND q.opted_out = 1) AND NOT EXISTS (SELECT 1 FROM point q WHERE "
    "q.contact_id = e.contact_id AND q.kind = 'email' AND q.opted_out = 0)) "
    "OR EXISTS (SELECT 1 FROM consent k JOIN sequence s ON s.id = e.sequence_id "
    "WHERE k.contact_id = e.contact_id AND k.purpose = s.purpose AND k.status = 'withdrawn' "
    "AND k.created_at >= e.entered_at AND NOT EXISTS (SELECT 1 FROM consent n "
    "WHERE n.contact_id = k.contact_id AND n.address = k.address AND n.purpose = k.purpose "
    "AND (n.at > k.at OR (n.at = k.at AND n.id > k.id)))))",
    BOUNCE: _MESSAGE.format("m.status IN ('bounced', 'failed', 'given up')"),
    REPLY: "("
    + _MESSAGE.format("m.replied_at IS NOT NULL")
    + " OR "
    + _INTERACTION.format("i.kind IN ('mail', 'message') AND i.direction = 'in'")
    + ")",
    MEETING: _INTERACTION.format("i.kind IN ('meeting', 'visit')"),
    PURCHASE: "EXISTS (SELECT 1 FROM sale s WHERE s.amount > 0 AND s.on_date >= e.entered_on "
    "AND s.created_at > e.entered_at AND s.contact_id IN (e.contact_id, "
    "(SELECT o.org_id FROM contact o WHERE o.id = e.contact_id)))",
    DEAL_CLOSED: "EXISTS (SELECT 1 FROM deal d WHERE d.id = e.deal_id AND d.status <> 'open')",
}

REASONS: Final = {
    REPLY: "replied",
    MEETING: "met",
    BOUNCE: "mail came back",
    UNSUBSCRIBE: "unsubscribed",
    PURCHASE: "bought",
    DEAL_CLOSED: "deal closed",
}


def is_happening(condition: str) -> bool:
    """Return whether a condition is a word such as replied, perhaps with a not before it."""
    return condition.lower().removeprefix("not ").strip() in HAPPENED


def event_sql(condition: str) -> str:
    """Return the SQL of a condition for which `is_happening` is true."""
    words = condition.lower()
    event = EVENTS[HAPPENED[words.removeprefix("not ").strip()]]
    return f"NOT {event}" if words.startswith("not ") else event
