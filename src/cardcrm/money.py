"""Exact amounts and currencies: whole numbers of minor units, read and shown, never a float.

Amounts are read as written in most countries, under one rule: no reading may be off by a factor of
a thousand. ``1,234`` is grouping; ``1.234`` could be either and is refused, unless the currency has
three decimals, where it is an amount and ``1,234`` is refused.
"""

import re
from dataclasses import dataclass

from cardcrm.currencies import DECIMALS, SHARED, SIGNS
from cardcrm.errors import UsageError
from cardcrm.quote import quoted

_HINT = "try 1234.50, 1,234.50, 12 EUR or €12"
_MOST = 10**15  # minor units; thousands of such amounts still add up within 64 bits
_MOST_QUANTITY = 10**12  # thousandths
_LONGEST = 60  # characters

_SIGN = r"([^\s0-9.,'()+-]{1,4})"
_AMOUNT = rf"(-)? ?{_SIGN}? ?(-)? ?([0-9][0-9., ']*?) ?{_SIGN}?"
_GROUPED = r"([1-9][0-9]{0,2}(?:([., '])[0-9]{3})(?:\2[0-9]{3})*)(?:(?!\2)[.,]([0-9]+))?"
_LAKHS = r"([1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3})(?:\.([0-9]+))?"  # as India groups
# Spaces, signs and quotes that spreadsheets and phones put where plain ones are meant.
_PLAIN = str.maketrans("\u00a0\u202f\u2009\u2212\u2019\uffe5", "   -'¥")


@dataclass(frozen=True, order=False)
class Money:
    """``minor`` units (cents, yen, fils) of the ISO 4217 ``currency``, in capitals."""

    minor: int
    currency: str


def exponent(currency: str) -> int:
    """How many decimals a currency has: 2 for most, 0 for JPY, 3 for BHD; UsageError if unknown."""
    decimals = DECIMALS.get(currency.upper())
    if decimals is None:
        raise UsageError(f"no currency is called {quoted(currency)}", _near(currency))
    return decimals


def _near(currency: str) -> str:
    import difflib

    code = currency.upper() if len(currency) <= 4 else ""  # a longer word is no mistyped code
    near = difflib.get_close_matches(code, sorted(DECIMALS), n=3, cutoff=0.5)
    return "did you mean " + ", ".join(near) + "?" if near else "use a code such as EUR, USD or GBP"


def parse_money(text: str, default: str, *, negative: bool = False) -> Money:
    """The amount that ``text`` says, in the currency it names or in ``default``.

    With ``negative`` also ``-3`` and ``(3.00)``. UsageError for what is no amount or could be two,
    for more decimals than the currency has, and beyond 10**15 minor units.
    """
    sign, mark, number = _pieces(text)
    currency = _currency(text, mark, default.strip().upper())
    decimals = exponent(currency)
    whole, fraction = _split(text, number, decimals)
    if len(fraction) > decimals:
        raise UsageError(f"{quoted(text)} has more decimals than {currency} has", _few(decimals))
    minor = int(whole + fraction.ljust(decimals, "0"))
    if minor > _MOST:
        raise UsageError(
            f"{quoted(text)} is too much", f"the most is {format_money(Money(_MOST, currency))}"
        )
    if sign < 0 and not negative:
        raise UsageError(f"{quoted(text)} is negative", "leave out the sign")
    return Money(sign * minor, currency)


def _few(decimals: int) -> str:
    return f"write at most {decimals} decimals" if decimals else "write whole units"


def _pieces(text: str) -> tuple[int, str, str]:
    """The sign (1 or -1), the mark of the currency (or nothing) and the figures."""
    said = text[: _LONGEST + 1].translate(_PLAIN).strip()
    brackets = re.fullmatch(rf"{_SIGN}? ?\(([^()-]+)\) ?{_SIGN}?", said)
    if brackets:
        said = f"-{brackets[1] or ''}{brackets[2].strip()}{brackets[3] or ''}"
    match = re.fullmatch(_AMOUNT, said)
    if not match or len(text) > _LONGEST or (match[1] and match[3]) or (match[2] and match[5]):
        raise UsageError(f"{quoted(text)} is no amount of money", _HINT)
    return (-1 if match[1] or match[3] else 1), match[2] or match[5] or "", match[4]


