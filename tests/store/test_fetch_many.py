"""Several queries sent to a server in one round trip."""

import datetime as dt

import pytest

from cardcrm.dates import DayTime
from cardcrm.errors import StorageError
from cardcrm.money import Money
from cardcrm.records.activity import interactions, reminders
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.sales import products, sales
from cardcrm.reports import due
from cardcrm.reports.card import load_card
from cardcrm.store import Query, open_store
from cardcrm.store.fetch import count_of, first_column, first_value

pytest.importorskip("psycopg")

TODAY = dt.date(2026, 11, 21)
TAGS = Query("SELECT name FROM tag ORDER BY id", {}, first_column)


@pytest.fixture
def store(server_location):
    box = open_store(server_location, user="ann", create=True, wait=5)
    contacts.add(box, ContactDraft("Jane", nicknames=("Jay",), tags=("vip",)))
    yield box
    box.close()


def names(name="Jane"):
    return Query("SELECT name FROM contact WHERE name = :name", {"name": name}, first_column)


def test_a_server_answers_all_queries_in_one_trip(store, trips):
    assert store.fetch_many([names(), TAGS, names("Joe")]) == [["Jane"], ["vip"], []]
    assert [len(trip) for trip in trips] == [3]


def test_a_file_answers_them_one_by_one(tmp_path):
    box = open_store(tmp_path / "cards.db", create=True)
    contacts.add(box, ContactDraft("Jane", tags=("vip",)))
    assert box.fetch_many([names(), TAGS]) == [["Jane"], ["vip"]]
    box.close()


def test_no_query_is_no_trip(store, trips):
    assert store.fetch_many([]) == []
    assert trips == []


def test_each_result_is_parsed(store):
    count = Query("SELECT count(*) FROM contact", {}, count_of)
    nobody = Query("SELECT id FROM contact WHERE id = -1", {}, first_value)
    assert store.fetch_many([count, nobody]) == [1, None]
    assert store.fetch(count) == 1


def test_within_a_transaction_they_see_its_changes(store):
    with store.transaction():
        contacts.add(store, ContactDraft("Joe", tags=("new",)))
        assert store.fetch_many([names("Joe"), TAGS]) == [["Joe"], ["vip", "new"]]


def test_an_invalid_query_raises_and_leaves_the_connection_usable(store):
    wrong = Query("SELECT nothing FROM contact", {}, list)
    with pytest.raises(StorageError, match="nothing"):
        store.fetch_many([names(), wrong])
    assert store.fetch(names()) == ["Jane"]


def test_a_lost_connection_is_made_again(store, server_location):
    other = open_store(server_location)
    pid = store.value("SELECT pg_backend_pid()")
    other.value("SELECT pg_terminate_backend(:pid)", pid=pid)
    other.close()
    assert store.fetch_many([names(), TAGS]) == [["Jane"], ["vip"]]


def test_a_card_takes_two_trips_however_much_is_on_it(store, trips):
    jane = contacts.get(store, 1)
    products.add(store, "Rose", price=Money(100, "EUR"))
    sales.sell(store, jane.id, None, lines=[sales.LineDraft("Rose")])
    interactions.log(store, [jane.id], "asked for roses")
    reminders.add(store, jane.id, "call", DayTime(TODAY))
    trips.clear()
    card = load_card(store, jane.id)
    assert len(trips) == 2
    assert (card.sales[0].lines[0].product, card.details.nicknames) == ("Rose", ("Jay",))
    assert (card.history[0].participants, card.reminders[0].text) == (((1, "Jane"),), "call")


def test_a_digest_takes_one_trip_for_each_priority_and_two_more(store, trips):
    for number in range(12):
        when = DayTime(TODAY - dt.timedelta(days=number))
        reminders.add(store, 1, f"call {number}", when, priority=number % 3)
    trips.clear()
    day = due.build_digest(store, TODAY, ahead=7)
    assert (day.overdue.total, day.today.total) == (11, 1)
    assert len(trips) == 5
