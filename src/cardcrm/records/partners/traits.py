"""The traits by which two contacts are one lead: organization, address, domain, phone and name.

The traits of a person include those of the organization where the person works, so that a second
entry of a firm is recognized by its people as well.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import NamedTuple

from cardcrm.records.contacts.mail_providers import MAIL_PROVIDERS
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks
from cardcrm.text import fold


class Trait(NamedTuple):
    """A value that one lead has: its kind, as a sentence names it, and the value."""

    kind: str
    value: str


Traits = dict[int, set[Trait]]


def read_traits(store: Store, contact_ids: Collection[int]) -> Traits:
    """Return the traits of contacts by their ids."""
    heads = list(_read_heads(store, contact_ids))
    owners: dict[int, list[int]] = defaultdict(list)  # contacts by those whose parts they have
    found: Traits = {each: set() for each in contact_ids}
    for contact_id, kind, org_id, name_key in heads:
        owners[contact_id].append(contact_id)
        found[contact_id].add(Trait("contact", str(contact_id)))
        org = contact_id if kind == "org" else org_id
        if org is not None:
            found[contact_id].add(Trait("organization", str(org)))
            owners[org] += [contact_id] if org != contact_id else []
        if kind == "org":
            found[contact_id].add(Trait("name", name_key))
    for id_, trait in _read_parts(store, list(owners)):
        for each in owners[id_]:
            found[each].add(trait)
    return found


def _read_heads(store: Store, ids: Collection[int]) -> Iterator[tuple[int, str, int | None, str]]:
    for marks, params in chunks(ids):
        sql = f"SELECT id, kind, org_id, name_key FROM contact WHERE id IN ({marks})"
        for row in store.rows(sql, **params):
            yield row[0], row[1], row[2], row[3]


def _read_parts(store: Store, ids: Collection[int]) -> Iterator[tuple[int, Trait]]:
    """Yield the traits by contact points, postal addresses and names of organizations."""
    for marks, params in chunks(ids):
        sql = f"SELECT contact_id, kind, value_key FROM point WHERE contact_id IN ({marks})"
        for contact_id, kind, key in store.rows(sql, **params):
            for trait in list_point_traits(kind, key):
                yield contact_id, trait
        sql = (
            "SELECT contact_id, street, city_key, postcode FROM address "
            f"WHERE contact_id IN ({marks}) AND street <> ''"
        )
        for contact_id, street, city, postcode in store.rows(sql, **params):
            place = city or fold(postcode)
            if place:
                yield contact_id, Trait("address", f"{fold(street)}, {place}")
        sql = f"SELECT id, name_key FROM contact WHERE kind = 'org' AND id IN ({marks})"
        for contact_id, key in store.rows(sql, **params):
            yield contact_id, Trait("name", key)


def list_point_traits(kind: str, key: str) -> Iterator[Trait]:
    """Yield the traits that a contact point stands for.

    The domain of a mail provider says nothing about its users.
    """
    if kind in ("email", "phone"):
        yield Trait(kind, key)
    domain = ""
    if kind == "email":
        domain = key.rpartition("@")[2]
    elif kind == "web":
        domain = key.partition("/")[0]
    if domain and domain not in MAIL_PROVIDERS:
        yield Trait("domain", domain)