def _currency(text: str, mark: str, default: str) -> str:
    sign = mark.lower()
    if not mark or mark.upper() in DECIMALS:
        return mark.upper() or default
    if sign in SIGNS:
        return SIGNS[sign]
    shared, otherwise = SHARED.get(sign, ("", mark))
    if default in shared.split():
        return default
    if not otherwise:
        raise UsageError(f"{quoted(text)} could be {' or '.join(shared.split())}", "write the code")
    return otherwise


def _split(text: str, number: str, decimals: int) -> tuple[str, str]:
    """The digits before and after the decimal sign."""
    if re.fullmatch(r"[1-9][0-9]{0,2}[.,][0-9]{3}", number):
        return _either(text, number, decimals)
    if match := re.fullmatch(r"([0-9]+)(?:[.,]([0-9]+))?", number):
        return match[1], match[2] or ""
    if match := re.fullmatch(_GROUPED, number):
        return re.sub(r"[^0-9]", "", match[1]), match[3] or ""
    if match := re.fullmatch(_LAKHS, number):
        return match[1].replace(",", ""), match[2] or ""
    raise UsageError(f"{quoted(text)} is no amount of money", _HINT)


def _either(text: str, number: str, decimals: int) -> tuple[str, str]:
    """One sign and three digits: grouping, or three decimals."""
    before, sign, after = number.partition("," if "," in number else ".")
    if decimals == 3 and sign == ".":
        return before, after
    if decimals < 3 and sign == ",":
        return before + after, ""
    raise UsageError(
        f"{quoted(text)} could be {before + after} or {before} and a part",
        f"write {before + after}" + (f", or {before}.{after[:decimals]}" if decimals else ""),
    )


def format_money(money: Money, *, code: bool = True) -> str:
    """``1,234.50 EUR``, ``-12.00 EUR``, ``1,500 JPY``; without ``code`` the figures alone."""
    decimals = exponent(money.currency)
    whole, fraction = divmod(abs(money.minor), 10**decimals)
    figures = f"{'-' if money.minor < 0 else ''}{whole:,}"
    if decimals:
        figures += f".{fraction:0{decimals}d}"
    return f"{figures} {money.currency}" if code else figures


def parse_quantity(text: str) -> int:
    """A quantity in thousandths: ``2`` is 2000, ``0.5`` is 500. UsageError unless positive."""
    thousandths = _thousandths(text, "quantity", "try 1, 2.5 or 0.125")
    if not 1 <= thousandths <= _MOST_QUANTITY:
        raise UsageError(f"{quoted(text)} is no quantity", "it must be more than 0, up to 10**9")
    return thousandths


def format_quantity(thousandths: int) -> str:
    """``2000`` as ``2``, ``500`` as ``0.5``: no decimals that say nothing."""
    whole, rest = divmod(abs(thousandths), 1000)
    figures = f"{'-' if thousandths < 0 else ''}{whole}"
    return f"{figures}.{rest:03d}".rstrip("0") if rest else figures


def parse_percent(text: str) -> int:
    """``12.5%`` or ``12.5`` in thousandths of a percent, 12500. UsageError outside 0 to 100."""
    hint = "try 10, 12.5% or 0"
    thousandths = _thousandths(text.strip().removesuffix("%"), "percentage", hint)
    if thousandths > 100_000:
        raise UsageError(f"{quoted(text)} is more than the whole", "a percentage is 0 to 100")
    return thousandths


def _thousandths(text: str, what: str, hint: str) -> int:
    match = re.fullmatch(r"([0-9]{1,15})(?:([.,])([0-9]{1,3}))?", text.strip())
    if not match:
        raise UsageError(f"{quoted(text)} is no {what}", hint)
    whole, sign, fraction = match[1], match[2], match[3] or ""
    if sign == "," and len(fraction) == 3 and whole.lstrip("0"):
        raise UsageError(
            f"{quoted(text)} could be {whole}{fraction} or a part", f"write {whole}.{fraction}"
        )
    return int(whole + fraction.ljust(3, "0"))


def percent_of(minor: int, percent_thousandths: int) -> int:
    """So many thousandths of a percent of an amount; half a unit rounds away from zero."""
    product = minor * percent_thousandths
    rounded = (abs(product) + 50_000) // 100_000
    return rounded if product >= 0 else -rounded
