"""Give new contacts and leads the owner of their territory, if it assigns.

`add` is a quick command, so this loads queries only where a territory assigns.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cardcrm.records.contacts import contacts
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction

if TYPE_CHECKING:
    from cardcrm.records.contacts.contacts import Contact
    from cardcrm.records.contacts.drafts import ContactDraft

_ASSIGNS = "SELECT 1 FROM territory WHERE assigns = 1 AND owner <> '' LIMIT 1"


def has_assigning(store: Store) -> bool:
    """Return whether a territory gives its owner to new contacts."""
    return store.value(_ASSIGNS) is not None


def assign_new(store: Store, ids: Sequence[int]) -> None:
    """Give new contacts without an owner the owner of their territory."""
    if ids and has_assigning(store):
        from cardcrm.records.teamwork.territories import assign_contacts

        assign_contacts(store, ids)


@retry_transaction
def add_contact(store: Store, draft: "ContactDraft") -> "Contact":
    """Add a contact, with the owner of its territory. Raises as `contacts.add`."""
    with store.transaction():
        contact = contacts.add(store, draft)
        assign_new(store, [contact.id])
    return contacts.get(store, contact.id)
