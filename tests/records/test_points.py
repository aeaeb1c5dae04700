"""Phone numbers: every writing of one leads to the same key."""

import sys

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardcrm.errors import UsageError
from cardcrm.records import points
from cardcrm.records.drafts import PointDraft


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("0113 496 0123", "441134960123"),
        ("+44 113 496 0123", "441134960123"),
        ("+44 0113 496 0123", "441134960123"),
        ("+44 (0)113 496 0123", "441134960123"),
        ("0044 113 496 0123", "441134960123"),
        ("+440113 496 0124", "441134960124"),
        ("+4401134960124", "441134960124"),
        ("+49 0221 123456", "49221123456"),
        ("+353 01 677 1234", "35316771234"),
        ("+39 06 698 12345", "390669812345"),
        ("+1 212-555-0100", "12125550100"),
        ("tel:+44-113-496-0123", "441134960123"),
    ],
)
def test_every_writing_of_a_number_has_one_key(written: str, key: str) -> None:
    assert points.phone_key(written, "GB") == key


def test_a_number_in_full_needs_no_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "phonenumbers", None)
    for written in ("+44 113 496 0123", "+447700900111", "+353 1 677 1234", "+1 212-555-0100"):
        assert points.phone_key(written, "GB") == "".join(filter(str.isdigit, written))


CODES = sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)


@given(code=st.sampled_from(CODES), rest=st.integers(10**6, 10**8), zero=st.booleans())
def test_the_quick_way_keeps_no_zero_after_any_country_code(
    code: int, rest: int, zero: bool
) -> None:
    quick = points._FULL_NUMBER.fullmatch(f"+{code}{' 0' * zero}{rest}")
    assert (quick is None) is zero
    assert not zero or points._FULL_NUMBER.fullmatch(f"+{code}0{rest}") is None


@pytest.mark.parametrize("written", ["4.47701E+11", "4,47701E+11", "4E11"])
def test_what_a_spreadsheet_ruined_is_refused(written: str) -> None:
    with pytest.raises(UsageError, match="spreadsheet"):
        points.normalise(PointDraft("phone", written), "GB")
