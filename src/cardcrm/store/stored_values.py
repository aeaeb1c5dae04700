"""Tests of single stored values, for `db check`: text that is not as cardcrm writes it."""

import datetime as dt
import json
import re
from functools import lru_cache
from typing import Any

from cardcrm.currencies import DECIMALS
from cardcrm.text import is_clean

_YEARLESS = r"-?-?([0-9]{2}-[0-9]{2})"
_MONTH = "(0[1-9]|1[0-2])"
_WITHOUT_DAY = rf"[0-9]{{4}}(-{_MONTH})?|--({_MONTH})?"


@lru_cache(maxsize=4096)  # days repeat
def is_day(value: Any) -> bool:
    """Return whether a value is an ISO day."""
    try:
        return len(value) == 10 and bool(dt.date.fromisoformat(value))
    except (ValueError, TypeError):
        return False


def is_yearly_day(value: Any) -> bool:
    """Return whether a value is an ISO day, or the known parts of one: ``--02-29``, ``1953``.

    ``--`` is the part by which a year alone is found.
    """
    if re.fullmatch(_WITHOUT_DAY, str(value)):
        return True
    yearless = re.fullmatch(_YEARLESS, str(value))
    return is_day(f"2000-{yearless[1]}") if yearless else is_day(value)


def is_instant(value: Any) -> bool:
    """Return whether a value is an ISO instant."""
    try:
        return bool(dt.datetime.fromisoformat(value))
    except (ValueError, TypeError):
        return False


def is_currency(value: Any) -> bool:
    """Return whether a value is the code of a currency, or empty."""
    return value == "" or value in DECIMALS


def is_json(value: Any) -> bool:
    """Return whether a value is a JSON object."""
    try:
        return isinstance(json.loads(value), dict)
    except (ValueError, TypeError, RecursionError):
        return False


def is_line(value: Any) -> bool:
    """Return whether a value is a text without control characters."""
    return is_clean(value)


def is_block(value: Any) -> bool:
    """Return whether a value is a text without control characters other than line ends."""
    return is_clean(value, newlines=True)
