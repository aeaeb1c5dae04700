"""Alerts on the screen: seen on the page of the day and on the card, and dismissed there."""

import datetime as dt

import pytest

from cardcrm.reports.alerts.alert_queries import alert_query
from cardcrm.reports.alerts.alert_table import refresh_alerts
from cardcrm.store import journal

TODAY = dt.date(2026, 11, 21)
DAYS = 30


@pytest.fixture
def alerts(store):
    """Return the alerts of the shop in their order."""
    refresh_alerts(store, TODAY, DAYS)
    return shown(store)


def shown(store):
    return store.fetch(alert_query(TODAY, DAYS, 100))


async def choose_alert(pilot, number=0):
    """Move to an alert of the page of the day."""
    rows = pilot.app.page.list.rows
    first = next(at for at, row in enumerate(rows) if row.heading == "Alerts") + 1
    pilot.app.page.list.go(first + number)
    await pilot.settle()


@pytest.mark.engines("sqlite", "postgresql")
async def test_an_alert_of_the_day_is_dismissed_and_undo_brings_it_back(open_app, store, alerts):
    first = alerts[0]
    async with open_app(alert_days=DAYS) as pilot:
        assert "Alerts ─" in pilot.text()
        await choose_alert(pilot)
        assert pilot.app.page.card.contact_id == first.contact_id
        assert (
            first.reason.partition(" in ")[0] in pilot.text()
        )  # further lines are beside the card
        await pilot.press("d")
        assert "Hidden until 19 Feb 2027" in pilot.notices[-1]
        assert first.id not in {each.id for each in shown(store)}
        assert journal.steps(store, 1)[0].command == f"tui: done A{first.id}"
        await pilot.press("u")
    assert shown(store) == alerts


async def test_the_next_alert_takes_the_place_of_a_dismissed_one(open_app, alerts):
    async with open_app(alert_days=DAYS) as pilot:
        assert ids_of_day(pilot) == [each.id for each in alerts[:5]]
        await choose_alert(pilot)
        await pilot.press("d")
        assert ids_of_day(pilot) == [each.id for each in alerts[1:6]]


def ids_of_day(pilot):
    items = (row.item for row in pilot.app.page.list.rows)
    return [item.alert.id for item in items if hasattr(item, "alert")]


@pytest.mark.engines("sqlite", "postgresql")
async def test_an_alert_is_hidden_up_to_a_day(open_app, store, alerts):
    async with open_app(alert_days=DAYS) as pilot:
        await choose_alert(pilot)
        await pilot.press("s")
        await pilot.paste("2w")
        await pilot.press("enter")
        assert "Hidden until Sat 5 Dec" in pilot.notices[-1]
    until = store.value("SELECT until_on FROM dismissal")
    assert until == "2026-12-05"


async def test_marked_alerts_are_dismissed_in_one_step(open_app, store, alerts):
    async with open_app(alert_days=DAYS) as pilot:
        await choose_alert(pilot)
        await pilot.press("space", "space", "d")
        assert "2 alerts hidden" in pilot.notices[-1]
        assert [each.id for each in shown(store)] == [each.id for each in alerts[2:]]
        await pilot.press("u")
    assert shown(store) == alerts


@pytest.mark.parametrize("key", ["d", "delete"])
async def test_the_card_has_the_alerts_of_its_contact(open_app, store, alerts, key):
    kind, reason = alerts[0].kind, alerts[0].reason
    async with open_app(alert_days=DAYS) as pilot:
        await choose_alert(pilot)
        page = pilot.app.page
        page.focus_card()
        await pilot.settle()
        lines = [page.card.line_at(at) for at in range(page.card.count)]
        at = next(
            at for at, line in enumerate(lines) if line and line.target
            and line.target.kind == "alert"
        )  # fmt: skip
        assert lines[at].spans[0].text.startswith(kind)
        assert reason.endswith(lines[at].target.text.rpartition(": ")[2])
        page.card.go(at)
        await pilot.press(key)
        assert alerts[0].id not in {each.id for each in shown(store)}


async def test_no_alerts_are_shown_where_they_are_switched_off(open_app, alerts):
    async with open_app(alert_days=0) as pilot:
        assert "Alerts" not in pilot.text()
        assert ids_of_day(pilot) == []
