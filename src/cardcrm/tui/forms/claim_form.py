"""The form to claim a contact, and the question whether to release it."""

from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.contacts import Contact
from cardcrm.records.teamwork import claim_rules, claims
from cardcrm.records.teamwork.claim_type import DEFAULT_TIME
from cardcrm.records.teamwork.open_claims import Claim
from cardcrm.store import Store
from cardcrm.tui.bulk_jobs import journal_command
from cardcrm.tui.context import AppContext
from cardcrm.tui.forms import validators
from cardcrm.tui.forms.confirm_dialog import confirm
from cardcrm.tui.forms.fields import Field, Values
from cardcrm.tui.forms.form import Form
from cardcrm.tui.forms.gone_dialog import check_contact_exists


async def claim(context: AppContext, contact_id: int) -> None:
    """Open the form to claim a contact; ask whether to release it if the user has claimed it."""
    contact, known, user = await context.database.read(lambda store: _read(store, contact_id))
    if any(claim_rules.is_claim_of(each, user) for each in known):
        await _release(context, contact, user)
        return
    if known:
        text = await context.database.read(
            lambda store: claim_rules.describe_claim(store, known[0], contact.name)
        )
        context.refuse(text)
        return

    async def save(values: Values) -> str:
        return await _save(context, contact, values)

    date_check = validators.date_check(context.locale)
    fields = [
        Field("until", "until", hint="14d, fri, eom", check=date_check, required="Give a day."),
        Field("why", "why", hint="quote is on its way"),
    ]
    form = Form(f"Claim {contact.name}", fields, save, values={"until": DEFAULT_TIME})
    await context.push_screen(form)


def _read(store: Store, contact_id: int) -> tuple[Contact, tuple[Claim, ...], str]:
    """Return a contact, the claims of it in force, and the user."""
    contact = contacts.get(store, contact_id)
    return contact, claim_rules.list_claims(store, contact_id), store.author.name


async def _save(context: AppContext, contact: Contact, values: Values) -> str:
    until = validators.parse_date(context.locale, values["until"]).day

    def act(store: Store) -> str:
        check_contact_exists(store, contact)
        user = store.author.name
        done = claims.claim(store, contact.id, user, until, values["why"])
        known = claim_rules.list_claims(store, contact.id)
        own = next(each for each in known if each.id == done.claim_id)
        return claim_rules.describe_claim(store, own, contact.name)

    command = journal_command("claim", contact.id, "--until", values["until"])
    return str(await context.change(command, act))


async def _release(context: AppContext, contact: Contact, user: str) -> None:
    if not await confirm(context, f"Release {contact.name}, which you have claimed?"):
        return
    command = journal_command("claim", contact.id, "--release")
    await context.change(command, lambda store: claims.release(store, contact.id, user))
    context.show_message(f"Released {contact.name}")
