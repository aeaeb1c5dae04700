"""The results of campaigns against a plain loop, and simulated campaigns of a known effect."""

import datetime as dt
import random

import pytest

from cardcrm.money import Money
from cardcrm.records import records, registry
from cardcrm.records.activity import reminders
from cardcrm.records.campaigns import campaigns, outreach
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import AddressDraft, ContactDraft, ContactPointDraft
from cardcrm.reports.campaigns.results import load_results
from cardcrm.reports.campaigns.results_by_field import load_groups
from cardcrm.reports.campaigns.template_test import plan_test
from cardcrm.reports.dimension import find_dimension

pytestmark = pytest.mark.engines("sqlite", "postgresql")

STATES = ("queued", "sending", "sent", "bounced", "failed", "given up", "canceled", "uncertain")


def fill(store, count):
    for number in range(count):
        points = (ContactPointDraft("email", f"p{number}@example.com"),)
        contacts.add(store, ContactDraft(f"Person {number}", points=points))


def queue(store, **texts):
    template = registry.record_type("template")
    for name in ("first", "second"):
        records.add(store, template, {"name": name, "subject": "Hello", "text": "Hello"})
    type_ = registry.record_type("campaign")
    values = {"name": "spring", "segment": "kind:person", "template": "first", **texts}
    made = records.add(store, type_, values)
    campaigns.queue(store, made.id, "shop.example")
    return records.get(store, type_, made.id)


def sell(store, contact_id, day, amount="10", currency="GBP"):
    texts = {"contact": str(contact_id), "on": day.isoformat(), "amount": f"{amount} {currency}"}
    records.add(store, registry.record_type("sale"), texts)


def ids(store, table):
    return [row[0] for row in store.rows(f"SELECT contact_id FROM {table} ORDER BY id")]


def test_results_are_those_of_a_plain_loop(store):
    fill(store, 120)
    found = queue(store, rival="second", holdout="30%", convert="10")
    chance, today = random.Random(5), dt.date(2026, 11, 21)
    for (row_id,) in store.rows("SELECT id FROM message"):
        status = chance.choice(STATES)
        sent = "2026-11-21T10:00:00Z" if status in ("sent", "bounced") else None
        store.engine.execute(
            "UPDATE message SET status = :status, sent_at = :sent, replied_at = :replied, "
            "unsubscribed_at = :out WHERE id = :id",
            {
                "id": row_id, "status": status, "sent": sent,
                "replied": sent if sent and chance.random() < 0.3 else None,
                "out": sent if sent and chance.random() < 0.2 else None,
            },
        )  # fmt: skip
    sales = []
    for each in [*ids(store, "message"), *ids(store, "holdout")]:
        for _ in range(chance.choice((0, 0, 1, 2))):
            day = today - dt.timedelta(days=chance.randrange(-5, 20))
            amount, currency = chance.choice((-5, 10, 20)), chance.choice(("GBP", "EUR"))
            if day <= today:
                sell(store, each, day, str(amount), currency)
                sales.append((each, day, amount, currency))
    results = load_results(store, found)
    rows = [dict(row) for row in store.rows("SELECT * FROM message")]
    window = [each for each in sales if today <= each[1] <= today + dt.timedelta(days=10)]
    buyers = {each[0] for each in window if each[2] > 0}
    total = results.total
    assert total.queued == len(rows) == sum(each.queued for each in results.templates)
    assert total.waiting == sum(row["status"] in ("queued", "sending") for row in rows)
    assert total.sent == sum(row["sent_at"] is not None for row in rows)
    assert total.failed == sum(row["status"] in ("failed", "given up") for row in rows)
    assert total.bounced == sum(row["status"] == "bounced" for row in rows)
    assert total.replied == sum(row["replied_at"] is not None for row in rows)
    assert total.unsubscribed == sum(row["unsubscribed_at"] is not None for row in rows)
    assert total.converted == sum(row["contact_id"] in buyers for row in rows)
    mailed = buyers & {row["contact_id"] for row in rows}
    revenue = sum(each[2] for each in window if each[0] in mailed and each[3] == "GBP")
    assert total.revenue.minor == 100 * revenue
    held_out = ids(store, "holdout")
    assert (results.held_out, results.held_out_converted) == (
        len(held_out), len(buyers & set(held_out)),
    )  # fmt: skip
    assert results.uplift == pytest.approx(
        total.converted / total.queued - results.held_out_converted / results.held_out
    )
    assert results.complete_on == today + dt.timedelta(days=11)


