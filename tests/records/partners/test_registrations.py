"""Registered leads: who may register what, what is the same lead, and what becomes of deals."""

import datetime as dt

import pytest

from cardcrm.errors import ConflictError, NotFoundError, UsageError
from cardcrm.records import records
from cardcrm.records.contacts import contacts, update
from cardcrm.records.contacts.drafts import AddressDraft, ContactDraft, ContactPointDraft
from cardcrm.records.deals.deal_type import DEAL
from cardcrm.records.partners import registrations
from cardcrm.records.partners.partner_type import PARTNER
from cardcrm.records.partners.registration_rules import find_holder
from cardcrm.records.partners.registration_type import REGISTRATION

TODAY = dt.date(2026, 11, 21)
UNTIL = dt.date(2027, 2, 19)
BLOOMS, ROSE, JANE = 1, 2, 4


def add(store, name, *, mail="", web="", phone="", street="", **more):
    points = [("email", mail), ("web", web), ("phone", phone)]
    drafts = tuple(ContactPointDraft(kind, value) for kind, value in points if value)
    addresses = (AddressDraft("", street, "Leeds"),) if street else ()
    draft = ContactDraft(name, points=drafts, addresses=addresses, **more)
    return contacts.add(store, draft).id


@pytest.fixture
def dealers(store):
    """Two dealers, and Jane of Acme, whom the first one has registered."""
    add(store, "Blooms", kind="org")
    add(store, "Rose Dealers", kind="org")
    add(store, "Acme", kind="org", web="https://www.acme.test/shop", street="1 Mill Road")
    add(store, "Jane Doe", org="Acme", mail="jane@acme.test", phone="+44 113 496 0001")
    for number in (BLOOMS, ROSE):
        records.add(store, PARTNER, {"contact": f"#{number}", "from": "2026-01-01"})
    registrations.register(store, BLOOMS, JANE, UNTIL, "40 tables")
    return store


def register(store, contact_id, partner_id=ROSE):
    return registrations.register(store, partner_id, contact_id, UNTIL)


TWINS = {
    "organization": {"org": "Acme"},
    "email jane@acme.test": {"mail": "JANE@acme.test"},
    "domain acme.test": {"mail": "bob@acme.test"},
    "phone": {"phone": "0113 496 0001"},
    "address": {"street": "1 MILL road"},
    "name": {"name": "Acme", "kind": "org"},
}


@pytest.mark.parametrize("reason", TWINS)
def test_another_partner_is_refused_with_the_holder_and_the_day(dealers, reason):
    twin = add(dealers, **{"name": "Zoe Else", **TWINS[reason]})
    with pytest.raises(ConflictError) as error:
        register(dealers, twin)
    assert str(error.value).startswith("Blooms has registered ")
    assert f"same {reason}" in str(error.value)
    assert str(error.value).endswith("until 19 Feb 2027")
    assert error.value.hint.endswith("cardcrm registration rm 1")
    assert not register(dealers, JANE, BLOOMS).is_new


@pytest.mark.parametrize(
    "other",
    [
        {"mail": "jane@gmail.com"}, {"street": "2 Mill Road"}, {"phone": "+44 113 496 0002"},
        {"mail": "jane@acme.example"}, {"name": "Acme"}, {"org": "Acme Two"},
    ],
)  # fmt: skip
def test_another_lead_is_free(dealers, other):
    update.edit(
        dealers, [JANE], update.Edit(additions=ContactDraft("", points=(ContactPointDraft(
            "email", "doe@gmail.com"),)))
    )  # fmt: skip
    free = add(dealers, **{"name": "Zoe Else", **other})
    assert find_holder(dealers, free) is None
    assert register(dealers, free).is_new


def test_an_expired_registration_frees_the_lead(dealers, monkeypatch):
    assert find_holder(dealers, JANE, day="2027-02-19").partner == "Blooms"
    assert find_holder(dealers, JANE, day="2027-02-20") is None
    monkeypatch.setenv("CARDCRM_NOW", "2027-02-20T09:00")
    later = dt.date(2027, 3, 1)
    assert registrations.register(dealers, ROSE, JANE, later).is_new
    with pytest.raises(ConflictError, match="Rose Dealers has registered Jane Doe until"):
        registrations.register(dealers, BLOOMS, JANE, later)


def test_the_own_registration_is_extended(dealers):
    done = registrations.register(dealers, BLOOMS, JANE, dt.date(2027, 6, 1))
    assert (done.is_new, done.record.values["until"]) == (False, dt.date(2027, 6, 1))
    assert done.record.values["text"] == "40 tables"
    assert dealers.value("SELECT count(*) FROM registration") == 1


def test_what_makes_no_sense_is_refused(dealers):
    other = add(dealers, "Bo")
    with pytest.raises(NotFoundError, match="Bo is not a partner"):
        registrations.register(dealers, other, JANE, UNTIL)
    with pytest.raises(UsageError, match="cannot register itself"):
        registrations.register(dealers, ROSE, ROSE, UNTIL)
    with pytest.raises(UsageError, match="before the registration"):
        registrations.register(dealers, ROSE, other, TODAY - dt.timedelta(days=1))
    records.edit(dealers, PARTNER, [2], {"until": "2026-10-01"})
    with pytest.raises(UsageError, match="no agreement with Rose Dealers is in force"):
        registrations.register(dealers, ROSE, other, UNTIL)
    records.edit(dealers, PARTNER, [2], {"until": ""})
    texts = {"contact": f"#{JANE}", "partner": f"#{ROSE}", "until": "9d"}
    with pytest.raises(ConflictError, match="Blooms has registered"):
        records.add(dealers, REGISTRATION, texts)


def deal(store, contact_id=JANE, **texts):
    record = records.add(store, DEAL, {"title": "Hall", "contact": f"#{contact_id}", **texts})
    return record.columns["partner_id"]


def test_a_deal_of_a_registered_lead_is_that_of_the_partner(dealers):
    colleague = add(dealers, "Bob", org="Acme")
    assert deal(dealers) == BLOOMS
    assert deal(dealers, colleague) == BLOOMS
    assert deal(dealers, partner=f"#{BLOOMS}") == BLOOMS
    assert deal(dealers, add(dealers, "Zoe")) is None
    assert deal(dealers, opened="2026-11-20") is None  # before the registration
    with pytest.raises(ConflictError, match="Blooms has registered Jane Doe until 19 Feb 2027"):
        deal(dealers, partner=f"#{ROSE}")
    with pytest.raises(ConflictError, match="Blooms has registered"):
        records.edit(dealers, DEAL, [1], {"partner": f"#{ROSE}"})
    with pytest.raises(NotFoundError, match="Zoe is not a partner"):
        deal(dealers, partner="Zoe")
    records.edit(dealers, DEAL, [1], {"partner": "", "title": "New hall"})
    assert records.get(dealers, DEAL, 1).columns["partner_id"] is None
