"""Test that amounts are exact in every notation."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cardcrm.currencies import DECIMALS
from cardcrm.errors import UsageError
from cardcrm.money import (
    Money,
    UnitPrice,
    count_decimals,
    divide_half_up,
    format_decimal,
    format_money,
    format_quantity,
    parse_money,
    parse_number,
    parse_percent,
    parse_quantity,
    parse_unit_price,
    parse_whole_number,
    to_unambiguous,
)

CURRENCIES = st.sampled_from(sorted(DECIMALS))
MINORS = st.integers(-(10**15), 10**15)


@pytest.mark.parametrize(
    ("text", "minor", "currency"),
    [
        ("1234.5", 123450, "EUR"),
        ("1,234.50", 123450, "EUR"),
        ("1.234,50", 123450, "EUR"),
        ("1 234,50", 123450, "EUR"),
        ("1\u00a0234,50", 123450, "EUR"),
        ("1'234.50", 123450, "EUR"),
        ("1\u2019234.50", 123450, "EUR"),
        ("1,234", 123400, "EUR"),
        ("1.234.567", 123456700, "EUR"),
        ("12,34,567.50", 123456750, "EUR"),
        ("1,5", 150, "EUR"),
        ("0,50", 50, "EUR"),
        ("0", 0, "EUR"),
        ("€12", 1200, "EUR"),
        ("12€", 1200, "EUR"),
        ("12 EUR", 1200, "EUR"),
        ("EUR 12", 1200, "EUR"),
        ("eur12", 1200, "EUR"),
        ("  12 usd ", 1200, "USD"),
        ("$5", 500, "USD"),
        ("£3.20", 320, "GBP"),
        ("¥500", 500, "JPY"),
        ("1,500 JPY", 1500, "JPY"),
        ("CHF 12", 1200, "CHF"),
        ("12 zł", 1200, "PLN"),
        ("1.234 BHD", 1234, "BHD"),
        ("1,234.5 BHD", 1234500, "BHD"),
    ],
)
def test_amounts_are_read_as_people_write_them(text: str, minor: int, currency: str) -> None:
    assert parse_money(text, "EUR") == Money(minor, currency)


@pytest.mark.parametrize(
    "text", ["-3", "(3.00)", "-€3", "€-3", "EUR -3", "(€3)", "€(3.00)", "\u22123"]
)
def test_negative_amounts_need_permission(text: str) -> None:
    assert parse_money(text, "EUR", negative=True) == Money(-300, "EUR")
    with pytest.raises(UsageError):
        parse_money(text, "EUR")


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "abc", "NaN", "inf", "1e5", "0x10", "1_000", "12 12", "€", "EUR"),
        *(
            "1,2,3",
            "1,23,4",
            "12.34.56",
            "1.234,567.8",
            "1,234.567",
            "1 2",
            "--3",
            "(-3)",
            "(3",
            "3-",
        ),
        *(".5", "5.", "5,-", "+3", "€12 EUR", "12 EUR USD", "１２", "٣", "1\x002", "9" * 10_000),
        *("12.345", "1.234", "0.234", "012,345", "1234,567", "12.5 JPY", "1.234 JPY", "1,234 BHD"),
        *("10000000000000.01", "1000000000000001 JPY", "12 XXX", "12 EUA", "kr 5", "12 \x1b[2J"),
    ],
)
def test_invalid_ambiguous_and_huge_amounts_are_rejected(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_money(text, "EUR", negative=True)
    assert caught.value.hint
    assert caught.value.message.isprintable()
    assert len(caught.value.message) < 120


def test_point_before_three_digits_is_explained() -> None:
    with pytest.raises(UsageError) as caught:
        parse_money("1.234", "EUR")
    assert caught.value.hint == "Write 1234, or 1.23."


@pytest.mark.parametrize(
    ("text", "default", "currency"),
    [
        *[("$5", "CAD", "CAD"), ("$5", "GBP", "USD"), ("US$5", "CAD", "USD"), ("¥5", "CNY", "CNY")],
        *[
            ("kr 5", "SEK", "SEK"),
            ("5 kr", "NOK", "NOK"),
            ("5 KR", "DKK", "DKK"),
            ("5", "eur", "EUR"),
        ],
    ],
)
def test_shared_symbols_mean_the_default_currency(text: str, default: str, currency: str) -> None:
    assert parse_money(text, default).currency == currency


def test_unknown_currency_gets_similar_codes() -> None:
    with pytest.raises(UsageError) as caught:
        count_decimals("EURO")
    assert "EUR" in caught.value.hint
    with pytest.raises(UsageError):
        parse_money("12", "")
    with pytest.raises(UsageError):
        count_decimals("\x00" * 10_000)


def test_currencies_have_the_decimals_of_the_standard() -> None:
    assert [count_decimals(code) for code in ("EUR", "JPY", "KRW", "BHD", "KWD", "CLP", "MGA")] == [
        *(2, 0, 0, 3, 3, 0, 2)
    ]
    assert all(len(code) == 3 and code.isascii() and code.isupper() for code in DECIMALS)


@pytest.mark.parametrize(
    ("money", "shown"),
    [
        (Money(123450, "EUR"), "1,234.50 EUR"),
        (Money(-1200, "EUR"), "-12.00 EUR"),
        (Money(-5, "EUR"), "-0.05 EUR"),
        (Money(1500, "JPY"), "1,500 JPY"),
        (Money(1234, "BHD"), "1.234 BHD"),
    ],
)
def test_amounts_are_shown_with_groups_and_code(money: Money, shown: str) -> None:
    assert format_money(money) == shown
    assert format_money(money, code=False) == shown[:-4]


@given(MINORS, CURRENCIES)
@example(10**15, "BHD")
@example(1234, "BHD")
@example(1234, "JPY")
def test_formatted_amount_can_be_parsed(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert parse_money(format_money(money), "USD", negative=True) == money
    assert parse_money(format_money(money, code=False), currency, negative=True) == money


@given(st.integers(0, 10**9), st.integers(0, 99), st.sampled_from([",.", ".,", " ,", "'.", " ."]))
def test_grouping_of_every_country_is_accepted(whole: int, cents: int, signs: str) -> None:
    group, point = signs
    text = f"{whole:,}".replace(",", group) + f"{point}{cents:02d}"
    assert parse_money(text, "EUR") == Money(whole * 100 + cents, "EUR")


@given(st.text(max_size=70), CURRENCIES)
def test_any_text_is_an_amount_or_a_usage_error(text: str, default: str) -> None:
    try:
        money = parse_money(text, default, negative=True)
    except UsageError:
        return
    assert abs(money.minor) <= 10**15
    assert money.currency in DECIMALS


@given(st.from_regex(r"[0-9]{1,4}[., '][0-9]{1,4}([.,][0-9]{1,3})?", fullmatch=True))
def test_no_two_interpretations_differ_by_a_thousand(text: str) -> None:
    try:
        minor = parse_money(text, "EUR").minor
    except UsageError:
        return
    digits = "".join(filter(str.isdigit, text))
    last = len(text) - 1 - max(text.rfind("."), text.rfind(","))
    decimals = last if 1 <= last <= 2 and last < len(text) else 0
    assert minor == int(digits) * 10 ** (2 - decimals)


@pytest.mark.parametrize(
    ("text", "thousandths"),
    [
        ("2", 2000),
        ("0.5", 500),
        ("0,5", 500),
        ("1.2340", 1234),
        (" 10 ", 10_000),
        ("0.001", 1),
        ("1 000", 10**6),
        ("1.000,5", 1_000_500),
        ("12,345.6", 12_345_600),
        ("2.1250", 2125),
    ],
)
def test_quantities_are_thousandths(text: str, thousandths: int) -> None:
    assert parse_quantity(text) == thousandths


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "0.000",
        "-1",
        "1.2345",
        "1,234",
        "1.234",
        "two",
        "1e3",
        "٢",
        "9" * 13,
        "1 00",
        "\x00",
    ],
)
def test_invalid_quantity_is_rejected(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_quantity(text)
    assert caught.value.hint


@given(st.integers(1, 10**12))
def test_formatted_quantity_can_be_parsed(thousandths: int) -> None:
    shown = format_quantity(thousandths)
    assert parse_quantity(to_unambiguous(shown)) == thousandths
    assert not ("." in shown and shown.endswith(("0", ".")))
    assert format_quantity(-thousandths) == f"-{shown}"


@pytest.mark.parametrize(
    ("text", "thousandths"),
    [
        ("12.5%", 12500),
        ("12.5", 12500),
        ("12,5 %", 12500),
        ("0", 0),
        ("100%", 100_000),
        ("12.345%", 12345),
        ("1,234", 1234),
    ],
)
def test_percentages_are_thousandths_of_a_percent(text: str, thousandths: int) -> None:
    assert parse_percent(text) == thousandths


@pytest.mark.parametrize("text", ["", "%", "-1", "100.001", "101%", "5%%", "ten", "1.2345%"])
def test_invalid_percentage_is_rejected(text: str) -> None:
    with pytest.raises(UsageError):
        parse_percent(text)


def test_a_half_rounds_away_from_zero() -> None:
    assert [divide_half_up(each, 2) for each in (1, 3, -1, -3, 2)] == [1, 2, -1, -2, 1]


def test_maximum_is_shown_as_an_amount():
    with pytest.raises(UsageError) as caught:
        parse_money("9" * 17, "JPY")
    assert caught.value.hint == "The maximum is 1,000,000,000,000,000 JPY."


@pytest.mark.parametrize(("written", "hint"), [("EURO", "EUR"), ("dollars", "Use a code such as")])
def test_unknown_currency_gets_codes_or_an_explanation(written: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        count_decimals(written)
    assert hint in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("text", "parts"),
    [("0.045", 45_000), ("0,045", 45_000), ("1.2340", 1_234_000), ("€0.000001", 1),
     ("3", 3 * 10**6), ("1,234.5", 1_234_500_000), ("1 234,50", 1_234_500_000)],
)  # fmt: skip
def test_unit_prices_are_finer_than_the_minor_unit(text: str, parts: int) -> None:
    assert parse_unit_price(text, "EUR") == UnitPrice(parts, "EUR")


@pytest.mark.parametrize("text", ["1,234", "1.234", "0.0000001", "-1", "12.345", "12,345", ""])
def test_invalid_unit_price_is_rejected(text: str) -> None:
    with pytest.raises(UsageError):
        parse_unit_price(text, "EUR")


@given(st.integers(0, 10**18), CURRENCIES)
def test_formatted_unit_price_can_be_parsed(parts: int, currency: str) -> None:
    price = UnitPrice(parts, currency)
    assert parse_unit_price(to_unambiguous(format_decimal(price)), currency) == price


@pytest.mark.parametrize(
    ("text", "number"),
    [("12", "12"), ("3.5", "3.5"), ("3,5", "3.5"), ("-1.5", "-1.5"), (".5", "0.5"),
     ("1 234", "1234"), ("1'234", "1234"), ("1.234,5", "1234.5"), ("1,234.5", "1234.5"),
     ("1,23,456", "123456"),
     ("1.234.567", "1234567"), ("0.045", "0.045"), ("0,045", "0.045"), ("1.2340", "1.2340")],
)  # fmt: skip
def test_numbers_of_every_country_are_read(text: str, number: str) -> None:
    assert parse_number(text) == number


@pytest.mark.parametrize("text", ["1,234", "1.234", "-999,999", "12.345"])
def test_an_ambiguous_number_is_refused_with_both_readings(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_number(text)
    whole, fraction = re.split("[.,]", text.lstrip("-"))
    assert caught.value.message.endswith(f": {whole}{fraction}, or {whole} with decimals")
    assert caught.value.hint == f"Write {whole}{fraction} or {whole}.{fraction}0."


@pytest.mark.parametrize("text", ["", "x", "1e5", "nan", "--1", "1.2.3", "1,2,3", "٣", "1 2"])
def test_other_texts_are_not_numbers(text: str) -> None:
    with pytest.raises(UsageError, match="invalid number"):
        parse_number(text)


@pytest.mark.parametrize(
    ("text", "number"), [("1,234", 1234), ("1 234", 1234), ("-3", -3), ("1.234.567", 1234567)]
)
def test_whole_numbers_may_be_grouped(text: str, number: int) -> None:
    assert parse_whole_number(text) == number


@pytest.mark.parametrize("text", ["1.234", "1,5", "1.5", "", "x", "1,2", "1 00", "9" * 17])
def test_other_whole_numbers_are_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_whole_number(text)
