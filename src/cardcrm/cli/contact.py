"""`add`, `edit`, `rm` and `merge`: what is written on cards."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cardcrm.cli.common import (
    QueryArgument,
    Session,
    WhoArgument,
    card_words,
    offered,
    pairs,
    session_of,
)
from cardcrm.errors import UsageError
from cardcrm.records import contacts
from cardcrm.records.drafts import (
    AddressDraft,
    ContactDraft,
    DayDraft,
    PointDraft,
    RelationDraft,
)
from cardcrm.store.again import transact

if TYPE_CHECKING:
    from cardcrm.sheet import Card, Sheet

app = typer.Typer()

NAMES = "Name and work"
REACH = "How to reach them"
KEEPING = "How they are kept"
MANY = "Many at once"

Emails = Annotated[
    list[str],
    typer.Option(
        "--email", metavar="ADDRESS", help="E-mail address; may be repeated.", rich_help_panel=REACH
    ),
]
Phones = Annotated[
    list[str],
    typer.Option(
        "--phone",
        metavar="NUMBER",
        help="Phone number in any writing; may be repeated.",
        rich_help_panel=REACH,
    ),
]
Webs = Annotated[
    list[str],
    typer.Option(
        "--web", metavar="URL", help="Web address; may be repeated.", rich_help_panel=REACH
    ),
]
Socials = Annotated[
    list[str],
    typer.Option(
        "--social",
        metavar="HANDLE",
        help="Address in a social network; may be repeated.",
        rich_help_panel=REACH,
    ),
]
Nicknames = Annotated[
    list[str],
    typer.Option(
        "--nick", metavar="NAME", help="Nickname; may be repeated.", rich_help_panel=NAMES
    ),
]
Days = Annotated[
    list[str],
    typer.Option(
        "--day",
        metavar="LABEL=DATE",
        help="Another yearly day, such as anniversary=2010-06-05.",
        rich_help_panel=KEEPING,
    ),
]
Fields = Annotated[
    list[str],
    typer.Option(
        "--field",
        metavar="KEY=VALUE",
        help="Custom field; may be repeated.",
        rich_help_panel=KEEPING,
    ),
]
Relations = Annotated[
    list[str],
    typer.Option(
        "--relation",
        metavar="KIND=WHO",
        help="Such as spouse=Jane or 'referred by=Acme'.",
        rich_help_panel=KEEPING,
    ),
]


def _text(help_: str, panel: str, metavar: str = "TEXT", words: Sequence[str] = ()) -> Any:
    complete = offered(*words) if words else None
    return typer.Option(metavar=metavar, help=help_, rich_help_panel=panel, autocompletion=complete)


def _points(
    email: Sequence[str], phone: Sequence[str], web: Sequence[str], social: Sequence[str]
) -> tuple[PointDraft, ...]:
    kinds = (("email", email), ("phone", phone), ("web", web), ("social", social))
    return tuple(_point(kind, text) for kind, texts in kinds for text in texts)


def _point(kind: str, text: str) -> PointDraft:
    """A point as typed: ``work:0113 496 0123`` has a label before the colon."""
    label, colon, value = text.partition(":")
    labelled = (
        bool(colon) and label.isalpha() and label.lower() not in ("http", "https", "mailto", "tel")
    )
    return PointDraft(kind, value, label.lower()) if labelled else PointDraft(kind, text)


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
    nick: Nicknames = [],
    email: Emails = [],
    phone: Phones = [],
    web: Webs = [],
    social: Socials = [],
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
    day: Days = [],
    field: Fields = [],
    relation: Relations = [],
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
        points=_points(email, phone, web, social),
        addresses=_address(street, city, region, postcode, country),
        days=_days(birthday, day),
        tags=tuple(tag),
        note=note,
        fields=pairs(field, "--field"),
        relations=_relations(relation),
        source=source,
        stage=stage,
        owner=owner,
        every=every,
    )
    store = session.store(create=True)
    from cardcrm.records.merging import doubles

    likely = doubles(store, draft)
    contact = contacts.add(store, draft)
    session.answer(f"added {card_words(contact)}", lambda: card_of(session, contact.id))
    say_doubts(session, draft.points, draft.addresses)
    for double in likely:
        session.say(
            f"  maybe a double of {double.id} {double.name} ({double.why}): "
            f"`cardcrm merge {double.id} {contact.id}`, or `cardcrm undo`"
        )


def say_doubts(
    session: Session, told: Sequence[PointDraft], addresses: Sequence[AddressDraft] = ()
) -> None:
    """Tell of phone numbers that were kept though they can be none."""
    if any(point.kind == "phone" for point in told):
        from cardcrm.records import points

        for doubt in points.doubts(told, session.store().customs.region, addresses):
            session.say(f"  {doubt}")


def card_of(session: Session, contact_id: int) -> "Card":
    """The whole card, as an answer for programs."""
    from cardcrm.cli.show import full_card

    return full_card(session.store(), contact_id)


def _address(
    street: str, city: str, region: str, postcode: str, country: str
) -> tuple[AddressDraft, ...]:
    if not any((street, city, region, postcode, country)):
        return ()
    return (AddressDraft("", street, city, region, postcode, country),)


def _days(birthday: str, days: Sequence[str]) -> tuple[DayDraft, ...]:
    told = [DayDraft(label, day) for label, day in pairs(days, "--day")]
    return ((DayDraft("birthday", birthday),) if birthday else ()) + tuple(told)


def _relations(relations: Sequence[str]) -> tuple[RelationDraft, ...]:
    return tuple(RelationDraft(kind, who) for kind, who in pairs(relations, "--relation"))


@app.command("edit")
def edit(
    ctx: typer.Context,
    who: Annotated[
        list[str],
        typer.Argument(metavar="WHO…", help="The card, or several.", autocompletion=WhoArgument),
    ] = [],
    where: Annotated[
        str,
        typer.Option(
            metavar="QUERY",
            help="All cards that a query finds.",
            autocompletion=QueryArgument,
            rich_help_panel=MANY,
        ),
    ] = "",
    set_: Annotated[
        list[str],
        typer.Option(
            "--set",
            "--field",
            metavar="FIELD=VALUE",
            help="Set a field, a custom one too; an empty value clears it.",
        ),
    ] = [],
    email: Emails = [],
    phone: Phones = [],
    web: Webs = [],
    social: Socials = [],
    nick: Nicknames = [],
    day: Days = [],
    relation: Relations = [],
    remove: Annotated[
        list[str],
        typer.Option(
            metavar="WHAT", help="Take off a contact point, nickname, yearly day or KIND=WHO."
        ),
    ] = [],
    opt_out: Annotated[
        list[str],
        typer.Option(
            metavar="POINT",
            help="Mark a contact point as not to be written to.",
            rich_help_panel=REACH,
        ),
    ] = [],
    opt_in: Annotated[
        list[str],
        typer.Option(metavar="POINT", help="Take that mark off again.", rich_help_panel=REACH),
    ] = [],
    invalid: Annotated[
        list[str],
        typer.Option(metavar="POINT", help="Mark a contact point as dead.", rich_help_panel=REACH),
    ] = [],
    valid: Annotated[
        list[str],
        typer.Option(metavar="POINT", help="Take that mark off again.", rich_help_panel=REACH),
    ] = [],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.", rich_help_panel=MANY)] = False,
) -> None:
    """Change a card, or many at once.

    Without options the card's note opens in $EDITOR.

    Examples:
        cardcrm edit jane --set title="head of buying" --email jd@acme.example

        cardcrm edit --where "city:leeds -owner:any" --set owner=ann

    """
    from cardcrm.records import editing

    session = session_of(ctx)
    ids = meant(session, who, where)
    marks = [(point, {"opted_out": True}) for point in opt_out]
    marks += [(point, {"opted_out": False}) for point in opt_in]
    marks += [(point, {"invalid": True}) for point in invalid]
    marks += [(point, {"invalid": False}) for point in valid]
    change = editing.Edit(
        values=pairs(set_, "--set"),
        more=ContactDraft(
            nicknames=tuple(nick),
            points=_points(email, phone, web, social),
            days=_days("", day),
            relations=_relations(relation),
        ),
        less=tuple(remove),
    )
    if change == editing.Edit() and not marks:
        _write_note(session, ids)
        return
    confirm_many(session, len(ids), "Change", yes=yes)
    store = session.store()

    def work() -> int:
        changed = editing.edit(store, ids, change)
        for contact_id in ids:
            for point, mark in marks:
                editing.set_point(store, contact_id, point, **mark)
        return len(ids) if marks else changed

    report_change(session, ids, transact(store, work))
    if ids and phone:
        say_doubts(session, change.more.points, editing.places(store, ids[0]))


def confirm_many(session: Session, count: int, verb: str, *, yes: bool) -> None:
    """Ask before a change to three or more cards."""
    if count >= 3:
        session.confirm(f"{verb} {count} cards?", yes=yes)


def report_change(session: Session, ids: Sequence[int], changed: int) -> None:
    """Answer with what was changed: ``changed`` of the cards of these ids."""
    if len(ids) == 1:
        contact = contacts.get(session.store(), ids[0])
        words = (
            f"changed {card_words(contact)}" if changed else f"{card_words(contact)} was so already"
        )
        session.answer(words, lambda: card_of(session, contact.id))
        return
    words = f"changed {changed} of {len(ids)} cards" if ids else "no card fits; nothing was changed"
    session.answer(words, lambda: _list(session, ids))


def _list(session: Session, ids: Sequence[int]) -> "Sheet":
    from cardcrm.cli.find import sheet_of

    return sheet_of(session.store(), ids)


def _write_note(session: Session, ids: Sequence[int]) -> None:
    """Write a card's note in the editor; who else has written it meanwhile is not passed over."""
    from cardcrm.cli.clashing import settled
    from cardcrm.cli.common import from_editor
    from cardcrm.records import revising

    if len(ids) != 1 or not session.asks:
        raise UsageError("nothing to change", "Say what, for example --set owner=ann")
    store, note = session.store(), ("head", "note")
    seen = {note: (contacts.get(store, ids[0]).note,)}
    said = {note: (from_editor(session, *seen[note]),)}
    changed = settled(session, lambda *both: revising.revise(store, ids[0], *both), seen, said)
    report_change(session, ids, changed)


