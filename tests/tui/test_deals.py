"""The page of deals: the board and the table, moves by keys and mouse, ends, and the filters."""

import contextlib
import datetime as dt

import pytest
from textual import events
from textual.geometry import Offset

from cardcrm.records import records
from cardcrm.records.activity import reminders
from cardcrm.records.deals import deals, moves, pipelines, stages, stored_deals
from cardcrm.records.deals.board import BoardDeal
from cardcrm.records.deals.deal_type import REASONS
from cardcrm.records.deals.pipeline_type import STAGE
from cardcrm.store import open_store
from cardcrm.tui.forms.form import Form
from cardcrm.tui.screens import deals as deals_page
from cardcrm.tui.widgets.deal_cards import contact_line
from tests.support.screen import LOCALE

LOBBY, OFFICE, POSIES, CAFE = 1, 2, 14, 12  # deals of the shop, in the pipeline Sales


def heads(pilot):
    """Return the columns in sight by their names, with the titles of their deals."""
    page = pilot.app.page
    return {
        column.head.heading.name: [deal.title for deal in column.list.deals]
        for column in page.board.columns
        if column.display
    }


def stage_of(store, deal_id):
    return stored_deals.get(store, deal_id).stage


async def go_to(pilot, deal_id):
    assert pilot.app.page.board.select(deal_id)
    await pilot.settle()


@pytest.mark.engines("sqlite", "postgresql")
async def test_board_shows_the_first_pipeline_by_stage(open_app):
    async with open_app(size=(120, 40)) as pilot:
        await pilot.press("6")
        assert heads(pilot) == {
            "Qualification": ["Forty posies"],
            "Demo": ["Opening of the café"],
            "Proposal": ["Lobby garland and tree"],
            "Negotiation": ["Flowers for the second office"],
            "Ready to close": [],
            "Closed": ["Tables of the charity dinner"],
        }
        assert "Sales (1 of 3) · all owners · 4 open · GBP 2,267, weighted 1,400" in pilot.text()
        assert "GBP 640 ≈480" in pilot.text()  # at 75 %, which is its own


async def test_as_many_columns_as_fit_are_shown(open_app):
    sizes = {(80, 24): 3, (99, 30): 4, (120, 40): 5, (200, 60): 5, (46, 16): 2, (24, 12): 1}
    async with open_app(size=(120, 40)) as pilot:
        await pilot.press("6")
        board = pilot.app.page.board
        for size, shown in sizes.items():
            await pilot.resize_terminal(*size)
            await pilot.settle()
            assert sum(each.display for each in board.stages) == shown
            assert max(each.region.right for each in board.columns if each.display) == size[0]


async def test_columns_scroll_with_the_cursor(open_app):
    async with open_app(size=(80, 24)) as pilot:
        await pilot.press("6")
        assert list(heads(pilot)) == ["Qualification", "Demo", "Proposal", "Closed"]
        assert "2 more ›" in pilot.text()
        await pilot.press("right", "right", "right")
        assert list(heads(pilot)) == ["Demo", "Proposal", "Negotiation", "Closed"]
        assert "‹ 1 more · 1 more ›" in pilot.text()
        await pilot.press("right", "right")
        assert pilot.app.page.board.active.is_closed
        assert list(heads(pilot)) == ["Proposal", "Negotiation", "Ready to close", "Closed"]
        await pilot.press("right")
        assert pilot.app.page.board.active.is_closed
        await pilot.press(*["left"] * 6)
        assert list(heads(pilot)) == ["Qualification", "Demo", "Proposal", "Closed"]


async def test_resize_shows_more_columns_and_keeps_the_cursor(open_app):
    async with open_app(size=(46, 16)) as pilot:
        await pilot.press("6", "right", "right", "right")
        assert pilot.app.page.selected_deal.id == OFFICE
        await pilot.resize_terminal(120, 40)
        await pilot.settle()
        assert len(heads(pilot)) == 6
        assert pilot.app.page.selected_deal.id == OFFICE


