"""The board: its columns, sums and filters against plain loops, and moves before a reading."""

import datetime as dt
import random

import pytest

from cardcrm.dates import DayTime
from cardcrm.money import Money
from cardcrm.records.activity import reminders
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.deals import board, deals, moves, pipelines, stages, stored_deals
from cardcrm.records.deals.board import Total, View, move_on_board, next_stage, read_board
from cardcrm.records.deals.deal_sql import weigh
from cardcrm.records.deals.deal_type import DEAL
from cardcrm.records.query_sql import record_query
from cardcrm.store import Locale

TODAY = dt.date(2026, 11, 23)


@pytest.fixture
def locale():
    return Locale("GB", "GBP")


@pytest.fixture
def now():
    return "2026-11-23T12:00"


@pytest.fixture
def jane(store):
    return contacts.add(store, ContactDraft("Jane Doe")).id


@pytest.fixture
def add(store, jane):
    def add_(**texts):
        with store.transaction("deal add"):
            values = {"title": "Roof", "contact": f"#{jane}", "owner": "ann", **texts}
            return deals.add(store, values).record.id

    return add_


def column(found, name):
    return next(each for each in found.columns if each.stage.name == name)


def ids(deals_):
    return [each.id for each in deals_]


def test_columns_are_the_open_stages_in_order(store):
    found = read_board(store, View())
    assert [each.stage.name for each in found.columns] == [
        "Qualification", "Demo", "Proposal", "Negotiation", "Ready to close",
    ]  # fmt: skip
    assert (found.pipeline.name, found.owners, found.today) == ("Sales", (), TODAY)
    assert all(each.size == 0 and not each.deals for each in found.columns)


def test_deals_of_a_column_are_in_the_order_of_their_close(store, add):
    later, never, soon = add(close="2026-12-24"), add(), add(close="2026-11-30")
    assert ids(column(read_board(store, View()), "Qualification").deals) == [soon, later, never]


def test_sums_are_by_currency_and_those_of_the_probability_of_each_deal(store, add):
    add(amount="100000", own_probability="50")
    add(amount="100000")
    add(amount="99.99 EUR")
    add()
    found = column(read_board(store, View()), "Qualification")
    assert found.size == 4
    assert found.totals == (
        Total(Money(9_999, "EUR"), Money(1_000, "EUR")),
        Total(Money(20_000_000, "GBP"), Money(6_000_000, "GBP")),
    )


def test_sums_and_marks_are_those_of_a_plain_loop(store, add, jane):
    pick = random.Random(4)
    known = stages.list_stages(store, pipelines.first_pipeline(store).id)
    opened = [each for each in known if each.kind == "open"]
    for number in range(60):
        chance = pick.choice(["", "33.333", "0", "100"])
        deal_id = add(
            amount=pick.choice(["", f"{pick.randint(0, 9999)}.{pick.randint(10, 99)}"]),
            own_probability=chance,
            owner=pick.choice(["ann", "bo"]),
            opened=f"2026-{pick.randint(8, 10):02}-{pick.randint(1, 28):02}",
        )
        moves.move(store, deal_id, pick.choice(opened).id, when=DayTime(dt.date(2026, 11, 1)))
        if number % 3 == 0:
            day = TODAY + dt.timedelta(days=pick.randint(-3, 3))
            deals.add_step(store, deal_id, deals.Step("call", DayTime(day)))
    found = read_board(store, View())
    for each in found.columns:
        loop = [stored_deals.get(store, deal_id) for deal_id in ids(each.deals)]
        money = [(deal.amount.minor, deal.probability) for deal in loop if deal.amount]
        amount = sum(minor for minor, _ in money)
        weighted = sum(weigh(*pair) for pair in money)
        assert each.totals == (Total(Money(amount, "GBP"), Money(weighted, "GBP")),)
        assert each.size == len(loop)
        rotting = record_query.ids(store, DEAL, record_query.parse(DEAL, "rotting"))
        steps = {each.deal_id for each in reminders.open_of(store, jane)}
        assert [deal.is_rotting for deal in each.deals] == [deal.id in rotting for deal in loop]
        assert [bool(deal.step_id) for deal in each.deals] == [deal.id in steps for deal in loop]
    assert any(deal.is_rotting for each in found.columns for deal in each.deals)
    assert not all(deal.is_rotting for each in found.columns for deal in each.deals)