def test_a_sale_that_was_recorded_before_the_campaign_does_not_count(store, monkeypatch):
    fill(store, 2)
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-21T09:00")
    sell(store, 1, dt.date(2026, 11, 21))
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-21T10:00")
    found = queue(store)
    sell(store, 2, dt.date(2026, 11, 21))
    total = load_results(store, found).total
    assert (total.converted, total.revenue) == (1, Money(1000, "GBP"))


def test_the_refunds_of_those_who_bought_nothing_do_not_count(store):
    fill(store, 2)
    found = queue(store)
    sell(store, 1, dt.date(2026, 11, 21), "-500")
    sell(store, 2, dt.date(2026, 11, 21), "30")
    sell(store, 2, dt.date(2026, 11, 21), "-10")
    total = load_results(store, found).total
    assert (total.converted, total.revenue) == (1, Money(2000, "GBP"))


def test_a_campaign_that_was_not_queued_has_no_results(store):
    template = registry.record_type("template")
    records.add(store, template, {"name": "first", "subject": "Hello", "text": "Hello"})
    values = {"name": "spring", "segment": "kind:person", "template": "first"}
    found = records.add(store, registry.record_type("campaign"), values)
    results = load_results(store, found)
    assert (results.total.queued, results.uplift, results.complete_on) == (0, None, None)


def test_the_interval_holds_the_effect_of_a_simulated_campaign(store):
    """Buy with 40% after a mail and with 20% without one: an effect of 20 points."""
    fill(store, 600)
    found = queue(store, holdout="50%")
    chance, today = random.Random(3), dt.date(2026, 11, 21)
    for table, rate in (("message", 0.4), ("holdout", 0.2)):
        for each in ids(store, table):
            if chance.random() < rate:
                sell(store, each, today)
    interval = load_results(store, found).interval
    assert interval.low < 0.2 < interval.high
    assert interval.low > 0
    assert interval.high - interval.low < 0.2


def test_groups_are_those_of_a_plain_loop(store):
    chance, today = random.Random(7), dt.date(2026, 11, 21)
    cities, names = {}, ("Leeds", "York", "leeds", "")
    for number in range(150):
        points = (ContactPointDraft("email", f"p{number}@example.com"),)
        city = chance.choice(names)
        address = AddressDraft(city=city)
        draft = ContactDraft(f"Person {number}", points=points, addresses=(address,))
        cities[contacts.add(store, draft).id] = city.title()
    found = queue(store, holdout="30%", convert="10")
    mailed, held_out = set(ids(store, "message")), set(ids(store, "holdout"))
    assert mailed
    assert held_out
    buyers = set()
    for each in (*mailed, *held_out):
        if chance.random() < 0.4:
            sell(store, each, today)
            buyers.add(each)
    groups = load_groups(store, found, find_dimension(store, "city", today))
    assert {each.name: tuple(each) for each in groups} == {
        city: (
            city, len(there & mailed), 0, 0, 0, len(there & mailed & buyers),
            Money(1000 * len(there & mailed & buyers), "GBP"), len(there & held_out),
            len(there & held_out & buyers),
        )
        for city in set(cities.values())
        for there in [{each for each, own in cities.items() if own == city}]
    }  # fmt: skip
    assert [each.queued for each in groups] == sorted(
        (each.queued for each in groups), reverse=True
    )
    total = load_results(store, found)
    assert sum(each.queued for each in groups) == total.total.queued
    assert sum(each.held_out for each in groups) == total.held_out


def test_templates_are_compared_once_when_no_sale_counts_any_more(store):
    fill(store, 300)
    found = queue(store, rival="second", convert="10")
    first = store.value("SELECT id FROM template WHERE name = 'first'")
    today = dt.date(2026, 11, 21)
    for row in store.rows("SELECT contact_id FROM message WHERE template_id = :id", id=first):
        sell(store, row[0], today)
    results = load_results(store, found)
    assert results.complete_on == today + dt.timedelta(days=11)
    assert results.compare_templates(results.complete_on - dt.timedelta(days=1)) is None
    comparison = results.compare_templates(results.complete_on)
    assert (comparison.better, comparison.difference) == ("first", 1.0)
    assert comparison.interval.low > 0.9


