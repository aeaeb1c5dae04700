"""`mail`: write mail, send it, and fetch it."""

import typer

from cardcrm.cli import (
    mail_fetch,
    mail_inbox,
    mail_offers,
    mail_reply,
    mail_run,
    mail_send,
)

app = typer.Typer()
for each in (mail_send, mail_run, mail_fetch, mail_inbox, mail_reply, mail_offers):
    app.add_typer(each.app)
