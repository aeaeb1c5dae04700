"""The figures of the desk against plain loops over what was written."""

import contextlib
import datetime as dt
import random

import pytest

from cardcrm.dates import DayTime
from cardcrm.money import Money
from cardcrm.records import records, registry
from cardcrm.records.activity import interactions, reminders
from cardcrm.records.contacts import contacts, update
from cardcrm.records.contacts.drafts import ContactDraft, ContactPointDraft
from cardcrm.records.deals import moves, pipelines, stages
from cardcrm.records.invoices import invoices
from cardcrm.records.sales import sales
from cardcrm.reports.desk import desk, recent_changes
from cardcrm.reports.desk.month_to_date import MonthToDate
from cardcrm.reports.desk.next_days import DayLoad
from cardcrm.reports.desk.recent_changes import describe_author
from cardcrm.reports.desk.stage_totals import StageTotal
from cardcrm.store import Locale, journal, open_store
from tests.support.deals import TestDeal, replace_deals

TODAY = dt.date(2026, 11, 21)
STAGES = ("Qualification", "Demo", "Proposal")


@pytest.fixture
def now():
    return "2026-11-21T15:00"


@pytest.fixture
def locale():
    return Locale("GB", "GBP", "Europe/London")


@pytest.fixture
def who(store):
    return contacts.add(store, ContactDraft("Jane Doe")).id


def day(number):
    return TODAY + dt.timedelta(days=number)


def new_deal(store, who, title="Roof"):
    texts = {"title": title, "contact": f"#{who}", "amount": "90"}
    return records.add(store, registry.record_type("deal"), texts).id


# the next days


def test_days_agree_with_a_plain_loop(store, who):
    pick = random.Random(1)
    planned = [(pick.randint(-5, 20), pick.random() < 0.4, pick.random() < 0.3) for _ in range(60)]
    for offset, promise, is_timed in planned:
        due = DayTime(day(offset), dt.time(9, 30) if is_timed else None)
        reminders.add(store, who, "call", due, promise=promise)
    closes = [pick.randint(-5, 20) for _ in range(20)]
    opened = ("Demo", day(-30))
    ended = ("Won", day(-1))
    replace_deals(
        store,
        [
            *(TestDeal([opened], close=day(each)) for each in closes),
            TestDeal([opened, ended], close=day(1)),
        ],
    )
    bills = [pick.randint(-5, 20) for _ in range(20)]
    for offset in bills:
        add_invoice(store, who, offset)
    add_invoice(store, who, 2, paid=True)
    assert desk.read_desk(store).days == tuple(
        DayLoad(
            day(number),
            sum(offset == number and not promise for offset, promise, _ in planned),
            sum(offset == number and promise for offset, promise, _ in planned),
            closes.count(number),
            bills.count(number),
        )
        for number in range(14)
    )


def add_invoice(store, who, offset, *, paid=False):
    texts = {
        "contact": f"#{who}",
        "amount": "10",
        "on": day(-9).isoformat(),
        "due": day(offset).isoformat(),
    }
    invoice = records.add(store, registry.record_type("invoice"), texts)
    if paid:
        invoices.pay(store, invoice.id)


def test_time_of_another_zone_counts_on_the_day_of_the_reader(store, who):
    late = reminders.add(store, who, "call", DayTime(TODAY, dt.time(23, 30))).id
    with store.transaction("test"):
        store.update("reminder", late, due_at="2026-11-22T00:30:00Z")
    days = desk.read_desk(store).days
    assert [days[0].reminders, days[1].reminders] == [0, 1]


# today


def test_progress_counts_what_was_done_and_what_is_left(store, who):
    def add(offset, **more):
        return reminders.add(store, who, "call", DayTime(day(offset)), **more).id

    for offset in (-3, 0, 0, 1):
        add(offset)
    done, weekly, old = add(-1), add(0, every="week"), add(-2)
    reminders.done(store, done)
    reminders.done(store, weekly)
    reminders.done(store, old, when=DayTime(day(-1)))
    progress = desk.read_desk(store).progress
    assert (progress.done, progress.open, progress.planned) == (2, 3, 5)


def test_calls_and_moved_reminders_count_as_done(store, who):
    def add(offset):
        return reminders.add(store, who, "call", DayTime(day(offset))).id

    moved, later, back = add(-1), add(3), add(0)
    reminders.snooze(store, moved, DayTime(day(2)))
    reminders.snooze(store, later, DayTime(day(5)))  # was not due
    reminders.snooze(store, back, DayTime(day(2)))
    journal.undo(store)
    assert desk.read_desk(store).progress == (1, 1)
    interactions.log(store, [who], "about the roof", kind="call")  # the moved one
    assert desk.read_desk(store).progress == (1, 1)
    other = contacts.add(store, ContactDraft("Bob")).id
    interactions.log(store, [other], "no reminder", kind="call")
    interactions.log(store, [other], "mailed", kind="mail")
    assert desk.read_desk(store).progress == (2, 1)


