"""Shares as people read them."""

import pytest

from cardcrm.percent import format_percent


@pytest.mark.parametrize(
    ("share", "digits", "is_signed", "expected"),
    [
        (0.125, 1, False, "12.5%"),
        (0.125, 0, False, "12%"),
        (1.0, 1, False, "100.0%"),
        (0.0713, 0, True, "+7%"),
        (-0.0713, 1, True, "-7.1%"),
        (-0.0004, 1, False, "0.0%"),
        (-0.004, 0, True, "+0%"),
        (12.5, 0, False, "1250%"),
        (None, 1, False, ""),
    ],
)
def test_a_share_is_written_as_a_percentage(share, digits, is_signed, expected):
    assert format_percent(share, digits, is_signed=is_signed) == expected
