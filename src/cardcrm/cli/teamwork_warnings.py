"""Warn of work that a colleague does as well: with a contact, or about a product."""

from cardcrm.cli.session import Session


def warn_of_colleagues(session: Session, contact: str) -> tuple[str, ...]:
    """Return what colleagues did with a contact, given by its number as typed."""
    from cardcrm.records.contacts.contacts import get

    number = contact.removeprefix("#")
    if not number.isdecimal():
        return ()
    return session.warn_of_colleagues(get(session.store(), int(number)))


def warn_of_doubles(session: Session, deal_id: int) -> list[str]:
    """Return the other open deals with the customer about a product of a deal."""
    from cardcrm.records.deals.double_deals import describe_double, find_doubles

    return list(map(describe_double, find_doubles(session.store(), deal_id)))
