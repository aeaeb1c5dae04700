"""Contacts: the functions that front ends read, add and remove them with."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cardcrm.records.contacts.contact_queries import (
    HEAD,
    WORKS_AT,
    Address,
    Anniversary,
    Contact,
    Details,
    Relation,
    contact_of,
    details,
    details_of,
    details_queries,
    get,
    is_empty,
    points_of,
    relations_of,
    tags_of,
)
from cardcrm.store import Store

if TYPE_CHECKING:
    from cardcrm.records.contacts.drafts import ContactDraft

__all__ = (
    "HEAD", "WORKS_AT", "Address", "Anniversary", "Contact", "Details",
    "Relation", "add", "contact_of", "details", "details_of", "details_queries", "get", "is_empty",
    "points_of", "relations_of", "remove", "tags_of",
)  # fmt: skip

# Importing what writes costs a tenth of the start of commands that only read, so it waits.


def add(store: Store, draft: "ContactDraft") -> Contact:
    """Add a contact. Raises UsageError, NotFoundError, AmbiguousError."""
    from cardcrm.records.contacts import writer

    return get(store, writer.add(store, draft))


def remove(store: Store, ids: Sequence[int]) -> None:
    """Remove contacts with all their parts; interactions stay while others took part in them."""
    from cardcrm.records.contacts import writer

    writer.remove(store, ids)
