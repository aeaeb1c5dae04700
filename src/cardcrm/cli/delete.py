"""`rm` and `merge`: remove contacts."""

from typing import Annotated

import typer

from cardcrm.cli.arguments import Yes as MergeYes
from cardcrm.cli.arguments import complete_contact, session_of
from cardcrm.cli.bulk_edit import DryRun, Yes, confirm_rows
from cardcrm.cli.contact_output import describe_contact, read_card, read_contacts
from cardcrm.cli.record_edit import describe_removal
from cardcrm.cli.result import Result
from cardcrm.cli.selected_contacts import Contacts, Where, preview, resolve_targets
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.contact_type import CONTACT

app = typer.Typer()


@app.command("rm")
def rm(
    ctx: typer.Context,
    who: Contacts = [],
    where: Where = "",
    yes: Yes = False,
    dry_run: DryRun = False,
) -> Result:
    """Remove contacts and everything recorded about them.

    An interaction stays if another contact took part in it. `cardcrm undo` restores everything.

    Example:
        cardcrm rm "Jane Doe"

    """
    session = session_of(ctx)
    ids = resolve_targets(session, who, where)
    if not ids or dry_run:
        return preview(session, ids, "would remove")
    also = f" and everything recorded about {'it' if len(ids) == 1 else 'them'}"
    confirm_rows(session, ids, CONTACT, "remove", yes=yes, also=also)
    message = describe_removal(session, CONTACT, ids)
    removed = None if session.format == "table" else read_contacts(session, ids)
    contacts.remove(session.store(), ids)
    return Result(removed, message)


@app.command("merge")
def merge(
    ctx: typer.Context,
    keep: Annotated[
        str,
        typer.Argument(metavar="WHO", help="Contact to keep.", autocompletion=complete_contact),
    ],
    other: Annotated[
        str,
        typer.Argument(
            metavar="DUPLICATE",
            help="Contact to remove, after its content moves over.",
            autocompletion=complete_contact,
        ),
    ],
    yes: MergeYes = False,
) -> Result:
    """Merge a duplicate into another contact.

    Where both have a value, that of the kept contact stays and the other goes into the note.

    Example:
        cardcrm merge 12 57

    """
    from cardcrm.records.contacts import merge as contacts_merge

    session = session_of(ctx)
    first, second = session.find_contact(keep), session.find_contact(other)
    contacts_merge.check_different(first.id, second.id)
    session.confirm(f"merge {describe_contact(second)} into {describe_contact(first)}", yes=yes)
    merged = contacts_merge.merge(session.store(), first.id, second.id)
    return Result(
        lambda: read_card(session.store(), merged.id),
        f"merged {describe_contact(second)} into {describe_contact(merged)}",
    )
