"""Parse and format exact amounts of money, as integers of minor units, never floats.

Amounts are accepted in the notation of most countries, under one rule: no result may be wrong by a
factor of a thousand. ``1,234`` is grouping; ``1.234`` is ambiguous and rejected. In a currency with
three decimals, ``1.234`` is an amount, and ``1,234`` is rejected. Unit prices may be finer than the
minor unit, and plain numbers may have any decimals, so in both ``1,234`` is ambiguous as well.
"""

import re
from dataclasses import dataclass

from cardcrm.currencies import DECIMALS, SHARED_SYMBOLS, SYMBOLS
from cardcrm.errors import UsageError
from cardcrm.text import quote

_HINT = "Try 1234.50, 1,234.50, 12 EUR or €12."
_MAX_MINOR = 10**15  # minor units; thousands of such amounts still add up within 64 bits
_MAX_QUANTITY = 10**12  # thousandths
UNIT_SCALE = 10_000  # parts of a minor unit in which unit prices are counted
_UNIT_DECIMALS = 4  # further decimals of a unit price
_MAX_PERCENT = 100_000  # thousandths of a percent
_MAX_UNIT = 10**14  # minor units; in parts, unit prices still fit in 64 bits
_MAX_LENGTH = 60  # characters

_SIGN = r"([^\s0-9.,'()+-]{1,4})"
_AMOUNT = rf"(-)? ?{_SIGN}? ?(-)? ?([0-9][0-9., ']*?) ?{_SIGN}?"
_GROUPED = r"([1-9][0-9]{0,2}(?:([., '])[0-9]{3})(?:\2[0-9]{3})*)(?:(?!\2)[.,]([0-9]+))?"
_LAKHS = r"([1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3})(?:\.([0-9]+))?"  # as India groups
# Typographic spaces, signs and quotes that spreadsheets and phones write.
_PLAIN = str.maketrans("\u00a0\u202f\u2009\u2212\u2019\uffe5", "   -'¥")


@dataclass(frozen=True, order=False)
class Money:
    """An amount in ``minor`` units (cents, yen, fils) of the ISO 4217 ``currency``."""

    minor: int
    currency: str


@dataclass(frozen=True, order=False)
class UnitPrice:
    """The price of one, in ``parts`` of a minor unit: ten-thousandths of a cent, yen or fils."""

    parts: int
    currency: str


def to_unit_price(money: Money | UnitPrice) -> UnitPrice:
    """Return an amount as the price of one."""
    if isinstance(money, UnitPrice):
        return money
    return UnitPrice(money.minor * UNIT_SCALE, money.currency)


def count_decimals(currency: str) -> int:
    """Return the decimals of a currency: 2 for most, 0 for JPY, 3 for BHD. Raises UsageError."""
    decimals = DECIMALS.get(currency.upper())
    if decimals is None:
        raise UsageError(f"unknown currency {quote(currency)}", _suggest_currency(currency))
    return decimals


def to_units(money: Money) -> float:
    """Return an amount in major units for a chart, such as 12.34 for 1234 cents."""
    return float(money.minor / 10 ** count_decimals(money.currency))


def _suggest_currency(currency: str) -> str:
    import difflib

    code = currency.upper() if len(currency) <= 4 else ""  # a longer word is not a mistyped code
    near = difflib.get_close_matches(code, sorted(DECIMALS), n=3, cutoff=0.5)
    return (
        "Did you mean " + ", ".join(near) + "?" if near else "Use a code such as EUR, USD or GBP."
    )


def parse_money(text: str, default: str, *, negative: bool = False) -> Money:
    """Parse an amount in the currency of the text, or in ``default``.

    ``negative`` allows ``-3`` and ``(3.00)``. Raises UsageError for an invalid or ambiguous amount,
    for too many decimals, and above 10**15 minor units.
    """
    return Money(*_parse_amount(text, default, _MAX_MINOR, 0, negative=negative))


def parse_unit_price(text: str, default: str) -> UnitPrice:
    """Parse the price of one as `parse_money`, with up to four further decimals: ``0.045``."""
    return UnitPrice(*_parse_amount(text, default, _MAX_UNIT, _UNIT_DECIMALS, negative=False))


def _parse_amount(
    text: str, default: str, most: int, further: int, *, negative: bool
) -> tuple[int, str]:
    """Return an amount with ``further`` decimals than the minor unit, and its currency."""
    sign, mark, number = _split_amount(text)
    currency = _find_currency(text, mark, default.strip().upper())
    decimals = count_decimals(currency)
    whole, fraction = _split_decimals(text, number, decimals, further)
    decimals += further
    if len(fraction.rstrip("0") if further else fraction) > decimals:
        raise UsageError(
            f"{quote(text)} has too many decimals for {currency}", _suggest_decimals(decimals)
        )
    units = int(whole + fraction[:decimals].ljust(decimals, "0"))
    if units > most * 10**further:
        raise UsageError(
            f"amount {quote(text)} is too large",
            f"The maximum is {format_money(Money(most, currency))}.",
        )
    if sign < 0 and not negative:
        raise UsageError(f"amount {quote(text)} must not be negative", "Leave out the sign.")
    return sign * units, currency


