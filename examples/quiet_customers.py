"""Notes a new customer, then lists everybody with nothing said for ninety days.

It uses the same functions that the commands use: they take an open box and plain values, and give
back frozen data. Everything in a transaction is one step, which `cardcrm undo` takes back.

    python examples/quiet_customers.py box.db
"""

import sys
from pathlib import Path

from cardcrm.records.activity import interactions
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft, PointDraft
from cardcrm.records.query_sql import columns, compiler
from cardcrm.store import Locale, Store, open_store


def add_customer(store: Store) -> int:
    """A card with its first interaction, as one step; its id."""
    with store.transaction():
        contact = contacts.add(
            store,
            ContactDraft(
                name="Ada Byron",
                points=(PointDraft("email", "ada@example.com"),),
                tags=("script",),
            ),
        )
        interactions.log(store, [contact.id], "asked for a price list", kind="mail")
    return contact.id


def print_quiet(store: Store) -> None:
    """Everybody last spoken to more than ninety days ago, or never."""
    query = compiler.parse(store, "last>90d or last:none")
    shown = columns.columns_named(store, ["id", "name", "phone", "last"])
    for number, name, phone, last in columns.select(store, query, shown, sort="last"):
        print(f"{number:4}  {name:30}  {phone or '-':18}  {last or 'never'}")


def main(path: Path) -> None:
    """Open the box (a missing one is made), change it, read it, close it."""
    store = open_store(path, command="quiet_customers.py", create=True, locale=Locale("GB", "GBP"))
    try:
        print(f"added card {add_customer(store)}")
        print_quiet(store)
    finally:
        store.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