@pytest.mark.engines("sqlite", "postgresql")
async def test_keys_move_a_deal_with_its_sums_and_undo_puts_it_back(open_app, store):
    async with open_app(size=(120, 40)) as pilot:
        await pilot.press("6")
        await go_to(pilot, POSIES)
        await pilot.press("greater_than_sign", "greater_than_sign")
        assert stage_of(store, POSIES) == "Proposal"
        assert heads(pilot)["Proposal"] == ["Forty posies", "Lobby garland and tree"]
        assert "GBP 820 ≈570" in pilot.text()
        assert pilot.app.page.selected_deal.id == POSIES
        await pilot.press("less_than_sign")
        assert stage_of(store, POSIES) == "Demo"
        await pilot.press("u", "u", "u")
        assert stage_of(store, POSIES) == "Qualification"
        assert heads(pilot)["Qualification"] == ["Forty posies"]
        assert pilot.app.page.selected_deal.id == POSIES


async def test_board_is_not_read_again_after_a_move_of_its_own(open_app, store, monkeypatch):
    async with open_app(size=(120, 40)) as pilot:
        await pilot.press("6")
        await go_to(pilot, POSIES)
        reads = []
        monkeypatch.setattr(deals_page, "read_board", lambda *_, **__: reads.append(1))
        await pilot.press("greater_than_sign")
        await pilot.look_for_changes()
        assert (stage_of(store, POSIES), reads) == ("Demo", [])


async def test_deal_moved_while_the_board_is_read_stays_in_its_new_stage(open_app, store):
    async with open_app(size=(120, 40)) as pilot:
        await pilot.press("6")
        await go_to(pilot, POSIES)
        pilot.app.page.reload_soon()
        await pilot.press_only("greater_than_sign")
        await pilot.settle()
        assert heads(pilot)["Qualification"] == []
        assert "Forty posies" in heads(pilot)["Demo"]


async def test_move_out_of_a_filter_is_shown(open_app, store):
    async with open_app(size=(120, 40)) as pilot:
        await pilot.press("6", "f3")
        await pilot.paste("stage:qualification")
        await pilot.press("enter", "greater_than_sign")
        assert stage_of(store, POSIES) == "Demo"
        assert heads(pilot)["Demo"] == []
        assert "0 open" in pilot.text()


async def test_wheel_and_scroll_bar_move_through_many_deals(open_app, store):
    for number in range(60):
        deals.add(store, {"title": f"Vase {number}", "contact": "#3"})
    async with open_app(size=(120, 40)) as pilot:
        await pilot.press("6")
        lines = pilot.app.page.board.active.list
        place = lines.region.offset + Offset(lines.size.width - 1, 0)
        assert pilot.text().count("▐") == lines.size.height**2 // lines.virtual_size.height
        await mouse(pilot, events.MouseScrollDown, place)
        assert lines.scroll_offset.y == 2
        await mouse(pilot, events.MouseDown, place + Offset(0, lines.size.height - 1))
        assert lines.scroll_offset.y == lines.max_scroll_y
        await pilot.press("home")
        assert lines.scroll_offset.y == 0


async def test_ends_of_the_pipeline_move_no_deal(open_app, store):
    async with open_app(size=(120, 40)) as pilot:
        await pilot.press("6", "less_than_sign")
        assert stage_of(store, POSIES) == "Qualification"
        await pilot.press(*["greater_than_sign"] * 5)
        assert stage_of(store, POSIES) == "Ready to close"
        assert "The last stage: w wins the deal, x loses it" in pilot.notices


@pytest.mark.engines("sqlite", "postgresql")
async def test_deal_that_another_user_moved_stays_where_that_user_put_it(open_app, store):
    async with open_app(size=(120, 40)) as pilot:
        await pilot.press("6")
        await go_to(pilot, POSIES)
        moves.move(store, POSIES, "negotiation")
        await pilot.press("greater_than_sign")
        assert stage_of(store, POSIES) == "Negotiation"
        assert any("another user moved deal 14 to Negotiation" in each for each in pilot.notices)
        assert "Forty posies" in heads(pilot)["Negotiation"]
        assert heads(pilot)["Demo"] == ["Opening of the café"]


