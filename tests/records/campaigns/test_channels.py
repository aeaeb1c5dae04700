"""Campaigns of calls, visits, letters and messages: whom they reach, and what becomes of it."""

import datetime as dt
import itertools

import pytest

from cardcrm.errors import ConflictError, UsageError
from cardcrm.records import records, registry
from cardcrm.records.activity import reminders
from cardcrm.records.campaigns import campaigns, completion, outreach
from cardcrm.records.campaigns.reachable import NO_STREET, SHARED
from cardcrm.records.campaigns.recipients import find_recipients
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import AddressDraft, ContactDraft, ContactPointDraft
from cardcrm.records.contacts.merge import merge
from cardcrm.records.mail import suppression
from cardcrm.records.mail.required_consent import set_required
from cardcrm.store import journal

pytestmark = pytest.mark.engines("sqlite", "postgresql")

CAMPAIGN = registry.record_type("campaign")
TEMPLATE = registry.record_type("template")


def add(store, name, *phones, city="", **values):
    points = tuple(
        each if isinstance(each, ContactPointDraft) else ContactPointDraft("phone", each)
        for each in phones
    )
    places = (AddressDraft(street="1 High St", city=city),) if city else ()
    draft = ContactDraft(name, points=points, addresses=places, tags=("garden",), **values)
    return contacts.add(store, draft).id


def plan(store, channel="call", **texts):
    values = {"name": "spring", "segment": "tag:garden", "channel": channel, **texts}
    return records.add(store, CAMPAIGN, values)


def phone(number):
    return f"+44 113 496 {number:04}"


def tasks(store):
    sql = "SELECT contact_id, text, due_on, owner FROM reminder ORDER BY id"
    return [tuple(row) for row in store.rows(sql)]


def consent(store, contact_id, status):
    email = f"p{contact_id}@example.com"
    texts = {"contact": str(contact_id), "purpose": "offers", "status": status, "address": email}
    records.add(store, registry.record_type("consent"), texts)


def status(store):
    return store.value("SELECT status FROM campaign")


def test_calls_reach_each_number_that_may_be_rung(store):
    jane = add(store, "Jane", ContactPointDraft("phone", phone(1), opted_out=True), phone(2))
    add(store, "Jane's twin", phone(2))
    add(store, "Out", ContactPointDraft("phone", phone(3), opted_out=True))
    add(store, "Broken", ContactPointDraft("phone", phone(4), invalid=True))
    add(store, "Mail alone", ContactPointDraft("email", "m@example.com"))
    add(store, "Late", phone(5), status="deceased")
    with store.transaction():
        suppression.suppress(store, [("phone", "441134960006")], "opt-out", "hand")
    add(store, "Suppressed", phone(6))
    found = find_recipients(store, plan(store))
    assert [(each.contact_id, each.address) for each in found.mailed] == [
        (jane, "+44 113 496 0002")
    ]
    assert found.refused == {
        SHARED: 1, "opted out": 2, "invalid number or profile": 1, "no phone number": 1,
        "deceased": 1,
    }  # fmt: skip


def test_letters_go_to_the_address_of_the_contact_or_of_its_organization(store):
    acme = add(store, "Acme", kind="org", city="York")
    bob, jane = add(store, "Bob", org="Acme"), add(store, "Jane", org="Acme", city="Leeds")
    add(store, "Nowhere")
    found = find_recipients(store, plan(store, "letter"))
    assert {each.contact_id: each.address for each in found.mailed} == {
        acme: "1 High St, York", bob: "1 High St, York", jane: "1 High St, Leeds",
    }  # fmt: skip
    assert found.refused == {NO_STREET: 1}


