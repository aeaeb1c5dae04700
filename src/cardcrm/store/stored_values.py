"""Tests of single stored values, for `db check`: text that is not as cardcrm writes it."""

import datetime as dt
import json
from functools import lru_cache
from typing import Any

from cardcrm.currencies import DECIMALS
from cardcrm.dates.anniversaries import parse_yearly_day
from cardcrm.errors import UsageError
from cardcrm.text import is_clean


@lru_cache(maxsize=4096)  # days repeat
def is_day(value: Any) -> bool:
    """Return whether a value is an ISO day."""
    try:
        return len(value) == 10 and bool(dt.date.fromisoformat(value))
    except (ValueError, TypeError):
        return False


def is_yearly_day(value: Any) -> bool:
    """Return whether a value is an ISO day, or the known parts of one: ``--02-29``, ``1985-04``."""
    try:
        return parse_yearly_day(value).year != 0
    except (UsageError, TypeError):
        return False


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
