"""`mail`: what the program sends, and what became of it."""

from cardcrm.cli.record_group import build
from cardcrm.records.mail.message_type import MESSAGE

app = build(MESSAGE, without=("add", "edit"))
