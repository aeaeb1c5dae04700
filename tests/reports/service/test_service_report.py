"""The report of service against a plain walk through minutes."""

import datetime as dt
import statistics
import zoneinfo

import pytest

from cardcrm.money import Money
from cardcrm.records import records
from cardcrm.records.activity.interactions import Details
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.sales import products, sales
from cardcrm.records.service import cases
from cardcrm.records.service.case_type import CASE
from cardcrm.records.service.sla_type import SLA
from cardcrm.reports.service.service_report import build_service_report

FIRST, LAST = dt.date(2026, 11, 1), dt.date(2026, 11, 30)
UTC = zoneinfo.ZoneInfo("UTC")
STEPS = (  # case, moment, verb
    (1, "2026-11-02T09:10", "reply"), (1, "2026-11-02T12:30", "wait"),
    (1, "2026-11-03T14:00", "in"), (1, "2026-11-03T16:20", "solve"),
    (2, "2026-11-02T16:50", "solve"), (2, "2026-11-04T10:00", "reopen"),
    (2, "2026-11-04T11:15", "solve"), (3, "2026-11-09T09:00", "reply"),
    (4, "2026-11-12T17:30", "reply"), (4, "2026-11-13T08:45", "solve"),
)  # fmt: skip
OPENED = ("2026-11-02 08:40", "2026-11-02 11:55", "2026-11-06 16:00", "2026-11-12 09:00",
          "2026-10-31 10:00")  # fmt: skip


@pytest.fixture
def shop(store, monkeypatch):
    """Let the cases of two customers go through some days."""
    contacts.add(store, ContactDraft("Jane"))
    contacts.add(store, ContactDraft("Bob"))
    products.add(store, "Heater")
    hours = "mon-fri 8:00-12:00,13:00-17:00"
    records.add(store, SLA, {"name": "desk", "first": "1h", "hours": hours, "zone": "UTC"})
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-01T00:00+00:00")
    monkeypatch.setattr("cardcrm.records.fields.date_fields._refuse_future", lambda *_: None)
    for at, opened in enumerate(OPENED):
        more = {"product": "Heater", "type": "incident"} if at % 2 else {}
        records.add(
            store,
            CASE,
            {"contact": f"#{1 + at // 2 % 2}", "text": f"{at}", "opened": opened} | more,
        )
    for case_id, moment, verb in STEPS:
        monkeypatch.setenv("CARDCRM_NOW", f"{moment}+00:00")
        if verb == "reply":
            cases.reply(store, case_id, "Hello", Details("mail", minutes=5))
        elif verb == "in":
            cases.note(store, case_id, "Hello", Details("mail", direction="in"))
        elif verb == "wait":
            cases.set_status(store, case_id, "waiting-customer")
        else:
            getattr(cases, verb)(store, case_id)
    cases.rate(store, 1, 5)
    cases.rate(store, 2, 2)
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-14T12:00+00:00")
    sales.sell(store, 1, Money(12_000, store.locale.currency), when=None)
    return store


def count_minutes(start, end, waits=()):
    """Count the working minutes between two moments, outside of some spans."""
    at, count = dt.datetime.fromisoformat(start), 0
    while at < dt.datetime.fromisoformat(end):
        text = at.isoformat(timespec="minutes")
        is_paused = any(first <= text < last for first, last in waits)
        works = at.weekday() < 5 and (8 <= at.hour < 12 or 13 <= at.hour < 17)
        count += works and not is_paused
        at += dt.timedelta(minutes=1)
    return count


ANSWERS = [
    count_minutes("2026-11-02T08:40", "2026-11-02T09:10"),
    count_minutes("2026-11-02T11:55", "2026-11-02T16:50"),
    count_minutes("2026-11-06T16:00", "2026-11-09T09:00"),
    count_minutes("2026-11-12T09:00", "2026-11-12T17:30"),
]
WAITED = ("2026-11-02T12:30", "2026-11-03T14:00")
SOLVED = ("2026-11-02T16:50", "2026-11-04T10:00")
SOLUTIONS = [
    count_minutes("2026-11-02T08:40", "2026-11-03T16:20", [WAITED]),
    count_minutes("2026-11-02T11:55", "2026-11-04T11:15", [SOLVED]),
    count_minutes("2026-11-12T09:00", "2026-11-13T08:45"),
]  # fmt: skip


def report(store, by="all"):
    return {each.group: each for each in build_service_report(store, FIRST, LAST, by)}


def test_figures_are_those_of_a_walk_through_the_minutes(shop):
    found = report(shop)["all"]
    assert (found.cases, found.solved, found.reopened) == (4, 3, 1)
    assert (found.first_median, found.first_p90) == (statistics.median(ANSWERS), max(ANSWERS))
    assert found.solution_median == statistics.median(SOLUTIONS)
    assert found.solution_p90 == max(SOLUTIONS)
    assert found.late == sum(each > 60 for each in ANSWERS)
    assert found.backlog == (0, 0, 0, 1)
    assert (found.rated, found.rating, found.minutes) == (2, 3.5, 15)


def test_groups_add_up_to_the_whole(shop):
    whole = report(shop)["all"]
    for by in ("type", "priority", "product", "cause", "owner", "channel", "customer", "month"):
        rows = report(shop, by).values()
        for key in ("cases", "solved", "late", "reopened", "rated", "minutes"):
            assert sum(getattr(each, key) for each in rows) == getattr(whole, key), (by, key)
        assert tuple(map(sum, zip(*(each.backlog for each in rows), strict=True))) == whole.backlog


def test_customers_have_their_revenue_beside_the_minutes(shop):
    rows = report(shop, "customer")
    assert {name: (each.minutes, each.revenue.minor) for name, each in rows.items()} == {
        "Jane": (5, 12_000), "Bob": (10, 0),
    }  # fmt: skip


def test_products_and_causes_are_named(shop):
    records.edit(shop, CASE, [2], {"cause": "#1"})
    assert report(shop, "product").keys() == {"Heater", "none"}
    assert report(shop, "cause").keys() == {"0", "none"}


def test_the_times_of_a_case_that_was_solved_at_once_are_floats_as_all_others(shop):
    texts = {"contact": "#1", "text": "x", "channel": "shop"}
    cases.solve(shop, records.add(shop, CASE, texts).id)
    found = report(shop, "channel")["shop"]
    assert {type(each) for each in (found.solution_median, found.solution_p90)} == {float}


def test_a_merged_case_is_left_out(shop):
    cases.merge(shop, 1, 3)
    assert report(shop)["all"].cases == 3


def test_without_a_service_level_all_time_counts(shop):
    records.remove(shop, SLA, [1])
    found = report(shop)["all"]
    assert found.first_p90 == (3 * 24 - 7) * 60
    assert found.late == 0
