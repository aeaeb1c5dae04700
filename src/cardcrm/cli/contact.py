"""`add`: add a contact."""

from typing import Annotated

import typer

from cardcrm.cli import contact_options as options
from cardcrm.cli.arguments import parse_pairs, session_of
from cardcrm.cli.contact_output import describe_contact, read_card
from cardcrm.cli.result import Result
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import AddressDraft, ContactDraft

app = typer.Typer()


@app.command("add")
def add(
    ctx: typer.Context,
    name: Annotated[list[str], typer.Argument(metavar="NAME…", help="Full name; needs no quotes.")],
    kind: options.Kind = "person",
    org: options.Org = None,
    title: options.Title = None,
    nick: options.Nicknames = [],
    email: options.Emails = [],
    phone: options.Phones = [],
    web: options.Webs = [],
    social: options.Socials = [],
    street: options.Street = None,
    city: options.City = None,
    region: options.Region = None,
    postcode: options.Postcode = None,
    country: options.Country = None,
    tag: options.Tags = [],
    note: options.Note = None,
    birthday: options.Birthday = None,
    day: options.Days = [],
    field: Annotated[
        list[str],
        typer.Option(
            "--field",
            metavar="KEY=VALUE",
            help="Custom field; can be repeated.",
            rich_help_panel=options.STATUS,
        ),
    ] = [],
    relation: options.Relations = [],
    source: options.Source = None,
    stage: options.Stage = None,
    owner: options.Owner = None,
    every: options.Every = None,
) -> Result:
    """Add a person or an organization.

    A likely duplicate is reported; the contact is added and can be merged or undone.

    Examples:
        cardcrm add Jane Doe --email jane@example.com --phone "0113 496 0123"

        cardcrm add "Acme Ltd" --kind org --city Leeds --every 30d

    """
    session = session_of(ctx)
    address = AddressDraft(
        "", street or "", city or "", region or "", postcode or "", country or ""
    )
    draft = ContactDraft(
        name=" ".join(name),
        kind=kind or "person",
        nicknames=tuple(nick),
        org=org or "",
        title=title or "",
        points=options.parse_contact_points(email, phone, web, social),
        addresses=(address,) if any(address) else (),
        days=options.parse_anniversaries(birthday, day),
        tags=tuple(tag),
        note=note or "",
        fields=parse_pairs(field, "--field"),
        relations=options.parse_relations(relation),
        source=source or "",
        stage=stage or "",
        owner=owner or "",
        every=every or "",
    )
    store = session.store(create=True)
    from cardcrm.records.contacts.duplicates import find_duplicates

    likely = find_duplicates(store, draft)
    contact = contacts.add(store, draft)
    duplicates = (
        f"  possible duplicate of {each.id} {each.name} ({each.reason}); "
        f"to merge: cardcrm merge {each.id} {contact.id}; to undo: cardcrm undo"
        for each in likely
    )
    return Result(
        lambda: read_card(store, contact.id),
        f"added {describe_contact(contact)}",
        (*options.phone_warnings(session, draft.points, draft.addresses), *duplicates),
    )
