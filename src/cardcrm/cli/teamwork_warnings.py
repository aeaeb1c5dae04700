"""Warn of work that a colleague does as well: with contacts, or about a product."""

from collections.abc import Sequence

from cardcrm.cli.bulk_edit import ASK_FROM, confirm_bulk
from cardcrm.cli.session import Session


def warn_of_colleagues(session: Session, contact: str) -> tuple[str, ...]:
    """Return what colleagues did with a contact, given by its number as typed."""
    from cardcrm.records.contacts.contacts import get

    number = contact.removeprefix("#")
    if not number.isdecimal():
        return ()
    return session.warn_of_colleagues(get(session.store(), int(number)))


def warn_of_contacted(session: Session, ids: Sequence[int]) -> tuple[str, ...]:
    """Return how many of several contacts colleagues contacted or claimed, and which."""
    from cardcrm.records.teamwork.contacted import describe_contacted

    days = int(session.config.number("colleague-days"))
    return describe_contacted(session.store(), ids, days)


def confirm_contacts(
    session: Session, ids: Sequence[int], *, yes: bool, verb: str
) -> tuple[str, ...]:
    """Ask before a change to several contacts, after a line on the work of colleagues.

    Return the lines that were not shown with the question.
    """
    from cardcrm.records.contacts.contact_type import CONTACT

    lines = warn_of_contacted(session, ids)
    if yes or len(ids) < ASK_FROM:
        return lines
    for line in lines:
        session.say(line)
    confirm_bulk(session, ids, CONTACT, yes=yes, verb=verb)
    return ()


def warn_of_doubles(session: Session, deal_id: int) -> list[str]:
    """Return the other open deals with the customer about a product of a deal."""
    from cardcrm.records.deals.double_deals import describe_double, find_doubles

    return list(map(describe_double, find_doubles(session.store(), deal_id)))
