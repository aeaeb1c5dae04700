"""Judge some customers by the rule of `verdict`; organizations with the purchases of their people.

A model says something about sales in one currency. So it decides only if each currency in which a
customer has bought has a proven model; otherwise the habit decides, which is that of all purchases.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from math import prod
from typing import NamedTuple

from cardcrm.reports.habits import find_habit
from cardcrm.reports.value.activity_chances import compute_chances, load_proven_model
from cardcrm.reports.value.verdict import Verdict, judge
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks

_PURCHASES = (
    "WITH RECURSIVE below(root, id) AS (SELECT c.id, c.id FROM contact c WHERE c.id IN ({}) "
    "UNION SELECT b.root, p.id FROM below b JOIN contact p ON p.org_id = b.id) "
    "SELECT DISTINCT b.root, s.contact_id, s.currency, s.on_date FROM below b "
    "JOIN sale s ON s.contact_id = b.id WHERE s.amount > 0 AND s.on_date <= :today"
)
_Buyer = tuple[int, str]  # a contact, and a currency in which it bought


class _Purchases(NamedTuple):
    """The numbers of the days on which a customer bought, and the buyers with their currencies."""

    days: set[int]
    buyers: set[_Buyer]


def load_verdicts(store: Store, contact_ids: Iterable[int], today: dt.date) -> dict[int, Verdict]:
    """Return the verdicts on those of some contacts that have bought up to today."""
    found: dict[int, _Purchases] = {}
    for marks, params in chunks(contact_ids):
        rows = store.rows(_PURCHASES.format(marks), today=today.isoformat(), **params)
        for root, contact_id, currency, day in rows:
            purchases = found.setdefault(root, _Purchases(set(), set()))
            purchases.days.add(dt.date.fromisoformat(day).toordinal())
            purchases.buyers.add((contact_id, currency))
    buyers = {buyer for each in found.values() for buyer in each.buyers}
    chances = _load_chances(store, buyers, today)
    return {
        root: _judge(each, _combine(each.buyers, chances), today) for root, each in found.items()
    }


def _judge(purchases: _Purchases, p_active: float | None, today: dt.date) -> Verdict:
    return judge(find_habit(sorted(purchases.days), today.toordinal()), p_active)


def _load_chances(
    store: Store, buyers: Iterable[_Buyer], today: dt.date
) -> dict[str, dict[int, float]]:
    """Return the probabilities of being active by currency, for those with a proven model."""
    by_currency: dict[str, list[int]] = {}
    for contact_id, currency in sorted(buyers):
        by_currency.setdefault(currency, []).append(contact_id)
    found = {}
    for currency, ids in by_currency.items():
        if (model := load_proven_model(store, currency, today)) is not None:
            found[currency] = compute_chances(store, model, today, ids)
    return found


def _combine(buyers: Iterable[_Buyer], chances: Mapping[str, Mapping[int, float]]) -> float | None:
    """Return the probability that at least one buyer has not left; None if it is unknown."""
    if any(currency not in chances for _, currency in buyers):
        return None
    known = [
        chances[currency][contact_id]
        for contact_id, currency in sorted(buyers)
        if contact_id in chances[currency]
    ]
    return 1 - prod(1 - each for each in known) if known else None