@pytest.mark.engines("sqlite", "postgresql")
async def test_form_asks_for_what_a_stage_needs(open_app, store):
    stage = next(each for each in stages.list_stages(store, 1) if each.name == "Demo")
    records.edit(store, STAGE, [stage.id], {"needs": "competitor, next, decision-maker"})
    for each in reminders.open_of(store, stored_deals.get(store, POSIES).contact_id):
        reminders.done(store, each.id)
    async with open_app(size=(120, 40)) as pilot:
        await pilot.press("6")
        await go_to(pilot, POSIES)
        await pilot.press("greater_than_sign")
        assert "Demo needs more of “Forty posies”" in pilot.text()
        await pilot.press("escape")
        assert stage_of(store, POSIES) == "Qualification"
        await pilot.press("greater_than_sign")
        for text in ("Bloom", "show the vases", "fri"):
            await pilot.paste(text)
            await pilot.press("tab")
        await pilot.press("ctrl+o")
        assert "Name the decision maker." in pilot.text()
        pilot.app.screen.fields.widget("decision-maker").value = "#3"
        await pilot.settle()
        await pilot.press("ctrl+o")
        assert stage_of(store, POSIES) == "Demo"
        assert "Forty posies" in heads(pilot)["Demo"]
        assert pilot.app.page.selected_deal.step == "show the vases"
        row = store.row("SELECT competitor FROM deal WHERE id = :id", id=POSIES)
        roles = store.rows("SELECT contact_id, role FROM deal_role WHERE deal_id = :id", id=POSIES)
        assert (row[0], [tuple(each) for each in roles]) == ("Bloom", [(3, "decision maker")])
        await pilot.press("u")
        assert stage_of(store, POSIES) == "Qualification"


async def test_stage_that_needs_product_lines_refuses_a_deal_without_them(open_app, store):
    stage_id = store.value("SELECT id FROM stage WHERE name = 'Quote sent'")
    records.edit(store, STAGE, [stage_id], {"needs": "lines"})
    async with open_app(size=(120, 40)) as pilot:
        await pilot.press("6", "p", "greater_than_sign", "greater_than_sign")
        deal = pilot.app.page.selected_deal
        assert (deal.title, stage_of(store, deal.id)) == ("Holroyd wedding", "Consultation")
        assert any("Quote sent needs lines of products" in each for each in pilot.notices)
        assert "Holroyd wedding" in heads(pilot)["Consultation"]


@pytest.mark.engines("sqlite", "postgresql")
async def test_deal_is_won_and_opened_again(open_app, store):
    async with open_app(size=(120, 40)) as pilot:
        await pilot.press("6")
        sales = store.value("SELECT count(*) FROM sale")
        await pilot.press("w")
        assert stored_deals.get(store, POSIES).status == "won"
        assert store.value("SELECT count(*) FROM sale") == sales + 1
        assert any("Won deal 14 Forty posies: sale over 180.00 GBP" in n for n in pilot.notices)
        assert "✓2 ✗0" in pilot.text()
        await go_to(pilot, POSIES)
        for key in ("r", "less_than_sign", "greater_than_sign"):
            await pilot.press(key)
            question = " ".join(pilot.app.screen.question.split())
            sale_id = stored_deals.get(store, POSIES).sale_id
            assert question == (
                f"Open “Forty posies” again? This deletes sale {sale_id} over 180.00 GBP."
            )
            await pilot.press("escape")
            assert stored_deals.get(store, POSIES).status == "won"
        await pilot.press("r", "y")
        assert stage_of(store, POSIES) == "Qualification"
        assert store.value("SELECT count(*) FROM sale") == sales
        await pilot.press("u", "u")
        assert stored_deals.get(store, POSIES).status == "open"


async def test_deal_without_an_amount_is_won_without_a_sale_after_asking(open_app, store):
    async with open_app(size=(120, 40)) as pilot:
        await pilot.press("6", "p")
        deal = pilot.app.page.selected_deal
        await pilot.press("w", "n")
        assert stored_deals.get(store, deal.id).status == "open"
        await pilot.press("w")
        assert "has no amount. Win it without a sale?" in pilot.text()
        await pilot.press("y")
        assert stored_deals.get(store, deal.id).status == "won"
        assert stored_deals.get(store, deal.id).sale_id is None


async def test_reason_of_a_loss_is_one_key(open_app, store):
    async with open_app(size=(120, 40)) as pilot:
        await pilot.press("6")
        for key, reason in zip("pcbftdsio", REASONS, strict=True):
            await pilot.press("x", key)
            deal = stored_deals.get(store, POSIES)
            assert (deal.status, deal.lost_reason) == ("lost", reason)
            assert "✓1 ✗1" in pilot.text()
            await pilot.press("u")


