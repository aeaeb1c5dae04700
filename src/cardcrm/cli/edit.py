"""`edit`: a change to a card, or to many at once."""

from collections.abc import Sequence
from typing import Annotated

import typer

from cardcrm.cli import contact_options
from cardcrm.cli.common import Session, from_editor, pairs, session_of
from cardcrm.cli.contact_options import REACH
from cardcrm.cli.targets import Cards, Unasked, Where, confirm_many, meant, report_change
from cardcrm.errors import UsageError
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.store.retry import run_in_transaction

app = typer.Typer()


@app.command("edit")
def edit(
    ctx: typer.Context,
    who: Cards = [],
    where: Where = "",
    set_: Annotated[
        list[str],
        typer.Option(
            "--set",
            "--field",
            metavar="FIELD=VALUE",
            help="Set a field, a custom one too; an empty value clears it.",
        ),
    ] = [],
    email: contact_options.Emails = [],
    phone: contact_options.Phones = [],
    web: contact_options.Webs = [],
    social: contact_options.Socials = [],
    nick: contact_options.Nicknames = [],
    day: contact_options.Days = [],
    relation: contact_options.Relations = [],
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
    yes: Unasked = False,
) -> None:
    """Change a card, or many at once.

    Without options the card's note opens in $EDITOR.

    Examples:
        cardcrm edit jane --set title="head of buying" --email jd@acme.example

        cardcrm edit --where "city:leeds -owner:any" --set owner=ann

    """
    from cardcrm.records.contacts import update

    session = session_of(ctx)
    ids = meant(session, who, where)
    marks = [(point, {"opted_out": True}) for point in opt_out]
    marks += [(point, {"opted_out": False}) for point in opt_in]
    marks += [(point, {"invalid": True}) for point in invalid]
    marks += [(point, {"invalid": False}) for point in valid]
    change = update.Edit(
        values=pairs(set_, "--set"),
        more=ContactDraft(
            nicknames=tuple(nick),
            points=contact_options.points(email, phone, web, social),
            days=contact_options.days("", day),
            relations=contact_options.relations(relation),
        ),
        less=tuple(remove),
    )
    if change == update.Edit() and not marks:
        _write_note(session, ids)
        return
    confirm_many(session, len(ids), "Change", yes=yes)
    store = session.store()

    def work() -> int:
        changed = update.edit(store, ids, change)
        for contact_id in ids:
            for point, mark in marks:
                update.set_point(store, contact_id, point, **mark)
        return len(ids) if marks else changed

    report_change(session, ids, run_in_transaction(store, work))
    if ids and phone:
        contact_options.say_doubts(session, change.more.points, update.places(store, ids[0]))


def _write_note(session: Session, ids: Sequence[int]) -> None:
    """Write a card's note in the editor; who else has written it meanwhile is not passed over."""
    from cardcrm.cli.conflict_prompt import settled
    from cardcrm.records.contacts import form_diff

    if len(ids) != 1 or not session.asks:
        raise UsageError("nothing to change", "Say what, for example --set owner=ann")
    store, note = session.store(), ("head", "note")
    seen = {note: (contacts.get(store, ids[0]).note,)}
    said = {note: (from_editor(session, *seen[note]),)}
    changed = settled(session, lambda *both: form_diff.revise(store, ids[0], *both), seen, said)
    report_change(session, ids, changed)
