"""The page of leads: their age, score and first response, and what becomes of them."""

import asyncio
import threading

import pytest

from cardcrm.records.activity import interactions
from cardcrm.records.deals import stored_deals
from cardcrm.records.leads import lead_rules, lead_status, leads
from cardcrm.reports.leads import learned_cache
from cardcrm.reports.leads.first_response import find_first_response
from cardcrm.reports.leads.lead_score import score_leads
from cardcrm.reports.leads.lead_states import read_states
from cardcrm.reports.leads.learned_cache import LearnedCache
from cardcrm.reports.leads.won_factors import learn_factors

TREE, SISTER, KITCHEN, PRICES = 14, 13, 12, 10  # leads of the shop, the newest first


def rows(pilot):
    """Return the lines of the leads, without the spaces between their columns."""
    return [" ".join(line.split()) for line in pilot.text().split("\n") if "waits" in line]


def status_of(store, lead_id):
    return lead_status.get(store, lead_id).status


@pytest.mark.engines("sqlite", "postgresql")
async def test_leads_have_their_age_and_wait_for_a_response(open_app, store):
    async with open_app(size=(100, 30)) as pilot:
        await pilot.press("7")
        page = pilot.app.page
        assert [each.id for each in page.list.records] == [TREE, SISTER, KITCHEN, PRICES]
        assert rows(pilot)[0].startswith("14 Marcus Adeyemi new 15 h 0 waits 15 h A tree for")
        assert "Marcus Adeyemi" in page.card.card.details.contact.name
        interactions.log(store, [10], "We have two left", kind="call", direction="out")
        await pilot.look_for_changes()
        assert len(rows(pilot)) == 2
        assert "after 15 h" in pilot.text()


@pytest.mark.engines("sqlite", "postgresql")
async def test_states_agree_with_the_score_and_the_response_of_each_lead(store):
    lead_rules.set_rule(store, "source:customer", 7, None)
    ids = [row[0] for row in store.rows("SELECT id FROM lead")]
    states, scores = read_states(store, ids), score_leads(store, ids)
    assert len(states) == len(ids) > 10
    for lead_id in ids:
        response, state = find_first_response(store, lead_id), states[lead_id]
        assert state.score == scores[lead_id].total
        assert (state.answered is None) == (response is None)
        if response is not None and response.seconds is not None:
            assert int(state.answered.total_seconds()) == response.seconds
    assert any(each.answered for each in states.values())


@pytest.mark.engines("sqlite", "postgresql")
async def test_lead_is_given_to_an_owner_and_is_in_process(open_app, store):
    async with open_app() as pilot:
        await pilot.press("7", "w")
        await pilot.paste("milo")
        await pilot.press("enter")
        assert (lead_status.get(store, TREE).owner, status_of(store, TREE)) == ("milo", "assigned")
        assert "Gave lead 14 of Marcus Adeyemi to milo" in pilot.notices
        assert pilot.app.page.list.selected.id == TREE
        await pilot.press("p")
        assert status_of(store, TREE) == "in process"
        await pilot.press("u", "u")
        assert (lead_status.get(store, TREE).owner, status_of(store, TREE)) == ("", "new")


async def test_owner_follows_the_rules_if_none_is_typed(open_app, store):
    async with open_app() as pilot:
        await pilot.press("7", "w", "enter")
        assert "No rule finds this lead; name an owner" in pilot.notices
        lead_rules.set_rule(store, "source:customer", None, "ann")
        await pilot.press("w", "enter")
        assert lead_status.get(store, TREE).owner == "ann"


@pytest.mark.engines("sqlite", "postgresql")
async def test_lead_is_converted_into_a_deal_with_a_next_step(open_app, store):
    async with open_app(size=(100, 30)) as pilot:
        await pilot.press("7", "c")
        assert "Convert the lead of Marcus Adeyemi" in pilot.text()
        for text in ("", "480", "15 dec", "Proposal", "", "measure the bar", "fri"):
            if text:
                await pilot.paste(text)
            await pilot.press("tab")
        await pilot.press("ctrl+o")
        lead = lead_status.get(store, TREE)
        deal = stored_deals.get(store, lead.deal_id)
        assert (lead.status, deal.title) == ("converted", "A tree for the hotel bar")
        assert (deal.amount.minor, deal.close_on, deal.stage) == (48_000, "2026-12-15", "Proposal")
        step = store.row("SELECT text, due_on FROM reminder WHERE deal_id = :id", id=deal.id)
        assert tuple(step) == ("measure the bar", "2026-11-27")
        assert f"Converted the lead of Marcus Adeyemi into deal {deal.id}" in pilot.notices[-1]
        assert TREE not in [each.id for each in pilot.app.page.list.records]
        await pilot.press("v")
        assert TREE in [each.id for each in pilot.app.page.list.records]
        await pilot.press("u")
        assert status_of(store, TREE) == "new"


