"""The public Python API: what scripts and other programs may build on.

The names in this module are public. They keep their meaning within a major version, and the
changelog names each change. All other modules are internal and may change with any version, as may
the tables of the database; its views are public.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from cardcrm.dates import DayTime, now, parse_date
from cardcrm.errors import (
    AmbiguousError,
    CardcrmError,
    ConflictError,
    NotFoundError,
    ServiceError,
    StorageError,
    UsageError,
)
from cardcrm.money import Money, parse_money
from cardcrm.records.activity.interactions import Interaction
from cardcrm.records.activity.interactions import log as log_interaction
from cardcrm.records.activity.reminders import Reminder
from cardcrm.records.activity.reminders import add as add_reminder
from cardcrm.records.activity.reminders import done as complete_reminder
from cardcrm.records.contacts.contacts import Contact
from cardcrm.records.contacts.contacts import get as get_contact
from cardcrm.records.contacts.contacts import remove as remove_contacts
from cardcrm.records.contacts.drafts import (
    AddressDraft,
    AnniversaryDraft,
    ContactDraft,
    ContactPointDraft,
    RelationDraft,
)
from cardcrm.records.contacts.merge import merge as merge_contacts
from cardcrm.records.contacts.resolve import resolve as find_contact
from cardcrm.records.contacts.update import Edit as ContactEdit
from cardcrm.records.contacts.update import edit as edit_contacts
from cardcrm.records.query_sql import columns as query_columns
from cardcrm.records.query_sql import contact_query
from cardcrm.records.sales.sales import Sale
from cardcrm.records.sales.sales import sell as record_sale
from cardcrm.records.teamwork.new_owners import add_contact
from cardcrm.reports.due import build_digest
from cardcrm.reports.due_rows import Digest
from cardcrm.store import Locale, Store, open_store
from cardcrm.store.journal import redo, undo

__all__ = [
    "AddressDraft", "AmbiguousError", "AnniversaryDraft", "CardcrmError", "ConflictError",
    "Contact", "ContactDraft", "ContactEdit", "ContactPointDraft", "DayTime", "Digest",
    "Interaction", "Locale", "Money", "NotFoundError", "RelationDraft", "Reminder", "Sale",
    "ServiceError", "StorageError", "Store", "UsageError", "add_contact", "add_reminder",
    "complete_reminder", "edit_contacts", "find_contact", "get_contact", "list_due",
    "log_interaction", "merge_contacts", "now", "open_store", "parse_date", "parse_money",
    "record_sale", "redo", "remove_contacts", "select_contacts", "undo",
]  # fmt: skip


def select_contacts(
    store: Store,
    query: str,
    columns: Sequence[str],
    *,
    sort: str = "name",
    limit: int | None = None,
) -> Iterator[tuple[Any, ...]]:
    """Yield the contacts that a query finds, each as the values of its columns.

    ``query`` is written as for `cardcrm find`; an empty one finds all. ``columns`` and ``sort`` are
    names of columns, a leading ``-`` of the latter reverses the order. Days are dates, and amounts
    of money are `Money`. Raises UsageError for an unknown field or column.
    """
    node = contact_query.parse(store, query)
    found = query_columns.find_columns(store, columns)
    return query_columns.select(store, node, found, sort=sort, limit=limit)


def list_due(store: Store, *, days: int = 7, query: str = "", owner: str = "") -> Digest:
    """Return what is due today and in the ``days`` after it, as `cardcrm due` shows it.

    ``query`` selects contacts, and ``owner`` the reminders of one user. Raises UsageError for an
    invalid query.
    """
    node = contact_query.parse(store, query) if query else None
    today = now(store.locale.zone).date()
    return build_digest(store, today, ahead=days, query=node, owner=owner)
