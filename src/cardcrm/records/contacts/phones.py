"""Read phone numbers with the phonenumbers library, which takes 15 ms to load."""

import re
from collections.abc import Sequence
from typing import NamedTuple

import phonenumbers
from phonenumbers import CountryCodeSource, PhoneNumber, PhoneNumberType, ValidationResult

from cardcrm.text import extract_digits

_EXTENSION = re.compile(r"[^\w]*[^\W\d]*[^\w]*$")  # “ext.” in any language
_ITALY, _MEXICO = 39, 52
_MEXICAN_PREFIX = re.compile(r"^(?:0?1|0?4[45])(?=\d{10}$)")
_SHORT, _LONG = "is too short for a phone number", "is too long for a phone number"
_SHORT_NUMBERS = 10**8  # of up to eight digits; longer ones need no second look
_WHY = {
    ValidationResult.TOO_SHORT: _SHORT,
    ValidationResult.TOO_LONG: _LONG,
    ValidationResult.INVALID_LENGTH: "is too long or too short for a phone number",
    ValidationResult.INVALID_COUNTRY_CODE: "begins with an unknown country code",
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "is too short, or has no area code",
}


class NumberReading(NamedTuple):
    """The reading of a number: how it is shown, its digits with the country code, its extension.

    An impossible number has a ``warning``; ``region`` is the one assumed without a country code.
    """

    value: str
    digits: str
    extension: str = ""
    warning: str = ""
    region: str = ""


def read_number(written: str, regions: Sequence[str]) -> NumberReading:
    """Return how a number is shown and compared, or a warning if it is impossible.

    The first region where the number is valid is taken, else the first where its length is right.
    An impossible number stays as written, and so does one that has words beside it.
    """
    possible, assumed, warning = None, "", ""
    regions = list(dict.fromkeys(regions))
    for region in regions:
        number, why = parse_number(written, region)
        if number is None:
            warning = warning or why
            continue
        if possible is None:
            possible, assumed = number, region
        if len(regions) == 1 or phonenumbers.is_valid_number(number):
            possible, assumed = number, region
            break
    if possible is None:
        return NumberReading(written, extract_digits(written), warning=warning)
    if possible.country_code_source != CountryCodeSource.FROM_DEFAULT_COUNTRY:
        assumed = ""
    full = phonenumbers.format_number(possible, phonenumbers.PhoneNumberFormat.E164)
    shown = phonenumbers.format_number(possible, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    value = written if _has_words(written, possible) else shown
    return NumberReading(value, full.lstrip("+"), possible.extension or "", "", assumed)


def parse_number(written: str, region: str) -> tuple[PhoneNumber | None, str]:
    """Return the number that a region reads; else None, and why it is impossible there."""
    try:
        number = phonenumbers.parse(written, region or None, keep_raw_input=True)
    except phonenumbers.NumberParseException as error:
        return None, _why_unread(written, error)
    if not phonenumbers.is_valid_number(number):
        number = _read_otherwise(written, number) or number
    result = phonenumbers.is_possible_number_with_reason(number)
    is_short = (
        result == ValidationResult.IS_POSSIBLE and (number.national_number or 0) < _SHORT_NUMBERS
    )
    if is_short and not phonenumbers.is_valid_number(number):
        result = _check_usual_length(number)
    return (number, "") if result == ValidationResult.IS_POSSIBLE else (None, _WHY[result])


def _read_otherwise(written: str, number: PhoneNumber) -> PhoneNumber | None:
    """Return the valid number that an odd writing means, if there is one.

    ``00`` stands for the plus sign in any region, Italian numbers have lost their zero, and Mexican
    ones still have the digits that were dialed in front until 2019.
    """
    if written.startswith("00") and (found := _parse_valid(f"+{written[2:]}")):
        return found
    national, other = str(number.national_number), ""
    if number.country_code == _ITALY and not number.italian_leading_zero:
        other = f"+{_ITALY}0{national}"
    elif number.country_code == _MEXICO:
        other = f"+{_MEXICO}{_MEXICAN_PREFIX.sub('', national)}"
    found = _parse_valid(other)
    if found:
        found.extension, found.country_code_source = number.extension, number.country_code_source
    return found


def _parse_valid(written: str) -> PhoneNumber | None:
    try:
        number = phonenumbers.parse(written, None, keep_raw_input=True)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None


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
    few = len(extract_digits(written)) < 7
    return _SHORT if few else "is more than a phone number"


def _has_words(written: str, number: PhoneNumber) -> bool:
    """Return whether a number is written with letters other than those before an extension."""
    before, extension, _ = written.rpartition(number.extension or "\n")
    return any(map(str.isalpha, _EXTENSION.sub("", before) if extension else written))
