"""The month for the accountant against plain loops over what was written."""

import calendar
import datetime as dt
import random
from collections import Counter, defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardcrm.dates import DayTime
from cardcrm.money import Money
from cardcrm.records import records
from cardcrm.records.contacts import contacts, merge
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.invoices import invoices
from cardcrm.records.invoices.invoice_type import INVOICE
from cardcrm.records.references import remove_row
from cardcrm.records.sales import sales
from cardcrm.reports.invoices.accountant_month import gather_month, name_age, sum_documents
from cardcrm.reports.invoices.tax_rates import find_rate
from cardcrm.store import journal

pytestmark = pytest.mark.engines("sqlite", "postgresql")

TODAY = dt.date(2026, 11, 21)


def fill(store, seed):
    """Write invoices, payments and refunds at random; return them as plain tuples."""
    chance = random.Random(seed)
    for number in range(4):
        contacts.add(store, ContactDraft(f"Person {number}"))
    issued, paid, refunds = [], [], []
    for number in range(40):
        currency = chance.choice(("GBP", "GBP", "EUR"))
        net = chance.randrange(100, 10**6)
        rate = chance.choice((None, 0, 5, 20))
        tax = None if rate is None else (net * rate + 50) // 100
        amount = net + (tax or 0)
        on = TODAY - dt.timedelta(days=chance.randrange(30, 250))
        due = on + dt.timedelta(days=chance.randrange(60))
        texts = {
            "number": f"N{number}", "contact": f"#{chance.randrange(1, 5)}", "on": on.isoformat(),
            "due": due.isoformat(), "amount": f"{amount / 100:.2f} {currency}",
        }  # fmt: skip
        if tax is not None:
            texts["tax"] = f"{tax / 100:.2f} {currency}"
        invoice = records.add(store, INVOICE, texts)
        issued.append((on, due, currency, amount, tax, invoice.id))
        left, day = amount, on
        while left and chance.random() < 0.6:
            day = min(day + dt.timedelta(days=chance.randrange(50)), TODAY)
            part = min(left, chance.choice((left, chance.randrange(1, amount + 1))))
            invoices.pay(store, invoice.id, Money(part, currency), DayTime(day))
            paid.append((day, currency, part, invoice.id))
            left -= part
    for _ in range(15):
        currency = chance.choice(("GBP", "EUR"))
        on = TODAY - dt.timedelta(days=chance.randrange(200))
        amount = chance.choice((-1, -1, 1)) * chance.randrange(1, 10**5)
        sales.sell(store, 1, Money(amount, currency), when=DayTime(on), tax_rate=20_000)
        refunds.append((on, currency, amount))
    return issued, paid, refunds


def months():
    return [(2026, month) for month in range(3, 12)]


AGES = ((0, "not due"), (30, "1-30 days"), (60, "31-60 days"), (90, "61-90 days"))


def name_days(due, last):
    """Return the age of an invoice by counting the days."""
    days = 0
    while due + dt.timedelta(days=days) < last:
        days += 1
    return next((name for most, name in AGES if days <= most), "over 90 days")


def list_plainly(written, first, last):
    """Yield the section, currency, age and amount of what belongs to a month."""
    issued, paid, refunds = written
    for on, due, currency, amount, _, number in issued:
        if first <= on <= last:
            yield "issued", currency, "", amount
        so_far = sum(part for day, _, part, of in paid if of == number and day <= last)
        if on <= last and so_far < amount:
            yield "open", currency, name_days(due, last), amount - so_far
    for day, currency, part, _ in paid:
        if first <= day <= last:
            yield "paid", currency, "", part
    for on, currency, amount in refunds:
        if amount < 0 and first <= on <= last:
            yield "refunded", currency, "", amount


@pytest.mark.parametrize("seed", [1, 2])
def test_the_totals_are_those_of_plain_loops(store, monkeypatch, seed):
    monkeypatch.setenv("CARDCRM_NOW", f"{TODAY}T12:00")
    written = fill(store, seed)
    for year, month in months():
        first = dt.date(year, month, 1)
        last = dt.date(year, month, calendar.monthrange(year, month)[1])
        wanted, counts = Counter(), Counter()
        for *key, amount in list_plainly(written, first, last):
            wanted[tuple(key)] += amount
            counts[tuple(key)] += 1
        sums, numbers = Counter(), Counter()
        for each in gather_month(store, first, last).totals:
            key = (each.section, each.amount.currency, each.age_group)
            sums[key] += each.amount.minor
            numbers[key] += each.document_count
        assert (sums, numbers) == (wanted, counts)


