"""Deals through the stages of a pipeline: history, ends, and what contradicts."""

import datetime as dt
from functools import partial

import pytest

from cardcrm.dates import DayTime
from cardcrm.errors import ConflictError, NotFoundError, UsageError
from cardcrm.money import Money
from cardcrm.records import records
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.deals import deal_lines, deals, moves, pipelines, stages, stored_deals
from cardcrm.records.deals.deal_type import DEAL
from cardcrm.records.deals.pipeline_removal import remove_pipeline
from cardcrm.records.deals.pipeline_type import STAGE
from cardcrm.records.deals.pipelines import StageDraft
from cardcrm.records.deals.stage_removal import remove_stage
from cardcrm.records.sales import sales
from cardcrm.records.sales.sale_lines import parse_line
from cardcrm.reports.pipeline.deal_scope import DealScope
from cardcrm.reports.pipeline.stage_conversion import ANY, read_conversion
from cardcrm.store import Locale, journal


@pytest.fixture
def locale():
    return Locale("GB", "GBP")


@pytest.fixture
def now():
    return "2026-11-23T12:00"


@pytest.fixture
def jane(store):
    return contacts.add(store, ContactDraft("Jane Doe", org="Acme")).id


@pytest.fixture
def add(store, jane):
    """Add a deal of Jane from typed texts; return its id."""

    def add_(**texts):
        with store.transaction("deal add"):
            return deals.add(store, {"title": "Roof", "contact": f"#{jane}", **texts}).record.id

    return add_


def history(store, deal_id):
    sql = (
        "SELECT f.name, t.name, h.on_date, h.seconds FROM stage_change h "
        "LEFT JOIN stage f ON f.id = h.from_id JOIN stage t ON t.id = h.to_id "
        "WHERE h.deal_id = :id ORDER BY h.id"
    )
    return [tuple(row) for row in store.rows(sql, id=deal_id)]


def test_a_new_deal_begins_in_the_first_stage_of_the_default_pipeline(store, add, jane):
    deal = stored_deals.get(store, add(amount="1000", close="2026-12-15"))
    assert (deal.pipeline, deal.stage, deal.status) == ("Sales", "Qualification", "open")
    assert (deal.amount, deal.probability) == (Money(100_000, "GBP"), 10_000)
    assert (deal.opened_on, deal.entered_on, deal.closed_on) == ("2026-11-23", "2026-11-23", None)
    org = store.value("SELECT name FROM contact WHERE id = :id", id=deal.org_id)
    assert (deal.contact_id, org) == (jane, "Acme")
    assert history(store, deal.id) == [(None, "Qualification", "2026-11-23", None)]