async def test_loss_can_be_canceled_and_a_closed_deal_is_not_closed_twice(open_app, store):
    async with open_app(size=(120, 40)) as pilot:
        await pilot.press("6", "x", "escape")
        assert stored_deals.get(store, POSIES).status == "open"
        await pilot.press("x", "o")
        await go_to(pilot, POSIES)
        await pilot.press("w")
        assert "This deal is lost; r opens it again" in pilot.notices
        await pilot.press("greater_than_sign")
        assert "“Forty posies” is lost (other). Open it again?" in pilot.text()
        await pilot.press("n")
        assert stored_deals.get(store, POSIES).status == "lost"
        await pilot.press("r")
        assert stored_deals.get(store, POSIES).status == "open"
        await pilot.press("r")
        assert "This deal is open" in pilot.notices


# the mouse


async def drag(pilot, source, target):
    """Drag the mouse from one place of the screen to another."""
    for place, kind in (
        (source, events.MouseDown), (target, events.MouseMove), (target, events.MouseUp),
    ):  # fmt: skip
        await mouse(pilot, kind, place)
        if kind is events.MouseMove:
            yield


async def mouse(pilot, kind, place):
    place_on_screen = {"x": place.x, "y": place.y, "screen_x": place.x, "screen_y": place.y}
    keys = dict.fromkeys(("shift", "meta", "ctrl"), False)
    event = kind(None, delta_x=0, delta_y=0, button=1, **place_on_screen, **keys)
    pilot.app._driver.send_message(event)
    await pilot.settle()


async def drag_deal(pilot, deal_id, column):
    """Drag a deal to a column; return the text of the screen while it is there."""
    await go_to(pilot, deal_id)
    deals_ = pilot.app.page.board.active.list
    source = Offset(deals_.region.x + 3, deals_.region.y + 2 * deals_.cursor)
    target = Offset(column.region.x + 4, column.region.y + 3)
    seen = ""
    async for _ in drag(pilot, source, target):
        seen = pilot.text()
    return seen


@pytest.mark.engines("sqlite", "postgresql")
async def test_mouse_drags_a_deal_to_another_column(open_app, store):
    async with open_app(size=(120, 40)) as pilot:
        await pilot.press("6")
        seen = await drag_deal(pilot, POSIES, pilot.app.page.board.columns[2])
        assert "»Proposal" in seen
        assert stage_of(store, POSIES) == "Proposal"
        assert "»" not in pilot.text()
        await pilot.press("u")
        assert stage_of(store, POSIES) == "Qualification"


async def test_deal_that_is_dropped_where_it_was_or_outside_stays(open_app, store):
    async with open_app(size=(120, 40)) as pilot:
        await pilot.press("6")
        seen = await drag_deal(pilot, POSIES, pilot.app.page.board.columns[0])
        assert "»" not in seen
        await drag_deal(pilot, POSIES, pilot.app.page.header)
        assert stage_of(store, POSIES) == "Qualification"


async def test_deal_that_is_dropped_on_the_closed_ones_is_won_or_lost(open_app, store):
    async with open_app(size=(120, 40)) as pilot:
        await pilot.press("6")
        board = pilot.app.page.board
        await drag_deal(pilot, POSIES, board.closed)
        assert "How was “Forty posies” closed?" in pilot.text()
        await pilot.press("w")
        assert stored_deals.get(store, POSIES).status == "won"
        await drag_deal(pilot, CAFE, board.closed)
        await pilot.press("s")
        assert stored_deals.get(store, CAFE).lost_reason == "silence"
        await drag_deal(pilot, CAFE, board.columns[3])
        assert "is lost (silence). Open it again in Negotiation?" in pilot.text()
        await pilot.press("y")
        assert stage_of(store, CAFE) == "Negotiation"


async def test_click_selects_a_deal_and_double_click_opens_its_contact(open_app):
    async with open_app(size=(120, 40)) as pilot:
        await pilot.press("6")
        deals_ = pilot.app.page.board.columns[1].list
        assert await pilot.click(deals_, offset=(3, 1))
        await pilot.settle()
        assert pilot.app.page.selected_deal.id == CAFE
        assert await pilot.click(deals_, offset=(3, 0), times=2)
        await pilot.settle()
        assert pilot.app.page.card.card.details.contact.name == "Noor Hadid"


# forms and lines


