"""Queue campaigns: whom they reach, who is held out, and what may happen to them afterwards."""

import pytest

from cardcrm.errors import ConflictError, UsageError
from cardcrm.records import records, registry
from cardcrm.records.campaigns import campaigns, completion
from cardcrm.records.campaigns.recipients import NO_ADDRESS, SHARED, find_recipients
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft, ContactPointDraft
from cardcrm.records.mail import permission
from cardcrm.records.mail.required_consent import set_required
from cardcrm.records.query_sql import segments
from cardcrm.store import journal

pytestmark = pytest.mark.engines("sqlite", "postgresql")


def add(store, name, address="", **marks):
    points = (ContactPointDraft("email", address, **marks),) if address else ()
    return contacts.add(store, ContactDraft(name, points=points, tags=("garden",))).id


@pytest.fixture
def campaign(store):
    template = registry.record_type("template")
    for name in ("spring", "rival"):
        records.add(store, template, {"name": name, "subject": "Hello", "text": "Hello"})
    values = {"name": "spring", "segment": "tag:garden", "template": "spring"}
    return records.add(store, registry.record_type("campaign"), values)


def fill(store, count):
    for number in range(count):
        add(store, f"Person {number}", f"p{number}@example.com")


def edit(store, campaign, **texts):
    records.edit(store, campaign.type, [campaign.id], texts)
    return records.get(store, campaign.type, campaign.id)


def messages(store, *columns):
    names = ", ".join(columns)
    return [tuple(row) for row in store.rows(f"SELECT {names} FROM message ORDER BY id")]


def test_a_campaign_is_queued_once_to_each_address_that_may_be_mailed(store, campaign):
    jane = add(store, "Jane", "jane@example.com")
    add(store, "Jane's twin", "JANE@example.com")
    add(store, "Out", "out@example.com", opted_out=True)
    add(store, "Broken", "broken@example.com", invalid=True)
    add(store, "Nobody")
    done = campaigns.queue(store, campaign.id, "shop.example")
    assert [each.contact_id for each in done.recipients.mailed] == [jane]
    assert done.recipients.refused == {
        NO_ADDRESS: 1, SHARED: 1, "opted out": 1, "invalid address": 1,
    }  # fmt: skip
    assert done.recipients.found == 5
    assert messages(store, "address", "status", "purpose", "campaign_id") == [
        ("jane@example.com", "queued", "offers", campaign.id)
    ]
    assert done.campaign.columns["status"] == "sending"
    with pytest.raises(ConflictError, match="cannot be sent: it is sending"):
        campaigns.queue(store, campaign.id, "shop.example")
    assert len(messages(store, "id")) == 1


def test_a_campaign_to_all_takes_everyone(store, campaign):
    everyone = [add(store, "Jane", "jane@example.com")]
    point = ContactPointDraft("email", "bob@example.com")
    everyone.append(contacts.add(store, ContactDraft("Bob", points=(point,))).id)
    campaign = edit(store, campaign, segment="all")
    found = find_recipients(store, campaign)
    assert sorted(each.contact_id for each in found.mailed) == everyone


def test_a_campaign_to_the_name_of_a_segment_takes_its_contacts(store, campaign):
    jane = add(store, "Jane", "jane@example.com")
    add(store, "Bob", "bob@example.com")
    segments.save(store, "quiet", "name:jane")
    campaign = edit(store, campaign, segment="quiet")
    assert campaign.columns["query"] == "@quiet"
    assert [each.contact_id for each in find_recipients(store, campaign).mailed] == [jane]


def test_a_second_address_takes_the_place_of_one_that_is_opted_out(store, campaign):
    points = (
        ContactPointDraft("email", "old@example.com", opted_out=True),
        ContactPointDraft("email", "new@example.com"),
    )
    contacts.add(store, ContactDraft("Jane", points=points, tags=("garden",)))
    campaigns.queue(store, campaign.id, "shop.example")
    assert messages(store, "address") == [("new@example.com",)]


def test_a_newsletter_goes_to_those_who_agreed(store, campaign):
    jane = add(store, "Jane", "jane@example.com")
    add(store, "Bob", "bob@example.com")
    consent = {"contact": str(jane), "purpose": "newsletter", "status": "given"}
    records.add(store, registry.record_type("consent"), consent)
    found = find_recipients(store, edit(store, campaign, purpose="newsletter"))
    assert [each.contact_id for each in found.mailed] == [jane]
    assert found.refused == {"no consent to newsletter": 1}
    set_required(store, [])
    found = find_recipients(store, edit(store, campaign, purpose="newsletter"))
    assert len(found.mailed) == 2


