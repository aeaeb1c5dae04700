"""The purposes for which a contact must have agreed before being mailed.

For any other purpose a contact is mailed who has not objected, as the law of many countries allows
with customers. The list belongs to the database, so that all users keep to the same rule.
"""

from collections.abc import Iterable
from typing import Final

from cardcrm.records.fields import normalize_purpose, parse_purpose
from cardcrm.store import Store, settings

SETTING: Final = "consent_for"
DEFAULT: Final = "newsletter"


def list_required(store: Store) -> list[str]:
    """Return the purposes that need consent."""
    found = settings.read(store).get(SETTING, DEFAULT)
    return sorted({normalize_purpose(each) for each in found.split(",")} - {""})


def set_required(store: Store, purposes: Iterable[str]) -> list[str]:
    """Set the purposes that need consent, and return them. Raises UsageError."""
    names = sorted({parse_purpose(each) for each in purposes})
    with store.transaction():
        settings.replace(store, {SETTING: ",".join(names)})
    return names
