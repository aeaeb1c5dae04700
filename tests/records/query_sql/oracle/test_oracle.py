"""Queries find what their reference page says: random ones, held against a second evaluator.

``CARDCRM_ORACLE_QUERIES=900`` tries as many queries on each engine as it says.
"""

import os
from collections.abc import Iterator

import pytest

from cardcrm.errors import UsageError
from cardcrm.query import And, Not, unparse
from cardcrm.records.contacts.query_fields import FILTERS
from cardcrm.records.query_sql import columns, contact_query
from cardcrm.store import Locale, Store, open_store
from tests.records.query_sql.oracle import people, queries, standings
from tests.records.query_sql.oracle.evaluator import CHOICES, Filter, Query, evaluate
from tests.records.query_sql.oracle.people import Person

COUNT = int(os.environ.get("CARDCRM_ORACLE_QUERIES", "250"))
SIZE = 60  # contacts
SEED = 11


@pytest.fixture(scope="module")
def store(shared_locations) -> Iterator[Store]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CARDCRM_NOW", "2026-11-21T20:00")
        locale = Locale("GB", "GBP", "UTC")
        opened = open_store(shared_locations("cards"), user="ann", create=True, locale=locale)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def everyone(store: Store) -> list[Person]:
    found = people.fill(store, SEED, SIZE)
    scores = standings.score_people(found, "GBP")
    for each in found:
        each.scores = scores.get(each.id)
    return found


@pytest.fixture(scope="module")
def invented(everyone: list[Person]) -> list[Query]:
    """Some filters by each field, then queries of any kind."""
    inventor = queries.Inventor(SEED, [each.head["uid"] for each in everyone])
    first = [inventor.filter(field) for field in queries.FIELDS for _ in range(4)]
    return [*first, *(inventor.query() for _ in range(COUNT - len(first)))]


def ids(store: Store, text: str) -> set[int]:
    return set(columns.find_ids(store, contact_query.parse(store, text)))


def per_row(store: Store, text: str) -> set[int]:
    """Return what the search box finds, which checks contact by contact."""
    node = contact_query.parse(store, text)
    where, params = contact_query.compile_query(store, node, per_row=True)
    return {row[0] for row in store.rows(f"SELECT c.id FROM contact c WHERE {where}", **params)}


def test_random_queries_find_what_the_page_says(store, everyone, invented):
    wrong = []
    for query in invented:
        text = queries.write(query)
        expected = {each.id for each in everyone if evaluate(query, each)}
        found = ids(store, text)
        if found != expected:
            wrong.append((text, "too many", found - expected, "missing", expected - found))
    assert not wrong, "\n".join(map(str, wrong))


def test_a_query_and_its_negation_find_all_contacts_once(store, everyone, invented):
    for query in invented:
        node = contact_query.parse(store, queries.write(query))
        counts = columns.count(store, node), columns.count(store, Not(node))
        assert sum(counts) == len(everyone), unparse(node)
        assert columns.count(store, And((node, Not(node)))) == 0, unparse(node)


def test_checking_contact_by_contact_finds_the_same(store, everyone, invented):
    for query in invented[::3]:
        text = queries.write(query)
        assert per_row(store, text) == ids(store, text), text


def test_a_query_written_by_the_program_finds_the_same(store, everyone, invented):
    for query in invented[::3]:
        text = queries.write(query)
        assert ids(store, unparse(contact_query.parse(store, text))) == ids(store, text), text


def test_every_field_is_asked_for():
    custom = {label.lower().replace(" ", "-") for label in people.CUSTOM}
    assert {*FILTERS, *custom} == {*queries.FIELDS}


@pytest.mark.parametrize(
    "field",
    [
        *CHOICES,
        *queries.POINTS,
        *queries.LONG,
        "has",
        "opted-out",
        "rfm",
        "claimed",
        "consent",
        "can-mail",
        "located",
        "partner",
    ],
)
def test_a_field_without_an_order_refuses_a_comparison(store, everyone, field):
    value = {"kind": "org", "stage": "lead", "status": "closed", "has": "email", "opted-out": "yes",
             "name-order": "given-first", "located": "city"}.get(field, "x")  # fmt: skip
    with pytest.raises(UsageError, match=f"{field} takes no <"):
        ids(store, f"{field}<{value}")


@pytest.mark.parametrize("field", sorted({*queries.FIELDS} - {"segment", "has"}))
def test_any_and_none_are_complements(store, everyone, field):
    some, none = ids(store, f"{field}:any"), ids(store, f"{field}:none")
    assert some | none == {each.id for each in everyone}
    assert some & none == set()
    assert ids(store, f"has:{field}") == some == ids(store, f"{field}!=none")
    assert some == {each.id for each in everyone if evaluate(Filter(field, ":", "any"), each)}
