"""Add a customer, then list the contacts without an interaction in the last ninety days.

The script calls the functions that the commands call. They take an open store and plain values, and
return frozen data. Each transaction is one step, which `cardcrm undo` reverts.

    python examples/quiet_customers.py practice.db
"""

import sys
from pathlib import Path

from cardcrm.records.activity import interactions
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft, ContactPointDraft
from cardcrm.records.query_sql import columns, contact_query
from cardcrm.store import Locale, Store, open_store


def add_customer(store: Store) -> int:
    """Add a contact with its first interaction, as one step, and return its id."""
    with store.transaction():
        contact = contacts.add(
            store,
            ContactDraft(
                name="Ada Byron",
                points=(ContactPointDraft("email", "ada@example.com"),),
                tags=("script",),
            ),
        )
        interactions.log(store, [contact.id], "asked for a price list", kind="mail")
    return contact.id


def print_quiet(store: Store) -> None:
    """Print the contacts last reached more than ninety days ago, or never."""
    query = contact_query.parse(store, "last>90d or last:none")
    shown = columns.find_columns(store, ["id", "name", "phone", "last"])
    for contact_id, name, phone, last in columns.select(store, query, shown, sort="last"):
        print(f"{contact_id:4}  {name:30}  {phone or '-':18}  {last or 'never'}")


def main(path: Path) -> None:
    """Open the database, creating it if it is missing, change it, read it and close it."""
    store = open_store(path, command="quiet_customers.py", create=True, locale=Locale("GB", "GBP"))
    try:
        print(f"added contact {add_customer(store)}")
        print_quiet(store)
    finally:
        store.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
