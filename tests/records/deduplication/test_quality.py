"""The quality of matching, measured on contacts of which the truth is known.

The weights were tuned on `labeled_contacts.TUNING`, with other seeds. These tests report on
`REPORT`: other names, another language, other nicknames, towns and formats of addresses.
"""

from typing import NamedTuple

import pytest

from cardcrm.records.contacts import contacts
from cardcrm.records.deduplication import pairs
from cardcrm.records.deduplication.pairs import Pair
from cardcrm.store import Store
from tests.support import labeled_contacts
from tests.support.labeled_contacts import LEVELS, REPORT, TUNING, Person

PEOPLE = 700


class Quality(NamedTuple):
    """The precision and the recall of some pairs."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        return 2 * self.precision * self.recall / (self.precision + self.recall)


def fill(store: Store, entries: list[Person]) -> list[int]:
    with store.transaction():
        return [contacts.add(store, each.draft).id for each in entries]


def measure(store: Store, entries: list[Person], least: float) -> Quality:
    ids = fill(store, entries)
    true = {(ids[one], ids[other]) for one, other in labeled_contacts.true_pairs(entries)}
    found = {each.ids for each in pairs.find_pairs(store, least=least)}
    right = len(found & true)
    return Quality(right / len(found), right / len(true))


@pytest.mark.parametrize("level", LEVELS)
def test_f1_is_at_least_95_percent_at_the_default_threshold(store: Store, level: str) -> None:
    entries = labeled_contacts.generate(REPORT, LEVELS[level], PEOPLE, seed=7001)
    assert measure(store, entries, pairs.DEFAULT_LEAST).f1 >= 0.95


@pytest.mark.parametrize("level", LEVELS)
def test_precision_is_at_least_99_percent_for_automatic_merges(store: Store, level: str) -> None:
    entries = labeled_contacts.generate(REPORT, LEVELS[level], PEOPLE, seed=7002)
    quality = measure(store, entries, 0.98)
    assert quality.precision >= 0.99
    assert quality.recall >= 0.8


def test_the_reported_set_has_other_names_than_the_tuned_one() -> None:
    for part in ("family", "towns", "streets", "domains"):
        assert not set(getattr(TUNING, part)) & set(getattr(REPORT, part)), part
    given = [{*world.men, *world.women} for world in (TUNING, REPORT)]
    assert not given[0] & given[1]


def test_pairs_do_not_depend_on_the_order_of_contacts(store: Store) -> None:
    entries = labeled_contacts.generate(TUNING, LEVELS["medium"], 150, seed=3)
    first = fill(store, entries)
    found = pairs.find_pairs(store, least=0.5)
    contacts.remove(store, first)
    second = fill(store, entries[::-1])
    new_ids = dict(zip(first, second[::-1], strict=True))

    def renumbered(pair: Pair) -> tuple[int, ...]:
        return tuple(sorted(new_ids[each] for each in pair.ids))

    again = {each.ids: each.score for each in pairs.find_pairs(store, least=0.5)}
    assert {renumbered(each): each.score for each in found} == again
