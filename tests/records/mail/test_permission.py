"""Refusals of mail: opt-outs, suppression, consents, and the tokens that mail carries."""

import random

import pytest

from cardcrm.records import records, registry
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft, ContactPointDraft
from cardcrm.records.mail import permission, suppression
from cardcrm.records.mail.required_consent import set_required
from cardcrm.store import journal

JANE, BOB = "jane@example.com", "bob@example.com"


def add(store, name, *addresses, **marks):
    points = tuple(ContactPointDraft("email", each, **marks) for each in addresses)
    return contacts.add(store, ContactDraft(name, points=points)).id


def record(store, contact_id, purpose, status="given", **texts):
    values = {"contact": str(contact_id), "purpose": purpose, "status": status, **texts}
    return records.add(store, registry.record_type("consent"), values).id


def refusals(store, purpose="", *addresses):
    return permission.find_refusals(store, addresses or (JANE, BOB), purpose)


@pytest.mark.engines("sqlite", "postgresql")
def test_personal_mail_is_refused_to_opted_out_and_invalid_addresses_alone(store):
    add(store, "Jane", JANE, opted_out=True)
    add(store, "Bob", BOB, invalid=True)
    add(store, "Ann", "ann@example.com")
    found = refusals(store, "", "Jane@Example.com", BOB, "ann@example.com", "new@example.com")
    assert found == {"Jane@Example.com": "opted out", BOB: "invalid address"}


@pytest.mark.engines("sqlite", "postgresql")
def test_a_purpose_needs_the_newest_consent_of_the_address(store):
    jane, bob = add(store, "Jane", JANE), add(store, "Bob", BOB)
    assert refusals(store, "news") == {}  # until it is shown that the purpose needs consent
    set_required(store, ["News", "surveys"])
    assert refusals(store, "news")[JANE] == "no consent to news"
    record(store, jane, "news", "pending", on="2026-02-01")
    assert refusals(store, "news")[JANE] == "consent to news is not confirmed"
    record(store, jane, "news", on="2026-03-01")
    record(store, bob, "offers")
    assert refusals(store, "news") == {BOB: "no consent to news"}
    record(store, jane, "news", "withdrawn", on="2026-05-01")
    record(store, jane, "news", on="2026-04-01")  # recorded late: the withdrawal is newer
    assert refusals(store, "news")[JANE] == "consent to news was withdrawn"
    set_required(store, [])
    assert refusals(store, "news") == {JANE: "consent to news was withdrawn"}


@pytest.mark.engines("sqlite", "postgresql")
def test_an_opt_out_marks_each_contact_and_undo_takes_it_back(store):
    for name in ("Jane", "Jane's Shop"):
        add(store, name, JANE)
    assert permission.opt_out(store, "JANE@example.com", source="hand") == 2
    assert refusals(store) == {JANE: "opted out on 2026-11-21"}
    assert store.value("SELECT sum(opted_out) FROM point") == 2
    journal.undo(store)
    assert refusals(store) == {}
    assert store.count_rows("suppressed") == 0


@pytest.mark.engines("sqlite", "postgresql")
def test_an_opt_out_holds_without_a_contact_and_says_nothing_of_the_address(store):
    assert permission.opt_out(store, JANE, source="mail", reason="complaint") == 0
    assert refusals(store) == {JANE: "complained about mail on 2026-11-21"}
    assert permission.opt_out(store, JANE, source="hand") == 0
    assert store.count_rows("suppressed") == 1
    assert not any("jane" in str(tuple(row)) for row in store.rows("SELECT * FROM suppressed"))


@pytest.mark.engines("sqlite", "postgresql")
def test_a_lifted_opt_out_is_gone(store):
    add(store, "Jane", JANE)
    permission.opt_out(store, JANE, source="hand")
    assert permission.lift_opt_out(store, [("email", JANE)]) == 2
    assert refusals(store) == {}
    assert permission.lift_opt_out(store, [("email", JANE)]) == 0


@pytest.mark.engines("sqlite", "postgresql")
def test_refusals_are_those_of_a_plain_oracle(store):
    set_required(store, ["news"])
    chance = random.Random(7)
    addresses = [f"p{number}@example.com" for number in range(1200)]
    out, bad, hidden, agreed = (set(chance.sample(addresses, 300)) for _ in range(4))
    for each in addresses:
        points = (ContactPointDraft("email", each, "", each in out, each in bad),)
        contact_id = contacts.add(store, ContactDraft(each, points=points)).id
        if each in agreed:
            record(store, contact_id, "news")
    suppression.suppress(store, [("email", each) for each in hidden], "opt-out", "hand")
    barred = out | bad | hidden
    assert permission.find_refusals(store, addresses, "").keys() == barred
    refused = permission.find_refusals(store, addresses, "news").keys()
    assert refused == {each for each in addresses if each in barred or each not in agreed}
    few = [addresses[start : start + 100] for start in range(0, 1200, 100)]
    assert refused == {one for part in few for one in permission.find_refusals(store, part, "news")}


@pytest.mark.engines("sqlite", "postgresql")
def test_a_token_is_that_of_one_address_and_one_database(store):
    assert not permission.has_unsubscribe_token(store, "unsubscribe", JANE)
    token = permission.make_unsubscribe_token(store, JANE)
    assert permission.has_unsubscribe_token(
        store, f"Re: unsubscribe {token.lower()}", "Jane@example.com"
    )
    assert not permission.has_unsubscribe_token(store, f"unsubscribe {token}", BOB)
    changed = token[:-1] + ("A" if token[-1] != "A" else "Q")
    assert not permission.has_unsubscribe_token(store, f"unsubscribe {changed}", JANE)
    assert not permission.has_unsubscribe_token(store, f"unsubscribe {token}A", JANE)
    assert permission.make_unsubscribe_token(store, JANE) == token
