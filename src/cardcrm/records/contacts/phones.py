"""Read phone numbers with the phonenumbers library, which takes 15 ms to load."""

import re
from collections.abc import Sequence

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberType, ValidationResult

from cardcrm.text import digits

_EXTENSION = re.compile(r"[^\w]*[^\W\d]*[^\w]*$")  # “ext.” in any language
_SHORT, _LONG = "is too short for a phone number", "is too long for a phone number"
_SHORT_NUMBERS = 10**8  # of up to eight digits; longer ones need no second look
_WHY = {
    ValidationResult.TOO_SHORT: _SHORT,
    ValidationResult.TOO_LONG: _LONG,
    ValidationResult.INVALID_LENGTH: "is too long or too short for a phone number",
    ValidationResult.INVALID_COUNTRY_CODE: "begins with an unknown country code",
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "is too short, or has no area code",
}


def read_number(written: str, regions: Sequence[str]) -> tuple[str, str, str]:
    """Return a number as it is shown, the key it is compared by, and a warning if it is impossible.

    The first region where the number is valid is taken, else the first where its length is right.
    An impossible number stays as written, and so does one that has words beside it.
    """
    possible, warning = None, ""
    regions = list(dict.fromkeys(regions))
    for region in regions:
        number, why = parse_number(written, region)
        if number is None:
            warning = warning or why
            continue
        possible = possible or number
        if len(regions) == 1 or phonenumbers.is_valid_number(number):
            possible = number
            break
    if possible is None:
        return written, digits(written), warning
    full = phonenumbers.format_number(possible, phonenumbers.PhoneNumberFormat.E164)
    shown = phonenumbers.format_number(possible, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return written if _has_words(written, possible) else shown, full.lstrip("+"), ""


def parse_number(written: str, region: str) -> tuple[PhoneNumber | None, str]:
    """Return the number that a region reads; else None, and why it is impossible there."""
    try:
        number = phonenumbers.parse(written, region or None)
    except phonenumbers.NumberParseException as error:
        return None, _why_unread(written, error)
    result = phonenumbers.is_possible_number_with_reason(number)
    is_short = (
        result == ValidationResult.IS_POSSIBLE and (number.national_number or 0) < _SHORT_NUMBERS
    )
    if is_short and not phonenumbers.is_valid_number(number):
        result = _check_usual_length(number)
    return (number, "") if result == ValidationResult.IS_POSSIBLE else (None, _WHY[result])


def _check_usual_length(number: PhoneNumber) -> int:
    """Return whether a number has the length of a fixed line's or a mobile's, as a result code.

    Some countries have a few much shorter numbers, such as Childline's 0800 1111; by length alone,
    a number without its area code could be one of them.
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
    """Return whether a number is written with letters other than those before an extension."""
    before, extension, _ = written.rpartition(number.extension or "\n")
    return any(map(str.isalpha, _EXTENSION.sub("", before) if extension else written))
