"""Databases of sales for reports: rows of a test instead of commands."""

import datetime as dt
from collections.abc import Iterable

from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.store import Store

Sold = tuple[int, dt.date, int, str]
"""The number of a customer, the day, the minor units and the currency."""

CREATED = "2024-01-01T00:00:00Z"


def replace_sales(store: Store, rows: Iterable[Sold]) -> dict[int, int]:
    """Replace all sales; return the contact of each customer, “Customer 0” and so on.

    A day may be in the future, which an import can bring, but no command.
    """
    known = {
        int(row["name"].split()[1]): row["id"]
        for row in store.rows("SELECT id, name FROM contact WHERE name LIKE 'Customer %'")
    }
    with store.transaction("test"):
        store.delete_where("sale", "text", "")
        for who, *_ in rows:
            if who not in known:
                known[who] = contacts.add(store, ContactDraft(f"Customer {who}")).id
        columns = [
            {
                "uid": f"test-{number}",
                "contact_id": known[who],
                "on_date": day.isoformat(),
                "amount": minor,
                "currency": currency,
                "created_at": CREATED,
            }
            for number, (who, day, minor, currency) in enumerate(rows)
        ]
        store.insert_rows("sale", columns)
    return known