@pytest.mark.parametrize("channel", ["call", "visit", "letter", "message"])
def test_consents_of_the_contact_hold_in_every_channel(store, channel):
    for number, name in enumerate(("Yes", "No", "Perhaps", "Silent", "Both"), 1):
        points = (
            ContactPointDraft("email", f"p{number}@example.com"),
            ContactPointDraft("phone", phone(number)),
            ContactPointDraft("social", f"https://x.com/p{number}"),
        )
        add(store, name, *points, city="Leeds")
    for number, states in enumerate((["given"], ["withdrawn"], ["pending"]), 1):
        for each in states:
            consent(store, number, each)
    consent(store, 5, "withdrawn")
    consent(store, 5, "given")
    campaign = plan(store, channel)
    names = {1: "Yes", 2: "No", 3: "Perhaps", 4: "Silent", 5: "Both"}

    def reached():
        return {names[each.contact_id] for each in find_recipients(store, campaign).mailed}

    assert reached() == {"Yes", "Silent", "Both"}
    set_required(store, ["offers"])
    assert reached() == {"Yes", "Both"}


def test_calls_are_spread_over_working_days_for_the_owner(store):
    for number in range(5):
        add(store, f"P {number}", phone(number), owner="bob" if number == 1 else "")
    campaign = plan(store, text="Ask {{ contact.name }}", per_day="2")
    campaigns.queue(
        store, campaign.id, "", lambda text, who, _: text.replace("{{ contact.name }}", str(who))
    )
    # The first day is a Saturday.
    assert tasks(store) == [
        (1, "Call: Ask 1", "2026-11-23", ""), (2, "Call: Ask 2", "2026-11-23", "bob"),
        (3, "Call: Ask 3", "2026-11-24", ""), (4, "Call: Ask 4", "2026-11-24", ""),
        (5, "Call: Ask 5", "2026-11-25", ""),
    ]  # fmt: skip
    assert store.value("SELECT count(*) FROM message") == 0


def test_without_a_number_a_day_all_are_due_on_the_first_working_day():
    days = itertools.islice(outreach.spread(dt.date(2026, 11, 27), None), 50)
    assert set(days) == {dt.date(2026, 11, 27)}
    days = itertools.islice(outreach.spread(dt.date(2026, 11, 27), 1), 3)
    assert [each.day for each in days] == [27, 30, 1]


def test_the_text_is_that_of_the_template_or_the_name_of_the_campaign(store):
    add(store, "P", phone(1))
    records.add(store, TEMPLATE, {"name": "ask", "text": "Ask about\n\nroses"})
    for name, texts in (("one", {"template": "ask"}), ("two", {})):
        campaign = plan(store, name=name, **texts)
        campaigns.queue(store, campaign.id, "")
    assert [each[1] for each in tasks(store)] == ["Call: Ask about roses", "Call: campaign two"]


def test_a_campaign_of_calls_is_done_once_its_reminders_are(store):
    for number in range(2):
        add(store, f"P {number}", phone(number))
    campaigns.queue(store, plan(store).id, "")
    for number in (1, 2):
        completion.finish(store)
        assert status(store) == "sending"
        reminders.done(store, number)
    assert status(store) == "done"
    journal.undo(store)
    assert status(store) == "sending"


def test_calls_that_are_planned_cannot_be_paused_but_stopped(store):
    for number in range(3):
        add(store, f"P {number}", phone(number))
    campaign = plan(store)
    campaigns.queue(store, campaign.id, "")
    with pytest.raises(ConflictError, match="are planned already"):
        campaigns.pause(store, campaign.id)
    reminders.done(store, 1)
    _, canceled = campaigns.stop(store, campaign.id)
    assert (canceled, [each[0] for each in tasks(store)]) == (2, [1])
    journal.undo(store)
    assert (status(store), len(tasks(store))) == ("sending", 3)


def test_undo_takes_planned_calls_back(store):
    add(store, "P", phone(1))
    campaigns.queue(store, plan(store).id, "")
    journal.undo(store)
    assert (status(store), tasks(store)) == ("draft", [])
    assert store.value("SELECT count(*) FROM campaign_contact") == 0


