"""`show` and `brief`: one card on the screen."""

import typer

from cardcrm.sheet import Card
from cardcrm.store import Store

app = typer.Typer()


def full_card(store: Store, contact_id: int) -> Card:
    """A card with all that is on it."""
    from cardcrm.records import contacts

    return Card(contacts.get(store, contact_id).name)
