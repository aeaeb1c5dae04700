"""Value: the grid of recency and frequency, chosen by keys and mouse, with its customers."""

import asyncio
import datetime as dt
import threading
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardcrm.money import Money, count_decimals
from cardcrm.records import records
from cardcrm.records.contacts import contacts
from cardcrm.records.sales import sales
from cardcrm.records.sales.sale_type import SALE
from cardcrm.reports.value import customer_ranking
from cardcrm.reports.value.slipping import list_slipping
from cardcrm.tui.screens import value as value_page
from cardcrm.tui.theme import NAMES
from cardcrm.tui.widgets.amounts import format_whole
from cardcrm.tui.widgets.rfm_grid import RfmGrid

TODAY = dt.date(2026, 11, 21)


def listed(pilot):
    ranking = pilot.app.page.ranking
    return {row.worth.name for row in ranking.rows if row.worth}


def of_square(store, place):
    report = customer_ranking.build_report(store, "GBP", TODAY, limit=None)
    return {
        each.name for each in report.rows if (each.scores.recency, each.scores.frequency) == place
    }


@pytest.mark.engines("sqlite", "postgresql")
async def test_page_shows_totals_chart_and_customers(open_app):
    async with open_app(size=(80, 24)) as pilot:
        await pilot.press("3")
        text = pilot.text()
        assert "70 customers" in text
        assert "Revenue by month" in text
        await pilot.press("end", "pageup")
        assert "Slipping away" in pilot.text()
        await pilot.press("home", "enter")
        assert pilot.app.page.mode_name == "contacts"
        assert pilot.app.page.card.card.details.contact.name == "The Aire Grand Hotel"


@pytest.mark.parametrize("theme", NAMES)
async def test_bar_under_the_cursor_looks_like_the_others(open_app, theme):
    async with open_app(size=(160, 36), theme=theme) as pilot:
        await pilot.press("3", "down")
        ranking = pilot.app.page.ranking
        lines = [ranking.render_line(y) for y in range(ranking.size.height)]
        chosen = ranking.cursor - ranking.scroll_offset.y
        bars = [
            next(segment.style for segment in lines[y] if "█" in segment.text)
            for y in (chosen - 1, chosen)
        ]
        assert bars[0] == bars[1]


async def test_large_amounts_are_abbreviated(open_app, store):
    from cardcrm.money import Money

    sales.sell(store, 12, Money(1_234_567_800_00, "GBP"))

    async with open_app(size=(80, 24)) as pilot:
        await pilot.press("3")
        text = pilot.text()
        assert "1,234.7M revenue" in text
        chart = text.split("Revenue by month")[1].split("Customers by")[0]
        lines = [line[:9] for line in chart.splitlines()[1:] if line[:9].strip()]
        assert lines[0].strip() == "1,234.6M"


@pytest.mark.engines("sqlite", "postgresql")
async def test_keys_select_a_cell_and_list_its_customers(open_app, store):
    async with open_app(size=(80, 24)) as pilot:
        await pilot.press("3", "g")
        grid = pilot.app.page.grid
        for key in ("down", "left", "down", "down", "left", "left", "up", "right"):
            assert listed(pilot) == of_square(store, grid.selected)
            before = grid.selected
            await pilot.press(key)
            assert grid.selected != before
        while grid.cell is None:
            await pilot.press("left")
        await pilot.press("enter", "enter")
        assert pilot.app.page.mode_name == "contacts"
        assert pilot.app.page.card.card.details.contact.name in of_square(store, grid.selected)
        await pilot.press("backspace", "backspace")
        assert pilot.app.page.mode_name == "value"


async def test_g_and_backspace_return_to_all_customers(open_app):
    async with open_app(size=(80, 24)) as pilot:
        await pilot.press("3")
        all_names = listed(pilot)
        for key in ("g", "backspace"):
            await pilot.press("g")
            assert len(listed(pilot)) < len(all_names)
            await pilot.press(key)
            assert listed(pilot) == all_names
            assert pilot.app.page.ranking.has_focus


async def test_clicks_select_and_open_a_cell(open_app, store):
    async with open_app(size=(200, 60)) as pilot:
        await pilot.press("3")
        grid = pilot.app.page.grid
        place = next(place for place in sorted(grid.cells) if place != grid.selected)
        column = 10 + (place[1] - 1) * grid.cell_width + 1
        line = 2 + (5 - place[0]) * grid.cell_height
        await pilot.click(RfmGrid, offset=(column, line))
        await pilot.settle()
        assert grid.selected == place
        assert listed(pilot) == of_square(store, place)
        await pilot.click(RfmGrid, offset=(column, line), times=2)
        await pilot.settle()
        assert pilot.app.page.ranking.has_focus
        await pilot.click(RfmGrid, offset=(2, 0))  # beside the cells
        assert grid.selected == place


async def test_grid_is_readable_without_color(open_app):
    async with open_app(size=(80, 24), theme="plain") as pilot:
        await pilot.press("3", "g")
        assert "[  7  ]" in pilot.text()
        assert "customers" in pilot.text()
        assert "▓  5 " in pilot.text()  # the fullest cell
        assert "17 ▸ Champions" in pilot.text()
        await pilot.press("h")
        assert "[ 43k ]" in pilot.text()
        assert "─ revenue" in pilot.text()


