"""Find the lead that a command line names by its number or by its contact."""

from collections.abc import Sequence

from cardcrm.cli.arguments import is_numbers
from cardcrm.cli.session import Session
from cardcrm.errors import UsageError


def number_leads(session: Session, words: Sequence[str]) -> list[str]:
    """Return the words with the number of the lead in place of the contact that they begin with.

    Numbers, and words without a contact, stay.
    """
    from cardcrm.records.leads import leads

    if not words or is_numbers(words[0].removeprefix("#")):
        return list(words)
    contact, rest = session.split_contact(words)
    return [str(leads.find_lead(session.store(), contact.id, contact.name).id), *rest]


def find_lead_id(session: Session, words: Sequence[str]) -> int:
    """Return the id of the lead that a number or the name of its contact names."""
    from cardcrm.records.leads import lead_status, leads

    if not words:
        raise UsageError("which lead?", "Give its number, or the name of its contact.")
    store = session.store()
    number = words[0].removeprefix("#")
    if len(words) == 1 and number.isascii() and number.isdigit() and len(number) < 19:
        return lead_status.get(store, int(number)).id
    contact = session.find_contact(" ".join(words))
    return leads.find_lead(store, contact.id, contact.name).id
