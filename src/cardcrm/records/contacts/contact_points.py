"""Contact points: email addresses, phone numbers, web and social addresses in one normal form."""

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from cardcrm.domains import email_key, web_key
from cardcrm.errors import UsageError
from cardcrm.text import drop_mobile_digit, fold, normalize_line, to_ascii_digits
from cardcrm.text import extract_digits as only_digits

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cardcrm.records.contacts.drafts import AddressDraft, ContactPointDraft

# The patterns are compiled when a value needs them: compiling all of them takes 2 ms.
#
# A number written in full is normalized without the library, which takes 15 ms to load. Country
# codes have one, two or three digits and none begins with another (ITU-T E.164); a 0 after one is a
# national prefix that does not belong there, which the library removes.
_COUNTRY = (
    r"(?:[17]|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]"
    r"|(?:2[1-689]|3[578]|42|5[09]|6[7-9]|8[035789]|9[679])\d)"
)
_FULL_NUMBER = rf"\+{_COUNTRY}[ .-]?[1-9]\d*(?:[ .-]\d+)*"
# A long number that a spreadsheet has rounded: 4.47701E+11.
_RUINED = r"(?i)\d(?:[.,]\d+)?E\+?\d{1,2}"
# Numbers that the library reads: Italian ones of fixed lines keep their zero, also after the
# country code, and Argentine and Mexican ones had digits in front that are left out now.
_UNUSUAL = r"39[124-79]|5[24](?!\d{10,11}$)"
# A label in brackets has letters and no digits.
_OTHER = r"[^()\[\]（）［］\d]*"
_BRACKETS = rf"[(\[（［](?P<label>{_OTHER}[^\W\d_]{_OTHER})[)\]）］]"
_LABELS = (rf"{_BRACKETS}\s*(?P<number>.*\d.*)", rf"(?P<number>.*\d.*?)\s*{_BRACKETS}")
_COMMON_LABELS = frozenset(
    ("home", "work", "mobile", "cell", "office", "fax", "main", "other", "pager", "private")
)
_MAIL = r"[^\s@<>,;\"]+@[^\s@<>,;\"]+\.[^\s@<>,;\".]{2,}"
# As in a header of a mail: Jane Doe <jane@example.com>
_NAMED_MAIL = r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>"


class ContactPoint(NamedTuple):
    """A stored contact point; ``value`` is shown, ``key`` is compared and searched."""

    id: int
    contact_id: int
    kind: str
    value: str
    key: str
    label: str
    opted_out: bool
    invalid: bool


class NormalizedPoint(NamedTuple):
    """A contact point in its normal form: the value that is shown, and the key it is compared by.

    ``warning`` tells why a phone number is impossible, in words that follow the number: ``is too
    short for a phone number``. ``label`` may come from the value: the words in brackets beside a
    phone number, or the name in front of an email address. ``region`` is the one that was assumed
    for a number without a country code.
    """

    value: str
    key: str
    warning: str = ""
    label: str = ""
    region: str = ""


def normalize(
    draft: "ContactPointDraft", region: str, addresses: "Sequence[AddressDraft]" = ()
) -> NormalizedPoint:
    """Return the normal form of a contact point as written.

    Phones become digits with their country code, email and web addresses lower case. National phone
    numbers are of a country among the contact's ``addresses``, else of ``region``. An impossible
    number with digits stays as written: an office has extensions of two digits, and nothing that
    was noted may be lost. Raises UsageError for text that is not a contact point at all.
    """
    value = normalize_line(draft.value)
    if draft.kind == "email":
        return _email(value, draft.label)
    if draft.kind == "phone":
        return _phone(value, region, addresses, draft.label)
    if not value:
        raise UsageError(f"an empty {draft.kind} address", "Leave it out.")
    label = draft.label
    if draft.kind == "social" and not label:
        from cardcrm.records.contacts.social_networks import network_of

        label = network_of(value)
    return NormalizedPoint(value, web_key(value), label=label)


def check(kind: str, text: str) -> None:
    """Raise UsageError for an invalid email address, or a text without a phone number."""
    value = normalize_line(text)
    if kind == "email":
        _email(value, "")
    else:
        _read_digits(split_label(value)[0], value)


def phone_warnings(
    drafts: "Sequence[ContactPointDraft]", region: str, addresses: "Sequence[AddressDraft]" = ()
) -> list[str]:
    """Return warnings about impossible phone numbers, and about the regions that were assumed."""
    found = [(draft.value, normalize(draft, region, addresses)) for draft in drafts]
    regions = Counter(point.region for _, point in found if point.region)
    return [
        f"“{normalize_line(value)}” is stored as written, but {point.warning}"
        for value, point in found
        if point.warning
    ] + describe_regions(regions)


