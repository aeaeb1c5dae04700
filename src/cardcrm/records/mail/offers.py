"""Offers: correspondents who are not contacts, kept until a person takes or ignores them."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from cardcrm.domains import email_key
from cardcrm.errors import NotFoundError
from cardcrm.records.activity.mail_drafts import MailAddress
from cardcrm.records.contacts import writer
from cardcrm.records.contacts.drafts import ContactDraft, ContactPointDraft
from cardcrm.records.mail.mailbox_type import IGNORED, OFFERED, TAKEN
from cardcrm.records.privacy import forgotten_hashes
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks
from cardcrm.store.retry import run_in_transaction
from cardcrm.text import normalize_line

MAX_SUBJECT = 200  # characters
SOURCE = "mail"


class Sighting(NamedTuple):
    """A message of an unknown correspondent, or to one; ``on`` is its local day."""

    address: MailAddress
    subject: str
    on: str


class Offer(NamedTuple):
    """An offer as it is stored."""

    id: int
    address: str
    name: str
    messages: int
    subject: str
    seen_on: str
    status: str


def count(store: Store, sightings: Sequence[Sighting]) -> int:
    """Add messages to the offers, inside a transaction, and return how many offers are new.

    A contact that was forgotten is not offered again.
    """
    latest: dict[str, list[Sighting]] = {}
    for each in sightings:
        latest.setdefault(email_key(each.address.email), []).append(each)
    known = _find(store, latest)
    forgotten = forgotten_hashes.load(store) if latest.keys() - known.keys() else None
    with store.unrecorded():
        for key, own in latest.items():
            if key in known:
                _update(store, known[key], own)
            elif not forgotten or not forgotten.find_day(_traits(key, own[0].address.name)):
                store.insert("mail_offer", **_new_values(key, own))
    return len(latest.keys() - known.keys())


def _traits(key: str, name: str) -> forgotten_hashes.Traits:
    return forgotten_hashes.traits_of(name or key, [("email", key)])


def _new_values(key: str, own: Sequence[Sighting]) -> dict[str, Any]:
    last = max(own, key=lambda each: each.on)
    name = next((each.address.name for each in reversed(own) if each.address.name), "")
    return {
        "address": key,
        "name": normalize_line(name),
        "messages": len(own),
        "subject": normalize_line(last.subject)[:MAX_SUBJECT],
        "seen_on": last.on,
        "status": OFFERED,
    }


def _update(store: Store, offer: Offer, own: Sequence[Sighting]) -> None:
    fresh = _new_values(offer.address, own)
    values = {"messages": offer.messages + len(own), "name": offer.name or fresh["name"]}
    if fresh["seen_on"] >= offer.seen_on:
        values |= {"subject": fresh["subject"], "seen_on": fresh["seen_on"]}
    store.update("mail_offer", offer.id, **values)


def _find(store: Store, keys: Iterable[str]) -> dict[str, Offer]:
    """Return the offers of addresses by address."""
    found = {}
    for marks, params in chunks(keys):
        sql = (
            "SELECT id, address, name, messages, subject, seen_on, status FROM mail_offer "
            f"WHERE address IN ({marks})"
        )
        found.update({row["address"]: Offer(*row) for row in store.rows(sql, **params)})
    return found


def list_offers(store: Store, *, ignored: bool = False) -> list[Offer]:
    """Return the offers that wait, or all, the latest first."""
    sql = (
        "SELECT id, address, name, messages, subject, seen_on, status FROM mail_offer o "
        f"WHERE (o.status = :offered AND NOT {_IS_CONTACT}) OR :all = 1 "
        "ORDER BY seen_on DESC, messages DESC, address"
    )
    return [Offer(*row) for row in store.rows(sql, offered=OFFERED, all=int(ignored))]


_IS_CONTACT = "EXISTS (SELECT 1 FROM point p WHERE p.kind = 'email' AND p.value_key = o.address)"

# Offers that were taken, or whose address was given to a contact in another way.
_KNOWN = f"FROM mail_offer o WHERE o.status = :taken OR {_IS_CONTACT}"


def list_taken(store: Store) -> list[str]:
    """Return the addresses whose earlier mail is still to be read."""
    rows = store.rows(f"SELECT o.address {_KNOWN} ORDER BY o.id", taken=TAKEN)
    return [row["address"] for row in rows]


def take(store: Store, addresses: Sequence[str]) -> list[int]:
    """Add contacts for offers, so that the next run logs their mail, and return their ids.

    Raises NotFoundError for an address without an offer.
    """
    return run_in_transaction(store, lambda: [_take(store, each) for each in addresses])


def _take(store: Store, address: str) -> int:
    offer = _get(store, address)
    draft = ContactDraft(
        name=offer.name or offer.address,
        points=(ContactPointDraft("email", offer.address),),
        source=SOURCE,
    )
    sql = "SELECT contact_id FROM point WHERE kind = 'email' AND value_key = :key ORDER BY id"
    known = store.value(sql, key=offer.address)
    store.update("mail_offer", offer.id, status=TAKEN)
    return int(known) if known is not None else writer.add(store, draft)


def ignore(store: Store, addresses: Sequence[str]) -> None:
    """Offer addresses no more. Raises NotFoundError for one without an offer."""

    def work() -> None:
        for each in addresses:
            store.update("mail_offer", _get(store, each).id, status=IGNORED)

    run_in_transaction(store, work)


def _get(store: Store, address: str) -> Offer:
    key = email_key(address)
    found = _find(store, [key]).get(key)
    if found is None:
        raise NotFoundError(
            f"no mail from “{address}” was offered", "To see the offers: cardcrm mail offers"
        )
    return found


def remove_known(store: Store) -> None:
    """Remove the offers whose address a contact has by now, inside a transaction."""
    with store.unrecorded():
        for row in store.rows(f"SELECT o.id {_KNOWN}", taken=TAKEN):
            store.delete("mail_offer", row["id"])
