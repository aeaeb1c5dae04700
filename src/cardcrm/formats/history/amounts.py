"""Read amounts and numbers of a file, whose decimal separator is decided once for the file.

``1.234`` is 1234 or 1 with decimals. It is decided from the numbers of the file that can be read
only one way, such as ``12,50`` or ``1,234.50``, or else by the region of the database.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, NamedTuple

from cardcrm.currencies import DECIMALS
from cardcrm.errors import UsageError
from cardcrm.money import (
    UNIT_SCALE,
    count_decimals,
    divide_half_up,
    parse_money,
)
from cardcrm.text import quote

# Regions that write 1.234,50 or 1 234,50.
_COMMA: Final = """
    AD AL AM AO AR AT AZ BA BE BG BO BR BY CL CO CR CU CY CZ DE DK DO EC EE ES FI FO FR GE GL GR HR
    HU ID IS IT KG KZ LT LU LV MA MC MD ME MK MN MZ NL NO PL PT PY RO RS RU SE SI SK SM TN TR UA UY
    UZ VE VN
"""
_COMMA_REGIONS: Final = frozenset(_COMMA.split())
_DIGITS: Final = re.compile(r"[0-9][0-9., '\u00a0\u202f\u2009\u2019]*")
_SPACES: Final = re.compile(r"[ '\u00a0\u202f\u2009\u2019]")
_GROUPS: Final = re.compile(rf"(?<=[0-9]){_SPACES.pattern}(?=[0-9]{{3}}(?![0-9]))")
_EITHER: Final = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")
_PLAIN: Final = re.compile(r"(-?)([0-9]{1,12})(?:\.([0-9]{2}))?", re.ASCII)
_EMPTY: Final = frozenset({"", "-", "--", "–", "—", "n/a", "na", "none", "null", "nil"})
_UNIT_DECIMALS: Final = 4  # further decimals of a unit price
_MAX_DIGITS: Final = 9  # of a quantity or price before the decimals
_COMPUTED: Final = 5  # decimals of a number that a spreadsheet has computed


class NumberOrder(NamedTuple):
    """The decimal separator of a file, and a sentence about it if a number needed it."""

    decimal: str
    note: str = ""


class _Tally:
    """The first number that shows a decimal point, a decimal comma, or could have either."""

    def __init__(self) -> None:
        self.first: dict[str, tuple[int, str]] = {}
        self.counts = {".": 0, ",": 0}

    def add(self, line: int, text: str) -> None:
        """Count a number."""
        found = _DIGITS.search(text)
        number = found[0].rstrip(" .,'") if found else ""
        sign = find_decimal(number)
        if sign:
            self.first.setdefault(sign, (line, text))
        if sign in self.counts:
            self.counts[sign] += 1


def find_decimal(number: str) -> str:
    """Return the decimal separator that a number shows, "?" if it could have either, or ""."""
    point, comma = number.rfind("."), number.rfind(",")
    if point < 0 and comma < 0:
        return ""
    if _EITHER.fullmatch(number):
        return "?"
    if point >= 0 and comma >= 0:
        return "." if point > comma else ","
    sign = "." if point >= 0 else ","
    if number.count(sign) > 1:
        return "," if sign == "." else "."
    return sign


def decide_decimal(numbers: Iterable[tuple[int, str]], region: str) -> NumberOrder:
    """Return the decimal separator of the numbers of a file, each with its line."""
    tally = _Tally()
    for line, text in numbers:
        tally.add(line, text)
    counts, usual = tally.counts, "," if region.upper() in _COMMA_REGIONS else "."
    decimal = usual
    if any(counts.values()) and counts["."] != counts[","]:
        decimal = "," if counts[","] > counts["."] else "."
    if "?" not in tally.first:
        return NumberOrder(decimal)
    if decimal in tally.first:
        line, text = tally.first[decimal]
        reason = f"as {text} in line {line} shows"
    else:
        reason = f"as is usual in {region.upper()}" if region else "as no region is set"
    word = "comma" if decimal == "," else "point"
    example = tally.first["?"][1]
    return NumberOrder(
        decimal, f"numbers such as {example} were read with a decimal {word}, {reason}"
    )


def is_empty(cell: str) -> bool:
    """Return whether a cell holds no number."""
    return cell.casefold() in _EMPTY


class AmountReader:
    """The reader of the numbers of one file; ``currency`` is that of amounts without one."""

    def __init__(self, order: NumberOrder, currency: str) -> None:
        self.order, self.currency = order, currency
        # The texts of amounts repeat: a price list has few prices.
        self.read = lru_cache(maxsize=8_192)(self._read)
        self.read_code = lru_cache(maxsize=200)(self._read_code)
        self.read_quantity = lru_cache(maxsize=5_000)(self._read_quantity)

    def _read_code(self, cell: str) -> str:
        """Return the currency that a cell names, in upper case. Raises UsageError."""
        code = cell.strip().upper()
        if code in DECIMALS:
            return code
        return parse_money(f"1 {cell.strip()}", self.currency).currency

    def read_in(self, cell: str, currency: str) -> int:
        """Return an amount in minor units of a currency. Raises UsageError for one in another."""
        minor, found = self.read(cell, currency)
        if found != currency:
            raise UsageError(f"{quote(cell)} is in {found}, the sale in {currency}")
        return minor

    def _read(self, cell: str, currency: str = "") -> tuple[int, str]:
        """Return an amount in minor units and its currency. Raises UsageError."""
        currency = currency or self.currency
        plain = _PLAIN.fullmatch(cell)
        if plain and DECIMALS.get(currency) == 2:
            minor = int(plain[2]) * 100 + int(plain[3] or 0)
            return (-minor if plain[1] else minor), currency
        text = _shorten(self._normalize(cell, DECIMALS.get(currency, 2)), currency)
        money = parse_money(text, currency, negative=True)
        return money.minor, money.currency

    def read_parts(self, cell: str, currency: str) -> int:
        """Return the price of one in ten-thousandths of a minor unit. Raises UsageError."""
        return self._read_number(cell, count_decimals(currency) + _UNIT_DECIMALS)

    def _read_quantity(self, cell: str) -> int:
        """Return a quantity in thousandths, which may be negative. Raises UsageError."""
        return self._read_number(cell, 3)

    def _read_number(self, cell: str, places: int) -> int:
        """Return a number in units of its last decimal, rounded half up. Raises UsageError."""
        text = self._normalize(cell)
        found = _DIGITS.search(text)
        if found is None:
            raise UsageError(f"invalid number {quote(cell)}", "Write it like 12 or 3.50.")
        number = _SPACES.sub("", found[0]).rstrip(".,")
        decimal = find_decimal(number)
        if decimal == "?":
            decimal = self.order.decimal
        number = number.replace("." if decimal == "," else ",", "").replace(",", ".")
        whole, _, fraction = number.partition(".")
        if len(whole) > _MAX_DIGITS or "." in fraction:
            raise UsageError(f"invalid number {quote(cell)}", "Write it like 12 or 3.50.")
        units = divide_half_up(int(whole + fraction[: places + 1].ljust(places + 1, "0")), 10)
        before = text[: found.start()]
        return -units if "-" in before or "(" in before else units

    def _normalize(self, cell: str, places: int = 2) -> str:
        """Return an amount whose separator is decided, with its sign in front."""
        text = cell.strip().replace("\u2212", "-").removeprefix("+").strip()
        if text.endswith("-"):
            text = f"-{text[:-1].strip()}"
        found = _DIGITS.search(text)
        number = found[0].rstrip(" .,'") if found else ""
        if found is None or not _EITHER.fullmatch(number):
            return text
        sign = "," if "," in number else "."
        whole, _, fraction = number.partition(sign)
        decided = whole + fraction
        if sign == self.order.decimal and fraction.strip("0"):
            # A fourth figure, so that no reader takes three for thousands.
            decided = f"{whole}.{fraction}" if places == 3 else f"{whole}.{fraction}0"
        elif sign == self.order.decimal:
            decided = whole
        end = found.start() + len(number)
        return f"{text[: found.start()]}{decided}{text[end:]}"


def _shorten(text: str, currency: str) -> str:
    """Return an amount without further zeros; one of five or more decimals is computed: round it.

    Spreadsheets write 19.9 as 19.899999999999999.
    """
    text = _GROUPS.sub("", text)
    found = re.search(r"([0-9]+)\.([0-9]{3,})", text) if text.count(".") == 1 else None
    if found is None or "," in text or currency not in DECIMALS:
        return text
    places, fraction = DECIMALS[currency], found[2]
    if len(fraction.rstrip("0")) > places and len(fraction) < _COMPUTED:
        return text
    units = divide_half_up(
        int(found[1] + fraction.ljust(places, "0")), 10 ** max(len(fraction) - places, 0)
    )
    digits = f"{units:0{places + 1}d}"
    whole, rest = digits[: len(digits) - places], digits[len(digits) - places :]
    return text.replace(found[0], f"{whole}.{rest}" if rest else whole, 1)


def to_minor(parts: int, quantity: int) -> int:
    """Return the amount of a quantity, in thousandths, at a price in parts; halves up."""
    return divide_half_up(parts * quantity, UNIT_SCALE * 1000)


def to_parts(minor: int, quantity: int) -> int:
    """Return the price of one in parts if a quantity, in thousandths, costs an amount."""
    return divide_half_up(abs(minor) * UNIT_SCALE * 1000, abs(quantity) or 1000)
