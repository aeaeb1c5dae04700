"""Contact points: e-mail addresses, phone numbers, web and social addresses in one normal form."""

import re
from typing import TYPE_CHECKING, NamedTuple

from cardcrm.errors import UsageError
from cardcrm.text import digits as only_digits
from cardcrm.text import fold, tidy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cardcrm.records.contacts.drafts import AddressDraft, PointDraft

KINDS = ("email", "phone", "web", "social")

# A number written in full needs no library to be normalised, and the library costs 15 ms to load.
# Country codes are of one, two or three digits and none begins with another (ITU-T E.164); a 0
# after one is a national prefix that does not belong there, which the library takes away.
_COUNTRY = (
    r"(?:[17]|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]"
    r"|(?:2[1-689]|3[578]|42|5[09]|6[7-9]|8[035789]|9[679])\d)"
)
_FULL_NUMBER = re.compile(rf"\+{_COUNTRY}[ .-]?[1-9]\d*(?:[ .-]\d+)*")
# What a spreadsheet makes of a long number: 4.47701E+11.
_RUINED = re.compile(r"\d(?:[.,]\d+)?E\+?\d{1,2}", re.IGNORECASE)
_MAIL = re.compile(r"[^\s@<>,;\"]+@[^\s@<>,;\"]+\.[^\s@<>,;\".]{2,}")


class Point(NamedTuple):
    """A contact point as kept; ``value`` is shown, ``key`` compared and searched."""

    id: int
    contact_id: int
    kind: str
    value: str
    key: str
    label: str
    opted_out: bool
    invalid: bool


class Kept(NamedTuple):
    """How a point is kept: what is shown, the key it is compared by, and why it may be none.

    Of a phone number that cannot be one ``doubt`` says what is wrong with it, in words that go on
    after its name: ``is too short for a phone number``.
    """

    value: str
    key: str
    doubt: str = ""


def normalise(
    draft: "PointDraft", region: str, addresses: "Sequence[AddressDraft]" = ()
) -> tuple[str, str]:
    """What to show of a point as written, and the key it is compared by; as ``kept`` otherwise."""
    found = kept(draft, region, addresses)
    return found.value, found.key


def kept(draft: "PointDraft", region: str, addresses: "Sequence[AddressDraft]" = ()) -> Kept:
    """How a point as written is kept.

    Phones become digits with their country code, e-mails and web addresses lower case. National
    writings are of a country among the card's ``addresses``, else of ``region``. What has digits
    and can be no phone number stands as it was written: an office has extensions of two digits, and
    nothing that somebody noted is lost. Raises UsageError for what cannot be a point at all.
    """
    value = tidy(draft.value)
    if draft.kind == "email":
        return Kept(*_email(value))
    if draft.kind == "phone":
        return _phone(value, region, addresses, draft.label)
    if not value:
        raise UsageError(f"an empty {draft.kind} address", "Leave it out.")
    return Kept(value, web_key(value))


def doubts(
    drafts: "Sequence[PointDraft]", region: str, addresses: "Sequence[AddressDraft]" = ()
) -> list[str]:
    """What to tell of phone numbers that were kept though they can be none."""
    found = [(draft.value, kept(draft, region, addresses).doubt) for draft in drafts]
    return [f"“{tidy(value)}” is kept as it was written, but {why}" for value, why in found if why]


def _email(value: str) -> tuple[str, str]:
    address = value.removeprefix("mailto:").strip("<>")
    if not is_email(address):
        raise UsageError(f"“{value}” is no e-mail address", "Write it like jane@example.com.")
    return address, address.casefold()


def is_email(text: str) -> bool:
    """Whether a text can be an e-mail address."""
    return len(text) <= 254 and _MAIL.fullmatch(text) is not None


def web_key(value: str) -> str:
    """A web address without its protocol, ``www.`` and closing slash."""
    return re.sub(r"^(https?://)?(www\.)?", "", fold(value)).rstrip("/")


def _phone(
    value: str, region: str, addresses: "Sequence[AddressDraft]" = (), label: str = ""
) -> Kept:
    written = value.removeprefix("tel:")
    digits = only_digits(written)
    if not digits or len(written) > 60:
        raise UsageError(f"“{value}” is no phone number", "Write it like +44 113 496 0123.")
    if 8 <= len(digits) <= 15 and _FULL_NUMBER.fullmatch(written):
        return Kept(written, digits)
    if _RUINED.fullmatch(written):
        raise UsageError(
            f"“{value}” is what a spreadsheet made of a phone number; its last digits are lost",
            "Make the column text in the spreadsheet, and export it again.",
        )
    from cardcrm.records.contacts import phones

    if not any(address.country for address in addresses):
        return phones.read(written, [region])
    from cardcrm.records.contacts import countries

    return phones.read(written, [*countries.regions(addresses, label), region])


def looks_like_phone(text: str) -> bool:
    """Whether a text can only be meant as a phone number."""
    return not text.strip("+0123456789()-./ ") and sum(map(str.isdigit, text)) >= 5


def phone_key(text: str, region: str) -> str:
    """The key that a phone number in any writing would have been kept under."""
    return _phone(text, region).key