@pytest.mark.parametrize(
    "now", ["2026-11-21T15:00", "2026-03-31T10:00", "2026-01-01T10:00", "2026-02-28T10:00"]
)
def test_revenue_agrees_with_a_plain_loop(store, who, now):
    today = dt.date.fromisoformat(now[:10])
    pick = random.Random(2)
    sold = [
        (today - dt.timedelta(days=pick.randint(0, 70)), pick.choice(("GBP", "EUR")), minor)
        for minor in range(100, 4100, 100)
    ]
    for on, currency, minor in sold:
        sales.sell(store, who, Money(minor, currency), when=DayTime(on))
    month = today.replace(day=1)
    before = (month - dt.timedelta(days=1)).replace(day=1)
    expected = []
    for currency in ("GBP", "EUR"):
        sums = [0, 0]
        for on, its, minor in sold:
            if its == currency and on >= month:
                sums[0] += minor
            elif its == currency and before <= on < month and on.day <= today.day:
                sums[1] += minor
        if any(sums):
            expected.append(MonthToDate(Money(sums[0], currency), Money(sums[1], currency)))
    assert desk.read_desk(store).revenue == tuple(expected)


def test_change_needs_revenue_before():
    pounds = [Money(each, "GBP") for each in (0, 100, 150)]
    assert MonthToDate(pounds[2], pounds[1]).change == pytest.approx(0.5)
    assert MonthToDate(pounds[2], pounds[0]).change is None
    assert MonthToDate(pounds[2], Money(-5, "GBP")).change is None


def test_stages_agree_with_a_plain_loop(store):
    pick = random.Random(3)
    drawn = [
        TestDeal(
            [(pick.choice((*STAGES, "Won")), day(-9))],
            pick.choice((None, 1000, 2500)),
            pick.choice(("GBP", "EUR")),
        )
        for _ in range(40)
    ]
    replace_deals(store, drawn)
    expected = []
    for stage in STAGES:
        found = [each for each in drawn if each.stage == stage]
        sums = {}
        for each in found:
            if each.amount is not None:
                sums[each.currency] = sums.get(each.currency, 0) + each.amount
        amounts = tuple(Money(sums[name], name) for name in sorted(sums))
        expected.append(StageTotal("Sales", stage, len(found), amounts))
    assert desk.read_desk(store).stages == tuple(expected)


# the changes


def sentences(store):
    found = desk.read_desk(store).changes
    return {each.author: describe_author(each) for each in found.authors}


@contextlib.contextmanager
def opened_by(location, locale, user):
    with contextlib.closing(open_store(location, user=user, locale=locale)) as store:
        yield store


def test_changes_are_summed_up_by_author(store, location, locale):
    with opened_by(location, locale, "bob") as other:
        bob = contacts.add(
            other, ContactDraft("Bob's", points=(ContactPointDraft("email", "a@b.example"),))
        ).id
        first, second = (new_deal(other, bob, name) for name in ("Roof", "Door"))
    with opened_by(location, locale, "ann") as own:
        pipeline = pipelines.first_pipeline(own)
        demo = stages.list_stages(own, pipeline.id)[1]
        for deal_id in (first, second):
            moves.move(own, deal_id, demo.name)
        interactions.log(own, [bob], "called", kind="call")
        update.edit(own, [bob], update.Edit(values=(("title", "owner"),)))
        update.edit(own, [bob], update.Edit(tags=("vip",)))
    assert sentences(store) == {
        "bob": "2 deals added, 1 contact added",
        "ann": "2 deals moved, 1 contact changed, 1 interaction added",
    }
    authors = desk.read_desk(store).changes.authors
    assert [(each.author, each.is_me) for each in authors] == [("bob", False), ("ann", True)]


def test_undone_and_old_changes_do_not_count(store, who, monkeypatch):
    assert sentences(store) == {"ann": "1 contact added"}
    journal.undo(store)
    assert sentences(store) == {}
    journal.redo(store)
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-22T15:00")
    assert sentences(store) == {"ann": "1 contact added"}
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-23T15:00")
    assert sentences(store) == {}


def test_record_that_came_and_went_is_not_told(store, who):
    task = reminders.add(store, who, "call", DayTime(TODAY)).id
    records.remove(store, registry.record_type("reminder"), [task])
    assert sentences(store) == {"ann": "1 contact added"}


def test_won_and_moved_deals_come_first(store, who, monkeypatch):
    won, moved = new_deal(store, who), new_deal(store, who)
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-24T15:00")
    for number in range(5):
        reminders.add(store, who, f"call {number}", DayTime(TODAY))
    moves.win(store, won)
    moves.move(store, moved, "Demo")
    assert sentences(store)["ann"].startswith("1 deal won, 1 deal moved, ")


def test_ends_of_deals_and_reminders_have_their_own_words(store, who, monkeypatch):
    won, lost = new_deal(store, who), new_deal(store, who)
    task = reminders.add(store, who, "call", DayTime(TODAY)).id
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-24T15:00")
    reminders.done(store, task)
    moves.win(store, won)
    moves.lose(store, lost, "pricing")
    said = sentences(store)["ann"]
    assert {"1 deal won", "1 deal lost", "1 reminder done"} <= set(said.split(", "))


def test_many_changes_are_cut_to_the_latest(store, who, monkeypatch):
    monkeypatch.setattr(recent_changes, "MOST", 3)
    for number in range(4):
        reminders.add(store, who, f"call {number}", DayTime(TODAY))
    found = desk.read_desk(store).changes
    assert found.has_more
    assert describe_author(found.authors[0]) == "3 reminders added"


def test_empty_database_has_nothing_to_tell(store):
    found = desk.read_desk(store)
    assert found.progress.planned == 0
    assert (found.revenue, found.stages, found.changes.authors) == ((), (), ())
    assert {each[1:] for each in found.days} == {(0, 0, 0, 0)}


def test_one_trip_reads_everything(store, trips):
    desk.read_desk(store)
    assert len(trips) == (1 if store.engine.is_remote else 0)
