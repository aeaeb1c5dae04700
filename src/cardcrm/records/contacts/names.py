"""Names of people and organizations: their parts, and the keys for look-up and for sorting."""

from typing import TYPE_CHECKING, NamedTuple

from cardcrm.errors import UsageError
from cardcrm.text import fold, tidy

if TYPE_CHECKING:
    from cardcrm.records.contacts.drafts import ContactDraft

LONGEST = 200


class Name(NamedTuple):
    """A name to show, its parts (for people), and its keys for look-up and for sorting."""

    full: str
    given: str
    family: str
    key: str
    sort: str


def name_of(draft: "ContactDraft") -> Name:
    """Return the name of a draft, from its full name or from its parts.

    “Doe, Jane” is read as Jane Doe; without parts, the last word of a person's name is taken as the
    family name. Raises UsageError for an empty or absurdly long name.
    """
    given, family = tidy(draft.given), tidy(draft.family)
    full = tidy(draft.name) or " ".join(filter(None, (given, family)))
    if not full:
        raise UsageError("a contact needs a name", 'For example: cardcrm add "Jane Doe"')
    if len(full) > LONGEST:
        raise UsageError(
            f"a name of {len(full)} characters is too long",
            f"Use at most {LONGEST} characters, and --note for the rest.",
        )
    if draft.kind == "org":
        return Name(full, "", "", fold(full), fold(full))
    if not (given or family):
        full, given, family = _split(full)
    return Name(full, given, family, fold(full), fold(f"{family} {given}"))


def _split(full: str) -> tuple[str, str, str]:
    if full.count(",") == 1:
        family, given = (part.strip() for part in full.split(","))
        if family and given:
            return f"{given} {family}", given, family
    given, _, family = full.rpartition(" ")
    return full, given or family, family if given else ""
