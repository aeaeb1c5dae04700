"""Read when a mail was sent, from headers that may be missing, wrong or in the future."""

import datetime as dt
import email.utils
import re
from collections.abc import Iterable
from typing import Final, NamedTuple

EARLIEST: Final = dt.datetime(1971, 1, 1, tzinfo=dt.UTC)  # earlier dates are those of a dead clock
_MAX_SKEW: Final = dt.timedelta(days=1)  # a clock that is further ahead is not believed
_COMMENT = re.compile(r"\([^()]*\)")
_MAX_LENGTH: Final = 200  # characters of a date


class SentDate(NamedTuple):
    """The instant of a mail; ``is_doubtful`` if the header Date did not give it."""

    at: dt.datetime | None
    is_doubtful: bool


def find_date(date: str, received: Iterable[str], envelope: str, now: dt.datetime) -> SentDate:
    """Return when a mail was sent: by Date, else Received, else the line of the mbox file.

    A time in the future by less than a day is now, as clocks differ.
    """
    own = parse_date(date)
    if own is not None and _is_sane(own, now):
        return SentDate(min(own, now), is_doubtful=False)
    others = [*(each.rpartition(";")[2] for each in received), envelope]
    for text in others:
        found = parse_date(text)
        if found is not None and _is_sane(found, now):
            return SentDate(min(found, now), is_doubtful=True)
    return SentDate(None, is_doubtful=True)


def _is_sane(moment: dt.datetime, now: dt.datetime) -> bool:
    return EARLIEST <= moment <= now + _MAX_SKEW


def parse_date(text: str) -> dt.datetime | None:
    """Return the instant of a date as in mails or ISO, in UTC without a zone; None if unclear."""
    text = " ".join(_COMMENT.sub(" ", text[:_MAX_LENGTH]).split())
    if not text:
        return None
    for parse in (email.utils.parsedate_to_datetime, dt.datetime.fromisoformat):
        try:
            found = parse(text)
            moment = found if found.tzinfo else found.replace(tzinfo=dt.UTC)
            return moment.astimezone(dt.UTC)
        except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
            continue  # the standard library raises all of these for damaged dates
    return None


def envelope_date(envelope: bytes) -> str:
    """Return the date in the line of an mbox file in front of a message: ``From SENDER DATE``."""
    text = envelope.decode("ascii", "replace").removeprefix("From ")
    found = re.search(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? .*", text)
    return found[0] if found else ""
