"""`mail`: what the program sends, and what became of it; and the mail that it fetches."""

from cardcrm.cli import mail_fetch, mail_offers, mail_run, mail_send, mail_states
from cardcrm.cli.record_group import build
from cardcrm.records.mail.message_type import MESSAGE

app = build(MESSAGE, without=("add", "edit", "rm", "import"))
app.add_typer(mail_send.app)
app.add_typer(mail_run.app)
app.add_typer(mail_fetch.app)
app.add_typer(mail_offers.app)
mail_states.add_commands(app)