def test_the_tax_of_the_invoices_is_that_of_plain_loops(store, monkeypatch):
    monkeypatch.setenv("CARDCRM_NOW", f"{TODAY}T12:00")
    issued, _, _ = fill(store, 4)
    found = gather_month(store, dt.date(2026, 1, 1), TODAY)
    wanted, sums = Counter(), Counter()
    for _, _, currency, amount, tax, _ in issued:
        if tax is not None:
            wanted[currency, round(100 * tax / (amount - tax))] += tax
    for each in found.totals:
        if each.section == "issued" and each.tax is not None:
            sums[each.tax.currency, round(each.tax_rate)] += each.tax.minor
            assert each.net.minor + each.tax.minor == each.amount.minor
    assert +sums == +wanted


@pytest.mark.parametrize("seed", [3])
def test_the_totals_reconcile_with_the_documents(store, monkeypatch, seed):
    monkeypatch.setenv("CARDCRM_NOW", f"{TODAY}T12:00")
    fill(store, seed)
    for year, month in months():
        last = dt.date(year, month, calendar.monthrange(year, month)[1])
        found = gather_month(store, dt.date(year, month, 1), last)
        by_group = defaultdict(int)
        for each in found.documents:
            rate = None if each.section == "open" else each.tax_rate
            key = (each.section, each.amount.currency, each.age_group, rate, each.tax is None)
            by_group[key] += each.amount.minor
        assert by_group == {
            (each.section, each.amount.currency, each.age_group, each.tax_rate, each.tax is None):
                each.amount.minor
            for each in found.totals
        }  # fmt: skip
        assert list(sum_documents(reversed(found.documents))) == list(found.totals)


@given(st.integers(1, 10**8), st.integers(0, 300))
def test_the_rate_that_made_a_tax_is_found(net, tenths):
    tax = (net * tenths + 500) // 1000
    found = find_rate(net + tax, tax)
    assert found is not None
    assert abs(net * found / 100 - tax) <= 1
    if net > 10**6:
        assert found == tenths / 10


def test_a_tax_of_several_rates_has_none_of_its_own():
    assert find_rate(100_000 + 20_000 + 50_000 + 2500, 22_500 + 7) is None
    assert find_rate(100, None) is None
    assert find_rate(100, 100) is None


def test_the_ages_meet_without_a_gap():
    assert [name_age(each) for each in (-1, 0, 1, 30, 31, 60, 61, 90, 91)] == [
        "not due", "not due", "1-30 days", "1-30 days", "31-60 days", "31-60 days", "61-90 days",
        "61-90 days", "over 90 days",
    ]  # fmt: skip


def test_the_customer_list_has_additions_first_purchases_and_removals(store, monkeypatch):
    for day, name in (("2026-09-30", "Ann"), ("2026-10-01", "Bob"), ("2026-10-31", "Cy"),
                      ("2026-11-01", "Dan")):  # fmt: skip
        monkeypatch.setenv("CARDCRM_NOW", f"{day}T12:00")
        contacts.add(store, ContactDraft(name))
    monkeypatch.setenv("CARDCRM_NOW", f"{TODAY}T12:00")
    for who, day in ((1, "2026-10-05"), (2, "2026-11-02"), (1, "2026-11-02"), (3, "2026-10-09")):
        sales.sell(store, who, Money(100, "GBP"), when=DayTime(dt.date.fromisoformat(day)))
    found = gather_month(store, dt.date(2026, 10, 1), dt.date(2026, 10, 31))
    assert [each.name for each in found.added] == ["Bob", "Cy"]
    assert [each.name for each in found.first_buyers] == ["Ann", "Cy"]
    assert found.removed == 0
    merge.merge(store, 1, 2)
    with store.transaction("rm"):
        remove_row(store, "contact", 4)
    november = dt.date(2026, 11, 1), dt.date(2026, 11, 30)
    assert gather_month(store, *november).removed == 2
    journal.undo(store)
    assert gather_month(store, *november).removed == 1
