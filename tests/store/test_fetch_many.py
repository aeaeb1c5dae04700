"""Several things asked of a server in one trip: the same answers, in good days and bad ones."""

import datetime as dt
from functools import partial

import pytest

from cardcrm.dates import When
from cardcrm.errors import StorageError
from cardcrm.money import Money
from cardcrm.records.activity import interactions, reminders
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.sales import products, sales
from cardcrm.reports import due
from cardcrm.reports.card import full_card
from cardcrm.store import open_store
from cardcrm.store.ahead import asked_ahead

pytest.importorskip("psycopg")

TODAY = dt.date(2026, 11, 21)


@pytest.fixture
def store(server_place):
    box = open_store(server_place, user="ann", create=True, wait=5)
    contacts.add(box, ContactDraft("Jane", nicknames=("Jay",), tags=("vip",)))
    yield box
    box.close()


def names(store, word="Jane"):
    return [row[0] for row in store.rows("SELECT name FROM contact WHERE name = :w", w=word)]


def tags(store):
    return [row[0] for row in store.rows("SELECT name FROM tag")]


def test_what_is_asked_ahead_is_one_trip_and_other_questions_are_asked_as_ever(store, trips):
    with asked_ahead(store, names, tags, names):
        assert (names(store), tags(store), names(store)) == (["Jane"], ["vip"], ["Jane"])
        assert [len(trip) for trip in trips] == [2]
        assert names(store, "Joe") == []
        assert len(trips) == 2
    assert names(store) == ["Jane"]
    assert len(trips) == 3


def test_what_is_known_is_not_asked_again_by_those_within(store, trips):
    with asked_ahead(store, names, tags):
        with asked_ahead(store, names, tags):
            assert tags(store) == ["vip"]
        with asked_ahead(store, names, partial(names, word="Joe")):
            assert (names(store), names(store, "Joe")) == (["Jane"], [])
    assert len(trips) == 2


def test_within_a_change_it_sees_what_was_changed(store):
    with store.transaction():
        contacts.add(store, ContactDraft("Joe", tags=("new",)))
        with asked_ahead(store, partial(names, word="Joe"), tags):
            assert (names(store, "Joe"), tags(store)) == (["Joe"], ["vip", "new"])
    assert names(store, "Joe") == ["Joe"]


def test_what_makes_no_sense_is_told_as_ever_and_the_line_stays_whole(store):
    def wrong(store):
        return store.rows("SELECT nothing FROM contact")

    with pytest.raises(StorageError, match="nothing"), asked_ahead(store, names, wrong):
        raise AssertionError("not reached")
    assert names(store) == ["Jane"]


def test_a_line_that_was_cut_is_mended(store, server_place):
    other = open_store(server_place)
    pid = store.value("SELECT pg_backend_pid()")
    other.value("SELECT pg_terminate_backend(:pid)", pid=pid)
    other.close()
    with asked_ahead(store, names, tags):
        assert (names(store), tags(store)) == (["Jane"], ["vip"])


def test_a_card_takes_two_trips_however_much_is_on_it(store, trips):
    jane = contacts.get(store, 1)
    products.add(store, "Rose", price=Money(100, "EUR"))
    sales.sell(store, jane.id, None, lines=[sales.LineDraft("Rose")])
    interactions.log(store, [jane.id], "asked for roses")
    reminders.add(store, jane.id, "call", When(TODAY))
    trips.clear()
    card = full_card(store, jane.id)
    assert len(trips) == 2
    assert (card.sales[0].lines[0].product, card.details.nicknames) == ("Rose", ("Jay",))
    assert (card.history[0].people, card.reminders[0].text) == (((1, "Jane"),), "call")


def test_the_day_takes_a_handful_of_trips(store, trips):
    for number in range(12):
        when = When(TODAY - dt.timedelta(days=number))
        reminders.add(store, 1, f"call {number}", when, priority=number % 3)
    trips.clear()
    day = due.digest(store, TODAY, ahead=7)
    assert (day.overdue.total, day.today.total) == (11, 1)
    assert len(trips) <= 7
