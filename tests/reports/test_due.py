"""What is due on a day: what belongs where, in which order, and how much of it is told."""

import datetime as dt

import pytest

from cardcrm.dates import When
from cardcrm.records.activity import interactions, reminders
from cardcrm.records.contacts import contacts, update
from cardcrm.records.contacts.drafts import AnniversaryDraft, ContactDraft, ContactPointDraft
from cardcrm.records.query_sql import compiler
from cardcrm.reports import due
from cardcrm.reports.due_contacts import Callee, Last
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
    return reminders.add(store, who, text, When(day), **more).id


def days(number):
    return TODAY + dt.timedelta(days=number)


def ids(part):
    return [task.id for task in part.rows]


def test_due_today_is_not_overdue_even_when_its_hour_has_passed(store):
    jane = card(store)
    morning = reminders.add(store, jane, "call", When(TODAY, dt.time(9))).id
    late = remind(store, jane, days(-1))
    soon = remind(store, jane, days(1))
    found = due.digest(store, TODAY)
    assert (ids(found.overdue), ids(found.today), ids(found.coming)) == ([late], [morning], [soon])


def test_the_last_of_the_days_ahead_is_coming_and_the_next_is_not(store):
    jane = card(store)
    last = remind(store, jane, days(3))
    remind(store, jane, days(4))
    assert ids(due.digest(store, TODAY, ahead=3).coming) == [last]
    assert ids(due.digest(store, TODAY, ahead=0).coming) == []


def test_overdue_puts_promises_first_then_priority_then_what_has_waited_longest(store):
    jane = card(store)
    plain = remind(store, jane, days(-9))
    newer = remind(store, jane, days(-2))
    pressing = remind(store, jane, days(-1), priority=3)
    promised = remind(store, jane, days(-1), promise=True)
    both = remind(store, jane, days(-1), promise=True, priority=9)
    wanted = [both, promised, pressing, plain, newer]
    assert ids(due.digest(store, TODAY).overdue) == wanted
    asked = compiler.parse(store, "jane")
    assert ids(due.digest(store, TODAY, query=asked).overdue) == wanted


def test_within_a_day_promises_come_first_and_days_stay_in_order(store):
    jane = card(store)
    tomorrow = remind(store, jane, days(1))
    promised = remind(store, jane, days(1), promise=True)
    later = remind(store, jane, days(2), promise=True)
    assert ids(due.digest(store, TODAY).coming) == [promised, tomorrow, later]


def test_what_is_done_is_not_due(store):
    number = remind(store, card(store), days(-1))
    reminders.done(store, number)
    assert not due.digest(store, TODAY)


def test_a_time_of_day_is_told_as_the_clock_in_the_firms_zone_shows_it(store):
    summer = dt.date(2026, 7, 1)
    reminders.add(store, card(store), "call", When(summer, dt.time(9, 30)))
    task = due.digest(store, summer).today.rows[0]
    assert (task.due_at, task.time) == ("2026-07-01T08:30:00Z", dt.time(9, 30))


def test_more_than_the_limit_is_counted_but_not_shown_and_counting_ends(store, monkeypatch):
    monkeypatch.setattr(due, "MOST", 6)
    jane = card(store)
    for number in range(1, 6):
        remind(store, jane, days(-number))
    part = due.digest(store, TODAY, limit=2).overdue
    assert (len(part.rows), part.total, part.exact) == (2, 5, True)
    for number in range(6, 9):
        remind(store, jane, days(-number))
    part = due.digest(store, TODAY, limit=2).overdue
    assert (part.total, part.exact) == (6, False)
    part = due.digest(store, TODAY, limit=20).overdue
    assert (part.total, part.exact) == (8, True)


def test_each_line_has_the_first_phone_and_mail_that_may_be_used(store):
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
    callee = due.digest(store, TODAY).today.rows[0].contact
    assert callee == Callee(jane, "Jane Doe", "Acme Ltd", "+44 113 496 0002", "jane@example.com")


def test_the_last_contact_is_the_latest_by_date_not_by_entry(store):
    jane = card(store)
    interactions.log(
        store, [jane], "asked for a quote\nwants oak", kind="call", when=When(days(-3))
    )
    interactions.log(store, [jane], "came by once", when=When(days(-30)))
    remind(store, jane, TODAY)
    last = due.digest(store, TODAY).today.rows[0].last
    assert last == Last(days(-3), "call", "asked for a quote …")


def test_of_two_contacts_on_a_day_the_later_counts(store):
    jane = card(store)
    day = days(-3)
    interactions.log(store, [jane], "evening", when=When(day, dt.time(18)))
    interactions.log(store, [jane], "morning", when=When(day, dt.time(9)))
    remind(store, jane, TODAY)
    assert due.digest(store, TODAY).today.rows[0].last.text == "evening"


