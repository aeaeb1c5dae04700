"""Value: the grid of recency and frequency, chosen by keys and mouse, with its customers."""

import asyncio
import datetime as dt
import threading
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardcrm.money import Money, exponent
from cardcrm.records.contacts import contacts
from cardcrm.records.sales import sales
from cardcrm.reports import value
from cardcrm.tui.screens import value as value_page
from cardcrm.tui.theme import NAMES
from cardcrm.tui.widgets.ranking import whole
from cardcrm.tui.widgets.rfm_grid import Grid

TODAY = dt.date(2026, 11, 21)


def listed(hands):
    ranking = hands.app.page.ranking
    return {row.worth.name for row in ranking._rows if row.worth}


def of_square(store, place):
    report = value.report(store, "GBP", TODAY, limit=None)
    return {
        each.name for each in report.rows if (each.scores.recency, each.scores.frequency) == place
    }


def test_the_page_shows_figures_chart_customers_and_those_slipping_away(drive):
    async def script(hands):
        await hands.press("3")
        text = hands.text()
        assert "24 customers" in text
        assert "Revenue by month" in text
        await hands.press("end")
        assert "Slipping away" in hands.text()
        await hands.press("home", "enter")
        assert hands.app.page.here == "cards"
        assert hands.app.page.card.card.details.contact.name == "The Aire Grand Hotel"

    drive(script, size=(80, 24))


@pytest.mark.parametrize("theme", NAMES)
def test_the_bar_of_the_chosen_customer_looks_like_all_others(drive, theme):
    async def script(hands):
        await hands.press("3", "down")
        ranking = hands.app.page.ranking
        lines = [ranking.render_line(y) for y in range(ranking.size.height)]
        chosen = ranking.cursor - ranking.scroll_offset.y
        bars = [
            next(segment.style for segment in lines[y] if "█" in segment.text)
            for y in (chosen - 1, chosen)
        ]
        assert bars[0] == bars[1]

    drive(script, size=(160, 36), theme=theme)


def test_large_amounts_are_told_in_what_room_there_is(drive, store):
    from cardcrm.money import Money

    sales.sell(store, 12, Money(1_234_567_800_00, "GBP"))

    async def script(hands):
        await hands.press("3")
        text = hands.text()
        assert "1,234.6M revenue" in text
        chart = text.split("Revenue by month")[1].split("Customers by")[0]
        lines = [line[:9] for line in chart.splitlines()[1:] if line[:9].strip()]
        assert lines[0].strip() == "1,234.6M"

    drive(script, size=(80, 24))


def test_keys_choose_a_square_and_the_list_is_of_its_customers(drive, store):
    async def script(hands):
        await hands.press("3", "g")
        grid = hands.app.page.grid
        for key in ("down", "left", "down", "down", "left", "left", "up", "right"):
            assert listed(hands) == of_square(store, grid.place)
            before = grid.place
            await hands.press(key)
            assert grid.place != before
        while grid.square is None:
            await hands.press("left")
        await hands.press("enter", "enter")
        assert hands.app.page.here == "cards"
        assert hands.app.page.card.card.details.contact.name in of_square(store, grid.place)
        await hands.press("backspace", "backspace")
        assert hands.app.page.here == "value"

    drive(script, size=(80, 24))


def test_g_and_backspace_lead_back_to_all_customers(drive):
    async def script(hands):
        await hands.press("3")
        everybody = listed(hands)
        for key in ("g", "backspace"):
            await hands.press("g")
            assert len(listed(hands)) < len(everybody)
            await hands.press(key)
            assert listed(hands) == everybody
            assert hands.app.page.ranking.has_focus

    drive(script, size=(80, 24))


def test_clicks_choose_a_square_and_two_go_to_its_customers(drive, store):
    async def script(hands):
        await hands.press("3")
        grid = hands.app.page.grid
        place = next(place for place in sorted(grid.squares) if place != grid.place)
        column = 10 + (place[1] - 1) * grid._wide + 1
        line = 2 + (5 - place[0]) * grid._high
        await hands.pilot.click(Grid, offset=(column, line))
        await hands.settle()
        assert grid.place == place
        assert listed(hands) == of_square(store, place)
        await hands.pilot.click(Grid, offset=(column, line), times=2)
        await hands.settle()
        assert hands.app.page.ranking.has_focus
        await hands.pilot.click(Grid, offset=(2, 0))  # beside the squares
        assert grid.place == place

    drive(script, size=(200, 60))


