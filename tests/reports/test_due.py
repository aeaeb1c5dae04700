"""Test the contents, the order and the counts of the digest."""

import datetime as dt

import pytest

from cardcrm.dates import DayTime
from cardcrm.records.activity import interactions, reminders
from cardcrm.records.contacts import contacts, update
from cardcrm.records.contacts.drafts import AnniversaryDraft, ContactDraft, ContactPointDraft
from cardcrm.records.query_sql import contact_query
from cardcrm.render.digest import format_digest
from cardcrm.reports import due, due_queries
from cardcrm.reports.due_contacts import DueContact, LastInteraction
from cardcrm.store import Locale

TODAY = dt.date(2026, 11, 21)


@pytest.fixture
def now():
    return "2026-11-21T15:00"


@pytest.fixture
def locale():
    return Locale("GB", "EUR", "Europe/London")


def card(store, name="Jane Doe", **more):
    return contacts.add(store, ContactDraft(name=name, **more)).id


def remind(store, who, day, text="call", **more):
    return reminders.add(store, who, text, DayTime(day), **more).id


def days(number):
    return TODAY + dt.timedelta(days=number)


def ids(part):
    return [task.id for task in part.rows]


def test_due_today_is_not_overdue_even_when_its_hour_has_passed(store):
    jane = card(store)
    morning = reminders.add(store, jane, "call", DayTime(TODAY, dt.time(9))).id
    late = remind(store, jane, days(-1))
    soon = remind(store, jane, days(1))
    found = due.build_digest(store, TODAY)
    assert (ids(found.overdue), ids(found.today), ids(found.coming)) == ([late], [morning], [soon])


def test_coming_ends_with_the_last_day_ahead(store):
    jane = card(store)
    last = remind(store, jane, days(3))
    remind(store, jane, days(4))
    assert ids(due.build_digest(store, TODAY, ahead=3).coming) == [last]
    assert ids(due.build_digest(store, TODAY, ahead=0).coming) == []


def test_overdue_order_is_promise_priority_date(store):
    jane = card(store)
    plain = remind(store, jane, days(-9))
    newer = remind(store, jane, days(-2))
    pressing = remind(store, jane, days(-1), priority=3)
    promised = remind(store, jane, days(-1), promise=True)
    both = remind(store, jane, days(-1), promise=True, priority=9)
    wanted = [both, promised, pressing, plain, newer]
    assert ids(due.build_digest(store, TODAY).overdue) == wanted
    asked = contact_query.parse(store, "jane")
    assert ids(due.build_digest(store, TODAY, query=asked).overdue) == wanted


def test_within_a_day_promises_come_first_and_days_stay_in_order(store):
    jane = card(store)
    tomorrow = remind(store, jane, days(1))
    promised = remind(store, jane, days(1), promise=True)
    later = remind(store, jane, days(2), promise=True)
    assert ids(due.build_digest(store, TODAY).coming) == [promised, tomorrow, later]


def test_done_reminder_is_not_due(store):
    number = remind(store, card(store), days(-1))
    reminders.done(store, number)
    assert not due.build_digest(store, TODAY)


def test_time_of_day_is_in_the_zone_of_the_database(store):
    summer = dt.date(2026, 7, 1)
    reminders.add(store, card(store), "call", DayTime(summer, dt.time(9, 30)))
    task = due.build_digest(store, summer).today.rows[0]
    assert (task.due_at, task.time) == ("2026-07-01T08:30:00Z", dt.time(9, 30))


def test_rows_above_the_limit_are_counted_up_to_a_maximum(store, monkeypatch):
    monkeypatch.setattr(due_queries, "MAX_COUNT", 6)
    jane = card(store)
    for number in range(1, 6):
        remind(store, jane, days(-number))
    part = due.build_digest(store, TODAY, limit=2).overdue
    assert (len(part.rows), part.total, part.exact) == (2, 5, True)
    for number in range(6, 9):
        remind(store, jane, days(-number))
    part = due.build_digest(store, TODAY, limit=2).overdue
    assert (part.total, part.exact) == (6, False)
    part = due.build_digest(store, TODAY, limit=20).overdue
    assert (part.total, part.exact) == (8, True)