async def test_form_with_a_bad_amount_converts_nothing(open_app, store):
    async with open_app() as pilot:
        await pilot.press("7", "c", "tab")
        await pilot.paste("a lot")
        await pilot.press("ctrl+o")
        assert "a lot" in pilot.text()
        assert "Convert the lead" in pilot.text()
        assert status_of(store, TREE) == "new"


@pytest.mark.engines("sqlite", "postgresql")
async def test_lead_is_recycled_or_dead_for_a_reason(open_app, store):
    async with open_app() as pilot:
        for key, status in (("r", "recycled"), ("x", "dead")):
            await pilot.press("7", key)
            await pilot.paste("next summer")
            await pilot.press("enter")
            assert status_of(store, TREE) == status
            assert store.value("SELECT reason FROM lead WHERE id = :id", id=TREE) == "next summer"
            await pilot.press("u")
        assert status_of(store, TREE) == "new"


async def test_converted_lead_cannot_be_dropped(open_app, store):
    leads.convert(store, TREE, {"amount": "5"})
    async with open_app() as pilot:
        await pilot.press("7", "v", "f3")
        await pilot.paste("converted contact:marcus")
        await pilot.press("enter", "x", "enter")
        assert "lead 14 is converted" in pilot.text()
        assert status_of(store, TREE) == "converted"


async def test_query_filters_leads(open_app, store):
    async with open_app() as pilot:
        await pilot.press("7", "f3")
        await pilot.paste("owner:rosa")
        await pilot.press("enter")
        assert [each.id for each in pilot.app.page.list.records] == [KITCHEN]
        await pilot.press("f3")
        await pilot.paste(" source:fax")
        await pilot.press("enter", "c")
        assert "No lead is selected" in pilot.notices


async def test_the_page_is_of_use_while_past_wins_are_learned(open_app, store, monkeypatch):
    gate, begun = threading.Event(), threading.Event()

    def slowly(store):
        begun.set()
        gate.wait(10)
        return learn_factors(store)

    monkeypatch.setattr(learned_cache, "learn_factors", slowly)
    lead_rules.set_rule(store, "source:customer", 7, None)
    async with open_app(size=(100, 30)) as pilot:
        await pilot.press_only("7")
        await asyncio.to_thread(begun.wait, 10)
        page = pilot.app.page
        await page.wait_until_read()
        assert [each.id for each in page.list.records] == [TREE, SISTER, KITCHEN, PRICES]
        assert page.selected_contact() is not None
        await asyncio.sleep(0.1)
        assert rows(pilot)[0].startswith("14 Marcus Adeyemi new 15 h … waits 15 h")
        gate.set()
        await pilot.settle()
        scores = score_leads(store, [TREE, SISTER, KITCHEN, PRICES])
        assert scores[PRICES].total < 0  # by past wins alone
        for each in scores.values():
            assert f" {each.total:+d} " in pilot.text()


@pytest.mark.engines("sqlite", "postgresql")
async def test_past_wins_are_learned_again_when_a_deal_is_closed(store):
    cache = LearnedCache()
    first = cache.read(store)
    assert first == learn_factors(store)
    leads.set_status(store, TREE, "in process")
    assert cache.read(store) is first
    leads.close(store, TREE, "no budget", is_recycled=False)
    again = cache.read(store)
    assert again == learn_factors(store)
    assert (again.won, again.lost) == (first.won, first.lost + 1)


@pytest.mark.engines("sqlite", "postgresql")
@pytest.mark.parametrize("is_first", [True, False])
async def test_a_list_that_is_read_again_keeps_the_query_typed_meanwhile(open_app, is_first):
    async with open_app(size=(100, 30)) as pilot:
        await pilot.press("7")
        page = pilot.app.page
        both = [page.show_record(SISTER), page.reload()]
        await asyncio.gather(*(both if is_first else reversed(both)))
        await pilot.settle()
        assert [each.id for each in page.list.records] == [SISTER]
        assert page.query_text == f"id:{SISTER}"
        await page.reload()
        assert [each.id for each in page.list.records] == [SISTER]
