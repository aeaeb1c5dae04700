"""Add a customer unless she is there, then list the contacts not reached in the last ninety days.

The script uses the public Python API: functions that take an open store and plain values, and
return frozen data. Each transaction is one step, which `cardcrm undo` reverts.

    python examples/quiet_customers.py practice.db
"""

import sys
from pathlib import Path

from cardcrm.api import (
    Contact,
    ContactDraft,
    ContactPointDraft,
    Locale,
    NotFoundError,
    Store,
    add_contact,
    find_contact,
    log_interaction,
    open_store,
    select_contacts,
)

EMAIL = "ada@example.com"


def find_or_add_customer(store: Store) -> tuple[Contact, bool]:
    """Return the customer, and whether she is new; her first interaction is a part of that step."""
    try:
        return find_contact(store, EMAIL), False
    except NotFoundError:
        draft = ContactDraft(
            name="Ada Byron", points=(ContactPointDraft("email", EMAIL),), tags=("script",)
        )
    with store.transaction():
        contact = add_contact(store, draft)
        log_interaction(store, [contact.id], "asked for a price list", kind="mail")
    return contact, True


def print_quiet(store: Store) -> None:
    """Print the contacts last reached more than ninety days ago, or never."""
    columns = ["id", "name", "phone", "last"]
    for contact_id, name, phone, last in select_contacts(
        store, "last>90d or last:none", columns, sort="last"
    ):
        print(f"{contact_id:4}  {name:30}  {phone or '-':18}  {last or 'never'}")


def main(path: Path) -> None:
    """Open the database, creating it if it is missing, change it, read it and close it."""
    store = open_store(path, command="quiet_customers.py", create=True, locale=Locale("GB", "GBP"))
    try:
        contact, is_new = find_or_add_customer(store)
        print(f"{'added' if is_new else 'found'} contact {contact.id} {contact.name}")
        print_quiet(store)
    finally:
        store.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