def test_equal_templates_have_no_winner(store):
    fill(store, 200)
    found = queue(store, rival="second", convert="10")
    for name in ("first", "second"):
        sql = (
            "SELECT m.contact_id FROM message m JOIN template t ON t.id = m.template_id "
            "WHERE t.name = :name ORDER BY m.id"
        )
        for row in store.rows(sql, name=name)[::3]:
            sell(store, row[0], dt.date(2026, 11, 21))
    results = load_results(store, found)
    comparison = results.compare_templates(results.complete_on)
    assert comparison.better == ""
    assert abs(comparison.difference) < 0.02


def test_plan_counts_those_who_bought_in_as_many_days_before(store):
    fill(store, 100)
    today = dt.date(2026, 11, 21)
    for number in range(1, 21):
        sell(store, number, today - dt.timedelta(days=number))
    planned = plan_test(store, range(1, 101), 10)
    assert (planned.buyers, planned.contacts, planned.group) == (10, 100, 50)
    assert 0.1 < planned.detectable < 0.4
    assert planned.needed > 1000


def call(store, count, channel="call", **texts):
    for number in range(count):
        points = (ContactPointDraft("phone", f"+44 113 496 {number:04}"),)
        city = ("Leeds", "York")[number % 2]
        place = (AddressDraft(street="1 High St", city=city),)
        contacts.add(store, ContactDraft(f"P {number}", points=points, addresses=place))
    type_ = registry.record_type("campaign")
    values = {"name": "ring", "segment": "kind:person", "channel": channel, "holdout": "30%"}
    made = records.add(store, type_, values | texts)
    campaigns.queue(store, made.id, "")
    return records.get(store, type_, made.id)


def test_results_of_calls_are_those_of_a_plain_loop(store):
    found, chance = call(store, 80), random.Random(9)
    reached = ids(store, "campaign_contact")
    done = [each for each in reached if chance.random() < 0.4]
    for each in done:
        sql = "SELECT id FROM reminder WHERE contact_id = :id"
        reminders.done(store, store.value(sql, id=each))
    buyers = [each for each in range(1, 81) if chance.random() < 0.3]
    for each in buyers:
        sell(store, each, dt.date(2026, 11, 21))
    results, held = load_results(store, found), ids(store, "holdout")
    total, bought = results.total, set(buyers)
    assert (total.queued, results.held_out) == (len(reached), len(held))
    assert (total.sent, total.waiting) == (len(done), len(reached) - len(done))
    assert total.converted == len(bought & set(reached))
    assert total.revenue == Money(1000 * total.converted, "GBP")
    assert results.held_out_converted == len(bought & set(held))
    assert results.uplift == pytest.approx(
        len(bought & set(reached)) / len(reached) - len(bought & set(held)) / len(held)
    )
    today = dt.date(2026, 11, 21)
    groups = load_groups(store, found, find_dimension(store, "city", today))
    assert sum(each.queued for each in groups) == len(reached)
    assert {each.name: each.sent for each in groups} == {
        "Leeds": sum(each % 2 == 1 for each in done), "York": sum(each % 2 == 0 for each in done),
    }  # fmt: skip
    campaigns.stop(store, found.id)
    total = load_results(store, found).total
    assert (total.queued, total.waiting, total.sent) == (len(reached), 0, len(done))


def test_results_of_letters_count_those_that_were_sent(store):
    template = registry.record_type("template")
    records.add(store, template, {"name": "hi", "subject": "Hello", "text": "Hello"})
    found = call(store, 20, "letter", template="hi", holdout="0")
    waiting = outreach.list_waiting(store, found.id)
    outreach.mark_sent(store, found, [(each, "Letter") for each in waiting[:7]])
    (of_template,) = load_results(store, found).templates
    assert (of_template.template, of_template.queued) == ("hi", 20)
    assert (of_template.sent, of_template.waiting, of_template.delivered) == (7, 13, 7)
