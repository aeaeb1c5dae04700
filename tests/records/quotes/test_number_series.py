"""The numbers of documents that several users add at once."""

import contextlib
import threading

from cardcrm.records import records
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.invoices.invoice_type import INVOICE
from cardcrm.store import open_store

USERS, EACH = 3, 5


def test_users_who_add_invoices_at_once_get_different_numbers(locations, locale):
    place = locations("shared")
    with contextlib.closing(open_store(place, create=True, locale=locale)) as store:
        contacts.add(store, ContactDraft("Jane Doe"))
    start = threading.Barrier(USERS)
    errors = []

    def add_some():
        with contextlib.closing(open_store(place, locale=locale)) as own:
            start.wait()
            for _ in range(EACH):
                try:
                    records.add(own, INVOICE, {"contact": "1", "amount": "5"})
                except Exception as error:  # noqa: BLE001
                    errors.append(repr(error))

    users = [threading.Thread(target=add_some) for _ in range(USERS)]
    for each in users:
        each.start()
    for each in users:
        each.join()
    assert errors == []
    with contextlib.closing(open_store(place, locale=locale)) as store:
        numbers = [row[0] for row in store.rows("SELECT number FROM invoice ORDER BY number")]
    assert numbers == [f"R-{number:04}" for number in range(1, USERS * EACH + 1)]
