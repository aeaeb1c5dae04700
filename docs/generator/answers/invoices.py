"""Declare the answers about invoices."""

from docs.generator.answers.declaration import Answer, Key

KEYS = {
    "invoices": Key("[contact_invoice]", "unpaid invoices, the next due first"),
    "payments": Key("[payment]", "payments of the invoice"),
    "invoices_due": Key("[due_invoice]", "overdue invoices"),
}

OBJECTS = {
    "contact_invoice": "id number text amount open level disputed due",
    "payment": "on amount",
    "due_invoice": (
        "id number text due amount open owner contact_id contact org phone email status mvc "
        "last_interaction"
    ),
}

ANSWERS = {"invoice paid": Answer(("invoice",))}
