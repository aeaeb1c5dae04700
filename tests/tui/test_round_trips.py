"""Round trips of the screen to a server: over a slow line each is felt.

Several statements may share one round trip.
"""

import asyncio

import pytest

from cardcrm.records.activity import interactions
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.tui import search_controller

pytestmark = pytest.mark.engines("postgresql")


@pytest.fixture
def counted(open_app, trips, monkeypatch):
    """Press keys on the screen; return how many trips each of them took."""
    monkeypatch.setattr(search_controller, "COUNT_DELAY", 0)

    async def run(*actions):
        found = []
        async with open_app() as pilot:
            for action in actions:
                trips.clear()
                await (pilot.press(action) if isinstance(action, str) else action(pilot))
                await asyncio.sleep(0.02)
                await pilot.settle()
                found.append(len(trips))
        return found

    return run


async def test_next_card_takes_two_round_trips(counted):
    today, _, cards, page, part = await counted("down", "2", "down", "pagedown", "S")
    assert max(today, cards, page, part) <= 2


async def test_pages_take_few_round_trips(counted):
    cards, value, journal, today = await counted("2", "3", "4", "1")
    assert cards <= 7
    assert value <= 22  # with the customers who are slipping away
    assert journal <= 5
    assert today <= 2


async def test_letter_takes_one_search_and_one_card(counted):
    async def nowhere(pilot):
        await pilot.paste("qxz")

    *_, first, second, third, none = await counted("2", "slash", "p", "r", "i", nowhere)
    assert max(first, second, third) <= 9
    assert none <= 8  # the two last look for similar names


async def test_filter_takes_one_search_and_one_card(counted):
    async def vips(pilot):
        await pilot.paste("tag:trade ")

    *_, filtered, letter = await counted("2", "slash", vips, "b")
    assert filtered <= 9
    assert letter <= 12


async def test_letter_of_the_search_for_everything_takes_few_round_trips(counted):
    _, first, second = await counted("ctrl+p", "p", "r")
    assert max(first, second) <= 34  # four for each noun; the rest for the card in the preview


async def test_others_changes_are_read_in_few_round_trips(counted, store, trips):
    async def change(pilot):
        interactions.log(store, [10], "called")
        contacts.add(store, ContactDraft("Zoe"))
        trips.clear()
        await pilot.look_for_changes()

    _, seen = await counted("2", change)
    assert seen <= 8
