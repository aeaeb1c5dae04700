"""The form to snooze the touch that the cadence of a contact asks for."""

import datetime as dt

from cardcrm.dates import DayTime
from cardcrm.records.contacts.contacts import Contact
from cardcrm.records.query_sql.snooze_touch import find_touch, snooze_touch
from cardcrm.store import Store
from cardcrm.tui.bulk_jobs import journal_command
from cardcrm.tui.context import AppContext
from cardcrm.tui.forms import validators
from cardcrm.tui.forms.activity_forms import format_day_time
from cardcrm.tui.forms.fields import Values
from cardcrm.tui.forms.form import Form
from cardcrm.tui.forms.gone_dialog import check_contact_exists
from cardcrm.tui.forms.reminder_actions import until_field


async def snooze(context: AppContext, contact: Contact) -> None:
    """Open the form to snooze the touch of a contact, if its cadence asks for one."""
    if await context.database.read(lambda store: find_touch(store, contact.id)) is None:
        context.refuse(f"No reminder to snooze; {context.key_of('remind')} adds one")
        return

    async def save(values: Values) -> str:
        until = validators.parse_date(context.locale, values["due"]).day

        def act(store: Store) -> dt.date:
            check_contact_exists(store, contact)
            return dt.date.fromisoformat(snooze_touch(store, contact.id, until).touch_by)

        command = journal_command("snooze", contact.id, "--touch", values["due"])
        by = await context.change(command, act)
        if by > until:
            day = format_day_time(context, DayTime(by))
            return f"Nothing changes: {what} is due on {day} anyway"
        return f"Snoozed until {format_day_time(context, DayTime(until))}: {what}"

    what = f"next touch with {contact.name}"
    await context.push_screen(Form(f"Snooze: {what}", [until_field(context)], save))
