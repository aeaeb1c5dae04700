"""`edit`: edit one contact, or many at once."""

from collections.abc import Sequence
from typing import Annotated

import typer

from cardcrm.cli import contact_options as options
from cardcrm.cli.arguments import edit_text, parse_pairs, session_of
from cardcrm.cli.bulk_edit import DryRun, Yes, confirm_bulk
from cardcrm.cli.result import Result
from cardcrm.cli.selected_contacts import (
    Contacts,
    Where,
    preview,
    report_change,
    resolve_targets,
)
from cardcrm.cli.session import Session
from cardcrm.errors import UsageError
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft

app = typer.Typer()


def _points(flag: str, help_: str) -> object:
    return typer.Option(flag, metavar="ADDRESS", help=help_, rich_help_panel=options.DETAILS)


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
    remove: Annotated[
        list[str],
        typer.Option(
            metavar="WHAT",
            help="Remove a contact point, nickname, address, anniversary, tag, custom field or "
            "relation (KIND=WHO).",
        ),
    ] = [],
    name: Annotated[
        str | None, typer.Option(help="Full name.", rich_help_panel=options.NAMES)
    ] = None,
    kind: options.Kind = None,
    org: options.Org = None,
    title: options.Title = None,
    nick: options.Nicknames = [],
    email: options.Emails = [],
    phone: options.Phones = [],
    web: options.Webs = [],
    social: options.Socials = [],
    opt_out: Annotated[
        list[str], _points("--opt-out", "Mark a contact point as opted out: do not contact.")
    ] = [],
    opt_in: Annotated[
        list[str], _points("--opt-in", "Mark a contact point as opted in again.")
    ] = [],
    invalid: Annotated[list[str], _points("--invalid", "Mark a contact point as invalid.")] = [],
    valid: Annotated[list[str], _points("--valid", "Mark a contact point as valid again.")] = [],
    street: options.Street = None,
    city: options.City = None,
    region: options.Region = None,
    postcode: options.Postcode = None,
    country: options.Country = None,
    tag: options.Tags = [],
    note: options.Note = None,
    birthday: options.Birthday = None,
    day: options.Days = [],
    relation: options.Relations = [],
    source: options.Source = None,
    stage: options.Stage = None,
    owner: options.Owner = None,
    every: options.Every = None,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> Result:
    """Edit one contact, or many at once.

    Options set a field or add a part; an empty value clears a field. The address options change
    the first address. `--remove` takes whatever `cardcrm show` shows; where a text could mean
    several parts, put the part first, as in `tag:vip`. Without options, the note opens in $EDITOR.

    Examples:
        cardcrm edit jane --title "head of buying" --email jd@acme.example

        cardcrm edit jane --every monthly --note ""

        cardcrm edit --where "city:leeds -owner:any" --owner ann

    """
    from cardcrm.records.contacts import update

    session = session_of(ctx)
    ids = resolve_targets(session, who, where)
    texts = {
        "name": name, "kind": kind, "org": org, "title": title, "street": street, "city": city,
        "region": region, "postcode": postcode, "country": country, "note": note,
        "birthday": birthday, "source": source, "stage": stage, "owner": owner, "every": every,
    }  # fmt: skip
    marks = (
        *(update.PointMark(point, "opted_out", is_set=True) for point in opt_out),
        *(update.PointMark(point, "opted_out", is_set=False) for point in opt_in),
        *(update.PointMark(point, "invalid", is_set=True) for point in invalid),
        *(update.PointMark(point, "invalid", is_set=False) for point in valid),
    )
    change = update.Edit(
        values=(
            *((field, text) for field, text in texts.items() if text is not None),
            *parse_pairs(set_, "--set"),
        ),
        additions=ContactDraft(
            nicknames=tuple(nick),
            points=options.parse_contact_points(email, phone, web, social),
            days=options.parse_anniversaries(None, day),
            relations=options.parse_relations(relation),
        ),
        removals=tuple(remove),
        marks=marks,
        tags=tuple(tag),
    )
    if change == update.Edit():
        return _edit_note(session, ids)
    if dry_run:
        return preview(session, ids, "would change")
    confirm_bulk(session, ids, "contacts", yes=yes)
    store = session.store()
    result = report_change(session, ids, update.edit(store, ids, change))
    if not (ids and phone):
        return result
    addresses = update.address_drafts(store, ids[0])
    return result._replace(
        notes=options.phone_warnings(session, change.additions.points, addresses)
    )


def _edit_note(session: Session, ids: Sequence[int]) -> Result:
    """Let the user edit the note of a contact, and ask if others changed it meanwhile."""
    from cardcrm.cli.conflict_prompt import resolve_conflicts
    from cardcrm.records.contacts import form_diff

    if len(ids) != 1 or not session.can_ask:
        raise UsageError("nothing to change", "Give an option, for example --owner ann")
    store, note = session.store(), ("head", "note")
    before = {note: (contacts.get(store, ids[0]).note,)}
    after = {note: (edit_text(session, *before[note]),)}
    changed = resolve_conflicts(
        session, lambda *both: form_diff.save(store, ids[0], *both), before, after
    )
    return report_change(session, ids, changed)
