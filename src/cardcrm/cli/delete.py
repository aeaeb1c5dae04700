"""`rm`: remove contacts."""

import typer

from cardcrm.cli.arguments import session_of
from cardcrm.cli.bulk_edit import DryRun, Yes, confirm_rows
from cardcrm.cli.contact_output import read_contacts
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