def test_entry_has_the_first_usable_phone_and_email(store):
    jane = card(
        store,
        org="Acme Ltd",
        points=(
            ContactPointDraft("phone", "+44 113 496 0001", invalid=True),
            ContactPointDraft("phone", "+44 113 496 0002"),
            ContactPointDraft("phone", "+44 113 496 0003"),
            ContactPointDraft("email", "old@example.com", opted_out=True),
            ContactPointDraft("email", "jane@example.com"),
        ),
    )
    remind(store, jane, TODAY)
    callee = due.build_digest(store, TODAY).today.rows[0].contact
    assert callee == DueContact(
        jane, "Jane Doe", "Acme Ltd", "+44 113 496 0002", "jane@example.com"
    )


def test_a_contact_that_is_deceased_is_marked(store):
    jane = card(store)
    remind(store, jane, TODAY)
    update.edit(store, [jane], update.Edit(values=(("status", "deceased"),)))
    found = due.build_digest(store, TODAY)
    assert found.today.rows[0].contact == DueContact(jane, "Jane Doe", status="deceased")
    assert "Jane Doe (deceased): call" in format_digest(found)


def test_latest_interaction_is_chosen_by_date(store):
    jane = card(store)
    interactions.log(
        store, [jane], "asked for a quote\nwants oak", kind="call", when=DayTime(days(-3))
    )
    interactions.log(store, [jane], "came by once", when=DayTime(days(-30)))
    remind(store, jane, TODAY)
    last = due.build_digest(store, TODAY).today.rows[0].last
    assert last == LastInteraction(days(-3), "call", "asked for a quote …")


def test_later_interaction_of_a_day_counts(store):
    jane = card(store)
    day = days(-3)
    interactions.log(store, [jane], "evening", when=DayTime(day, dt.time(18)))
    interactions.log(store, [jane], "morning", when=DayTime(day, dt.time(9)))
    remind(store, jane, TODAY)
    assert due.build_digest(store, TODAY).today.rows[0].last.text == "evening"


def test_losing_touch_ends_with_an_interaction(store):
    jane = card(store, every="30d")
    interactions.log(store, [jane], "spoke", kind="call", when=DayTime(days(-42)))
    lost = due.build_digest(store, TODAY).losing_touch.rows[0]
    assert (lost.contact.id, lost.touch_by, lost.days_late) == (jane, days(-12), 12)
    interactions.log(store, [jane], "spoke again", kind="call", when=DayTime(TODAY))
    assert not due.build_digest(store, TODAY)
    assert due.build_digest(store, days(30)).losing_touch.rows[0].days_late == 0


def test_contact_with_a_reminder_is_not_losing_touch(store):
    jane = card(store, every="30d")
    interactions.log(store, [jane], "spoke", kind="call", when=DayTime(days(-42)))
    number = remind(store, jane, days(5))
    assert not due.build_digest(store, TODAY).losing_touch.rows
    assert due.build_digest(store, TODAY, ahead=4).losing_touch.rows
    reminders.done(store, number)
    assert due.build_digest(store, TODAY).losing_touch.rows


def test_birthdays_across_new_year_have_the_age(store):
    card(store, "Ann", days=(AnniversaryDraft("birthday", "1980-12-30"),))
    card(store, "Bob", days=(AnniversaryDraft("birthday", "--01-02"),))
    card(store, "Cem", days=(AnniversaryDraft("anniversary", "2010-01-09"),))
    found = due.build_digest(store, dt.date(2026, 12, 30)).days.rows
    assert [(day.contact.name, day.on, day.age) for day in found] == [
        ("Ann", dt.date(2026, 12, 30), 46),
        ("Bob", dt.date(2027, 1, 2), None),
    ]


