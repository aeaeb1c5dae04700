"""Sums of several currencies are added at the stated rates of their days, or not at all."""

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardcrm.dates import DayTime
from cardcrm.errors import UsageError
from cardcrm.money import Money
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.sales import rates, sales
from cardcrm.reports import conversion
from cardcrm.store import Locale, journal


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-21T20:00")


@pytest.fixture
def locale():
    return Locale("GB", "EUR")


def load(store, tmp_path, *lines):
    file = tmp_path / "rates.csv"
    file.write_text("\n".join(["date,currency,rate,base", *lines, ""]))
    return rates.load(store, rates.read_file(file, "EUR"))


def sell(store, who, text, day):
    amount, currency = text.split()
    decimals = {"JPY": 0, "BHD": 3}.get(currency, 2)
    money = Money(int(Decimal(amount).scaleb(decimals)), currency)
    sales.sell(store, who, money, when=DayTime(dt.date.fromisoformat(day)))


def test_each_sale_has_the_rate_of_the_nearest_earlier_day(store, tmp_path):
    jane = contacts.add(store, ContactDraft("Jane Doe")).id
    for text, day in (
        ("100 EUR", "2026-11-01"),
        ("50 USD", "2026-06-01"),
        ("30 USD", "2026-05-31"),
    ):
        sell(store, jane, text, day)
    assert conversion.convert_sales(store, "EUR", jane) is None
    assert load(store, tmp_path, "2026-06-01,usd,0.92,", "2026-01-01,USD,0.9,EUR") == 2
    found = conversion.convert_sales(store, "EUR", jane)
    assert found.amount == Money(17_300, "EUR")
    assert found.describe_rates() == ("1 USD = 0.9 to 0.92 EUR (2 days, 2026-01-01 to 2026-06-01)")
    sell(store, jane, "1 USD", "2025-12-31")  # before the first rate
    assert conversion.convert_sales(store, "EUR", jane) is None


def test_a_rate_counts_the_other_way_round_and_decimals_of_currencies_differ(store, tmp_path):
    jane = contacts.add(store, ContactDraft("Jane Doe")).id
    sell(store, jane, "16000 JPY", "2026-11-01")
    sell(store, jane, "-1.234 BHD", "2026-11-02")
    load(store, tmp_path, "2026-01-01,EUR,160,JPY", "2026-01-01,BHD,2.5,EUR")
    assert conversion.convert_sales(store, "EUR").amount == Money(9692, "EUR")  # 96.915


SOLD = st.tuples(st.integers(-(10**6), 10**6), st.sampled_from(["USD", "GBP"]), st.integers(0, 300))


@settings(max_examples=25)
@given(st.lists(SOLD, min_size=1, max_size=8))
def test_the_sum_is_exact_and_rounded_once(temporary_store, sold):
    table = {"USD": Decimal("0.9217"), "GBP": Decimal("1.15333")}
    with temporary_store() as store:
        who = contacts.add(store, ContactDraft("Jane Doe")).id
        columns = [
            {"on_date": "2025-01-01", "currency": code, "rate": str(rate), "base": "EUR"}
            for code, rate in table.items()
        ]
        rates.load(store, columns)
        for minor, code, days in sold:
            when = DayTime(dt.date(2026, 1, 1) + dt.timedelta(days=days))
            sales.sell(store, who, Money(minor, code), when=when)
        exact = sum(Decimal(minor) * table[code] for minor, code, _ in sold)
        wanted = int(exact.quantize(Decimal(1), ROUND_HALF_UP))
        assert conversion.convert_sales(store, "EUR").amount == Money(wanted, "EUR")


def test_rates_are_replaced_by_day_and_undone(store, tmp_path):
    assert load(store, tmp_path, "2026-01-01,USD,0.9,EUR", "2026-01-02,USD,0.91,EUR") == 2
    assert load(store, tmp_path, "2026-01-01,USD,0.95,EUR", "2026-01-02,USD,0.91,EUR") == 1
    journal.undo(store)
    assert rates.load_table(store, "EUR", ["USD"]).find("USD", "2026-01-01").rate * 10 == 9


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("x,USD,0.9,EUR", "line 2: the date"),
        ("2026-01-01,XYZ,0.9,EUR", "line 2: unknown currency"),
        ("2026-01-01,USD,0,EUR", "line 2: invalid rate “0”"),
        ("2026-01-01,EUR,1,", "line 2: 1 EUR = 1 EUR is not a rate"),
        ('2026-01-01,USD,"1,234",EUR', "line 2: invalid rate"),
        ("2026-01-01", "line 2: unknown currency"),
    ],
)
def test_a_bad_line_is_named(store, tmp_path, line, complaint):
    with pytest.raises(UsageError) as caught:
        load(store, tmp_path, line)
    assert caught.value.message.startswith(complaint)