@pytest.mark.engines("sqlite", "postgresql")
async def test_quick_entry_adds_a_deal_to_the_column_of_the_cursor(open_app, store):
    async with open_app(size=(120, 40)) as pilot:
        await pilot.press("6", "right", "a")
        await pilot.paste("roof for noor 12000 close:2026-12-15")
        assert "roof · Noor Hadid · 12,000.00 GBP · close Tue 15 Dec" in pilot.text()
        await pilot.press("enter")
        deal = stored_deals.get(store, store.value("SELECT max(id) FROM deal"))
        assert (deal.title, deal.contact, deal.stage) == ("roof", "Noor Hadid", "Demo")
        assert (deal.amount.minor, deal.close_on, deal.owner) == (1_200_000, "2026-12-15", "rosa")
        assert pilot.app.page.selected_deal.id == deal.id
        await pilot.press("u")
        assert "roof" not in heads(pilot)["Demo"]


async def test_quick_entry_keeps_a_line_with_a_fault_and_says_why(open_app, store):
    count = store.value("SELECT count(*) FROM deal")
    async with open_app(size=(120, 40)) as pilot:
        await pilot.press("6", "a")
        await pilot.paste("roof for nowhere man 12000")
        await pilot.press("enter")
        assert "no contact matches" in pilot.text()
        assert pilot.app.page.entry.value == "roof for nowhere man 12000"
        await pilot.press("escape")
        assert pilot.app.page.board.active.list.has_focus
        assert store.value("SELECT count(*) FROM deal") == count


async def test_quick_entry_names_another_stage_and_pipeline(open_app, store):
    async with open_app(size=(120, 40)) as pilot:
        await pilot.press("6", "a")
        await pilot.paste("bouquet for noor 90 pipeline:weddings stage:consult")
        await pilot.press("enter")
        deal = stored_deals.get(store, store.value("SELECT max(id) FROM deal"))
        assert (deal.pipeline, deal.stage) == ("Weddings", "Consultation")


@pytest.mark.engines("sqlite", "postgresql")
async def test_form_shows_names_and_changes_the_deal(open_app, store):
    async with open_app(size=(120, 40)) as pilot:
        await pilot.press("6", "e")
        form = pilot.app.screen
        assert isinstance(form, Form)
        assert [form.fields.text_of(each) for each in ("stage", "pipeline", "contact")] == [
            "Qualification", "Sales", "Daniel Osei",
        ]  # fmt: skip
        form.fields.widget("amount").value = "200"
        form.fields.widget("stage").value = "nego"
        await pilot.settle()
        await pilot.press("ctrl+o")
        deal = stored_deals.get(store, POSIES)
        assert (deal.amount.minor, deal.stage) == (20_000, "Negotiation")
        assert "Forty posies" in heads(pilot)["Negotiation"]


async def test_stage_is_completed_in_the_form(open_app):
    async with open_app(size=(120, 40)) as pilot:
        await pilot.press("6", "e", "tab", "tab", "tab", "tab")
        pilot.app.screen.fields.widget("stage").value = ""
        await pilot.press(*"prop")
        assert "Proposal" in pilot.text()
        await pilot.press("enter")
        assert pilot.app.screen.value("stage") == "Proposal"


@pytest.mark.engines("sqlite", "postgresql")
async def test_next_step_is_planned_ticked_off_and_missed(open_app, store):
    async with open_app(size=(120, 40)) as pilot:
        await pilot.press("6", "right")
        assert not pilot.app.page.selected_deal.is_rotting
        for each in reminders.open_of(store, stored_deals.get(store, CAFE).contact_id):
            reminders.done(store, each.id)
        await pilot.look_for_changes()
        assert "no next step" in pilot.text()
        await pilot.press("n")
        await pilot.paste("send photos")
        await pilot.press("tab")
        await pilot.paste("fri")
        await pilot.press("enter")
        step = reminders.get(store, pilot.app.page.selected_deal.step_id)
        assert (step.text, step.due_on, step.deal_id) == ("send photos", "2026-11-27", CAFE)
        assert "next: send photos, Fri 27 Nov" in pilot.text()
        await pilot.press("d", "enter")
        assert any("Opening of the café has no next step now" in each for each in pilot.notices)
        assert reminders.get(store, step.id).done_at


