"""The purposes for which a contact must have agreed before being mailed.

For any other purpose a contact is mailed who has not objected, as the law of many countries allows
with customers. The list belongs to the database, so that all users keep to the same rule.
"""

from collections.abc import Iterable
from typing import Final

from cardcrm.store import Store, settings
from cardcrm.text import fold

SETTING: Final = "consent_for"
DEFAULT: Final = "newsletter"


def list_required(store: Store) -> list[str]:
    """Return the purposes that need consent."""
    found = settings.read(store).get(SETTING, DEFAULT)
    return sorted(filter(None, found.split(",")))


def set_required(store: Store, purposes: Iterable[str]) -> list[str]:
    """Set the purposes that need consent, and return them."""
    names = sorted({fold(each).strip().replace(",", " ") for each in purposes} - {""})
    with store.transaction():
        settings.replace(store, {SETTING: ",".join(names)})
    return names
