"""How often the screen asks a server: over a slow line each trip is felt.

What is counted are trips there and back; several statements may go with one.
"""

import asyncio

import pytest

from cardcrm.records.activity import interactions
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.tui import search_controller


@pytest.fixture
def engine():
    return "postgresql"


@pytest.fixture
def counted(drive, trips, monkeypatch):
    """Run keys on the screen; how many trips each of them took."""
    monkeypatch.setattr(search_controller, "PAUSE", 0)

    def run(*deeds):
        found = []

        async def script(hands):
            for deed in deeds:
                trips.clear()
                await (hands.press(deed) if isinstance(deed, str) else deed(hands))
                await asyncio.sleep(0.02)
                await hands.settle()
                found.append(len(trips))

        drive(script)
        return found

    return run


def test_the_next_card_takes_two(counted):
    today, _, cards, page, part = counted("down", "2", "down", "pagedown", "S")
    assert max(today, cards, page, part) <= 2


def test_pages_take_a_dozen_at_most(counted):
    cards, value, journal, today = counted("2", "3", "4", "1")
    assert cards <= 7
    assert value <= 16
    assert journal <= 4
    assert today <= 2


def test_a_letter_takes_no_more_than_its_search_and_the_card(counted):
    async def nowhere(hands):
        await hands.write("qxz")

    _, first, second, third, none = counted("slash", "p", "r", "i", nowhere)
    assert max(first, second, third) <= 9
    assert none <= 6


def test_a_filter_takes_no_more_than_its_search_and_the_card(counted):
    async def vips(hands):
        await hands.write("tag:trade ")

    _, filtered, letter = counted("slash", vips, "b")
    assert filtered <= 9
    assert letter <= 12


def test_what_others_change_is_read_in_a_few(counted, store, trips):
    async def change(hands):
        interactions.log(store, [10], "called")
        contacts.add(store, ContactDraft("Zoe"))
        trips.clear()
        await hands.look()

    _, seen = counted("2", change)
    assert seen <= 8
