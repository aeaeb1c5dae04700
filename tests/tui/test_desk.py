"""The desk beside or under the card of Today: where it is shown, what it says, and when."""

import datetime as dt

import pytest

from cardcrm.dates import DayTime
from cardcrm.records.activity import reminders
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.store import open_store
from tests.support.screen import LOCALE, create_app, running

WIDE, WIDEST = (120, 40), (160, 50)


def desk(pilot):
    return pilot.app.page.desk


def lines(pilot):
    return ["".join(span.text for span in line) for line in desk(pilot)._draw(desk(pilot).size)]


def line(pilot, start):
    return next(each.strip() for each in lines(pilot) if each.strip().startswith(start))


@pytest.mark.engines("sqlite", "postgresql")
async def test_desk_is_under_the_card_or_beside_it(open_app):
    async with open_app(size=WIDE) as pilot:
        card, shown = pilot.app.page.card.region, desk(pilot).region
        assert (card.x, card.bottom) == (shown.x, shown.y)
        assert shown.height < card.height
        for heading in ("Next 14 days", "Done today", "Revenue in November", "Open deals"):
            assert heading in pilot.text()
        await pilot.resize_terminal(*WIDEST)
        await pilot.settle()
        card, shown = pilot.app.page.card.region, desk(pilot).region
        assert (card.right, card.y) == (shown.x, shown.y)
        assert "Open deals · Weddings" in pilot.text()


@pytest.mark.parametrize("size", [(119, 60), (120, 31), (80, 24)])
async def test_smaller_terminal_has_no_desk_and_does_not_read_it(open_app, size):
    async with open_app(size=size) as pilot:
        assert not desk(pilot).display
        assert desk(pilot).desk is None
        await pilot.resize_terminal(*WIDEST)
        await pilot.settle()
        assert desk(pilot).desk is not None
        await pilot.resize_terminal(*size)
        await pilot.settle()
        assert "Next 14 days" not in pilot.text()


@pytest.mark.engines("sqlite", "postgresql")
async def test_desk_follows_changes_and_the_cursor_stays(open_app, store):
    async with open_app(size=WIDEST) as pilot:
        await pilot.press("down", "down")
        selected = pilot.app.page.list.selected
        assert line(pilot, "Done today").endswith("0 of 7")
        reminders.done(store, 1)
        contacts.add(store, ContactDraft("Nina"))
        await pilot.look_for_changes()
        assert line(pilot, "Done today").endswith("1 of 7")
        assert line(pilot, "colleague") == "colleague 1 contact added, 1 reminder done"
        assert pilot.app.page.list.selected == selected
        assert pilot.app.page.list.has_focus


async def test_own_change_is_counted_at_once(open_app):
    async with open_app(size=WIDEST) as pilot:
        await pilot.press("d", "enter")
        assert line(pilot, "Done today").endswith("1 of 7")
        await pilot.press("u")
        assert line(pilot, "Done today").endswith("0 of 7")


async def test_desk_is_drawn_in_every_theme(open_app):
    async with open_app(size=WIDEST) as pilot:
        for _ in range(3):
            await pilot.press("ctrl+t")
            assert "Since yesterday" in pilot.text()


async def test_many_reminders_and_deals_keep_to_the_lines(open_app, store):
    with store.transaction("test"):
        for number in range(120):
            reminders.add(store, 9, f"call {number}", DayTime(dt.date(2026, 11, 24)))
    async with open_app(size=WIDE) as pilot:
        assert "99+" in line(pilot, "follow-ups")
        assert len(lines(pilot)) <= desk(pilot).size.height
        assert all(len(each) <= desk(pilot).size.width for each in lines(pilot))


async def test_empty_database_shows_a_quiet_desk(tmp_path):
    path = tmp_path / "empty.db"
    open_store(path, create=True, locale=LOCALE).close()
    async with running(create_app(path), WIDEST) as pilot:
        assert "Nothing is planned." in pilot.text()
        assert [each for each in lines(pilot) if each.strip()][-1].strip() == "Nothing is planned."