def meant(session: Session, who: Sequence[str], where: str) -> list[int]:
    """The ids of the cards that arguments or a query name."""
    if who and where:
        raise UsageError(
            "cards are named and asked for by --where, too", "Name them, or give --where QUERY."
        )
    if not who and not where.strip():
        raise UsageError("which cards?", "Name one or more, or give --where QUERY.")
    store = session.store()
    if who:
        from cardcrm.records.who import are_a_name

        named = [" ".join(who)] if are_a_name(store, who) else who
        return list(dict.fromkeys(session.who(each).id for each in named))
    from cardcrm.records import columns, filters

    return columns.ids(store, filters.parse(store, where))


@app.command("rm")
def rm(
    ctx: typer.Context,
    who: Annotated[
        list[str],
        typer.Argument(metavar="WHO…", help="The card, or several.", autocompletion=WhoArgument),
    ] = [],
    where: Annotated[
        str,
        typer.Option(
            metavar="QUERY",
            help="All cards that a query finds.",
            autocompletion=QueryArgument,
            rich_help_panel=MANY,
        ),
    ] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.", rich_help_panel=MANY)] = False,
) -> None:
    """Remove cards with everything on them.

    Interactions stay while someone else took part in them. `cardcrm undo` brings all of it back.

    Example:
        cardcrm rm "Jane Doe"

    """
    session = session_of(ctx)
    ids = meant(session, who, where)
    if not ids:
        session.say("no card fits; nothing was removed")
        return
    names = (
        card_words(contacts.get(session.store(), ids[0])) if len(ids) == 1 else f"{len(ids)} cards"
    )
    session.confirm(f"Remove {names} with everything on them?", yes=yes)
    contacts.remove(session.store(), ids)
    session.say(f"removed {names}; `cardcrm undo` brings them back")


@app.command("merge")
def merge(
    ctx: typer.Context,
    keep: Annotated[
        str, typer.Argument(metavar="WHO", help="The card to keep.", autocompletion=WhoArgument)
    ],
    other: Annotated[
        str,
        typer.Argument(
            metavar="WHO", help="The card whose content moves over.", autocompletion=WhoArgument
        ),
    ],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Merge two cards of the same contact into one.

    What both say stays as the kept card has it; what the other said differently goes into the note.

    Example:
        cardcrm merge 12 57

    """
    from cardcrm.records import merging

    session = session_of(ctx)
    first, second = session.who(keep), session.who(other)
    merging.check_apart(first.id, second.id)
    session.confirm(f"Merge {card_words(second)} into {card_words(first)}?", yes=yes)
    kept = merging.merge(session.store(), first.id, second.id)
    session.answer(
        f"merged {card_words(second)} into {card_words(kept)}", lambda: card_of(session, kept.id)
    )
