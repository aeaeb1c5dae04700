"""Gather the facts by which enrollments go on, for a batch at once."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from cardcrm.domains import email_key
from cardcrm.records.campaigns.recipients import NO_ADDRESS, find_addresses
from cardcrm.records.mail import permission
from cardcrm.records.mail.message_addresses import list_writings
from cardcrm.records.query_sql import contact_query
from cardcrm.records.sequences.plan import MAIL, Plan
from cardcrm.records.sequences.progress import Facts
from cardcrm.records.sequences.sequence_status import ACTIVE
from cardcrm.records.sequences.since_entry import event_sql, is_happening
from cardcrm.store import Store
from cardcrm.store.store import placeholders


class Enrolled(NamedTuple):
    """An active enrollment; of one that is simulated, the ``id`` is 0."""

    id: int
    contact_id: int
    name: str
    owner: str
    zone: str
    status: str
    deal_id: int | None
    step: str
    due_at: str
    away_until: str | None


class Batch(NamedTuple):
    """The facts of some contacts by their enrollments, and the addresses by the contacts."""

    facts: Mapping[Enrolled, Facts]
    addresses: Mapping[int, str]


COLUMNS = (
    "e.id, e.contact_id, c.name, c.owner, c.timezone, c.status, e.deal_id, e.step, e.due_at, "
    "e.away_until"
)


def load_facts(store: Store, plan: Plan, batch: Sequence[Enrolled]) -> Batch:
    """Return the facts of a batch: each query asks for all contacts of it."""
    contacts = list(dict.fromkeys(each.contact_id for each in batch))
    holding = {each: _find_holding(store, each, batch, contacts) for each in plan.conditions}
    addresses = (
        {each.contact_id: each.address for each in find_addresses(store, contacts)}
        if plan.has_mail
        else {}
    )
    refusals = _find_refusals(store, plan, batch, addresses)
    found = {
        each: Facts(
            each.zone or store.locale.zone,
            dt.date.fromisoformat(each.away_until) if each.away_until else None,
            frozenset(condition for condition, ids in holding.items() if each in ids),
            refusals.get(each.contact_id, ""),
        )
        for each in batch
    }
    return Batch(found, addresses)


def _find_holding(
    store: Store, condition: str, batch: Sequence[Enrolled], contacts: Sequence[int]
) -> set[Enrolled]:
    """Return the enrollments for which a condition holds."""
    if not is_happening(condition):
        found = match_query(store, condition, contacts)
        return {each for each in batch if each.contact_id in found}
    marks, params = placeholders([each.id for each in batch], "e")
    sql = f"SELECT e.id FROM enrollment e WHERE e.id IN ({marks}) AND {event_sql(condition)}"
    ids = {row[0] for row in store.rows(sql, **params)}
    is_negated = condition.lower().startswith("not ")
    return {each for each in batch if each.id in ids or (not each.id and is_negated)}


def match_query(store: Store, text: str, contacts: Iterable[int]) -> set[int]:
    """Return those of some contacts that a query finds."""
    node = contact_query.parse_audience(store, text)
    where, params = contact_query.compile_query(store, node, per_row=True)
    marks, ids = placeholders(contacts, "seq")
    sql = f"SELECT c.id FROM contact c WHERE c.id IN ({marks}) AND {where}"
    return {row[0] for row in store.rows(sql, **params, **ids)}


def _find_refusals(
    store: Store, plan: Plan, batch: Sequence[Enrolled], addresses: Mapping[int, str]
) -> dict[int, str]:
    """Return why contacts must not be mailed, by their ids."""
    inactive = {each.contact_id: each.status for each in batch if each.status != ACTIVE}
    if not plan.has_mail:
        return inactive
    reasons = permission.find_refusals(store, addresses.values(), plan.purpose)
    refused = {each: reasons[to] for each, to in addresses.items() if to in reasons}
    refused |= {each.contact_id: NO_ADDRESS for each in batch if each.contact_id not in addresses}
    return refused | inactive


def find_shared(
    store: Store,
    plan: Plan,
    sequence_id: int,
    batch: Sequence[Enrolled],
    addresses: Mapping[int, str],
) -> set[tuple[int, str]]:
    """Return contacts and labels of steps whose mail another contact at the address got."""
    if not (plan.has_mail and plan.purpose):
        return set()
    keys = {each: email_key(address) for each, address in addresses.items()}
    marks, params = placeholders(list_writings(store, keys.values()), "a")
    sql = (
        "SELECT m.address, m.step, m.contact_id FROM message m "
        "JOIN enrollment e ON e.id = m.enrollment_id "
        f"WHERE lower(m.address) IN ({marks}) AND e.sequence_id = :id AND m.status <> 'canceled'"
    )
    sent: dict[str, dict[str, int]] = defaultdict(dict)
    for address, step, contact_id in store.rows(sql, id=sequence_id, **params):
        sent[email_key(address)][step] = contact_id
    shared = set()
    labels = [each.label for each in plan.steps if each.action == MAIL]
    for each in batch:
        known = sent[keys.get(each.contact_id, "")]
        for label in labels:
            if known.setdefault(label, each.contact_id) != each.contact_id:
                shared.add((each.contact_id, label))
    return shared
