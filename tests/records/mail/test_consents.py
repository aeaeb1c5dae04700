"""Consents: their states, the question by mail and the answer that confirms it."""

import pytest

from cardcrm.config import Config
from cardcrm.errors import ConflictError, NotFoundError, UsageError
from cardcrm.mail.consent_request import request
from cardcrm.mail.consent_texts import TEXTS
from cardcrm.records import records, registry
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft, ContactPointDraft
from cardcrm.records.contacts.merge import merge
from cardcrm.records.mail import consents, permission

JANE, BOB = "jane@example.com", "bob@example.com"
SHOP = "shop@example.org"
LATER = "2026-11-22T09:00:00Z"


def add(store, name, *addresses):
    points = tuple(ContactPointDraft("email", each) for each in addresses)
    return contacts.add(store, ContactDraft(name, points=points)).id


def status(store, contact_id, purpose="news"):
    return [each.status for each in consents.list_states(store, contact_id, purpose)]


def subject(store):
    return store.value("SELECT subject FROM message ORDER BY id DESC")


@pytest.mark.engines("sqlite", "postgresql")
def test_the_reply_to_a_question_gives_the_consent_with_its_proof(store):
    jane = add(store, "Jane", JANE)
    request(store, jane, "News", SHOP)
    assert status(store, jane) == ["pending"]
    text = f"Re: {subject(store).lower()}"
    assert consents.confirm(store, text, "Jane@Example.com", LATER, proof="1@example.com") == "news"
    assert status(store, jane) == ["given"]
    assert permission.find_refusals(store, [JANE], "news") == {}
    assert store.value("SELECT proof FROM consent ORDER BY id DESC") == "Message-ID 1@example.com"


@pytest.mark.engines("sqlite", "postgresql")
def test_forged_foreign_and_old_tokens_confirm_nothing(store):
    jane, bob = add(store, "Jane", JANE), add(store, "Bob", BOB)
    request(store, jane, "news", SHOP)
    first = subject(store)
    request(store, bob, "news", SHOP)
    of_bob = subject(store)
    assert consents.confirm(store, of_bob, JANE, LATER) == ""
    assert consents.confirm(store, first, BOB, LATER) == ""
    assert (
        consents.confirm(store, permission.make_unsubscribe_token(store, JANE), JANE, LATER) == ""
    )
    assert consents.confirm(store, "yes please", JANE, LATER) == ""
    consents.record(store, jane, "news", "withdrawn")
    assert consents.confirm(store, first, JANE, LATER) == ""
    request(store, jane, "news", SHOP)
    assert consents.confirm(store, first, JANE, LATER) == ""
    assert status(store, jane) == ["pending"]
    assert consents.confirm(store, subject(store), JANE, LATER) == "news"
    assert consents.confirm(store, subject(store), JANE, LATER) == ""


@pytest.mark.engines("sqlite", "postgresql")
def test_a_question_to_an_opted_out_address_leaves_nothing(store):
    jane = add(store, "Jane", JANE)
    permission.opt_out(store, JANE, source="hand")
    with pytest.raises(ConflictError, match="opted out on 2026-11-21"):
        request(store, jane, "news", SHOP)
    assert status(store, jane) == []
    assert store.count_rows("message") == 0


@pytest.mark.engines("sqlite", "postgresql")
def test_a_consent_that_was_given_is_not_asked_for_again(store):
    jane = add(store, "Jane", JANE)
    consents.record(store, jane, "news")
    with pytest.raises(UsageError, match="has consented to news already"):
        request(store, jane, "news", SHOP)


@pytest.mark.engines("sqlite", "postgresql")
def test_a_consent_needs_an_address_of_the_contact(store):
    jane = add(store, "Jane", JANE)
    with pytest.raises(NotFoundError, match="does not have the email address"):
        consents.record(store, jane, "news", addresses=[BOB])
    with pytest.raises(NotFoundError, match="has no email address"):
        consents.record(store, add(store, "Ann"), "news")
    with pytest.raises(UsageError, match="invalid purpose"):
        consents.record(store, jane, "a:b")


@pytest.mark.engines("sqlite", "postgresql")
def test_a_recorded_state_cannot_be_changed_and_its_proof_can(store):
    (row_id,) = consents.record(store, add(store, "Jane", JANE), "news")
    type_ = registry.record_type("consent")
    with pytest.raises(UsageError, match="cannot be changed"):
        records.edit(store, type_, [row_id], {"status": "withdrawn"})
    assert records.edit(store, type_, [row_id], {"proof": "form 12"}) == 1


@pytest.mark.engines("sqlite", "postgresql")
@pytest.mark.parametrize("keeps_refusal", [True, False])
def test_the_stricter_state_wins_in_a_merge(store, keeps_refusal):
    jane, double = add(store, "Jane", JANE), add(store, "Jane", BOB)
    consents.record(store, jane, "news")
    consents.record(store, double, "news", "withdrawn")
    consents.record(store, double, "newsletter")
    ids = (double, jane) if keeps_refusal else (jane, double)
    merge(store, *ids)
    assert permission.find_refusals(store, [JANE, BOB], "news").keys() == {JANE, BOB}
    assert permission.find_refusals(store, [JANE, BOB], "newsletter").keys() == {JANE}


def test_the_question_is_in_the_language_of_the_contact_and_names_the_firm(store):
    settings = Config({"firm.name": "Petal {&} Stem"}, {})
    asked = {}
    for language in (*TEXTS, "sw"):
        points = (ContactPointDraft("email", f"{language}@example.com"),)
        draft = ContactDraft("Jane", points=points, language=f"{language}-XX")
        request(store, contacts.add(store, draft).id, "news", SHOP, settings=settings)
        row = store.row("SELECT subject, text FROM message ORDER BY id DESC")
        assert "news" in row["subject"]
        assert row["text"].startswith("Petal {&} Stem ")
        assert "news" in row["text"].split("\n")[0]
        asked[language] = row["text"]
    assert len(set(asked.values())) == len(TEXTS)
    assert asked["sw"] == asked["en"]
    request(store, add(store, "Bob", BOB), "news", SHOP, settings=Config({}, {}))
    assert store.value("SELECT text FROM message ORDER BY id DESC").startswith(f"{SHOP} would")


def test_the_question_may_be_a_template_and_keeps_its_token(store):
    jane = add(store, "Jane", JANE)
    texts = {"name": "join", "subject": "Join us", "text": "Dear {{ contact.name }}, reply to join"}
    records.add(store, registry.record_type("template"), texts)
    request(store, jane, "news", SHOP, template="join")
    assert subject(store).startswith("Join us [")
    assert store.value("SELECT text FROM message") == "Dear Jane, reply to join"
    assert consents.confirm(store, subject(store), JANE, LATER) == "news"
