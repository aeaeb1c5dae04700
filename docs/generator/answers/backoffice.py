"""Declare the answers about dunning, the month for the accountant, and feedback on products."""

from docs.generator.answers.declaration import Answer, Key

KEYS = {
    "days_overdue": Key("integer", "days since the due date"),
    "level": Key("integer", "level of dunning, from 1; 0 for none"),
    "dunning": Key("[dunning_entry]", "dunning notices of the invoice, the first one first"),
    "reminder_id": Key("integer", "number of the reminder"),
    "costs": Key("[cost_line]", "costs of the campaign"),
    "profit": Key("money", "revenue less the costs of the campaign"),
    "return_on_investment": Key("number", "that profit divided by the costs"),
    "summary": Key("[accountant_total]", "sums by section, currency, and tax rate or age"),
    "documents": Key("[accountant_document]", "invoices, payments and refunds behind the sums"),
    "document_count": Key("integer", "number of documents"),
    "age_group": Key("text", "age of an open invoice: not due, 1-30 days … over 90 days"),
    "new_contacts": Key("[new_contact]", "contacts that were added in the month"),
    "first_buyers": Key("[new_contact]", "contacts with their first purchase in the month"),
    "removed_contacts": Key("integer", "contacts that were removed, or merged into others"),
    "feedback": Key("[contact_feedback]", "wishes and complaints, the newest first"),
    "wishes": Key("integer", "number of wishes"),
}

OBJECTS = {
    "cost_line": "on:day amount note author",
    "dunning_entry": (
        "level on:day step:text action:text message_id:integer reminder_id:integer status"
    ),
    "accountant_total": "section age_group tax_rate document_count net tax amount",
    "accountant_document": (
        "section on:day number contact_id contact due:day days_overdue age_group tax_rate net tax "
        "amount"
    ),
    "new_contact": "id name on:day",
    "contact_feedback": "id kind product text status on:day",
}

_VALUES = "customers revenue future_value"

ANSWERS = {
    "invoice show": Answer(("invoice dunning", "[invoice]")),
    "invoice dunning": Answer(
        (
            "[{id number contact_id contact open due:day days_overdue level step:text action:text "
            "reason}]",
        ),
        "`action` is mail, reminder, or none where `reason` holds it",
    ),
    "campaign cost": Answer(("[campaign_cost]",)),
    "report accountant": Answer(
        (
            "{month since until summary documents new_contacts first_buyers removed_contacts}",
            "[accountant_document]",
        ),
        "the second form with `--rows`",
    ),
    "feedback merge": Answer(("feedback",)),
    "report feedback": Answer(
        (f"[{{id kind product text status {_VALUES}}}]",
         f"[{{product wishes complaints {_VALUES}}}]"),
        "the second form with `--by product`",
    ),
}  # fmt: skip
