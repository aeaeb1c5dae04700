"""The two questions before a contact is erased for good: whether to, and for its name."""

from typing import Final

from cardcrm.errors import UsageError
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.contacts import Contact
from cardcrm.records.privacy import forget as forgetting
from cardcrm.reports.forget_text import describe_plan
from cardcrm.store import Store
from cardcrm.tui import bulk_jobs
from cardcrm.tui.context import AppContext
from cardcrm.tui.forms.confirm_dialog import confirm
from cardcrm.tui.forms.fields import Field, Values
from cardcrm.tui.forms.form import Form

_MOST_LINES: Final = 8  # of the consequences in the question; a screen may have 24


async def forget(context: AppContext, contact_id: int) -> None:
    """Ask whether to forget a contact, then for its name, and erase it."""
    contact, lines = await context.database.read(lambda store: _read(store, contact_id))
    question = f"Forget {contact.name}, which cannot be undone?"
    if not await confirm(context, "\n".join((question, "", *lines))):
        return

    def check(typed: str) -> str:
        if not forgetting.is_same_name(typed, contact.name):
            raise UsageError(f"not the name {contact.name}", "Esc leaves without any change.")
        return ""

    async def save(_values: Values) -> str:
        return await _erase(context, contact)

    field = Field("name", "name", hint=contact.name, check=check, required="Type the name.")
    title = f"Type the name to forget #{contact.id}"
    await context.push_screen(Form(title, [field], save))


async def _erase(context: AppContext, contact: Contact) -> str:
    bulk_jobs.refuse_second_job(context)
    await context.database.run_alone(lambda store: forgetting.forget(store, contact.id))
    context.refresh_data()
    return f"Forgot {contact.name}; copies elsewhere are yours to look through"


def _read(store: Store, contact_id: int) -> tuple[Contact, list[str]]:
    """Return a contact with the first consequences, and how many there are besides."""
    contact = contacts.get(store, contact_id)
    forgetting.check_has_name(contact.id, contact.uid)
    lines = list(describe_plan(store, forgetting.plan(store, contact.id)))
    if (rest := len(lines) - _MOST_LINES) > 0:
        more = f"… {rest} more: cardcrm forget {contact.id} --dry-run"
        lines[_MOST_LINES:] = [more]
    return contact, lines