def describe_regions(regions: "Mapping[str, int]") -> list[str]:
    """Return a line about the regions that were assumed for numbers without a country code."""
    count = sum(regions.values())
    if not count:
        return []
    names = ", ".join(
        f"{region} ({number:,})" if len(regions) > 1 else region
        for region, number in sorted(regions.items())
    )
    numbers = "1 phone number" if count == 1 else f"{count:,} phone numbers"
    read = "was read as a number" if count == 1 else "were read as numbers"
    return [f"{numbers} without a country code {read} of the region {names}"]


def _email(value: str, label: str) -> NormalizedPoint:
    address, name = split_mail_name(value.removeprefix("mailto:"))
    if not is_email(address):
        raise UsageError(f"invalid email address “{value}”", "Write it like jane@example.com.")
    return NormalizedPoint(address, email_key(address), label=label or name)


def split_mail_name(text: str) -> tuple[str, str]:
    """Return an email address and the name in front of it: ``Jane Doe <jane@example.com>``."""
    found = re.fullmatch(_NAMED_MAIL, text.strip())
    if found is None:
        return text, ""
    return found["address"].strip().removeprefix("mailto:"), found["name"].strip("\"' ")


def is_email(text: str) -> bool:
    """Return whether a text can be an email address."""
    return len(text) <= 254 and re.fullmatch(_MAIL, text) is not None


def _phone(
    value: str, region: str, addresses: "Sequence[AddressDraft]" = (), label: str = ""
) -> NormalizedPoint:
    number, aside = split_label(value)
    label = " ".join(dict.fromkeys(filter(None, (label, aside))))
    written, digits = _read_digits(number, value)
    if 8 <= len(digits) <= 15 and _is_in_full(written, digits):
        return NormalizedPoint(written, join_key(digits), label=label)
    from cardcrm.records.contacts import phones

    regions = [region]
    if any(address.country for address in addresses):
        from cardcrm.records.contacts import countries

        regions = [*countries.regions(addresses, label), region]
    shown, digits, extension, warning, assumed = phones.read_number(written, regions)
    key = digits if warning else join_key(digits, extension)
    return NormalizedPoint(number if shown == written else shown, key, warning, label, assumed)


def _read_digits(number: str, value: str) -> tuple[str, str]:
    """Return a phone number in ASCII and its digits. Raises UsageError about its cell."""
    written = to_ascii_digits(number).strip().removeprefix("tel:")
    digits = only_digits(written)
    if not digits or len(written) > 60:
        raise UsageError(f"invalid phone number “{value}”", "Write it like +44 113 496 0123.")
    if re.fullmatch(_RUINED, written):
        raise UsageError(
            f"a spreadsheet has rounded the phone number “{value}”; its last digits are lost",
            "Format the column as text in the spreadsheet, and export it again.",
        )
    return written, digits


def _is_in_full(written: str, digits: str) -> bool:
    """Return whether a number has its country code, and is its own normal form."""
    return bool(re.fullmatch(_FULL_NUMBER, written)) and not re.match(_UNUSUAL, digits)


def join_key(digits: str, extension: str = "") -> str:
    """Return the key of a number with its country code: its digits, and ``x5`` for an extension."""
    digits = drop_mobile_digit(digits)
    return f"{digits}x{extension}" if extension else digits


def split_label(value: str) -> tuple[str, str]:
    """Return a phone number without the label in brackets beside it, and that label.

    ``07700 900123 (Mum)`` is a number of Mum; ``(0113) 496 0123`` and ``(ext 5)`` have none.
    """
    is_bare = value.isascii() and "(" not in value and "[" not in value
    if is_bare or len(value) > 100:
        return value, ""
    found = next(filter(None, (re.fullmatch(pattern, value) for pattern in _LABELS)), None)
    label = found["label"].strip() if found else ""
    if found is None or fold(label).startswith("ext"):
        return value, ""
    return found["number"].strip(), label.lower() if label.lower() in _COMMON_LABELS else label


def looks_like_phone(text: str) -> bool:
    """Return whether a text can only be meant as a phone number."""
    plain = text if text.isascii() else to_ascii_digits(text)
    return not plain.strip("+0123456789()-./ ") and sum(map(str.isdigit, plain)) >= 5


def parse_email(text: str) -> str:
    """Return the key of an email address as written. Raises UsageError for an invalid one."""
    return _email(normalize_line(text), "").key


def phone_key(text: str, region: str) -> str:
    """Return the key that a phone number in any format is stored under."""
    return _phone(text, region).key
