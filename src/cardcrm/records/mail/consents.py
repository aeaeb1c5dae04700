"""Consents: record them, and tell the state of an address for a purpose."""

import re
from typing import Any

from cardcrm.domains import email_key
from cardcrm.errors import UsageError
from cardcrm.store import Store

_PURPOSE = re.compile(r"[^\W_][\w-]*")


def parse_purpose(text: str) -> str:
    """Return a purpose in lower case, with hyphens for spaces. Raises UsageError."""
    purpose = "-".join(text.lower().split())
    if not _PURPOSE.fullmatch(purpose) or len(purpose) > 60 or purpose in ("any", "none", "yes"):
        raise UsageError(f"invalid purpose “{text}”", "Use a word, such as newsletter or offers.")
    return purpose


def check_consent(store: Store, columns: dict[str, Any], row_id: int) -> dict[str, Any]:
    """Return the columns of a consent with its purpose and address in their normal forms.

    Raises UsageError for an address that the contact does not have, and for a change of a consent
    that is recorded: a new state is a new row.
    """
    columns = dict(columns)
    if row_id and columns.keys() & {"address", "purpose", "status", "at"}:
        raise UsageError(
            "a recorded consent cannot be changed", "Record the new state: cardcrm consent set …"
        )
    if row_id:
        return columns
    columns["purpose"] = parse_purpose(columns["purpose"])
    known = list_addresses(store, columns["contact_id"])
    address = email_key(columns.get("address") or (known[0] if known else ""))
    if address not in known:
        raise UsageError(
            f"the contact does not have the email address “{address}”" if address
            else "the contact has no email address",
            "Add it first: cardcrm edit WHO --email ADDRESS",
        )  # fmt: skip
    return columns | {"address": address}


def list_addresses(store: Store, contact_id: int) -> list[str]:
    """Return the keys of the email addresses of a contact, valid ones first."""
    sql = (
        "SELECT value_key FROM point WHERE contact_id = :id AND kind = 'email' "
        "ORDER BY invalid, opted_out, id"
    )
    return [row[0] for row in store.rows(sql, id=contact_id)]