def test_a_cadence_that_has_run_out_is_losing_touch_until_something_is_logged(store):
    jane = card(store, every="30d")
    interactions.log(store, [jane], "spoke", when=When(days(-42)))
    lost = due.digest(store, TODAY).losing_touch.rows[0]
    assert (lost.contact.id, lost.touch_on, lost.days_late) == (jane, days(-12), 12)
    interactions.log(store, [jane], "spoke again", when=When(TODAY))
    assert not due.digest(store, TODAY)
    assert due.digest(store, days(30)).losing_touch.rows[0].days_late == 0


def test_who_has_a_reminder_in_these_days_is_not_listed_twice(store):
    jane = card(store, every="30d")
    interactions.log(store, [jane], "spoke", when=When(days(-42)))
    number = remind(store, jane, days(5))
    assert not due.digest(store, TODAY).losing_touch.rows
    assert due.digest(store, TODAY, ahead=4).losing_touch.rows
    reminders.done(store, number)
    assert due.digest(store, TODAY).losing_touch.rows


def test_birthdays_come_round_over_the_turn_of_the_year_with_the_age(store):
    card(store, "Ann", days=(AnniversaryDraft("birthday", "1980-12-30"),))
    card(store, "Bob", days=(AnniversaryDraft("birthday", "--01-02"),))
    card(store, "Cem", days=(AnniversaryDraft("anniversary", "2010-01-09"),))
    found = due.digest(store, dt.date(2026, 12, 30)).days.rows
    assert [(day.contact.name, day.on, day.age) for day in found] == [
        ("Ann", dt.date(2026, 12, 30), 46),
        ("Bob", dt.date(2027, 1, 2), None),
    ]


@pytest.mark.parametrize(("year", "day"), [(2027, 28), (2028, 29)])
def test_29_february_is_kept_on_the_28th_in_common_years(store, year, day):
    card(store, days=(AnniversaryDraft("birthday", "2000-02-29"),))
    found = due.digest(store, dt.date(year, 2, 27), ahead=3).days
    assert [each.on for each in found.rows] == [dt.date(year, 2, day)]
    assert found.total == 1


def test_a_query_says_whose(store):
    jane, bob = card(store, tags=("vip",), every="30d"), card(store, "Bob", every="30d")
    for who in (jane, bob):
        interactions.log(store, [who], "spoke", when=When(days(-99)))
    wanted = remind(store, jane, days(-1))
    remind(store, bob, days(-1))
    found = due.digest(store, TODAY, query=compiler.parse(store, "tag:vip"))
    assert (ids(found.overdue), found.losing_touch.rows) == ([wanted], ())
    found = due.digest(store, days(-30), query=compiler.parse(store, "-tag:vip"))
    assert [lost.contact.id for lost in found.losing_touch.rows] == [bob]


def test_for_a_user_are_their_reminders_and_those_on_their_cards(store):
    anns, bobs = card(store, owner="Ann"), card(store, "Bob", owner="bob")
    own = remind(store, anns, days(-3))
    given = remind(store, bobs, days(-2), owner="ann")
    remind(store, anns, days(-1), owner="bob")
    assert ids(due.digest(store, TODAY, owner="ann").overdue) == [own, given]


def test_touch_follows_the_cadence_when_that_is_changed(store):
    jane = card(store, every="90d")
    interactions.log(store, [jane], "spoke", when=When(days(-42)))
    assert not due.digest(store, TODAY)
    update.edit(store, [jane], update.Edit(values=(("every", "30d"),)))
    assert due.digest(store, TODAY).losing_touch.rows


def test_a_year_ahead_names_every_birthday_once(store):
    card(
        store,
        days=(
            AnniversaryDraft("birthday", "1980-11-21"),
            AnniversaryDraft("wedding", "2000-02-29"),
        ),
    )
    found = due.digest(store, TODAY, ahead=9999).days
    assert [(day.label, day.on) for day in found.rows] == [
        ("birthday", TODAY),
        ("wedding", dt.date(2027, 2, 28)),
    ]
    assert found.total == 2


def test_what_was_noted_last_today_counts_with_or_without_a_time(store):
    jane = card(store)
    interactions.log(store, [jane], "first")
    interactions.log(store, [jane], "second", when=When(TODAY))
    remind(store, jane, TODAY)
    (task,) = due.digest(store, TODAY).today.rows
    assert task.last.text == "second"


def test_a_colleagues_reminder_does_not_hide_a_touch_that_is_lost(store):
    jane = card(store, every="7d", owner="ann")
    interactions.log(store, [jane], "met", when=When(days(-14)))
    remind(store, jane, days(2), owner="bob")
    assert [
        lost.contact.id for lost in due.digest(store, TODAY, owner="ann").losing_touch.rows
    ] == [jane]
    assert due.digest(store, TODAY).losing_touch.rows == ()
