"""The pages of quotes and invoices: from a deal on the board to the invoice that is paid."""

import pytest

from cardcrm.records import records
from cardcrm.records.deals import stored_deals
from cardcrm.records.invoices.invoice_type import INVOICE
from cardcrm.records.quotes import quotes
from cardcrm.records.quotes.offered_line import parse_quote_line
from cardcrm.records.quotes.quote_lines import lines_of
from cardcrm.records.quotes.quote_type import QUOTE
from cardcrm.records.sales import sales
from cardcrm.tui.forms.form import Form

POSIES = 14  # the deal that the board begins with


@pytest.fixture
def quote(store):
    """Offer 40 posies and, optionally, a vase; return the id of the quote."""
    lines = [
        parse_quote_line("40 x Posy @ 4.50 tax 20%", "GBP"),
        parse_quote_line("1 x Tall vase @ 12", "GBP", optional=True),
    ]
    return quotes.add(store, {"deal": f"#{POSIES}"}, lines).record.id


def status_of(store, quote_id):
    return records.get(store, QUOTE, quote_id).values["status"]


def number_of(store, quote_id):
    return records.get(store, QUOTE, quote_id).values["number"]


def newest(store, table):
    return store.value(f"SELECT max(id) FROM {table}")


async def type_text(pilot, text):
    await pilot.press(*text)


async def open_quotes(pilot):
    """Go from the first deal of the board to its quotes."""
    await pilot.press("6", "quotation_mark")
    assert pilot.app.page.mode_name == "quotes"


@pytest.mark.engines("sqlite", "postgresql")
async def test_a_deal_gets_a_quote_from_the_form(open_app, store):
    async with open_app(size=(80, 24)) as pilot:
        await open_quotes(pilot)
        assert "No quotes here. a adds one" in pilot.text()
        await pilot.press("a")
        assert isinstance(pilot.app.screen, Form)
        assert "Forty posies" in pilot.text()
        await pilot.press("tab", "tab")
        await type_text(pilot, "40 x Posy @ 4.50 tax 20%")
        assert "Total 180.00 GBP, tax 30.00 GBP" in pilot.text()
        await pilot.press("ctrl+o")
        quote_id = newest(store, "quote")
        record = records.get(store, QUOTE, quote_id)
        assert (record.values["title"], record.values["status"]) == ("Forty posies", "draft")
        assert [each.line.product for each in lines_of(store, quote_id)] == ["Posy"]
        assert "40 x Posy @ 4.50 tax 20% = 180.00 GBP" in pilot.text()
        await pilot.press("u")
        assert newest(store, "quote") < quote_id


async def test_what_happens_to_a_quote_is_marked_by_its_keys_and_undone(open_app, store, quote):
    async with open_app(size=(80, 24)) as pilot:
        await open_quotes(pilot)
        assert "optional: Tall vase @ 12.00 = 12.00 GBP" in pilot.text()
        await pilot.press("V")
        assert any("was not sent yet" in each for each in pilot.notices)
        for key, status in (("S", "sent"), ("V", "viewed")):
            await pilot.press(key)
            assert status_of(store, quote) == status
        await pilot.press("R")
        await type_text(pilot, "too dear")
        await pilot.press("enter")
        assert records.get(store, QUOTE, quote).values["refusal"] == "too dear"
        await pilot.press("u", "u")
        assert status_of(store, quote) == "sent"
        await pilot.press("e")
        assert any("N adds a new version" in each for each in pilot.notices)
        await pilot.press("N")
        assert isinstance(pilot.app.screen, Form)
        assert (status_of(store, quote), status_of(store, quote + 1)) == ("replaced", "draft")


async def test_accepting_asks_for_the_optional_lines_and_wins_the_deal(open_app, store, quote):
    async with open_app(size=(80, 24)) as pilot:
        await open_quotes(pilot)
        await pilot.press("A")
        assert "Tall vase" in pilot.text()
        await pilot.press("right", "enter")
        assert status_of(store, quote) == "accepted"
        deal = stored_deals.get(store, POSIES)
        assert (deal.status, deal.amount.minor) == ("won", 19200)
        assert [each.product for each in sales.lines_of(store, deal.sale_id)] == [
            "Posy", "Tall vase",
        ]  # fmt: skip
        await pilot.press("u")
        assert (status_of(store, quote), stored_deals.get(store, POSIES).status) == (
            "draft",
            "open",
        )


