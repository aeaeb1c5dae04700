"""`add`: add a contact."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from cardcrm.cli import contact_options
from cardcrm.cli.arguments import complete_from, parse_pairs, session_of
from cardcrm.cli.contact_options import DETAILS, NAMES, STATUS
from cardcrm.cli.contact_output import describe_contact, read_card
from cardcrm.cli.results import Result
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import AddressDraft, ContactDraft

app = typer.Typer()


def _option(help_: str, panel: str, metavar: str = "TEXT", words: Sequence[str] = ()) -> Any:
    complete = complete_from(*words) if words else None
    return typer.Option(metavar=metavar, help=help_, rich_help_panel=panel, autocompletion=complete)


@app.command("add")
def add(
    ctx: typer.Context,
    name: Annotated[list[str], typer.Argument(metavar="NAME…", help="Full name; needs no quotes.")],
    kind: Annotated[
        str, _option("Kind of contact: person or org.", NAMES, "KIND", contacts.KINDS)
    ] = "person",
    org: Annotated[str, _option("Organization they work at; it is added if missing.", NAMES)] = "",
    title: Annotated[str, _option("Job title, such as 'head of buying'.", NAMES)] = "",
    nick: contact_options.Nicknames = [],
    email: contact_options.Emails = [],
    phone: contact_options.Phones = [],
    web: contact_options.Webs = [],
    social: contact_options.Socials = [],
    street: Annotated[str, _option("Street and number.", DETAILS)] = "",
    city: Annotated[str, _option("City.", DETAILS)] = "",
    region: Annotated[str, _option("State, province or county.", DETAILS)] = "",
    postcode: Annotated[str, _option("Postal code.", DETAILS)] = "",
    country: Annotated[
        str, _option("Country, also assumed for phone numbers without a country code.", DETAILS)
    ] = "",
    tag: Annotated[
        list[str],
        typer.Option("--tag", metavar="TAG", help="Tag; can be repeated.", rich_help_panel=STATUS),
    ] = [],
    note: Annotated[str, _option("Note.", STATUS)] = "",
    birthday: Annotated[
        str, _option("Birthday, such as 1980-05-17 or 'May 17'.", STATUS, "DATE")
    ] = "",
    day: contact_options.Days = [],
    field: contact_options.Fields = [],
    relation: contact_options.Relations = [],
    source: Annotated[str, _option("Source, such as a trade fair.", STATUS)] = "",
    stage: Annotated[
        str,
        _option(
            "Stage: lead, prospect, customer, lapsed, partner or other.",
            STATUS,
            words=contacts.STAGES,
        ),
    ] = "",
    owner: Annotated[str, _option("User who looks after them.", STATUS, "USER")] = "",
    every: Annotated[
        str, _option("How often to be in touch: 30d, 2w, monthly.", STATUS, "SPAN")
    ] = "",
) -> Result:
    """Add a person or an organization.

    A likely duplicate is reported; the contact is added and can be merged or undone.

    Examples:
        cardcrm add Jane Doe --email jane@example.com --phone "0113 496 0123"

        cardcrm add "Acme Ltd" --kind org --city Leeds --every 30d

    """
    session = session_of(ctx)
    draft = ContactDraft(
        name=" ".join(name),
        kind=kind.lower(),
        nicknames=tuple(nick),
        org=org,
        title=title,
        points=contact_options.parse_contact_points(email, phone, web, social),
        addresses=_address(street, city, region, postcode, country),
        days=contact_options.parse_anniversaries(birthday, day),
        tags=tuple(tag),
        note=note,
        fields=parse_pairs(field, "--field"),
        relations=contact_options.parse_relations(relation),
        source=source,
        stage=stage,
        owner=owner,
        every=every,
    )
    store = session.store(create=True)
    from cardcrm.records.contacts.merge import doubles

    likely = doubles(store, draft)
    contact = contacts.add(store, draft)
    duplicates = (
        f"  possible duplicate of {each.id} {each.name} ({each.why}); "
        f"to merge: cardcrm merge {each.id} {contact.id}; to undo: cardcrm undo"
        for each in likely
    )
    return Result(
        lambda: read_card(store, contact.id),
        f"added {describe_contact(contact)}",
        (*contact_options.phone_warnings(session, draft.points, draft.addresses), *duplicates),
    )


def _address(
    street: str, city: str, region: str, postcode: str, country: str
) -> tuple[AddressDraft, ...]:
    if not any((street, city, region, postcode, country)):
        return ()
    return (AddressDraft("", street, city, region, postcode, country),)