def _suggest_decimals(decimals: int) -> str:
    return f"write at most {decimals} decimals" if decimals else "write whole units"


def _split_amount(text: str) -> tuple[int, str, str]:
    """Split an amount into sign (1 or -1), currency mark (or empty) and digits."""
    plain = text[: _MAX_LENGTH + 1].translate(_PLAIN).strip()
    brackets = re.fullmatch(rf"{_SIGN}? ?\(([^()-]+)\) ?{_SIGN}?", plain)
    if brackets:
        plain = f"-{brackets[1] or ''}{brackets[2].strip()}{brackets[3] or ''}"
    match = re.fullmatch(_AMOUNT, plain)
    if not match or len(text) > _MAX_LENGTH or (match[1] and match[3]) or (match[2] and match[5]):
        raise UsageError(f"invalid amount {quote(text)}", _HINT)
    return (-1 if match[1] or match[3] else 1), match[2] or match[5] or "", match[4]


def _find_currency(text: str, mark: str, default: str) -> str:
    symbol = mark.lower()
    if not mark or mark.upper() in DECIMALS:
        return mark.upper() or default
    if symbol in SYMBOLS:
        return SYMBOLS[symbol]
    if symbol == "k":
        raise UsageError(f"invalid amount {quote(text)}", "Write thousands in full: 20000")
    shared, otherwise = SHARED_SYMBOLS.get(symbol, ("", mark))
    if default in shared.split():
        return default
    if not otherwise:
        raise UsageError(
            f"ambiguous currency in {quote(text)}: {' or '.join(shared.split())}",
            "Write the code.",
        )
    return otherwise


def _split_decimals(text: str, number: str, decimals: int, further: int) -> tuple[str, str]:
    """Return the digits before and after the decimal separator."""
    if re.fullmatch(r"[1-9][0-9]{0,2}[.,][0-9]{3}", number):
        return _resolve_separator(text, number, decimals, further)
    if match := re.fullmatch(r"([0-9]+)(?:[.,]([0-9]+))?", number):
        return match[1], match[2] or ""
    if match := re.fullmatch(_GROUPED, number):
        return re.sub(r"[^0-9]", "", match[1]), match[3] or ""
    if match := re.fullmatch(_LAKHS, number):
        return match[1].replace(",", ""), match[2] or ""
    raise UsageError(f"invalid amount {quote(text)}", _HINT)


def _resolve_separator(text: str, number: str, decimals: int, further: int) -> tuple[str, str]:
    """Decide between grouping and three decimals for one separator and three digits."""
    before, sign, after = number.partition("," if "," in number else ".")
    if decimals == 3 and sign == ".":
        return before, after
    if decimals < 3 and sign == "," and not further:
        return before + after, ""
    if further:
        raise _ambiguous("price", text, before, after)
    raise UsageError(
        f"ambiguous amount {quote(text)}: {before + after}, or {before} with decimals",
        f"Write {before + after}" + (f", or {before}.{after[:decimals]}." if decimals else "."),
    )


def _ambiguous(what: str, text: str, whole: str, fraction: str) -> UsageError:
    """Return the error for one separator before three digits, with both readings."""
    return UsageError(
        f"ambiguous {what} {quote(text)}: {whole}{fraction}, or {whole} with decimals",
        f"Write {whole}{fraction} or {whole}.{fraction}0.",
    )


def format_decimal(money: Money | UnitPrice) -> str:
    """Format the exact amount as a decimal number without separators, for data formats."""
    sign, whole, fraction = _split_figures(money)
    return f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}"


def format_money(money: Money | UnitPrice, *, code: bool = True) -> str:
    """Format an amount as ``1,234.50 EUR`` or ``1,500 JPY``, or without the ``code``."""
    sign, whole, fraction = _split_figures(money)
    figures = f"{sign}{whole:,}" + (f".{fraction}" if fraction else "")
    return f"{figures} {money.currency}" if code else figures


def _split_figures(money: Money | UnitPrice) -> tuple[str, int, str]:
    """Return the sign, the whole units and the decimals of an amount.

    A unit price has at least the decimals of its currency.
    """
    decimals = count_decimals(money.currency)
    if isinstance(money, Money):
        places, units = decimals, money.minor
    else:
        places, units = decimals + _UNIT_DECIMALS, money.parts
    whole, rest = divmod(abs(units), 10**places)
    fraction = f"{rest:0{places}d}" if places else ""
    return (
        "-" if units < 0 else "",
        whole,
        fraction[:decimals] + fraction[decimals:].rstrip("0"),
    )


def parse_quantity(text: str) -> int:
    """Parse a quantity in thousandths: ``0.5`` is 500. Raises UsageError unless positive."""
    thousandths = _parse_thousandths(text, "quantity", "Try 1, 2.5 or 0.125.", _MAX_QUANTITY)
    if not 1 <= thousandths <= _MAX_QUANTITY:
        raise UsageError(f"invalid quantity {quote(text)}", "Use a number above 0, up to 10**9.")
    return thousandths