async def test_step_after_a_step_belongs_to_the_deal_too(open_app, store):
    async with open_app(size=(120, 40)) as pilot:
        await pilot.press("6", "d")
        form = pilot.app.screen
        form.fields.widget("next").value = "measure"
        await pilot.settle()
        await pilot.press("ctrl+o")
        step = reminders.get(store, pilot.app.page.selected_deal.step_id)
        assert (step.text, step.deal_id) == ("measure", POSIES)


async def test_enter_opens_the_contact_and_backspace_returns(open_app):
    async with open_app(size=(120, 40)) as pilot:
        await pilot.press("6", "enter")
        assert pilot.app.page.mode_name == "contacts"
        assert pilot.app.page.card.card.details.contact.name == "Daniel Osei"
        await pilot.press("backspace")
        assert pilot.app.page.mode_name == "deals"
        assert pilot.app.page.selected_deal.id == POSIES


async def test_keys_log_with_the_contact_of_the_deal(open_app):
    async with open_app(size=(120, 40)) as pilot:
        await pilot.press("6", "right", "l")
        assert "Log an interaction with Noor Hadid" in pilot.text()


async def test_deal_is_deleted_after_asking(open_app, store):
    async with open_app(size=(120, 40)) as pilot:
        await pilot.press("6", "delete")
        assert "Delete the deal “Forty posies”?" in pilot.text()
        await pilot.press("y")
        assert store.value("SELECT count(*) FROM deal WHERE id = :id", id=POSIES) == 0
        await pilot.press("u")
        assert heads(pilot)["Qualification"] == ["Forty posies"]


# what is shown


@pytest.mark.engines("sqlite", "postgresql")
async def test_filter_by_query_changes_deals_and_sums(open_app):
    async with open_app(size=(120, 40)) as pilot:
        await pilot.press("6", "f3")
        await pilot.paste("amount>500")
        await pilot.press("enter")
        assert heads(pilot)["Qualification"] == []
        assert "2 open · GBP 1,840, weighted 1,320" in pilot.text()
        await pilot.press("f3")
        await pilot.paste(" color:red")
        await pilot.press("enter")
        assert "color" in pilot.text()
        await pilot.press("escape")
        assert pilot.app.page.query_input.value == "amount>500"
        assert "2 open · GBP 1,840, weighted 1,320" in pilot.text()


async def test_owners_follow_each_other_my_own_deals_first(open_app):
    async with open_app(size=(120, 40)) as pilot:
        await pilot.press("6")
        seen = []
        for _ in range(3):
            await pilot.press("b")
            seen.append(pilot.app.page.owner)
        assert seen == ["rosa", "milo", None]
        await pilot.press("b", "b")
        assert heads(pilot)["Qualification"] == []
        assert "milo · 1 open · GBP 247" in pilot.text()


async def test_pipelines_follow_each_other(open_app, store):
    async with open_app(size=(120, 40)) as pilot:
        await pilot.press("6", "p")
        assert "Weddings (2 of 3)" in pilot.text()
        assert "Date held" in heads(pilot)
        await pilot.press("p", "p")
        assert "Sales (1 of 3)" in pilot.text()


@pytest.mark.engines("sqlite", "postgresql")
async def test_table_has_the_same_deals_and_keys(open_app, store):
    async with open_app(size=(120, 40)) as pilot:
        await pilot.press("6", "right", "v")
        page = pilot.app.page
        assert page.table.count == 4
        assert page.selected_deal.id == CAFE
        lines = [line for line in pilot.text().split("\n") if "garland" in line]
        assert "Proposal 640.00 GBP 75%" in " ".join(lines[0].split())
        await pilot.press("greater_than_sign")
        assert stage_of(store, CAFE) == "Proposal"
        await pilot.press("x", "b")
        assert stored_deals.get(store, CAFE).lost_reason == "budget"
        assert page.table.count == 3
        await pilot.press("v")
        assert heads(pilot)["Demo"] == []


async def test_signs_and_words_mark_deals_without_color(open_app, store):
    async with open_app(size=(200, 60), theme="plain") as pilot:
        await pilot.press("6", "p")
        assert "! Holroyd wedding" in pilot.text()
        assert "rotting for 44 days here · no next step" in pilot.text()
        added = deals.add(store, {"title": "Arch", "contact": "#3", "pipeline": "weddings"})
        await pilot.look_for_changes()
        assert added.record.id in [each.id for each in pilot.app.page.board.active.list.deals]
        assert "? Arch" in pilot.text()
        assert "no next step" in pilot.text()
        await pilot.press("p")
        assert "was 17 Nov" in pilot.text()  # the expected close of the church is past


