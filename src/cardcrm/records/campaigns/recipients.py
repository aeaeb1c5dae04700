"""The contacts that a campaign is for: who gets it, who is held out, and who must not be mailed."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from cardcrm.domains import email_key
from cardcrm.errors import NotFoundError
from cardcrm.money import divide_half_up
from cardcrm.records.campaigns.channel import MAIL
from cardcrm.records.campaigns.recipient import Recipient
from cardcrm.records.query_sql import columns, contact_query
from cardcrm.records.records import Record
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks
from cardcrm.text import sanitize

NO_ADDRESS = "no email address"
SHARED = "same address as another contact"


class Recipients(NamedTuple):
    """The contacts of a campaign; ``refused`` counts those left out, by reason."""

    mailed: Sequence[Recipient]
    held_out: Sequence[Recipient]
    refused: Mapping[str, int]

    @property
    def found(self) -> int:
        """The number of contacts that the query finds."""
        return len(self.mailed) + len(self.held_out) + sum(self.refused.values())

    def without(self, reasons: Mapping[int, str]) -> "Recipients":
        """Return the recipients but some contacts, which are counted by their reasons."""
        if not reasons:
            return self
        return Recipients(
            [each for each in self.mailed if each.contact_id not in reasons],
            [each for each in self.held_out if each.contact_id not in reasons],
            Counter(self.refused) + Counter(reasons.values()),
        )


def find_recipients(store: Store, campaign: Record) -> Recipients:
    """Return the contacts that the query of a campaign finds now.

    Those with the lowest hashes of their permanent id and that of the campaign are held out, so
    that the choice neither depends on the order of the contacts nor can be repeated until it suits.
    """
    found = columns.find_ids(store, contact_query.parse_audience(store, campaign.columns["query"]))
    refused: Counter[str] = Counter()
    allowed = _find_allowed(store, campaign, found, refused)
    chosen = _choose_held_out(campaign, allowed)
    return Recipients(
        [each for each in allowed if each.contact_id not in chosen],
        [each for each in allowed if each.contact_id in chosen],
        {key: count for key, count in refused.items() if count},
    )


def _choose_held_out(campaign: Record, people: Sequence[Recipient]) -> set[int]:
    """Return the ids of the share of contacts that is held out, rounded to whole contacts."""
    share = campaign.columns["holdout"] or 0  # in thousandths of a percent
    count = divide_half_up(len(people) * share, 100_000)
    if not count:
        return set()
    seed = campaign.columns["uid"]
    ranked = sorted(people, key=lambda each: (hash_share(seed, "holdout", each.uid), each.uid))
    return {each.contact_id for each in ranked[:count]}


def count_audience(store: Store, campaign: Record) -> int:
    """Return how many contacts the query of a campaign finds now."""
    return columns.count(store, contact_query.parse_audience(store, campaign.columns["query"]))


def refuse_empty(campaign: Record, found: Recipients) -> None:
    """Raise NotFoundError for a campaign that reaches no contact."""
    if not found.mailed:
        name = sanitize(campaign.columns["name"])
        raise NotFoundError(
            f"the campaign {name} reaches no one now", f"See why: cardcrm campaign preview {name}"
        )


def _find_allowed(
    store: Store, campaign: Record, ids: Sequence[int], refused: Counter[str]
) -> list[Recipient]:
    """Return the contacts that may be reached through the channel of a campaign."""
    channel, purpose = campaign.columns["channel"], campaign.columns["purpose"]
    if channel != MAIL:
        from cardcrm.records.campaigns.reachable import find_reachable

        allowed, reasons = find_reachable(store, channel, ids, purpose)
        refused.update(reasons.values())
        return list(allowed)
    living = find_living(store, ids, refused)
    return _drop_refused(store, _drop_shared(living, refused), purpose, refused)


def hash_share(seed: str, purpose: str, uid: str) -> float:
    """Return a number from 0 to 1 that is fixed for a campaign, a purpose and a contact."""
    digest = hashlib.sha256(f"{seed}:{purpose}:{uid}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def find_addresses(store: Store, ids: Sequence[int]) -> list[Recipient]:
    """Return the contacts with an address, the first that is valid and not opted out.

    A contact whose addresses are all opted out or invalid has the first, which is refused later.
    """
    found = _load_addresses(store, ids)
    return [found[each][0] for each in ids if each in found]


def find_living(store: Store, ids: Sequence[int], refused: Counter[str]) -> list[Recipient]:
    """Return the contacts with an address, without those who are deceased or closed.

    The others are counted by reason in ``refused``.
    """
    found = _load_addresses(store, ids)
    refused[NO_ADDRESS] += len(ids) - len(found)
    refused.update(gone for _, gone in found.values() if gone)
    ordered = (found[each] for each in ids if each in found)
    return [recipient for recipient, gone in ordered if not gone]


def _load_addresses(store: Store, ids: Sequence[int]) -> dict[int, tuple[Recipient, str | None]]:
    """Return contacts with their addresses, and the status of those who are gone, by their ids."""
    found: dict[int, tuple[Recipient, str | None]] = {}
    for marks, params in chunks(ids):
        sql = (
            "SELECT p.contact_id, c.uid, p.value, nullif(c.status, 'active') FROM point p "
            "JOIN contact c ON c.id = p.contact_id "
            f"WHERE p.kind = 'email' AND p.contact_id IN ({marks}) "
            "ORDER BY p.contact_id, CASE WHEN p.opted_out = 1 OR p.invalid = 1 THEN 1 ELSE 0 END, "
            "p.id"
        )
        for row in store.rows(sql, **params):
            found.setdefault(row[0], (Recipient(row[0], row[1], row[2]), row[3]))
    return found


def _drop_shared(people: Sequence[Recipient], refused: Counter[str]) -> list[Recipient]:
    """Return the first contact of each address."""
    by_address: dict[str, Recipient] = {}
    for each in people:
        by_address.setdefault(email_key(each.address), each)
    refused[SHARED] += len(people) - len(by_address)
    return list(by_address.values())


def _drop_refused(
    store: Store, people: Sequence[Recipient], purpose: str, refused: Counter[str]
) -> list[Recipient]:
    """Return the contacts that may be mailed for a purpose."""
    from cardcrm.records.mail import permission

    reasons = permission.find_refusals(store, [each.address for each in people], purpose)
    refused.update(_shorten(reason) for reason in reasons.values())
    return [each for each in people if each.address not in reasons]


def _shorten(reason: str) -> str:
    """Return a reason without its day, to be counted."""
    return reason.partition(" on ")[0]
