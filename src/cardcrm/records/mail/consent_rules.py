"""Check consents: their purpose, and the address, which must be one of the contact."""

from typing import Any

from cardcrm.domains import email_key
from cardcrm.errors import NotFoundError, UsageError
from cardcrm.records.fields import parse_purpose
from cardcrm.store import Store


def check_consent(store: Store, columns: dict[str, Any], row_id: int) -> dict[str, Any]:
    """Return the columns of a consent with its purpose and address in their normal forms.

    Raises UsageError for an address that the contact does not have, and for a change of a consent
    that is recorded: a new state is a new row.
    """
    if row_id:
        _refuse_change(store, columns, row_id)
        return columns
    address = find_address(store, columns["contact_id"], columns.get("address") or "")
    return columns | {"purpose": parse_purpose(columns["purpose"]), "address": address}


def _refuse_change(store: Store, columns: dict[str, Any], row_id: int) -> None:
    fixed = ("contact_id", "address", "purpose", "status", "at")
    sql = f"SELECT {', '.join(fixed)} FROM consent WHERE id = :id"
    row = store.row(sql, id=row_id)
    if row is not None and any(columns.get(each, row[each]) != row[each] for each in fixed):
        raise UsageError(
            "a recorded consent cannot be changed", "Record the new state: cardcrm consent set …"
        )


def find_address(store: Store, contact_id: int, text: str) -> str:
    """Return the key of an address of a contact, of its first one for "". Raises NotFoundError."""
    known = list_addresses(store, contact_id)
    if not known:
        raise NotFoundError("the contact has no email address", "Add one with `edit --email`.")
    address = email_key(text.strip()) or known[0]
    if address not in known:
        message = f"the contact does not have the email address “{text.strip()}”"
        raise NotFoundError(message, f"Use {' or '.join(known)}.")
    return address


def list_addresses(store: Store, contact_id: int) -> list[str]:
    """Return the keys of the email addresses of a contact, those that can be mailed first."""
    sql = (
        "SELECT value_key FROM point WHERE contact_id = :id AND kind = 'email' "
        "ORDER BY opted_out, invalid, id"
    )
    return [row[0] for row in store.rows(sql, id=contact_id)]