@pytest.mark.parametrize(("width", "words"), [(25, ""), (28, ""), (40, "no next step")])
def test_date_is_shown_before_the_word(width, words):
    deal = BoardDeal(
        1, "Roof", 2, "Eleanor Whitcombe", 3, "open", None, None,
        "2026-11-17", "2026-11-01", None, "", "", is_rotting=False,
    )  # fmt: skip
    text = "".join(each.text for each in contact_line(deal, dt.date(2026, 11, 21), width))
    assert text.endswith("was 17 Nov")
    assert len(text) < width
    assert ("no next step" in text) is bool(words)


async def test_undo_replaces_the_message(open_app):
    async with open_app(size=(120, 40)) as pilot:
        await pilot.press("6", "x", "p")
        await pilot.settle()
        app = pilot.app
        assert any("Lost deal" in each.message for each in app._notifications)
        await pilot.press("u")
        await pilot.settle()
        messages = [each.message for each in app._notifications]
        assert len(messages) == 1
        assert messages[0].startswith("Undone: ")


async def test_table_keeps_title_stage_and_amount_in_a_narrow_window(open_app):
    async with open_app(size=(80, 24)) as pilot:
        await pilot.press("6", "p", "v")
        head = str(pilot.app.page.table.heading.render())
        for title in ("deal", "contact", "stage", "amount", "close"):
            assert title in head
        pilot.app.open_records("invoice")
        await pilot.settle()
        assert "number" in pilot.text()


async def test_new_database_has_an_empty_board(tmp_path, open_app):
    async with open_app() as pilot:
        await pilot.press("6", "p", "p", "right", "right", "right", "greater_than_sign", "e", "x")
        assert "No deal is selected" in pilot.notices
        assert "No deal here. a adds one" in pilot.text()


async def test_sums_of_several_currencies_have_a_line_each(open_app, store):
    for amount in ("100 EUR", "200 USD"):
        deals.add(store, {"title": "Abroad", "contact": "#3", "amount": amount})
    async with open_app(size=(120, 40)) as pilot:
        await pilot.press("6")
        for line in ("EUR 100 ≈10", "GBP 180 ≈18", "USD 200 ≈20"):
            assert line in pilot.text()
        assert "100 EUR" in pilot.text()


async def test_names_from_outside_cannot_color_the_screen(open_app, store):
    title = "[red]x[/red] \u202eevil"
    deals.add(store, {"title": title, "contact": "#3", "amount": "1"})
    async with open_app(size=(120, 40)) as pilot:
        await pilot.press("6")
        assert "[red]x[/red]" in pilot.text()
        assert "\u202e" not in pilot.text()


async def test_pipeline_that_a_colleague_adds_and_stages_are_shown(open_app, shop):
    async with open_app(size=(120, 40)) as pilot:
        await pilot.press("6")
        with contextlib.closing(open_store(shop, user="colleague", locale=LOCALE)) as store:
            names = [pipelines.StageDraft(f"Step {number}", 1000) for number in range(1, 8)]
            pipeline = pipelines.add_pipeline(store, "Fairs", names)
            assert len(stages.list_stages(store, pipeline.id)) == 9
        await pilot.look_for_changes()
        await pilot.press("p", "p", "p")
        assert "Fairs (4 of 4)" in pilot.text()
        assert list(heads(pilot))[:2] == ["Step 1", "Step 2"]
        assert "2 more ›" in pilot.text()
        await pilot.press(*["right"] * 6, "p")  # from the last stage to a pipeline with fewer
        assert "Sales (1 of 4)" in pilot.text()
        assert pilot.app.page.board.columns[0].list.has_focus


async def test_a_late_message_about_the_focus_does_not_move_the_cursor(open_app):
    async with open_app(size=(120, 40)) as pilot:
        await pilot.press("6")
        board = pilot.app.page.board
        former = board.active.list
        await pilot.press("right")
        active = board.active
        assert active.list is not former
        board.on_descendant_focus(events.DescendantFocus(former))
        assert board.active is active
