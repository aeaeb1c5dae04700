"""`add`: a new card."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from cardcrm.cli import contact_options
from cardcrm.cli.common import card_of, card_words, offered, pairs, session_of
from cardcrm.cli.contact_options import KEEPING, NAMES, REACH
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import AddressDraft, ContactDraft

app = typer.Typer()


def _text(help_: str, panel: str, metavar: str = "TEXT", words: Sequence[str] = ()) -> Any:
    complete = offered(*words) if words else None
    return typer.Option(metavar=metavar, help=help_, rich_help_panel=panel, autocompletion=complete)


@app.command("add")
def add(
    ctx: typer.Context,
    name: Annotated[
        list[str], typer.Argument(metavar="NAME…", help="Full name; quotes are not needed.")
    ],
    kind: Annotated[str, _text("person or org.", NAMES, "KIND", contacts.KINDS)] = "person",
    org: Annotated[
        str, _text("The organisation they work at; a card is made if it has none.", NAMES)
    ] = "",
    title: Annotated[str, _text("Role, such as 'head of buying'.", NAMES)] = "",
    nick: contact_options.Nicknames = [],
    email: contact_options.Emails = [],
    phone: contact_options.Phones = [],
    web: contact_options.Webs = [],
    social: contact_options.Socials = [],
    street: Annotated[str, _text("Street and number.", REACH)] = "",
    city: Annotated[str, _text("Town.", REACH)] = "",
    region: Annotated[str, _text("County, state or province.", REACH)] = "",
    postcode: Annotated[str, _text("Postal code.", REACH)] = "",
    country: Annotated[str, _text("Country; numbers without a code are of it.", REACH)] = "",
    tag: Annotated[
        list[str],
        typer.Option("--tag", metavar="TAG", help="Tag; may be repeated.", rich_help_panel=KEEPING),
    ] = [],
    note: Annotated[str, _text("A note on the card.", KEEPING)] = "",
    birthday: Annotated[str, _text("Such as 1980-05-17 or '17 May'.", KEEPING, "DATE")] = "",
    day: contact_options.Days = [],
    field: contact_options.Fields = [],
    relation: contact_options.Relations = [],
    source: Annotated[str, _text("Where the contact came from.", KEEPING)] = "",
    stage: Annotated[
        str,
        _text(
            "lead, prospect, customer, lapsed, partner or other.",
            KEEPING,
            words=contacts.STAGES,
        ),
    ] = "",
    owner: Annotated[str, _text("Who looks after them.", KEEPING, "USER")] = "",
    every: Annotated[
        str, _text("How often to be in touch, such as 30d, 2w or monthly.", KEEPING, "SPAN")
    ] = "",
) -> None:
    """Add a card for a person or an organisation.

    A likely double is pointed out; the card is added all the same and can be merged or undone.

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
        points=contact_options.points(email, phone, web, social),
        addresses=_address(street, city, region, postcode, country),
        days=contact_options.days(birthday, day),
        tags=tuple(tag),
        note=note,
        fields=pairs(field, "--field"),
        relations=contact_options.relations(relation),
        source=source,
        stage=stage,
        owner=owner,
        every=every,
    )
    store = session.store(create=True)
    from cardcrm.records.contacts.merge import doubles

    likely = doubles(store, draft)
    contact = contacts.add(store, draft)
    session.answer(f"added {card_words(contact)}", lambda: card_of(session, contact.id))
    contact_options.say_doubts(session, draft.points, draft.addresses)
    for double in likely:
        session.say(
            f"  maybe a double of {double.id} {double.name} ({double.why}): "
            f"`cardcrm merge {double.id} {contact.id}`, or `cardcrm undo`"
        )


def _address(
    street: str, city: str, region: str, postcode: str, country: str
) -> tuple[AddressDraft, ...]:
    if not any((street, city, region, postcode, country)):
        return ()
    return (AddressDraft("", street, city, region, postcode, country),)
