"""Fill in the letters and messages of a campaign, each for one contact."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cardcrm import config, dates
from cardcrm.mail.localized import format_day
from cardcrm.mail.rendering import Rendered, render
from cardcrm.records.campaigns.outreach import PendingRecipient
from cardcrm.records.contacts import contact_queries
from cardcrm.records.contacts.contact_queries import Address, Contact
from cardcrm.records.contacts.countries import is_postcode_first
from cardcrm.records.records import Record
from cardcrm.store import Store


class Letter(NamedTuple):
    """A letter to a contact; ``place`` are the lines of its address below its name.

    ``html`` is empty where the template has a text alone. ``date`` is that of today, in the
    language of the template.
    """

    recipient: PendingRecipient
    contact: str
    organization: str
    address: Address
    place: tuple[str, ...]
    date: str
    subject: str
    text: str
    html: str


def fill_in_letters(
    store: Store, campaign: Record, waiting: Sequence[PendingRecipient], settings: config.Config
) -> Iterator[Letter]:
    """Yield the letters of a campaign. Raises UsageError naming the field that is empty."""
    today = dates.today(store.locale.zone)
    for each in waiting:
        made = fill_in(store, campaign, each, settings)
        contact = contact_queries.get(store, each.contact_id)
        found = _find_address(store, contact)
        if found is None:
            continue  # it was removed since the campaign was queued
        address, is_of_org = found
        org = contact.org if is_of_org else ""
        yield Letter(
            each, contact.name, org, address, _write_place(store, address),
            format_day(today, made.language or "en"), made.subject, made.text, made.html,
        )  # fmt: skip


def fill_in(
    store: Store, campaign: Record, recipient: PendingRecipient, settings: config.Config
) -> Rendered:
    """Return the text of a letter or message. Raises UsageError naming the field that is empty."""
    return render(
        store,
        recipient.template_id,
        recipient.contact_id,
        campaign_id=campaign.id,
        settings=settings,
    )


def _find_address(store: Store, contact: Contact) -> tuple[Address, bool] | None:
    """Return the first address of a contact, else of its organization, and whether it is that."""
    own = contact_queries.addresses_of(store, contact.id)
    if own:
        return own[0], False
    of_org = contact_queries.addresses_of(store, contact.org_id) if contact.org_id else []
    return (of_org[0], True) if of_org else None


def _write_place(store: Store, address: Address) -> tuple[str, ...]:
    """Return the lines of an address, the town as its country writes it."""
    parts = [address.city, address.postcode]
    if is_postcode_first(address.country, store.locale.region):
        parts.reverse()
    town = " ".join(filter(None, parts))
    lines = (*address.street.split("\n"), town, address.region, address.country)
    return tuple(filter(None, lines))