def test_the_contacts_held_out_are_a_fixed_share_and_get_nothing(store, campaign):
    fill(store, 400)
    planned = find_recipients(store, edit(store, campaign, holdout="25%"))
    assert len(planned.held_out) == 100
    assert planned == find_recipients(store, edit(store, campaign, holdout="25%"))
    done = campaigns.queue(store, campaign.id, "shop.example")
    held_out = {row[0] for row in store.rows("SELECT contact_id FROM holdout")}
    mailed = {row[0] for row in messages(store, "contact_id")}
    assert held_out == {each.contact_id for each in done.recipients.held_out}
    assert (len(held_out & mailed), len(held_out | mailed)) == (0, 400)


def test_two_templates_share_the_contacts(store, campaign):
    fill(store, 200)
    edit(store, campaign, rival="rival")
    campaigns.queue(store, campaign.id, "shop.example")
    counts = store.rows("SELECT template_id, count(*) FROM message GROUP BY template_id")
    first, second = (row[1] for row in counts)
    assert first + second == 200
    assert 70 <= first <= 130  # 100 expected, standard deviation 7.1


def test_a_campaign_with_one_template_twice_is_refused(store, campaign):
    with pytest.raises(UsageError, match="the same template twice"):
        edit(store, campaign, rival="spring")
    values = {"name": "other", "segment": "all", "template": "spring", "rival": "spring"}
    with pytest.raises(UsageError, match="the same template twice"):
        records.add(store, campaign.type, values)


def test_a_campaign_without_a_template_is_refused(store, campaign):
    edit(store, campaign, template="")
    with pytest.raises(UsageError, match="has no template"):
        campaigns.queue(store, campaign.id, "shop.example")


def test_what_was_queued_cannot_be_changed(store, campaign):
    add(store, "Jane", "jane@example.com")
    campaigns.queue(store, campaign.id, "shop.example")
    with pytest.raises(ConflictError, match="has been queued already"):
        edit(store, campaign, segment="kind:person")
    assert edit(store, campaign, name="summer").values["name"] == "summer"


def test_a_campaign_is_paused_resumed_and_stopped(store, campaign):
    fill(store, 3)
    with pytest.raises(ConflictError, match="cannot be paused: it is draft"):
        campaigns.pause(store, campaign.id)
    campaigns.queue(store, campaign.id, "shop.example")
    assert campaigns.pause(store, campaign.id).columns["status"] == "paused"
    assert campaigns.resume(store, campaign.id).columns["status"] == "sending"
    with pytest.raises(ConflictError, match="cannot be resumed"):
        campaigns.resume(store, campaign.id)
    store.engine.execute("UPDATE message SET status = 'sent' WHERE id = 1", {})
    done, canceled = campaigns.stop(store, campaign.id)
    assert (done.columns["status"], canceled) == ("stopped", 2)
    assert messages(store, "status") == [("sent",), ("canceled",), ("canceled",)]


def test_a_scheduled_campaign_is_due_at_its_time(store, campaign):
    campaigns.schedule(store, campaign.id, "2026-11-21T08:00:00Z")
    assert campaigns.list_due(store) == [campaign.id]
    campaigns.schedule(store, campaign.id, "2030-01-01T08:00:00Z")
    assert campaigns.list_due(store) == []


def test_a_campaign_is_done_once_nothing_is_left_to_send(store, campaign):
    fill(store, 2)
    campaigns.queue(store, campaign.id, "shop.example")
    completion.finish(store)
    assert records.get(store, campaign.type, campaign.id).columns["status"] == "sending"
    store.engine.execute("UPDATE message SET status = 'sent'", {})
    completion.finish(store)
    assert records.get(store, campaign.type, campaign.id).columns["status"] == "done"


def test_undo_takes_a_queued_campaign_back(store, campaign):
    fill(store, 20)
    edit(store, campaign, holdout="50%")
    campaigns.queue(store, campaign.id, "shop.example")
    journal.undo(store)
    assert (store.count_rows("message"), store.count_rows("holdout")) == (0, 0)
    assert records.get(store, campaign.type, campaign.id).columns["status"] == "draft"


def test_an_opt_out_before_the_campaign_counts_for_contacts_that_come_later(store, campaign):
    permission.opt_out(store, "jane@example.com", source="hand")
    add(store, "Jane", "jane@example.com")
    found = find_recipients(store, campaign)
    assert (len(found.mailed), sum(found.refused.values())) == (0, 1)
