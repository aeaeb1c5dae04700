"""Leads that several users work on at once: each is shared once, and no conversion is lost."""

import contextlib
import threading
from collections import Counter

import pytest

from cardcrm.errors import ConflictError
from cardcrm.records.importing.history_drafts import LeadDraft, Party
from cardcrm.records.leads import lead_rules, leads
from cardcrm.store import open_store

USERS, EACH = 3, 4


@pytest.fixture
def together(locations, locale):
    """Run functions at once, each on its own connection; return what they returned or raised."""
    place = locations("shared")

    def run(*functions):
        start, found = threading.Barrier(len(functions)), [None] * len(functions)

        def work(at, function):
            with contextlib.closing(open_store(place, locale=locale)) as own:
                start.wait()
                try:
                    found[at] = function(own)
                except Exception as error:  # noqa: BLE001
                    found[at] = error

        threads = [threading.Thread(target=work, args=each) for each in enumerate(functions)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        return found

    with contextlib.closing(open_store(place, create=True, locale=locale)) as store:
        run.store = store
        yield run


def add(store, name, owner=""):
    draft = LeadDraft(0, "", Party(name=name), "wants a shed", owner=owner)
    return leads.add(store, draft).lead


def test_the_owners_of_a_rule_get_equal_shares_of_leads_added_at_once(together):
    lead_rules.set_rule(together.store, "all", None, "ann, bob, cat")

    def add_some(user):
        return lambda store: [add(store, f"P {user} {at}").owner for at in range(EACH)]

    found = together(*map(add_some, range(USERS)))
    assert Counter(owner for owners in found for owner in owners) == dict.fromkeys(
        ("ann", "bob", "cat"), EACH
    )


def test_leads_that_two_assign_at_once_are_assigned_once(together):
    ids = [add(together.store, f"P {at}").id for at in range(8)]
    lead_rules.set_rule(together.store, "all", None, "ann, bob")
    found = together(leads.assign, leads.assign)
    assert sorted(each.lead_id for done, _ in found for each in done) == ids
    owners = Counter(row[0] for row in together.store.rows("SELECT owner FROM lead ORDER BY id"))
    assert owners == {"ann": 4, "bob": 4}


def test_a_lead_that_one_converts_is_not_closed_by_another(together):
    for at in range(4):
        lead = add(together.store, f"P {at}")
        converted, closed = together(
            lambda store, id_=lead.id: leads.convert(store, id_, {}),
            lambda store, id_=lead.id: leads.close(store, id_, "silent"),
        )
        assert converted.deal is not None
        if isinstance(closed, Exception):
            assert isinstance(closed, ConflictError)
            deal = converted.deal.record.id
            assert str(closed) == f"lead {lead.id} is converted (deal {deal})"
        assert leads.get(together.store, lead.id).status == "converted"


def test_a_lead_is_converted_by_one_of_two(together):
    lead = add(together.store, "Jane Doe")
    found = together(*[lambda store: leads.convert(store, lead.id, {})] * 2)
    assert sorted(isinstance(each, ConflictError) for each in found) == [False, True]
    assert together.store.value("SELECT count(*) FROM deal") == 1
