"""Find the partner that a command line names by a contact, or by the number of an agreement."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cardcrm.cli.arguments import is_numbers
from cardcrm.cli.session import Session
from cardcrm.errors import UsageError

if TYPE_CHECKING:
    from cardcrm.records.contacts.contacts import Contact


def find_partner(session: Session, words: Sequence[str]) -> "Contact":
    """Return the contact that words name. Raises NotFoundError if it is not a partner."""
    from cardcrm.records.partners.partner_rules import require_partner

    if not words:
        raise UsageError("which partner?", "Give the name of the contact.")
    contact = session.find_contact(" ".join(words))
    require_partner(session.store(), contact.id)
    return contact


def number_partner(session: Session, words: Sequence[str]) -> list[str]:
    """Return words with the number of an agreement in place of the contact that they begin with.

    Of several agreements with the contact, it is the one in force today, or the last one. Words
    that begin with a number stay.
    """
    from cardcrm import dates
    from cardcrm.records.partners.partner_rules import find_active, require_partner

    if not words or is_numbers(words[0].removeprefix("#")):
        return list(words)
    store = session.store()
    contact, rest = session.split_contact(words)
    known = require_partner(store, contact.id)
    found = find_active(known, dates.today(store.locale.zone).isoformat()) or known[0]
    return [str(found.id), *rest]
