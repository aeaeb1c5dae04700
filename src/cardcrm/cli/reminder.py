"""`reminder`: the generic group; its rows are added as by `remind`."""

from cardcrm.cli.record_group import build
from cardcrm.cli.remind import remind
from cardcrm.records.activity.reminder_type import REMINDER

app = build(REMINDER, add=remind)
