"""Compute the terms of contracts: when notice is due, and how a contract renews itself."""

import datetime as dt
from typing import NamedTuple

from cardcrm import dates
from cardcrm.records.assets.spans import Span, move_by_terms, parse_span


class Terms(NamedTuple):
    """The last day of a term, the last day for notice, and the term by which it renews itself."""

    end: dt.date | None = None
    notice_by: dt.date | None = None
    renewal: Span | None = None


def read_terms(end_on: str | None, notice_on: str | None, renewal: str) -> Terms:
    """Return stored columns as terms."""
    return Terms(
        dates.read_day(end_on), dates.read_day(notice_on), parse_span(renewal) if renewal else None
    )


def find_notice_day(end: dt.date, notice: Span) -> dt.date:
    """Return the last day on which notice can be given: a span before the end.

    With months before the last day of a month it is the last day of a month as well.
    """
    return move_by_terms(end, notice, -1)


def renew(terms: Terms, count: int = 1) -> Terms:
    """Return the terms some renewals later; those of a contract without renewal stay."""
    span = terms.renewal
    if span is None or terms.end is None:
        return terms
    notice_by = terms.notice_by and move_by_terms(terms.notice_by, span, count)
    return Terms(move_by_terms(terms.end, span, count), notice_by, span)


def count_renewals(terms: Terms, today: dt.date) -> int:
    """Return how often a contract has renewed itself by a day, since its terms were stored."""
    if terms.renewal is None or terms.end is None:
        return 0
    count = 0
    while move_by_terms(terms.end, terms.renewal, count) < today:
        count += 1
    return count


def find_current(terms: Terms, today: dt.date) -> Terms:
    """Return the terms that hold on a day."""
    return renew(terms, count_renewals(terms, today))