async def test_the_lines_of_a_draft_are_edited_and_keep_their_reasons(open_app, store, quote):
    lines = [
        parse_quote_line("2 x Posy @ 4 -10%", "GBP")._replace(reason="loyal"),
        parse_quote_line("1 x Tall vase @ 12", "GBP"),
    ]
    quotes.edit_lines(store, quote, lines)
    async with open_app(size=(80, 24)) as pilot:
        await open_quotes(pilot)
        await pilot.press("e", "tab", "tab", "tab")
        assert pilot.app.focused.value == "Tall vase @ 12.00"
        await pilot.press("end", "backspace", "backspace", "backspace", "backspace", "backspace")
        await type_text(pilot, "15")
        await pilot.press("ctrl+o")
        found = [(str(each.line.amount.minor), each.reason) for each in lines_of(store, quote)]
        assert found == [("720", "loyal"), ("1500", "")]


async def test_the_form_says_what_the_customer_was_offered_and_paid_before(open_app, store, quote):
    quotes.send(store, quote)
    quotes.refuse(store, quote, "too dear")
    async with open_app(size=(120, 40)) as pilot:
        await open_quotes(pilot)
        await pilot.press("a", "tab", "tab")
        await type_text(pilot, "1 x Posy @ 4")
        number = number_of(store, quote)
        assert f"Posy: offered 4.50 GBP in {number} v1, refused" in pilot.text()


async def test_a_quote_becomes_a_file_and_an_invoice_that_is_paid_in_parts(
    open_app, store, quote, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    async with open_app(size=(80, 24)) as pilot:
        await open_quotes(pilot)
        await pilot.press("P", "enter")
        assert "Forty posies" in (tmp_path / f"{number_of(store, quote)}.html").read_text()
        await pilot.press("P", "enter")
        assert "already exists" in pilot.text()
        await pilot.press("escape", "B", "ctrl+o")
        invoice_id = newest(store, "invoice")
        invoice = records.get(store, INVOICE, invoice_id).values
        assert (invoice["quote"], invoice["amount"].minor, invoice["tax"].minor) == (
            number_of(store, quote), 18000, 3000,
        )  # fmt: skip
        await pilot.press("dollar_sign")
        assert pilot.app.page.mode_name == "invoices"
        await pilot.press("P")
        await type_text(pilot, "50")
        await pilot.press("tab")
        await type_text(pilot, "21 nov")
        await pilot.press("enter")
        assert "2026-11-21  50.00 GBP paid" in pilot.text()
        assert "130.00 GBP open, due 2026-12-21" in pilot.text()
        await pilot.press("P", "enter")
        assert records.get(store, INVOICE, invoice_id).values["paid_on"] is not None
        await pilot.press("u")
        assert records.get(store, INVOICE, invoice_id).values["open"].minor == 13000


async def test_without_a_quote_the_keys_say_so(open_app):
    async with open_app(size=(80, 24)) as pilot:
        await open_quotes(pilot)
        for key in ("S", "A", "P"):
            await pilot.press(key)
        assert pilot.notices.count("No quote is selected") == 3


async def test_the_quotes_and_invoices_of_a_contact_are_listed_from_any_page(
    open_app, store, quote
):
    records.add(store, INVOICE, {"contact": "1", "amount": "5"})
    async with open_app(size=(80, 24)) as pilot:
        await pilot.press("2", "dollar_sign")
        page = pilot.app.page
        contact_id = page.query_text.removeprefix("contact:")
        assert (page.mode_name, contact_id.isdigit()) == ("invoices", True)
        shown = {str(each.contact_id) for each in page.list.records}
        assert shown <= {contact_id}
        await pilot.press("backspace")
        assert pilot.app.page.mode_name == "contacts"
