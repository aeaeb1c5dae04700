"""Amounts and quantities of files, whose decimal separator the file decides."""

import pytest

from cardcrm.errors import UsageError
from cardcrm.formats.history.amounts import AmountReader, NumberOrder, decide_decimal


@pytest.mark.parametrize(
    ("numbers", "region", "decimal"),
    [
        (["12,50", "1.234"], "GB", ","),
        (["12.50", "1.234"], "DE", "."),
        (["1.234.567", "5"], "GB", ","),
        (["1,234,567", "5"], "DE", "."),
        (["1.234,5"], "US", ","),
        (["1,234.5"], "DE", "."),
        (["1.234"], "DE", ","),
        (["1.234"], "GB", "."),
        (["1.234"], "", "."),
        (["12,50", "12.50"], "DE", ","),
        (["7"], "PL", ","),
        (["€1.234,50"], "", ","),
    ],
)
def test_the_decimal_separator_is_decided_once(
    numbers: list[str], region: str, decimal: str
) -> None:
    assert decide_decimal(enumerate(numbers, 2), region).decimal == decimal


def test_a_note_tells_why_only_where_a_number_needed_it() -> None:
    assert decide_decimal([(2, "12,50")], "GB").note == ""
    assert decide_decimal([(2, "1.234"), (3, "12,50")], "GB").note == (
        "numbers such as 1.234 were read with a decimal comma, as 12,50 in line 3 shows"
    )
    assert decide_decimal([(2, "1.234")], "").note == (
        "numbers such as 1.234 were read with a decimal point, as no region is set"
    )


@pytest.mark.parametrize(
    ("cell", "decimal", "currency", "minor"),
    [
        ("12", ".", "EUR", 1200),
        ("-12.5", ".", "EUR", -1250),
        ("1.234", ",", "EUR", 123400),
        ("1,234", ".", "EUR", 123400),
        ("1.234", ".", "KWD", 1234),
        ("1,234", ",", "KWD", 1234),
        ("1.234", ",", "KWD", 1234000),
        ("12.5000", ".", "EUR", 1250),
        ("19.899999999999999", ".", "EUR", 1990),
        ("500", ".", "JPY", 500),
        ("1,500", ".", "JPY", 1500),
        ("1.500", ",", "JPY", 1500),
        ("(1,234.50)", ".", "USD", -123450),
        ("-$1,234.50", ".", "USD", -123450),
        ("$-3", ".", "USD", -300),
        ("3.00-", ".", "USD", -300),
        ("+3", ".", "USD", 300),
        ("1 234,50 zł", ",", "PLN", 123450),
        ("\u22121.234,50 €", ",", "EUR", -123450),
        ("1'234.50", ".", "CHF", 123450),
        ("1’029.000", ".", "KWD", 1029000),
        ("-1 002 003.4500", ".", "EUR", -100200345),
        ("9’999.99999", ".", "EUR", 1000000),
        ("12,34,567.50", ".", "INR", 123456750),
    ],
)
def test_amounts(cell: str, decimal: str, currency: str, minor: int) -> None:
    reader = AmountReader(NumberOrder(decimal), "GBP")
    assert reader.read(cell, currency) == (minor, currency)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("ten", "invalid amount “ten”"),
        ("12.345", "“12.3450” has too many decimals for EUR"),
        ("1.2.3", "invalid amount “1.2.3”"),
        ("9" * 20, f"amount “{'9' * 20}” is too large"),
    ],
)
def test_other_amounts_are_refused(cell: str, reason: str) -> None:
    with pytest.raises(UsageError) as error:
        AmountReader(NumberOrder("."), "EUR").read(cell, "EUR")
    assert error.value.message == reason


def test_an_amount_in_another_currency_than_its_row_is_refused() -> None:
    with pytest.raises(UsageError, match="“\\$5” is in USD, the sale in EUR"):
        AmountReader(NumberOrder("."), "EUR").read_in("$5", "EUR")


@pytest.mark.parametrize(
    ("cell", "decimal", "thousandths"),
    [("2", ".", 2000), ("1.0", ".", 1000), ("0,5", ",", 500), ("1.234", ",", 1234000),
     ("1.234", ".", 1234), ("-1.0", ".", -1000), ("1,000", ".", 1000000)],
)  # fmt: skip
def test_quantities(cell: str, decimal: str, thousandths: int) -> None:
    assert AmountReader(NumberOrder(decimal), "EUR").read_quantity(cell) == thousandths


@pytest.mark.parametrize(("cell", "parts"), [("62.95", 62_950_000), ("0.045", 45_000)])
def test_prices_of_one_are_finer_than_the_minor_unit(cell: str, parts: int) -> None:
    assert AmountReader(NumberOrder("."), "EUR").read_parts(cell, "EUR") == parts
