"""`edit`: edit one contact, or many at once."""

from collections.abc import Sequence
from typing import Annotated

import typer

from cardcrm.cli import contact_options
from cardcrm.cli.arguments import edit_text, parse_pairs, session_of
from cardcrm.cli.contact_options import DETAILS
from cardcrm.cli.results import Result
from cardcrm.cli.session import Session
from cardcrm.cli.targets import (
    BulkYes,
    Contacts,
    Where,
    confirm_bulk,
    report_change,
    resolve_targets,
)
from cardcrm.errors import UsageError
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.store.retry import run_in_transaction

app = typer.Typer()


@app.command("edit")
def edit(
    ctx: typer.Context,
    who: Contacts = [],
    where: Where = "",
    set_: Annotated[
        list[str],
        typer.Option(
            "--set",
            "--field",
            metavar="FIELD=VALUE",
            help="Set a field or custom field; an empty value clears it.",
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
            metavar="WHAT",
            help="Remove a contact point, nickname, anniversary or relation (KIND=WHO).",
        ),
    ] = [],
    opt_out: Annotated[
        list[str],
        typer.Option(
            metavar="ADDRESS",
            help="Mark a contact point as opted out: do not contact.",
            rich_help_panel=DETAILS,
        ),
    ] = [],
    opt_in: Annotated[
        list[str],
        typer.Option(
            metavar="ADDRESS",
            help="Mark a contact point as opted in again.",
            rich_help_panel=DETAILS,
        ),
    ] = [],
    invalid: Annotated[
        list[str],
        typer.Option(
            metavar="ADDRESS", help="Mark a contact point as invalid.", rich_help_panel=DETAILS
        ),
    ] = [],
    valid: Annotated[
        list[str],
        typer.Option(
            metavar="ADDRESS", help="Mark a contact point as valid again.", rich_help_panel=DETAILS
        ),
    ] = [],
    yes: BulkYes = False,
) -> Result:
    """Edit one contact, or many at once.

    Without options, the note opens in $EDITOR.

    Examples:
        cardcrm edit jane --set title="head of buying" --email jd@acme.example

        cardcrm edit --where "city:leeds -owner:any" --set owner=ann

    """
    from cardcrm.records.contacts import update

    session = session_of(ctx)
    ids = resolve_targets(session, who, where)
    marks = [(point, {"opted_out": True}) for point in opt_out]
    marks += [(point, {"opted_out": False}) for point in opt_in]
    marks += [(point, {"invalid": True}) for point in invalid]
    marks += [(point, {"invalid": False}) for point in valid]
    change = update.Edit(
        values=parse_pairs(set_, "--set"),
        more=ContactDraft(
            nicknames=tuple(nick),
            points=contact_options.parse_contact_points(email, phone, web, social),
            days=contact_options.parse_anniversaries("", day),
            relations=contact_options.parse_relations(relation),
        ),
        less=tuple(remove),
    )
    if change == update.Edit() and not marks:
        return _edit_note(session, ids)
    confirm_bulk(session, len(ids), "change", yes=yes)
    store = session.store()

    def work() -> int:
        changed = update.edit(store, ids, change)
        for contact_id in ids:
            for point, mark in marks:
                update.set_point(store, contact_id, point, **mark)
        return len(ids) if marks else changed

    result = report_change(session, ids, run_in_transaction(store, work))
    if not (ids and phone):
        return result
    addresses = update.places(store, ids[0])
    return result._replace(
        notes=contact_options.phone_warnings(session, change.more.points, addresses)
    )


def _edit_note(session: Session, ids: Sequence[int]) -> Result:
    """Let the user edit the note of a contact, and ask if others changed it meanwhile."""
    from cardcrm.cli.conflict_prompt import resolve_conflicts
    from cardcrm.records.contacts import form_diff

    if len(ids) != 1 or not session.can_ask:
        raise UsageError("nothing to change", "Give an option, for example --set owner=ann")
    store, note = session.store(), ("head", "note")
    before = {note: (contacts.get(store, ids[0]).note,)}
    after = {note: (edit_text(session, *before[note]),)}
    changed = resolve_conflicts(
        session, lambda *both: form_diff.revise(store, ids[0], *both), before, after
    )
    return report_change(session, ids, changed)