async def test_tall_screen_shows_grid_ranking_and_card(open_app):
    async with open_app(size=(200, 60)) as pilot:
        await pilot.press("3")
        text = pilot.text()
        assert text.index("Recency × frequency") < text.index("Revenue by month")
        assert "Hibernating" in text
        assert pilot.app.page.card.card.details.contact.name == "The Aire Grand Hotel"
        await pilot.press("g")
        assert pilot.app.page.card.card is not None


@pytest.mark.engines("sqlite", "postgresql")
async def test_sales_by_others_update_the_grid(open_app, store):
    async with open_app(size=(80, 24)) as pilot:
        await pilot.press("3", "g")
        grid = pilot.app.page.grid
        place = grid.selected
        before = sum(square.customers for square in grid.cells.values())
        from cardcrm.money import Money
        from cardcrm.records.contacts import contacts
        from cardcrm.records.contacts.drafts import ContactDraft

        new = contacts.add(store, ContactDraft(name="Newly Added"))
        sales.sell(store, new.id, Money(5000, "GBP"))
        await pilot.look_for_changes()
        assert sum(square.customers for square in grid.cells.values()) == before + 1
        assert grid.selected == place
        assert grid.has_focus


async def test_grid_needs_sales(open_app, store):
    with store.transaction("test"):
        for row in store.rows("SELECT id FROM deal WHERE sale_id IS NOT NULL"):
            store.update("deal", row["id"], sale_id=None)
        for row in store.rows("SELECT id FROM sale"):
            store.delete_where("sale_line", "sale_id", row["id"])
            store.delete("sale", row["id"])

    async with open_app(size=(80, 24)) as pilot:
        await pilot.press("3")
        assert "No sales yet" in pilot.text()
        await pilot.press("g")
        assert "The grid needs at least 5 customers" in pilot.notices
        assert not pilot.app.page.has_class("-on-grid")


async def test_b_changes_the_ranking_and_c_the_currency(open_app, store):
    from cardcrm.money import Money

    sales.sell(store, 12, Money(7700, "EUR"))

    async with open_app(size=(80, 24)) as pilot:
        await pilot.press("3", "b")
        assert "Customers by margin" in pilot.text()
        await pilot.press("b", "b")
        assert "Customers by lifetime value" in pilot.text()
        assert "not included: EUR" in pilot.text()
        await pilot.press("c")
        assert "EUR" in pilot.text()
        assert listed(pilot) == {"Priya Raman", "Calder & Finch Solicitors"}
        await pilot.press("c")
        assert "The Aire Grand Hotel" in pilot.text()


async def test_grid_opens_once_it_is_computed(open_app, monkeypatch):
    reckon = value_page.compute_rest
    gate = threading.Event()

    def slowly(store, figures):
        gate.wait(10)
        return reckon(store, figures)

    monkeypatch.setattr(value_page, "compute_rest", slowly)

    async with open_app() as pilot:
        await pilot.press_only("3")
        await asyncio.sleep(0.3)
        await pilot.press_only("g")
        await asyncio.sleep(0.1)
        assert pilot.notices == ["The grid will open once it is computed"]
        gate.set()
        await pilot.settle()
        assert pilot.app.page.has_class("-on-grid")
        assert pilot.app.page.grid.has_focus


@given(st.integers(-(10**12), 10**12), st.sampled_from(["GBP", "JPY", "BHD"]))
def test_whole_amounts_are_rounded(minor, currency):
    shown = int(format_whole(Money(minor, currency)).replace(",", ""))
    exact = Decimal(minor).scaleb(-count_decimals(currency))
    assert shown == int(exact.quantize(Decimal(1), ROUND_HALF_UP))


async def test_one_customer_and_one_order_are_singular(open_app, store):
    all_names = [row[0] for row in store.rows("SELECT id FROM contact ORDER BY id")]
    contacts.remove(store, all_names[1:])
    sold = sales.of_contact(store, all_names[0], limit=1000)
    records.remove(store, SALE, [sale.id for sale in sold[1:]])

    async with open_app() as pilot:
        await pilot.press("3")
        assert "1 customer  1 order " in pilot.text()


@pytest.mark.engines("sqlite", "postgresql")
async def test_w_adds_a_reminder_for_each_customer_slipping_away_once(open_app, store):
    report = customer_ranking.build_report(store, "GBP", TODAY, limit=None)
    slipping = list_slipping(store, "GBP", TODAY, report, value_page.MAX_SLIPPING)
    expected = {each.contact_id for each in slipping}
    async with open_app(size=(80, 24)) as pilot:
        await pilot.press("3", "w")
        await pilot.press("y")
        rows = store.rows("SELECT contact_id, text, due_on FROM reminder WHERE text LIKE 'win %'")
        assert {row["contact_id"] for row in rows} == expected
        assert len(rows) == len(expected) > 2
        assert {row["due_on"] for row in rows} == {TODAY.isoformat()}
        assert all("silent for" in row["text"] for row in rows)
        await pilot.press("w")
        assert pilot.notices[-1] == "Each of them has a reminder already"
        await pilot.press("u")
        assert store.value("SELECT count(*) FROM reminder WHERE text LIKE 'win %'") == 0
