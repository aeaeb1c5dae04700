"""Contact points: email addresses, phone numbers, web and social addresses in one normal form."""

import re
from typing import TYPE_CHECKING, NamedTuple

from cardcrm.domains import email_key, web_key
from cardcrm.errors import UsageError
from cardcrm.text import extract_digits as only_digits
from cardcrm.text import normalize_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cardcrm.records.contacts.drafts import AddressDraft, ContactPointDraft

# A number written in full is normalized without the library, which takes 15 ms to load. Country
# codes have one, two or three digits and none begins with another (ITU-T E.164); a 0 after one is a
# national prefix that does not belong there, which the library removes.
_COUNTRY = (
    r"(?:[17]|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]"
    r"|(?:2[1-689]|3[578]|42|5[09]|6[7-9]|8[035789]|9[679])\d)"
)
_FULL_NUMBER = re.compile(rf"\+{_COUNTRY}[ .-]?[1-9]\d*(?:[ .-]\d+)*")
# A long number that a spreadsheet has rounded: 4.47701E+11.
_RUINED = re.compile(r"\d(?:[.,]\d+)?E\+?\d{1,2}", re.IGNORECASE)
_MAIL = re.compile(r"[^\s@<>,;\"]+@[^\s@<>,;\"]+\.[^\s@<>,;\".]{2,}")


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
    short for a phone number``.
    """

    value: str
    key: str
    warning: str = ""


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
        return NormalizedPoint(*_email(value))
    if draft.kind == "phone":
        return _phone(value, region, addresses, draft.label)
    if not value:
        raise UsageError(f"an empty {draft.kind} address", "Leave it out.")
    return NormalizedPoint(value, web_key(value))


def phone_warnings(
    drafts: "Sequence[ContactPointDraft]", region: str, addresses: "Sequence[AddressDraft]" = ()
) -> list[str]:
    """Return warnings about phone numbers that are stored though they are impossible."""
    found = [(draft.value, normalize(draft, region, addresses).warning) for draft in drafts]
    return [
        f"“{normalize_line(value)}” is stored as written, but {why}" for value, why in found if why
    ]


def _email(value: str) -> tuple[str, str]:
    address = value.removeprefix("mailto:").strip("<>")
    if not is_email(address):
        raise UsageError(f"invalid email address “{value}”", "Write it like jane@example.com.")
    return address, email_key(address)


def is_email(text: str) -> bool:
    """Return whether a text can be an email address."""
    return len(text) <= 254 and _MAIL.fullmatch(text) is not None


def _phone(
    value: str, region: str, addresses: "Sequence[AddressDraft]" = (), label: str = ""
) -> NormalizedPoint:
    written = value.removeprefix("tel:")
    digits = only_digits(written)
    if not digits or len(written) > 60:
        raise UsageError(f"invalid phone number “{value}”", "Write it like +44 113 496 0123.")
    if 8 <= len(digits) <= 15 and _FULL_NUMBER.fullmatch(written):
        return NormalizedPoint(written, digits)
    if _RUINED.fullmatch(written):
        raise UsageError(
            f"a spreadsheet has rounded the phone number “{value}”; its last digits are lost",
            "Format the column as text in the spreadsheet, and export it again.",
        )
    from cardcrm.records.contacts import phones

    if not any(address.country for address in addresses):
        return NormalizedPoint(*phones.read_number(written, [region]))
    from cardcrm.records.contacts import countries

    regions = [*countries.regions(addresses, label), region]
    return NormalizedPoint(*phones.read_number(written, regions))


def looks_like_phone(text: str) -> bool:
    """Return whether a text can only be meant as a phone number."""
    return not text.strip("+0123456789()-./ ") and sum(map(str.isdigit, text)) >= 5


def phone_key(text: str, region: str) -> str:
    """Return the key that a phone number in any format is stored under."""
    return _phone(text, region).key
