"""A week of a seller on the screen: from a lead to a sale, and what the other pages say of it."""

import pytest

from cardcrm.records import records
from cardcrm.records.activity import interactions, reminders
from cardcrm.records.deals import stages, stored_deals
from cardcrm.records.deals.pipeline_type import STAGE
from cardcrm.records.leads import lead_status

TREE = 14  # the lead of Marcus Adeyemi, who keeps the bar of a hotel
NOOR = "Noor Hadid"


def heads(pilot):
    """Return the titles of the deals by the stages in sight."""
    columns = pilot.app.page.board.columns
    return {each.head.heading.name: [deal.title for deal in each.list.deals] for each in columns}


def latest_deal(store):
    return stored_deals.get(store, store.value("SELECT max(id) FROM deal"))


async def fill(pilot, *texts):
    """Type texts into the fields of a form, one after the other, and save it."""
    for text in texts:
        if text:
            await pilot.paste(text)
        await pilot.press("tab")
    await pilot.press("ctrl+o")


@pytest.mark.engines("sqlite", "postgresql")
async def test_week_of_a_seller(open_app, store):
    (demo,) = (each for each in stages.list_stages(store, 1) if each.name == "Demo")
    records.edit(store, STAGE, [demo.id], {"needs": "next"})
    revenue = store.value("SELECT sum(amount) FROM sale")
    async with open_app(size=(140, 40)) as pilot:
        # Monday: a lead is answered, converted, and a request by phone is noted.
        await pilot.press("7", "l")
        await pilot.paste("two trees left, sends him a price")
        await pilot.press("ctrl+o")
        assert "after 15 h" in pilot.text()
        await pilot.press("c")
        await fill(pilot, "Tree for the bar", "480", "15 dec", "", "", "send the price", "tue")
        tree = latest_deal(store)
        assert lead_status.get(store, TREE).deal_id == tree.id
        await pilot.press("6")
        closed = pilot.app.page.data.closed
        await pilot.press("a")
        await pilot.paste("Café opening for Noor Hadid 1200 60% >demo close:18-dec")
        await pilot.press("enter")
        assert any("Demo needs a next step" in line for line in pilot.text().split("\n"))
        await pilot.press("escape", "a")
        await pilot.paste("Café opening for Noor Hadid 1200 60% close:18-dec")
        await pilot.press("enter")
        cafe = latest_deal(store)
        assert (cafe.contact, cafe.amount.minor, cafe.probability) == (NOOR, 120_000, 60_000)
        assert pilot.app.page.selected_deal.id == cafe.id

        # Tuesday: the deal moves on, and the stage asks for the next step.
        await pilot.press("greater_than_sign")
        await fill(pilot, "show the vases", "wed")
        assert "Café opening" in heads(pilot)["Demo"]
        assert pilot.app.page.selected_deal.step == "show the vases"
        await pilot.press("l")
        await pilot.paste("comes on Wednesday with her architect")
        await pilot.press("ctrl+o")
        assert "architect" in interactions.timeline(store, cafe.contact_id)[0].text

        # Wednesday: the step is done, and the next one is planned in the same form.
        await pilot.press("d")
        form = pilot.app.screen
        form.fields.widget("next").value = "bring the contract"
        await pilot.settle()
        await pilot.press("ctrl+o")
        step = reminders.get(store, pilot.app.page.selected_deal.step_id)
        assert (step.text, step.deal_id) == ("bring the contract", cafe.id)

        # Thursday: a quote is made from the deal, and accepting it wins the deal.
        await pilot.press("greater_than_sign", "quotation_mark", "a", "tab", "tab")
        await pilot.paste("12 x vase of the opening @ 100")
        await pilot.press("ctrl+o", "S", "A", "y")
        assert stored_deals.get(store, cafe.id).status == "won"
        assert store.value("SELECT sum(amount) FROM sale") == revenue + 120_000

        # Friday: the other deal is lost by mistake, undone, and won.
        await pilot.press("6")
        assert f"✓{closed.won + 1}" in pilot.text()
        assert pilot.app.page.board.select(tree.id)
        await pilot.press("x", "p")
        assert stored_deals.get(store, tree.id).lost_reason == "pricing"
        await pilot.press("u")
        assert stored_deals.get(store, tree.id).status == "open"
        assert pilot.app.page.board.select(tree.id)
        await pilot.press("w")
        sale = stored_deals.get(store, tree.id).sale_id
        assert store.value("SELECT amount FROM sale WHERE id = :id", id=sale) == 48_000
        assert store.value("SELECT sum(amount) FROM sale") == revenue + 168_000
        assert f"✓{closed.won + 2} ✗{closed.lost}" in pilot.text()

        # The other pages also show the sale.
        await pilot.press("1")
        assert "bring the contract" in pilot.text()
        assert "A tree for the hotel bar" not in pilot.text()  # the lead was answered
        await pilot.press("5")
        minor = store.value(
            "SELECT sum(amount) FROM sale WHERE on_date >= '2026-11-01' AND on_date < '2026-12-01'"
        )
        assert f"of which {minor / 100:,.2f} GBP" in pilot.text()
        await pilot.press("4")
        assert "deal won · Tree for the bar" in pilot.text()
        assert "Deal: Tree for the bar · Marcus Adeyemi" in pilot.text()
