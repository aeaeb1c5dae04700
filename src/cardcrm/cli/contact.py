"""`add`: add a contact."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cardcrm.cli import contact_options as options
from cardcrm.cli.arguments import parse_pairs, session_of
from cardcrm.cli.contact_output import describe_contact, read_card
from cardcrm.cli.result import Result
from cardcrm.cli.signature import Param, give_signature
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.contacts import Contact
from cardcrm.records.contacts.drafts import AnniversaryDraft, ContactDraft
from cardcrm.records.teamwork.new_owners import add_contact
from cardcrm.store import Store

if TYPE_CHECKING:
    from cardcrm.sheet import Card

app = typer.Typer()


def add(ctx: typer.Context, **typed: Any) -> Result:
    """Add a person or an organization.

    The parts of a person's name are read from the name; a part that an option gives is kept as it
    is given. A likely duplicate is reported; the contact is added and can be merged or undone.

    Examples:
        cardcrm add Jane Doe --email jane@example.com --phone "0113 496 0123"

        cardcrm add "Acme Ltd" --kind org --city Leeds --every 30d

        cardcrm add Anna García Márquez --family "García Márquez"

        cardcrm add Wang Wei --name-order family-first

    """
    session = session_of(ctx)
    texts = options.read_texts(typed) | {"name": " ".join(typed["name"])}
    addresses = options.read_address(texts)
    parts = options.read_parts(typed)
    if birthday := texts.pop("birthday", ""):
        parts["days"] = (AnniversaryDraft("birthday", birthday), *parts["days"])
    fields = parse_pairs(typed["field"], "--field")
    draft = ContactDraft(**texts, **parts, addresses=addresses, tags=tuple(typed["tag"]))
    store = session.store(create=True)
    if fields:
        from cardcrm.records.contacts.builtin_fields import fill_draft

        draft = fill_draft(store, draft, fields)
    from cardcrm.records.contacts.duplicates import find_duplicates

    likely = find_duplicates(store, draft)
    contact = add_contact(store, draft)
    org = _find_added_org(store, contact) if draft.org else None
    return Result(
        lambda: _show_added(store, contact.id, org),
        f"added {describe_contact(contact)}"
        + (f"; added the organization {describe_contact(org)}" if org else ""),
        warnings=(
            *options.phone_warnings(session, draft.points, draft.addresses),
            *options.duplicate_warnings(likely, contact.id),
            *(options.suppression_warnings(store, contact.id) if draft.points else ()),
        ),
    )


def _find_added_org(store: Store, contact: Contact) -> Contact | None:
    """Return the organization that was added along with a contact; None if it existed before."""
    from cardcrm.store import journal

    first = journal.changes(store, store.last_step or 0, limit=1)
    is_new = bool(first) and (first[0].table, first[0].row_id) == ("contact", contact.org_id)
    return contacts.get(store, first[0].row_id) if is_new else None


def _show_added(store: Store, contact_id: int, org: Contact | None) -> "Card":
    """Return the card of a new contact; in JSON with the organization that was added."""
    card = read_card(store, contact_id)
    added = {"id": org.id, "name": org.name} if org else None
    return card._replace(data={**card.data, "added_org": added})


_NAME = typer.Argument(
    metavar="NAME…", help="Full name; needs no quotes. It may be left out if its parts are given."
)

give_signature(
    add,
    [
        Param("name", Annotated[list[str], _NAME], []),
        *options.OPTIONS,
        options.build_list_option(
            "field", "Field or custom field; can be repeated.", options.STATUS, "KEY=VALUE"
        ),
    ],
)
app.command("add")(add)