def parse_reading(text: str) -> int:
    """Parse the reading of a counter in thousandths. Raises UsageError for one below 0."""
    thousandths = _parse_thousandths(text, "reading", "Try 1250 or 1190.5.", _MAX_QUANTITY)
    if not 0 <= thousandths <= _MAX_QUANTITY:
        raise UsageError(f"invalid reading {quote(text)}", "Use a number from 0 to 10**9.")
    return thousandths


def format_quantity(thousandths: int) -> str:
    """Format thousandths without trailing zeros: 2000 as ``2``, 500 as ``0.5``."""
    whole, rest = divmod(abs(thousandths), 1000)
    figures = f"{'-' if thousandths < 0 else ''}{whole}"
    return f"{figures}.{rest:03d}".rstrip("0") if rest else figures


def parse_percent(text: str) -> int:
    """Parse ``12.5%`` or ``12.5`` as 12500 thousandths of a percent. Raises UsageError."""
    hint = "Try 10, 12.5% or 0."
    number = text.strip().removesuffix("%")
    thousandths = _parse_thousandths(number, "percentage", hint, _MAX_PERCENT)
    if thousandths > _MAX_PERCENT:
        raise UsageError(f"percentage {quote(text)} is too large", "Use a number from 0 to 100.")
    return thousandths


def _parse_thousandths(text: str, what: str, hint: str, most: int) -> int:
    """Parse a number as thousandths. A reading above ``most`` does not make it ambiguous."""
    plain = text[: _MAX_LENGTH + 1].translate(_PLAIN).strip()
    match = re.fullmatch(r"([0-9]{1,15})(?:([.,])([0-9]{1,4}))?", plain)
    if match is None:
        whole, fraction = _split_grouped(plain)
    else:
        whole, fraction = match[1], match[3] or ""
        if _is_grouping(whole, fraction) and int(whole + fraction) * 1000 <= most:
            raise _ambiguous(what, text, whole, fraction)
    if not whole or len(fraction.rstrip("0")) > 3:
        raise UsageError(f"invalid {what} {quote(text)}", hint)
    return int(whole + fraction[:3].ljust(3, "0"))


def _split_grouped(number: str) -> tuple[str, str]:
    """Return the digits before and after the decimals of a grouped number, "" for another text."""
    match = re.fullmatch(_GROUPED, number)
    if match:
        return re.sub(r"[^0-9]", "", match[1]), match[3] or ""
    match = re.fullmatch(_LAKHS, number)
    return (match[1].replace(",", ""), match[2] or "") if match else ("", "")


def _is_grouping(whole: str, fraction: str) -> bool:
    """Return whether a separator between digits may stand for thousands: ``1,234``, ``12.345``."""
    return len(fraction) == 3 and re.fullmatch(r"[1-9][0-9]{0,2}", whole) is not None


def parse_number(text: str, what: str = "number") -> str:
    """Parse a number in the notation of most countries and return it as a decimal: ``-1234.5``.

    ``1,234`` and ``1.234`` are ambiguous: 1234, or 1 with decimals. Raises UsageError.
    """
    plain = text[: _MAX_LENGTH + 1].translate(_PLAIN).strip()
    sign, digits = ("-" if plain[:1] == "-" else ""), plain[plain[:1] in ("-", "+") :]
    match = re.fullmatch(r"([0-9]*)(?:[.,]([0-9]+))?", digits)
    if match and (match[1] or match[2]):
        whole, fraction = match[1] or "0", match[2] or ""
        if _is_grouping(whole, fraction):
            raise _ambiguous(what, text, whole, fraction)
    else:
        whole, fraction = _split_grouped(digits)
    if not whole or len(text) > _MAX_LENGTH:
        raise UsageError(f"invalid {what} {quote(text)}", "Write it like 12, 3.5 or 1234.50.")
    return f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}"


def parse_whole_number(text: str, what: str = "number") -> int:
    """Parse a whole number, perhaps with separators: ``1,234`` is grouping, ``1.5`` is refused.

    ``1.234`` is refused too: it is 1234, or not a whole number. Raises UsageError.
    """
    plain = text[: _MAX_LENGTH + 1].translate(_PLAIN).strip()
    sign, digits = (-1 if plain[:1] == "-" else 1), plain[plain[:1] in ("-", "+") :]
    grouped, fraction = _split_grouped(digits)
    if grouped and "." in digits and not fraction and digits.count(".") == 1:
        raise _ambiguous(what, text, *digits.split("."))
    number = digits if digits.isascii() and digits.isdigit() else grouped
    if not number or fraction or len(number) > 16:
        raise UsageError(f"{what} must be a whole number, not {quote(text)}")
    return sign * int(number)


def to_unambiguous(decimal: str) -> str:
    """Return a decimal such that the parsers read it: ``1.2340`` for ``1.234``."""
    whole, _, fraction = decimal.lstrip("-").partition(".")
    return f"{decimal}0" if _is_grouping(whole, fraction) else decimal


def divide_half_up(number: int, by: int) -> int:
    """Divide by a positive number, halves away from zero."""
    size = (2 * abs(number) + by) // (2 * by)
    return size if number >= 0 else -size
