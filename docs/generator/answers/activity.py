"""Declare the answers about interactions and reminders."""

from docs.generator.answers.declaration import Answer, Key

_REMINDED = "text due_on due_at rule promise priority owner"
_CONTACT_OF = "contact_id contact org phone email status mvc last_interaction"

KEYS = {
    "with": Key("text", "names of the participants"),
    "rule": Key("text", "recurrence, an RRULE; of a cadence the query that gives it"),
    "done": Key("instant", "when it was done"),
    "promise": Key("boolean", "the contact was told of it"),
    "day": Key("text", "ISO day, or as much of it as is known: `--05-17`, `1985-04`"),
    "days": Key("integer", "days"),
    "due": Key("moment", "when it is due"),
    "due_on": Key("day", "local day on which it is due"),
    "due_at": Key("instant", "instant at which it is due, if a time is known"),
    "participants": Key("[named]", "contacts that took part"),
    "reminder": Key("reminder", "reminder that was added with `--next`"),
    "next_reminder": Key("reminder", "reminder that was added with `--next`"),
    "overdue": Key("[due_reminder]", "reminders of past days"),
    "today": Key("[due_reminder]", "reminders of today"),
    "coming": Key("[due_reminder]", "reminders of the days to come"),
    "losing_touch": Key("[lost_contact]", "contacts whose cadence has run out"),
    "touch_soon": Key("[lost_contact]", "contacts whose cadence runs out soon"),
    "totals": Key("[total]", "number of items in each section, also of those not listed"),
    "exact": Key("boolean", "false where the count is a lower bound"),
    "last_interaction": Key("last_interaction", "the last interaction with the contact"),
}

OBJECTS = {
    "anniversary": (f"label day? next age {_CONTACT_OF.replace(' ', '? ')}?"),
    "contact_reminder": f"id uid {_REMINDED}",
    "contact_interaction": (
        "id uid kind direction at minutes outcome text no_answer on author participants"
    ),
    "due_reminder": f"id {_REMINDED} {_CONTACT_OF}",
    "lost_contact": f"touch_by cadence_days {_CONTACT_OF} days_late?",
    "cadence": "days rule",
    "last_interaction": "on kind text",
    "total": "section count exact",
}

ANSWERS = {
    "log": Answer(
        ("interaction reminder", "[interaction]", "[contact]"),
        "with @SEGMENT an array; with `--dry-run` the contacts",
    ),
    "interaction add": Answer(("interaction reminder", "[interaction]", "[contact]"), "as `log`"),
    "remind": Answer(
        ("reminder", "[reminder]", "reminder*", "[contact]"),
        "with @SEGMENT an array; with `--dry-run` the contacts, or the reminder without its number",
    ),
    "reminder add": Answer(("reminder", "[reminder]", "reminder*", "[contact]"), "as `remind`"),
    "due": Answer(
        (
            "{date overdue today coming losing_touch touch_soon anniversaries deals_due "
            "invoices_due leads_due cases_due contracts_due mail_silent mail_troubled alerts "
            "totals}",
        ),
    ),
    "done": Answer(("[reminder next_reminder]", "[alert]"), "the second form for alerts"),
    "snooze": Answer(
        ("[reminder]", "[{contact_id contact snoozed touch_by}]", "[alert]"),
        "of a contact its next touch",
    ),
}
