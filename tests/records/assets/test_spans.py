"""Spans of the calendar and intervals of service, as people type them."""

import datetime as dt

import pytest

from cardcrm.errors import UsageError
from cardcrm.records.assets.spans import (
    Interval,
    Span,
    move_by_terms,
    parse_interval,
    parse_span,
)

pytestmark = pytest.mark.no_database


@pytest.mark.parametrize(
    ("text", "span", "words"),
    [
        ("12m", Span(12, "m"), "12 months"),
        ("1y", Span(1, "y"), "1 year"),
        ("2 Years", Span(2, "y"), "2 years"),
        ("90 d", Span(90, "d"), "90 days"),
        ("every 2 weeks", Span(2, "w"), "2 weeks"),
        ("quarterly", Span(3, "m"), "3 months"),
        ("half-yearly", Span(6, "m"), "6 months"),
        ("a year", Span(1, "y"), "1 year"),
    ],
)
def test_a_span_is_read_in_many_writings_and_kept_in_words(text, span, words):
    assert parse_span(text) == span
    assert str(span) == words
    assert parse_span(words) == span


@pytest.mark.parametrize("text", ["", "0m", "often", "11y", "121m", "-3m", "12", "3m 2d"])
def test_another_text_is_no_span(text):
    with pytest.raises(UsageError, match="invalid span of time"):
        parse_span(text)


@pytest.mark.parametrize(
    ("text", "interval", "words"),
    [
        ("12m", Interval(Span(12, "m")), "12 months"),
        ("500h", Interval(None, 500_000, "h"), "500 h"),
        ("1500 h", Interval(None, 1_500_000, "h"), "1500 h"),
        ("12m or 500h", Interval(Span(12, "m"), 500_000, "h"), "12 months or 500 h"),
        ("500h,12m", Interval(Span(12, "m"), 500_000, "h"), "12 months or 500 h"),
        ("12m / 10000 km", Interval(Span(12, "m"), 10_000_000, "km"), "12 months or 10000 km"),
        ("20000 copies", Interval(None, 20_000_000, "copies"), "20000 copies"),
        ("2.5 km", Interval(None, 2500, "km"), "2.5 km"),
    ],
)
def test_an_interval_is_a_span_or_units_of_a_counter_or_both(text, interval, words):
    assert parse_interval(text) == interval
    assert str(interval) == words
    assert parse_interval(words) == interval


@pytest.mark.parametrize(
    "text", ["soon", "12m or 2y", "500h or 3km", "0h", "h", "500", "121m", "12m or", "-5h"]
)
def test_another_text_is_no_interval(text):
    with pytest.raises(UsageError, match="invalid interval"):
        parse_interval(text)


@pytest.mark.parametrize(
    ("day", "span", "terms", "moved"),
    [
        ("2026-12-31", "3m", -1, "2026-09-30"),
        ("2026-02-28", "3m", -1, "2025-11-30"),
        ("2026-01-31", "1m", 1, "2026-02-28"),
        ("2026-02-28", "1m", 1, "2026-03-31"),
        ("2026-02-27", "1m", 1, "2026-03-27"),
        ("2024-02-29", "1y", 1, "2025-02-28"),
        ("2025-02-28", "1y", 3, "2028-02-29"),
        ("2026-01-31", "4w", 1, "2026-02-28"),
        ("2026-02-28", "2w", 1, "2026-03-14"),
        ("9999-06-30", "1y", 1, "9999-12-31"),
    ],
)
def test_terms_of_months_keep_to_the_end_of_the_month(day, span, terms, moved):
    found = move_by_terms(dt.date.fromisoformat(day), parse_span(span), terms)
    assert found.isoformat() == moved