def test_the_default_pipeline_has_the_usual_stages(store):
    pipeline = pipelines.first_pipeline(store)
    found = [
        (each.name, each.probability // 1000, each.kind)
        for each in stages.list_stages(store, pipeline.id)
    ]
    assert found == [
        ("Qualification", 10, "open"), ("Demo", 25, "open"), ("Proposal", 50, "open"),
        ("Negotiation", 70, "open"), ("Ready to close", 90, "open"), ("Won", 100, "won"),
        ("Lost", 0, "lost"),
    ]  # fmt: skip


def test_moves_go_forward_back_and_over_stages_with_their_times(store, add, monkeypatch):
    deal_id = add()
    for now, stage in (
        ("2026-11-24T12:00", "proposal"),
        ("2026-11-24T12:01", "demo"),
        ("2026-11-26T12:01", "ready"),
    ):
        monkeypatch.setenv("CARDCRM_NOW", now)
        moves.move(store, deal_id, stage)
    assert history(store, deal_id) == [
        (None, "Qualification", "2026-11-23", None),
        ("Qualification", "Proposal", "2026-11-24", 86_400),
        ("Proposal", "Demo", "2026-11-24", 60),
        ("Demo", "Ready to close", "2026-11-26", 2 * 86_400),
    ]
    deal = stored_deals.get(store, deal_id)
    assert (deal.stage, deal.entered_on, deal.probability) == (
        "Ready to close", "2026-11-26", 90_000,
    )  # fmt: skip


def test_a_move_returns_the_deal_as_it_is_stored(store, add):
    for deal_id in (add(), add(own_probability="35%")):
        moved = moves.move(store, deal_id, "demo")
        assert moved.after == stored_deals.get(store, deal_id)


def test_a_move_into_its_own_stage_changes_nothing(store, add):
    deal_id = add()
    moved = moves.move(store, deal_id, "Qualification")
    assert not moved.is_changed
    assert len(history(store, deal_id)) == 1


@pytest.mark.parametrize(
    ("stage", "error", "message"),
    [
        ("lost", UsageError, "a lost deal needs a reason"),
        ("nowhere", NotFoundError, "unknown stage “nowhere”"),
        ("o", ConflictError, "“o” may be Qualification or Demo or Proposal"),
        ("", NotFoundError, "unknown stage “”"),
        ("won", UsageError, "deal 1 has no amount"),
    ],
)
def test_a_wrong_move_is_refused_and_changes_nothing(store, add, stage, error, message):
    deal_id = add()
    with pytest.raises(error, match=message):
        moves.move(store, deal_id, stage)
    assert stored_deals.get(store, deal_id).stage == "Qualification"
    assert len(history(store, deal_id)) == 1


def test_of_two_who_move_a_deal_the_second_learns_of_the_first(store, add):
    deal_id = add()
    seen = stored_deals.get(store, deal_id).stage_id
    moves.move(store, deal_id, "demo", seen=seen)
    with pytest.raises(ConflictError, match=f"another user moved deal {deal_id} to Demo"):
        moves.move(store, deal_id, "proposal", seen=seen)
    assert moves.move(store, deal_id, "demo", seen=seen).is_changed is False
    moves.move(store, deal_id, "proposal")
    assert [each[1] for each in history(store, deal_id)] == ["Qualification", "Demo", "Proposal"]


def test_a_deal_that_is_won_becomes_a_sale_and_undo_reverts_both(store, add, jane):
    deal_id = add(amount="1000", opened="2026-11-01")
    with store.transaction("deal win"):
        moved = moves.win(store, deal_id, when=DayTime(dt.date(2026, 11, 20)))
    assert (moved.sale.amount, moved.sale.text, moved.sale.on_date, moved.sale.contact_id) == (
        Money(100_000, "GBP"), "Roof", "2026-11-20", jane,
    )  # fmt: skip
    deal = stored_deals.get(store, deal_id)
    assert (deal.status, deal.closed_on, deal.probability, deal.sale_id) == (
        "won", "2026-11-20", 100_000, moved.sale.id,
    )  # fmt: skip
    assert contacts.get(store, jane).stage == "customer"
    with pytest.raises(ConflictError, match="is won already"):
        moves.win(store, deal_id)
    journal.undo(store)
    assert stored_deals.get(store, deal_id).status == "open"
    assert (sales.of_contact(store, jane), contacts.get(store, jane).stage) == ([], "lead")
    journal.redo(store)
    assert stored_deals.get(store, deal_id) == deal


def test_the_sale_has_the_lines_of_the_deal(store, add):
    deal_id = add()
    lines = [parse_line("2 x Roof @ 500 -10%", "GBP"), parse_line("Gutter @ 0.125", "GBP")]
    deal_lines.write_lines(store, deal_id, lines)
    assert stored_deals.get(store, deal_id).amount == Money(90_013, "GBP")
    sale = moves.move(store, deal_id, "won").sale
    assert sales.lines_of(store, sale.id) == deal_lines.lines_of(store, deal_id)
    assert sale.amount == Money(90_013, "GBP")


def test_a_deal_is_lost_for_a_reason_and_reopened_where_it_was(store, add):
    deal_id = add(amount="1000")
    moves.move(store, deal_id, "negotiation")
    for reason in ("", "bad luck"):
        with pytest.raises(UsageError):
            moves.lose(store, deal_id, reason)
    lost = moves.lose(store, deal_id, "no-decision-maker", note="left the firm").after
    assert (lost.status, lost.lost_reason, lost.probability) == ("lost", "no decision maker", 0)
    assert moves.reopen(store, deal_id).after.stage == "Negotiation"
    row = records.get(store, DEAL, deal_id).values
    assert (row["status"], row["lost_reason"], row["lost_note"], row["closed"]) == (
        "open", "", "", None,
    )  # fmt: skip
    with pytest.raises(ConflictError, match="is open"):
        moves.reopen(store, deal_id)


def test_a_won_deal_that_is_reopened_is_no_sale(store, add, jane):
    deal_id = add(amount="1000")
    sale = moves.win(store, deal_id).sale
    assert moves.reopen(store, deal_id).sale == sale
    assert sales.of_contact(store, jane) == []
    assert moves.win(store, deal_id, has_sale=False).sale is None
    assert sales.of_contact(store, jane) == []


def test_a_stage_says_what_it_needs_to_know(store, add):
    deal_id = add()
    demo = stages.choose_stage(stages.list_stages(store, 1), "demo")
    records.edit(store, STAGE, [demo.id], {"needs": "close, amount;next"})
    with pytest.raises(UsageError) as caught:
        moves.move(store, deal_id, "demo")
    assert caught.value.message == "Demo needs an amount and an expected close and a next step"
    assert caught.value.hint.startswith(
        f"Move it with what is missing: cardcrm deal edit {deal_id} --stage Demo --amount"
    )
    with pytest.raises(UsageError, match="Demo needs"):
        records.edit(store, DEAL, [deal_id], {"stage": "demo"})
    assert stored_deals.get(store, deal_id).stage == "Qualification"
    deals.add_step(store, deal_id, deals.Step("call", DayTime(dt.date(2026, 11, 27))))
    records.edit(store, DEAL, [deal_id], {"stage": "demo", "amount": "5", "close": "fri"})
    assert stored_deals.get(store, deal_id).stage == "Demo"


@pytest.mark.parametrize("end", [moves.win, partial(moves.lose, reason="fit")])
def test_a_deal_is_not_closed_before_it_was_opened(store, add, end):
    deal_id = add(amount="5", opened="2026-11-10")
    with pytest.raises(UsageError, match="was opened on 2026-11-10, after the day of the close"):
        end(store, deal_id, when=DayTime(dt.date(2026, 11, 9)))
    end(store, deal_id, when=DayTime(dt.date(2026, 11, 10)))
    for texts in ({"closed": "2026-11-09"}, {"opened": "2026-11-11"}):
        with pytest.raises(UsageError, match="after the day of the close"):
            records.edit(store, DEAL, [deal_id], texts)
    records.edit(store, DEAL, [deal_id], {"opened": "2026-11-08", "closed": "2026-11-09"})
    with pytest.raises(UsageError, match="the deal was opened on 2026-11-10"):
        add(stage="won", amount="5", opened="2026-11-10", closed="2026-11-09")


def test_a_new_deal_that_is_won_becomes_a_sale(store, add, jane):
    with pytest.raises(UsageError, match="a won deal needs an amount"):
        add(stage="won")
    with pytest.raises(UsageError, match="a lost deal needs a reason"):
        add(stage="lost", amount="5")
    deal = stored_deals.get(store, add(stage="won", amount="5", closed="2026-11-20"))
    sale = sales.get(store, deal.sale_id)
    assert (sale.amount, sale.on_date, sale.text, sale.contact_id) == (
        Money(500, "GBP"), "2026-11-20", "Roof", jane,
    )  # fmt: skip
    assert stored_deals.get(store, add(stage="lost", lost_reason="fit")).sale_id is None
    assert len(sales.of_contact(store, jane)) == 1


def test_a_stage_that_is_removed_leaves_history_and_figures_as_they_were(store, add, monkeypatch):
    deal_id, other, gone = add(amount="5"), add(), add()
    for each in (deal_id, other, gone):
        moves.move(store, each, "demo")
    moves.move(store, gone, "negotiation")
    demo = stages.choose_stage(stages.list_stages(store, 1), "demo").id
    proposal = stages.choose_stage(stages.list_stages(store, 1), "proposal").id
    before = history(store, deal_id)
    monkeypatch.setenv("CARDCRM_NOW", "2026-12-03T12:00")
    assert remove_stage(store, demo, proposal) == 2
    records.edit(store, DEAL, [deal_id], {"title": "New roof"})
    deal = stored_deals.get(store, deal_id)
    assert (deal.stage, deal.entered_on) == ("Proposal", "2026-11-23")
    assert history(store, deal_id) == before
    moves.move(store, deal_id, "negotiation")
    ten_days = 10 * 86_400
    assert history(store, deal_id) == [*before, ("Proposal", "Negotiation", "2026-12-03", ten_days)]
    scope = DealScope(dt.date(2026, 12, 3), "GBP")
    steps = [each for each in read_conversion(store, scope).steps if each.definition == ANY]
    assert [(each.stage, each.deals, each.next) for each in steps[:3]] == [
        ("Qualification", 3, 3), ("Proposal", 3, 2), ("Negotiation", 2, 0),
    ]  # fmt: skip
    moves.lose(store, other, "fit")
    assert moves.reopen(store, other).after.stage == "Proposal"
    remove_stage(store, proposal, stages.choose_stage(stages.list_stages(store, 1), "nego").id)
    assert moves.lose(store, deal_id, "fit").after.status == "lost"
    assert moves.reopen(store, deal_id).after.stage == "Negotiation"


def test_a_pipeline_that_is_removed_leaves_the_history_as_it_was(store, add):
    other = pipelines.add_pipeline(store, "Weddings")
    deal_id = add(pipeline="Weddings")
    moves.move(store, deal_id, "demo")
    before = history(store, deal_id)
    assert remove_pipeline(store, other.id, 1) == 1
    records.edit(store, DEAL, [deal_id], {"title": "New roof"})
    deal = stored_deals.get(store, deal_id)
    assert (deal.pipeline, deal.stage, history(store, deal_id)) == ("Sales", "Demo", before)
    steps = read_conversion(store, DealScope(dt.date(2026, 11, 23), "GBP")).steps
    assert [each.deals for each in steps if each.definition == ANY][:3] == [1, 1, 0]


def test_a_pipeline_has_no_two_stages_of_one_name(store):
    drafts = [StageDraft(each, 50_000) for each in ("Tasting", "Offer", "TASTING")]
    with pytest.raises(UsageError, match="there would be two stages “TASTING”"):
        pipelines.add_pipeline(store, "Weddings", drafts)
    assert [each.name for each in pipelines.list_pipelines(store)] == ["Sales"]


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ({"stage": "won"}, "an edit does not win a deal"),
        ({"stage": "lost"}, "an edit does not lose a deal"),
        ({"reason": "fit"}, "only a lost deal has a reason"),
        ({"closed": "2026-11-20"}, "an open deal has no day of closing"),
        ({"amount": "-5"}, "negative"),
        ({"probability": "120"}, "too large"),
        ({"contact": ""}, "a deal needs a contact"),
    ],
)
def test_an_edit_that_contradicts_is_refused(store, add, texts, message):
    deal_id = add(amount="5")
    before = records.get(store, DEAL, deal_id).values
    keys = {"probability": "own_probability", "reason": "lost_reason"}
    with pytest.raises(UsageError, match=message):
        records.edit(store, DEAL, [deal_id], {keys.get(key, key): texts[key] for key in texts})
    assert records.get(store, DEAL, deal_id).values == before


def test_an_edit_of_the_stage_is_a_move(store, add):
    deal_id = add()
    records.edit(store, DEAL, [deal_id], {"stage": "demo", "title": "New roof"})
    assert [each[:2] for each in history(store, deal_id)] == [
        (None, "Qualification"), ("Qualification", "Demo"),
    ]  # fmt: skip


def test_the_largest_amount_can_be_weighted(store, add):
    deal_id = add(amount="9,999,999,999,999.99", own_probability="33.333%")
    assert records.get(store, DEAL, deal_id).values["weighted"] == Money(
        (999_999_999_999_999 * 33_333 + 50_000) // 100_000, "GBP"
    )


@pytest.mark.parametrize(("chance", "weighted"), [("50", 50_000), ("", 10_000), ("100", 100_000)])
def test_an_own_probability_takes_the_place_of_that_of_the_stage(store, add, chance, weighted):
    deal_id = add(amount="100000", own_probability=chance)
    assert records.get(store, DEAL, deal_id).values["weighted"] == Money(weighted * 100, "GBP")