@pytest.mark.parametrize("today", ["2026-12-30", "2027-01-01", "2027-03-01", "2028-02-29"])
def test_each_anniversary_of_a_year_comes_once_and_in_order(store, today):
    names = ("12-30", "12-31", "01-01", "02-28", "02-29", "03-01", "07-15")
    for name in names:
        card(store, name, days=(AnniversaryDraft("birthday", f"--{name}"),))
    today = dt.date.fromisoformat(today)
    found = due.build_digest(store, today, ahead=366).days
    shown = [day.on for day in found.rows]
    assert shown == sorted(shown)
    assert sorted(day.contact.name for day in found.rows) == sorted(names)
    first = due.build_digest(store, today, ahead=366, limit=3).days
    assert (first.rows, first.total) == (found.rows[:3], len(names))
    vip = due.build_digest(store, today, ahead=366, query=contact_query.parse(store, "03")).days
    assert [day.contact.name for day in vip.rows] == ["03-01"]


@pytest.mark.parametrize(("year", "day"), [(2027, 28), (2028, 29)])
def test_29_february_falls_on_the_28th_in_common_years(store, year, day):
    card(store, days=(AnniversaryDraft("birthday", "2000-02-29"),))
    found = due.build_digest(store, dt.date(year, 2, 27), ahead=3).days
    assert [each.on for each in found.rows] == [dt.date(year, 2, day)]
    assert found.total == 1


def test_query_selects_contacts(store):
    jane, bob = card(store, tags=("vip",), every="30d"), card(store, "Bob", every="30d")
    for who in (jane, bob):
        interactions.log(store, [who], "spoke", kind="call", when=DayTime(days(-99)))
    wanted = remind(store, jane, days(-1))
    remind(store, bob, days(-1))
    found = due.build_digest(store, TODAY, query=contact_query.parse(store, "tag:vip"))
    assert (ids(found.overdue), found.losing_touch.rows) == ([wanted], ())
    found = due.build_digest(store, days(-30), query=contact_query.parse(store, "-tag:vip"))
    assert [lost.contact.id for lost in found.losing_touch.rows] == [bob]


def test_owner_selects_reminders_and_own_contacts(store):
    anns, bobs = card(store, owner="Ann"), card(store, "Bob", owner="bob")
    own = remind(store, anns, days(-3))
    given = remind(store, bobs, days(-2), owner="ann")
    remind(store, anns, days(-1), owner="bob")
    assert ids(due.build_digest(store, TODAY, owner="ann").overdue) == [own, given]


def test_touch_follows_the_cadence_when_that_is_changed(store):
    jane = card(store, every="90d")
    interactions.log(store, [jane], "spoke", kind="call", when=DayTime(days(-42)))
    assert not due.build_digest(store, TODAY)
    update.edit(store, [jane], update.Edit(values=(("every", "30d"),)))
    assert due.build_digest(store, TODAY).losing_touch.rows


def test_a_year_ahead_names_every_birthday_once(store):
    card(
        store,
        days=(
            AnniversaryDraft("birthday", "1980-11-21"),
            AnniversaryDraft("wedding", "2000-02-29"),
        ),
    )
    found = due.build_digest(store, TODAY, ahead=9999).days
    assert [(day.label, day.on) for day in found.rows] == [
        ("birthday", TODAY),
        ("wedding", dt.date(2027, 2, 28)),
    ]
    assert found.total == 2


def test_last_interaction_of_today_counts_with_or_without_time(store):
    jane = card(store)
    interactions.log(store, [jane], "first")
    interactions.log(store, [jane], "second", when=DayTime(TODAY))
    remind(store, jane, TODAY)
    (task,) = due.build_digest(store, TODAY).today.rows
    assert task.last.text == "second"


def test_reminder_of_another_user_does_not_hide_losing_touch(store):
    jane = card(store, every="7d", owner="ann")
    interactions.log(store, [jane], "met", kind="call", when=DayTime(days(-14)))
    remind(store, jane, days(2), owner="bob")
    assert [
        lost.contact.id for lost in due.build_digest(store, TODAY, owner="ann").losing_touch.rows
    ] == [jane]
    assert due.build_digest(store, TODAY).losing_touch.rows == ()
