"""Sequences for tests: contacts, templates, and runs at a time."""

from cardcrm.records import records, registry
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft, ContactPointDraft
from cardcrm.records.sequences import runs

WELCOME = '[[step]]\nmail = "welcome"\n[[step]]\nwait = "3 days"\n[[step]]\nmail = "tips"\n'


def add_contact(store, name, address="", **more):
    """Add a contact with an address, and return its id."""
    points = (ContactPointDraft("email", address),) if address else ()
    return contacts.add(store, ContactDraft(name, points=points, **more)).id


def add_templates(store, *names):
    """Add templates of these names."""
    for name in names:
        values = {"name": name, "subject": name.title(), "text": f"This is {name}"}
        records.add(store, registry.record_type("template"), values)


def add_sequence(store, steps, name="welcome"):
    """Add a sequence with the steps of a file."""
    return records.add(store, registry.record_type("sequence"), {"name": name, "steps": steps})


def run(store, clock="", patch=None):
    """Run all sequences, at a time if there is one; return the counts that are not 0."""
    if clock:
        patch.setenv("CARDCRM_NOW", clock)
    summary = runs.run_due(store, "shop.example", lambda text, *_: text.upper())
    assert not summary.errors, summary.errors
    return dict(+summary.counts)


def states(store):
    """Return contact, status, step and reason of all enrollments."""
    sql = "SELECT contact_id, status, step, reason FROM enrollment ORDER BY id"
    return [tuple(row) for row in store.rows(sql)]


def mails(store):
    """Return contact, step and status of all messages."""
    sql = "SELECT contact_id, step, status FROM message ORDER BY id"
    return [tuple(row) for row in store.rows(sql)]