def test_the_grid_can_be_read_without_colour_and_by_money(drive):
    async def script(hands):
        await hands.press("3", "g")
        assert "[  3  ]" in hands.text()
        assert "customers" in hands.text()
        assert "█  4 " in hands.text()  # the fullest square
        assert "5 ▸ Champions" in hands.text()
        await hands.press("h")
        assert "[ 12k ]" in hands.text()
        assert "─ revenue" in hands.text()

    drive(script, size=(80, 24), theme="plain")


def test_a_large_screen_has_grid_figures_and_card_together(drive):
    async def script(hands):
        await hands.press("3")
        text = hands.text()
        assert text.index("Recency × frequency") < text.index("Revenue by month")
        assert "Hibernating" in text
        assert hands.app.page.card.card.details.contact.name == "The Aire Grand Hotel"
        await hands.press("g")
        assert hands.app.page.card.card is not None

    drive(script, size=(200, 60))


def test_what_others_sell_moves_a_customer_to_another_square(drive, store):
    async def script(hands):
        await hands.press("3", "g")
        grid = hands.app.page.grid
        place = grid.place
        before = sum(square.customers for square in grid.squares.values())
        from cardcrm.money import Money
        from cardcrm.records.contacts import contacts
        from cardcrm.records.contacts.drafts import ContactDraft

        new = contacts.add(store, ContactDraft(name="Somebody New"))
        sales.sell(store, new.id, Money(5000, "GBP"))
        await hands.look()
        assert sum(square.customers for square in grid.squares.values()) == before + 1
        assert grid.place == place
        assert grid.has_focus

    drive(script, size=(80, 24))


def test_without_sales_there_is_no_grid(drive, store):
    with store.transaction("test"):
        for row in store.rows("SELECT id FROM sale"):
            store.delete_where("sale_line", "sale_id", row["id"])
            store.delete("sale", row["id"])

    async def script(hands):
        await hands.press("3")
        assert "No sales yet" in hands.text()
        await hands.press("g")
        assert "it takes five customers to make a grid" in hands.notices
        assert not hands.app.page.has_class("-on-grid")

    drive(script, size=(80, 24))


def test_b_ranks_otherwise_and_c_turns_to_the_next_currency(drive, store):
    from cardcrm.money import Money

    sales.sell(store, 12, Money(7700, "EUR"))

    async def script(hands):
        await hands.press("3", "b")
        assert "Customers by margin" in hands.text()
        await hands.press("b", "b")
        assert "Customers by lifetime value" in hands.text()
        await hands.press("c")
        assert "EUR" in hands.text()
        assert listed(hands) == {"Priya Raman"}
        await hands.press("c")
        assert "The Aire Grand Hotel" in hands.text()

    drive(script, size=(80, 24))


def test_a_grid_that_is_asked_for_too_early_comes_when_it_is_reckoned(drive, monkeypatch):
    reckon = value_page._more
    gate = threading.Event()

    def slowly(store, figures):
        gate.wait(10)
        return reckon(store, figures)

    monkeypatch.setattr(value_page, "_more", slowly)

    async def script(hands):
        await hands.pilot.press("3")
        await asyncio.sleep(0.3)
        await hands.pilot.press("g")
        await asyncio.sleep(0.1)
        assert hands.notices == ["the grid comes as soon as it is reckoned"]
        gate.set()
        await hands.settle()
        assert hands.app.page.has_class("-on-grid")
        assert hands.app.page.grid.has_focus

    drive(script)


@given(st.integers(-(10**12), 10**12), st.sampled_from(["GBP", "JPY", "BHD"]))
def test_whole_amounts_are_rounded_and_not_cut(minor, currency):
    shown = int(whole(Money(minor, currency)).replace(",", ""))
    exact = Decimal(minor).scaleb(-exponent(currency))
    assert shown == int(exact.quantize(Decimal(1), ROUND_HALF_UP))


def test_one_customer_and_one_order_are_told_as_one(drive, store):
    everybody = [row[0] for row in store.rows("SELECT id FROM contact ORDER BY id")]
    contacts.remove(store, everybody[1:])
    sold = sales.of_contact(store, everybody[0], limit=1000)
    sales.remove(store, [sale.id for sale in sold[1:]])

    async def script(hands):
        await hands.press("3")
        assert "1 customer  1 order " in hands.text()

    drive(script)
