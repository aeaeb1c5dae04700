"""`tag`: add and remove tags."""

from collections.abc import Sequence
from typing import Annotated

import typer

from cardcrm.cli.arguments import complete_contact, complete_query, refuse_options, session_of
from cardcrm.cli.bulk_edit import BULK, DryRun, Yes, confirm_bulk
from cardcrm.cli.contact_output import describe_contact, read_card
from cardcrm.cli.result import Result
from cardcrm.cli.selected_contacts import (
    preview,
    report_change,
    resolve_targets,
)
from cardcrm.cli.session import Session
from cardcrm.errors import UsageError
from cardcrm.records.contacts import contacts, update
from cardcrm.records.query_sql import segments
from cardcrm.text import fold

app = typer.Typer()


@app.command("tag", context_settings={"ignore_unknown_options": True})
def tag(
    ctx: typer.Context,
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="WHO +TAG -TAG…",
            help="Contact, or @SEGMENT; then tags to add (+) and to remove (-).",
            autocompletion=complete_contact,
        ),
    ],
    where: Annotated[
        str,
        typer.Option(
            metavar="QUERY",
            help="All contacts that match a query; leave out WHO.",
            autocompletion=complete_query,
            rich_help_panel=BULK,
        ),
    ] = "",
    yes: Yes = False,
    dry_run: DryRun = False,
) -> Result:
    """Add tags to contacts, or remove them.

    Examples:
        cardcrm tag jane +vip -cold garden-club

        cardcrm tag --where "city:leeds" +yorkshire

    """
    session = session_of(ctx)
    refuse_options(ctx, words)
    ids, tags = _split_tags(session, words, where)
    if not tags:
        raise UsageError("no tags given", "For example: cardcrm tag jane +vip -cold")
    added = tuple(each.removeprefix("+") for each in tags if not each.startswith("-"))
    removed = tuple(each.removeprefix("-") for each in tags if each.startswith("-"))
    if dry_run:
        return preview(session, ids, "would tag")
    confirm_bulk(session, ids, "contacts", yes=yes, verb="tag")
    changed = update.edit(session.store(), ids, update.Edit(tags=added, untag=removed))
    if len(ids) != 1:
        return report_change(session, ids, changed)
    return _report_tags(session, ids[0], changed)


def _split_tags(
    session: Session, words: Sequence[str], where: str
) -> tuple[list[int], Sequence[str]]:
    """Return the ids of the contacts to tag, and the words that are tags.

    An @name that is not a saved segment is a contact, as everywhere.
    """
    if where:
        return resolve_targets(session, (), where), words
    who, *tags = words
    name = fold(who.removeprefix("@"))
    known = segments.list_segments(session.store()) if who.startswith("@") else ()
    if any(each.name == name for each in known):
        return resolve_targets(session, (), f'segment:"{name}"'), tags
    contact, tags = session.split_contact(words)
    return [contact.id], tags


def _report_tags(session: Session, contact_id: int, changed: int) -> Result:
    store = session.store()
    tags = " ".join(contacts.tags_of(store, contact_id)) or "none"
    state = "tags of" if changed else "no change to the tags of"
    message = f"{state} {describe_contact(contacts.get(store, contact_id))}: {tags}"
    return Result(lambda: read_card(store, contact_id), message)
