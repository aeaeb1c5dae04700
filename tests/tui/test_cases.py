"""The page of cases: the queue, whose they are, and what was said last."""

import threading

import pytest

from cardcrm import dates
from cardcrm.query import ALL
from cardcrm.records import records, sample
from cardcrm.records.activity.interactions import Details
from cardcrm.records.query_sql import record_query
from cardcrm.records.service import cases
from cardcrm.records.service.case_queue import read_queue
from cardcrm.records.service.case_type import CASE
from cardcrm.records.teamwork.team_type import TEAM
from cardcrm.tui.screens import cases as page_of_cases

pytestmark = pytest.mark.engines("sqlite", "postgresql")


def open_case(store, text, **texts):
    return records.add(store, CASE, {"contact": "#3", "text": text, **texts}).id


def listed(pilot):
    return [each.id for each in pilot.app.page.list.records]


async def test_the_queue_begins_with_the_next_deadline(open_app, store):
    plain = open_case(store, "plain", opened="2026-11-02 9:00")  # long past its solution
    urgent = open_case(store, "urgent", priority="urgent")
    records.add(store, TEAM, {"name": "desk", "members": f"zoe, {sample.USER}"})
    ours = open_case(store, "ours", team="desk", owner="zoe")
    async with open_app(size=(120, 40)) as pilot:
        await pilot.press("0")
        page = pilot.app.page
        dues = [each.values["due"] for each in page.list.records]
        dated = [each for each in dues if each is not None]
        assert dated == sorted(dated)
        assert dues[: len(dated)] == dated
        assert {plain, urgent, ours} < set(listed(pilot))
        late = [at for at, due in enumerate(dues) if due is not None and due < dates.now()]
        assert late
        assert {page.list.style_of_cell(at, 1) for at in late} == {"late"}
        await pilot.press("W", "W")
        assert listed(pilot) == [ours]
        await pilot.press("W")
        assert {each.values["owner"] for each in page.list.records} == {""}
        page.select(urgent)
        await pilot.settle()
        cases.reply(store, urgent, "it is on its way", Details("call"))
        await pilot.press("W")
        page.select(urgent)
        await pilot.settle()
        assert "call: it is on its way" in pilot.text()


async def test_without_service_levels_urgent_and_old_cases_come_first(store):
    with store.transaction("no service levels"):
        for (row_id,) in store.rows("SELECT id FROM sla"):
            store.delete("sla", row_id)
    urgent = open_case(store, "urgent", priority="urgent")
    found = read_queue(store, record_query.only_open(CASE, ALL))
    assert found[0].id == urgent
    keys = [(each.values["priority"], each.values["opened"]) for each in found]
    order = ("urgent", "high", "normal", "low")
    assert keys == sorted(keys, key=lambda key: (order.index(key[0]), key[1]))
    assert [each.id for each in read_queue(store, ALL, 1)] == [urgent]


async def test_the_order_of_many_cases_is_found_beside_the_screen(open_app, store, monkeypatch):
    monkeypatch.setattr(page_of_cases, "_MAX_ORDERED", 1)
    monkeypatch.setattr(page_of_cases, "MAX_ROWS", 2)
    wanted = [each.id for each in read_queue(store, record_query.only_open(CASE, ALL), 2)]
    async with open_app() as pilot:
        await pilot.press("0")
        await pilot.wait_until(lambda: listed(pilot) == wanted)
        assert listed(pilot) == wanted
        await pilot.settle()
        assert "sorting" not in pilot.text()


async def test_the_screen_says_that_the_order_is_still_to_come(open_app, store, monkeypatch):
    found = threading.Event()

    def wait_and_read(*args: object) -> object:
        found.wait(30)
        return read_queue(*args)

    monkeypatch.setattr(page_of_cases, "_MAX_ORDERED", 1)
    monkeypatch.setattr(page_of_cases, "MAX_ROWS", 2)
    monkeypatch.setattr(page_of_cases, "read_queue", wait_and_read)
    async with open_app() as pilot:
        await pilot.press("0")
        await pilot.wait_until(lambda: "filter open cases · sorting by deadline …" in pilot.text())
        found.set()
        await pilot.wait_until(lambda: "sorting" not in pilot.text())
        assert "filter open cases" in pilot.text()


async def test_a_case_of_a_colleague_is_not_taken(open_app, store):
    case_id = open_case(store, "mine", owner="zoe")
    async with open_app() as pilot:
        await pilot.press("0")
        pilot.app.page.select(case_id)
        await pilot.press("w")
        assert any("zoe looks after case" in note for note in pilot.notices)


async def test_the_whole_request_is_below_the_queue(open_app, store):
    request = "the vase broke on the way, and the roses have brown edges again"
    case_id = open_case(store, request)
    async with open_app(size=(80, 24)) as pilot:
        await pilot.press("0")
        pilot.app.page.select(case_id)
        await pilot.settle()
        assert f"“{request}”" in pilot.text()
