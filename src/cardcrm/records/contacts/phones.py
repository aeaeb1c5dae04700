"""Phone numbers that need the library to be read; loaded only for them, as it takes 15 ms."""

import re
from collections.abc import Sequence

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberType, ValidationResult

from cardcrm.records.contacts.contact_points import Kept
from cardcrm.text import digits

_EXTENSION = re.compile(r"[^\w]*[^\W\d]*[^\w]*$")  # the word for it, which is written in many ways
_SHORT, _LONG = "is too short for a phone number", "is too long for a phone number"
_SHORT_ONES = 10**8  # of up to eight digits; to look longer ones up would be time for nothing
_WHY = {
    ValidationResult.TOO_SHORT: _SHORT,
    ValidationResult.TOO_LONG: _LONG,
    ValidationResult.INVALID_LENGTH: "is too long or too short for a phone number",
    ValidationResult.INVALID_COUNTRY_CODE: "begins with a code that no country has",
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "is too short, or has no area code",
}


def read(written: str, regions: Sequence[str]) -> Kept:
    """A number in the first region where it is one, or may be one by its length; what can be none
    stays as it was written, and so does the writing of one that stands among other words.
    """
    possible, doubt = None, ""
    regions = list(dict.fromkeys(regions))
    for region in regions:
        number, why = parsed(written, region)
        if number is None:
            doubt = doubt or why
            continue
        possible = possible or number
        if len(regions) == 1 or phonenumbers.is_valid_number(number):
            possible = number
            break
    if possible is None:
        return Kept(written, digits(written), doubt)
    full = phonenumbers.format_number(possible, phonenumbers.PhoneNumberFormat.E164)
    shown = phonenumbers.format_number(possible, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return Kept(written if _has_words(written, possible) else shown, full.lstrip("+"))


def parsed(written: str, region: str) -> tuple[PhoneNumber | None, str]:
    """A number as a region reads it; else None, and why it can be none there."""
    try:
        number = phonenumbers.parse(written, region or None)
    except phonenumbers.NumberParseException as error:
        return None, _why_unread(written, error)
    result = phonenumbers.is_possible_number_with_reason(number)
    is_short = (
        result == ValidationResult.IS_POSSIBLE and (number.national_number or 0) < _SHORT_ONES
    )
    if is_short and not phonenumbers.is_valid_number(number):
        result = _as_long_as_most(number)
    return (number, "") if result == ValidationResult.IS_POSSIBLE else (None, _WHY[result])


def _as_long_as_most(number: PhoneNumber) -> int:
    """Whether a number has the length of a fixed line's or a mobile's.

    Some countries have a few much shorter ones, such as Childline's 0800 1111, and by their length
    alone a number without its area code could be one.
    """
    lines, mobiles = (
        phonenumbers.is_possible_number_for_type_with_reason(number, kind)
        for kind in (PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE)
    )
    return lines if mobiles != ValidationResult.IS_POSSIBLE else mobiles


def _why_unread(written: str, error: phonenumbers.NumberParseException) -> str:
    kind = error.error_type
    if kind == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE:
        return _WHY[ValidationResult.INVALID_COUNTRY_CODE]
    if kind == phonenumbers.NumberParseException.TOO_LONG:
        return _LONG
    few = len(digits(written)) < 7
    return _SHORT if few else "is more than a phone number"


def _has_words(written: str, number: PhoneNumber) -> bool:
    """Whether letters stand in a writing that are not those before an extension."""
    before, extension, _ = written.rpartition(number.extension or "\n")
    return any(map(str.isalpha, _EXTENSION.sub("", before) if extension else written))
