"""Parse and format exact amounts of money, as integers of minor units, never floats.

Amounts are accepted in the notation of most countries, under one rule: no result may be wrong by a
factor of a thousand. ``1,234`` is grouping; ``1.234`` is ambiguous and rejected. In a currency with
three decimals, ``1.234`` is an amount, and ``1,234`` is rejected.
"""

import re
from dataclasses import dataclass

from cardcrm.currencies import DECIMALS, SHARED_SYMBOLS, SYMBOLS
from cardcrm.errors import UsageError
from cardcrm.text import quote

_HINT = "Try 1234.50, 1,234.50, 12 EUR or €12."
_MAX_MINOR = 10**15  # minor units; thousands of such amounts still add up within 64 bits
_MAX_QUANTITY = 10**12  # thousandths
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


def count_decimals(currency: str) -> int:
    """Return the decimals of a currency: 2 for most, 0 for JPY, 3 for BHD. Raises UsageError."""
    decimals = DECIMALS.get(currency.upper())
    if decimals is None:
        raise UsageError(f"unknown currency {quote(currency)}", _suggest_currency(currency))
    return decimals


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
    sign, mark, number = _split_amount(text)
    currency = _find_currency(text, mark, default.strip().upper())
    decimals = count_decimals(currency)
    whole, fraction = _split_decimals(text, number, decimals)
    if len(fraction) > decimals:
        raise UsageError(
            f"{quote(text)} has too many decimals for {currency}", _suggest_decimals(decimals)
        )
    minor = int(whole + fraction.ljust(decimals, "0"))
    if minor > _MAX_MINOR:
        raise UsageError(
            f"amount {quote(text)} is too large",
            f"The maximum is {format_money(Money(_MAX_MINOR, currency))}.",
        )
    if sign < 0 and not negative:
        raise UsageError(f"amount {quote(text)} must not be negative", "Leave out the sign.")
    return Money(sign * minor, currency)


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
    shared, otherwise = SHARED_SYMBOLS.get(symbol, ("", mark))
    if default in shared.split():
        return default
    if not otherwise:
        raise UsageError(
            f"ambiguous currency in {quote(text)}: {' or '.join(shared.split())}",
            "Write the code.",
        )
    return otherwise


def _split_decimals(text: str, number: str, decimals: int) -> tuple[str, str]:
    """Return the digits before and after the decimal separator."""
    if re.fullmatch(r"[1-9][0-9]{0,2}[.,][0-9]{3}", number):
        return _resolve_separator(text, number, decimals)
    if match := re.fullmatch(r"([0-9]+)(?:[.,]([0-9]+))?", number):
        return match[1], match[2] or ""
    if match := re.fullmatch(_GROUPED, number):
        return re.sub(r"[^0-9]", "", match[1]), match[3] or ""
    if match := re.fullmatch(_LAKHS, number):
        return match[1].replace(",", ""), match[2] or ""
    raise UsageError(f"invalid amount {quote(text)}", _HINT)


def _resolve_separator(text: str, number: str, decimals: int) -> tuple[str, str]:
    """Decide between grouping and three decimals for one separator and three digits."""
    before, sign, after = number.partition("," if "," in number else ".")
    if decimals == 3 and sign == ".":
        return before, after
    if decimals < 3 and sign == ",":
        return before + after, ""
    raise UsageError(
        f"ambiguous amount {quote(text)}: {before + after}, or {before} and decimals",
        f"Write {before + after}" + (f", or {before}.{after[:decimals]}." if decimals else "."),
    )


def format_money(money: Money, *, code: bool = True) -> str:
    """Format an amount as ``1,234.50 EUR`` or ``1,500 JPY``, or without the ``code``."""
    decimals = count_decimals(money.currency)
    whole, fraction = divmod(abs(money.minor), 10**decimals)
    figures = f"{'-' if money.minor < 0 else ''}{whole:,}"
    if decimals:
        figures += f".{fraction:0{decimals}d}"
    return f"{figures} {money.currency}" if code else figures


def parse_quantity(text: str) -> int:
    """Parse a quantity in thousandths: ``0.5`` is 500. Raises UsageError unless positive."""
    thousandths = _parse_thousandths(text, "quantity", "try 1, 2.5 or 0.125")
    if not 1 <= thousandths <= _MAX_QUANTITY:
        raise UsageError(f"invalid quantity {quote(text)}", "Use a number above 0, up to 10**9.")
    return thousandths


def format_quantity(thousandths: int) -> str:
    """Format thousandths without trailing zeros: 2000 as ``2``, 500 as ``0.5``."""
    whole, rest = divmod(abs(thousandths), 1000)
    figures = f"{'-' if thousandths < 0 else ''}{whole}"
    return f"{figures}.{rest:03d}".rstrip("0") if rest else figures


def parse_percent(text: str) -> int:
    """Parse ``12.5%`` or ``12.5`` as 12500 thousandths of a percent. Raises UsageError."""
    hint = "Try 10, 12.5% or 0."
    thousandths = _parse_thousandths(text.strip().removesuffix("%"), "percentage", hint)
    if thousandths > 100_000:
        raise UsageError(f"percentage {quote(text)} is too large", "Use a number from 0 to 100.")
    return thousandths


def _parse_thousandths(text: str, what: str, hint: str) -> int:
    match = re.fullmatch(r"([0-9]{1,15})(?:([.,])([0-9]{1,3}))?", text.strip())
    if not match:
        raise UsageError(f"invalid {what} {quote(text)}", hint)
    whole, sign, fraction = match[1], match[2], match[3] or ""
    if sign == "," and len(fraction) == 3 and whole.lstrip("0"):
        raise UsageError(
            f"ambiguous {what} {quote(text)}: {whole}{fraction}, or {whole} and decimals",
            f"Write {whole}{fraction} or {whole}.{fraction}.",
        )
    return int(whole + fraction.ljust(3, "0"))


def compute_percent(minor: int, percent_thousandths: int) -> int:
    """Return a share in thousandths of a percent, halves rounded away from zero."""
    product = minor * percent_thousandths
    rounded = (abs(product) + 50_000) // 100_000
    return rounded if product >= 0 else -rounded
