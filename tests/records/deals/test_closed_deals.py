"""Edits of closed deals, which keep their stage, their reason and what they share with a sale."""

import pytest

from cardcrm.errors import UsageError
from cardcrm.money import Money
from cardcrm.records import records
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.deals import deal_lines, deals, moves, pipelines
from cardcrm.records.deals.deal_type import DEAL
from cardcrm.records.deals.pipelines import StageDraft
from cardcrm.records.sales.sale_lines import parse_line


@pytest.fixture
def jane(store):
    contacts.add(store, ContactDraft("Bob Ray"))
    return contacts.add(store, ContactDraft("Jane Doe", org="Acme")).id


@pytest.fixture
def deal_id(store, jane):
    texts = {"title": "Roof", "contact": f"#{jane}", "amount": "640 GBP"}
    with store.transaction("deal add"):
        return deals.add(store, texts).record.id


def edit(store, deal_id, **texts):
    with store.transaction("deal edit"):
        records.edit(store, DEAL, [deal_id], texts)


@pytest.mark.parametrize("texts", [{"amount": "99 GBP"}, {"contact": "bob"}])
def test_a_won_deal_stays_like_its_sale(store, deal_id, texts):
    sale = moves.win(store, deal_id).sale
    with pytest.raises(UsageError, match=f"deal {deal_id} became sale {sale.id}"):
        edit(store, deal_id, **texts)
    edit(store, deal_id, title="New roof", amount="640 GBP")
    with pytest.raises(UsageError, match="became sale"):
        deal_lines.write_lines(store, deal_id, [parse_line("2 x Tile @ 9", "GBP")])
    assert records.get(store, DEAL, deal_id).values["amount"] == Money(64_000, "GBP")
    moves.reopen(store, deal_id)
    edit(store, deal_id, **texts)


def test_a_won_deal_without_a_sale_can_change(store, deal_id):
    moves.win(store, deal_id, has_sale=False)
    edit(store, deal_id, amount="99 GBP")
    assert records.get(store, DEAL, deal_id).values["amount"] == Money(9900, "GBP")


def test_a_closed_deal_stays_in_its_pipeline(store, deal_id):
    pipelines.add_pipeline(store, "Weddings")
    moves.win(store, deal_id)
    with pytest.raises(UsageError, match="is won, so it stays in its stage"):
        edit(store, deal_id, pipeline="Weddings")
    assert store.value("SELECT count(*) FROM stage_change WHERE deal_id = :id", id=deal_id) == 2
    moves.reopen(store, deal_id)
    edit(store, deal_id, pipeline="Weddings")


def test_a_lost_deal_keeps_a_reason(store, deal_id):
    moves.lose(store, deal_id, "pricing")
    with pytest.raises(UsageError, match="is lost, so it keeps a reason"):
        edit(store, deal_id, lost_reason="")
    edit(store, deal_id, lost_reason="timing", lost_note="")


def test_a_person_is_not_the_organization_of_a_deal(store, deal_id, jane):
    with pytest.raises(UsageError, match="Bob Ray is a person"):
        edit(store, deal_id, org="bob")
    with pytest.raises(UsageError, match="Bob Ray is a person"), store.transaction("deal add"):
        deals.add(store, {"title": "Door", "contact": f"#{jane}", "org": "bob"})


def test_a_stage_does_not_have_the_name_of_an_end(store):
    with pytest.raises(UsageError, match="there would be two stages “Won”"):
        pipelines.add_pipeline(store, "Q", [StageDraft("Won", 10_000)])