def test_a_share_is_held_out_of_calls_too(store):
    for number in range(200):
        add(store, f"P {number}", phone(number))
    done = campaigns.queue(store, plan(store, holdout="20%").id, "")
    assert len(done.recipients.held_out) == 40
    held = {row[0] for row in store.rows("SELECT contact_id FROM holdout")}
    assert held.isdisjoint(each[0] for each in tasks(store))
    assert len(held) + len(tasks(store)) == 200


def test_a_letter_needs_a_street(store):
    records.add(store, TEMPLATE, {"name": "hi", "subject": "Hi", "text": "Hello"})
    town = ContactDraft("Town", addresses=(AddressDraft(city="Leeds"),), tags=("garden",))
    contacts.add(store, town)
    jane = add(store, "Jane", city="Leeds")
    found = find_recipients(store, plan(store, "letter", template="hi"))
    assert [each.contact_id for each in found.mailed] == [jane]
    assert found.refused == {"no postal address with a street": 1}


def test_a_letter_is_logged_once(store):
    records.add(store, TEMPLATE, {"name": "hi", "subject": "Hi", "text": "Hello"})
    for name in ("Jane", "Bob"):
        add(store, name, city="Leeds")
    campaign = plan(store, "letter", template="hi")
    with pytest.raises(ConflictError, match="has not begun"):
        outreach.refuse_channel(campaign, "letter")
    campaigns.queue(store, campaign.id, "")
    campaign = records.get(store, CAMPAIGN, campaign.id)
    waiting = outreach.list_waiting(store, campaign.id)
    assert outreach.mark_sent(store, campaign, [(waiting[0], "Letter: Hi")]) == 1
    assert outreach.mark_sent(store, campaign, [(each, "Letter: Hi") for each in waiting]) == 1
    rows = store.rows(
        "SELECT p.contact_id, i.kind, i.direction, i.text FROM interaction i "
        "JOIN participant p ON p.interaction_id = i.id ORDER BY p.contact_id"
    )
    assert [tuple(row) for row in rows] == [
        (1, "mail", "out", "Letter: Hi"), (2, "mail", "out", "Letter: Hi"),
    ]  # fmt: skip
    assert status(store) == "done"


def test_a_letter_needs_a_template_and_calls_alone_have_a_text(store):
    add(store, "Jane", city="Leeds")
    with pytest.raises(UsageError, match="has no template"):
        campaigns.queue(store, plan(store, "letter").id, "")
    with pytest.raises(UsageError, match="--text is for calls and visits"):
        plan(store, "letter", name="two", text="Hello")
    with pytest.raises(UsageError, match="--per-day is for calls and visits"):
        plan(store, "mail", name="two", per_day="2")


@pytest.mark.parametrize(("share", "table"), [("0", "campaign_contact"), ("100%", "holdout")])
def test_merged_contacts_have_one_place_in_a_campaign(store, share, table):
    one, two = add(store, "Jane", phone(1)), add(store, "Jane Doe", phone(2))
    campaigns.queue(store, plan(store, holdout=share).id, "")
    merge(store, one, two)
    assert [row[0] for row in store.rows(f"SELECT contact_id FROM {table}")] == [one]


@pytest.mark.parametrize("held_out_is_kept", [True, False])
def test_a_contact_merged_with_one_held_out_counts_as_reached(store, held_out_is_kept):
    for name in (1, 2):
        add(store, f"Jane {name}", phone(name))
    campaigns.queue(store, plan(store, holdout="50%").id, "")
    (held,), (reached,) = (
        [row[0] for row in store.rows(f"SELECT contact_id FROM {table}")]
        for table in ("holdout", "campaign_contact")
    )
    keep, other = (held, reached) if held_out_is_kept else (reached, held)
    merge(store, keep, other)
    assert store.count_rows("holdout") == 0
    assert [row[0] for row in store.rows("SELECT contact_id FROM campaign_contact")] == [keep]