def test_owner_query_and_pipeline_filter_the_board_and_its_sums(store, add):
    pipelines.add_pipeline(store, "Weddings")
    mine = add(amount="10", title="Church roof", owner="ann")
    add(amount="20", owner="bo")
    wedding = add(amount="30", pipeline="weddings", owner="cy")
    found = read_board(store, View(owner="ann"))
    assert ids(column(found, "Qualification").deals) == [mine]
    assert column(found, "Qualification").totals[0].amount == Money(1_000, "GBP")
    assert found.owners == ("ann", "bo")
    found = read_board(store, View(node=record_query.parse(DEAL, "church amount<15")))
    assert ids(column(found, "Qualification").deals) == [mine]
    other = read_board(store, View(pipelines.find_pipeline(store, "weddings").id))
    assert ids(column(other, "Qualification").deals) == [wedding]
    assert [each.name for each in other.pipelines] == ["Sales", "Weddings"]


def test_deals_closed_in_the_last_days_are_listed_the_latest_first(store, add):
    since = (TODAY - dt.timedelta(days=40)).isoformat()
    old, won, lost = add(amount="5", opened=since), add(amount="7", opened=since), add()
    moves.lose(store, old, "budget", when=DayTime(TODAY - dt.timedelta(days=31)))
    moves.win(store, won, when=DayTime(TODAY - dt.timedelta(days=30)))
    moves.lose(store, lost, "timing")
    closed = read_board(store, View()).closed
    assert ids(closed.deals) == [lost, won]
    assert (closed.won, closed.lost) == (1, 1)
    assert closed.totals == (Total(Money(700, "GBP"), Money(700, "GBP")),)
    assert closed.deals[0].lost_reason == "timing"


def test_next_step_is_the_first_open_reminder(store, add):
    deal_id = add()
    deals.add_step(store, deal_id, deals.Step("later", DayTime(TODAY + dt.timedelta(days=9))))
    first = deals.add_step(store, deal_id, deals.Step("call", DayTime(TODAY)))
    deal = column(read_board(store, View()), "Qualification").deals[0]
    assert (deal.step_id, deal.step, deal.step_on) == (first.id, "call", TODAY.isoformat())


def test_retired_stage_with_deals_keeps_its_column(store, add):
    deal_id = add()
    stage = column(read_board(store, View()), "Demo").stage
    moves.move(store, deal_id, stage.id)
    with store.transaction("stage rm"):
        store.update("stage", stage.id, retired=1)
    assert ids(column(read_board(store, View()), "Demo").deals) == [deal_id]
    moves.move(store, deal_id, "proposal")
    assert "Demo" not in [each.stage.name for each in read_board(store, View()).columns]


def test_unknown_pipeline_shows_the_first_one(store):
    assert read_board(store, View(99)).pipeline.name == "Sales"


@pytest.mark.parametrize("own", ["", "65.5"])
def test_move_on_the_board_gives_what_a_reading_gives(store, add, own):
    deal_id = add(amount="333.33", own_probability=own, close="2026-12-01")
    add(amount="1.01 EUR")
    moves.move(store, add(amount="12"), "demo")
    before = read_board(store, View())
    deal = next(each for each in column(before, "Qualification").deals if each.id == deal_id)
    target = next_stage(before, deal.stage_id, 1)
    moves.move(store, deal_id, target.id)
    assert move_on_board(before, deal, target) == read_board(store, View())


def test_stages_before_the_first_and_after_the_last_are_none(store):
    found = read_board(store, View())
    first, last = found.columns[0].stage, found.columns[-1].stage
    assert next_stage(found, first.id, -1) is None
    assert next_stage(found, last.id, 1) is None
    assert next_stage(found, first.id, 1) == found.columns[1].stage


def test_longer_columns_keep_their_sums(store, add, monkeypatch):
    monkeypatch.setattr(board, "MOST", 2)
    for number in range(3):
        add(amount="10", close=f"2026-12-0{number + 1}")
    found = column(read_board(store, View()), "Qualification")
    assert (len(found.deals), found.size) == (2, 3)
    assert found.totals[0].amount == Money(3_000, "GBP")
