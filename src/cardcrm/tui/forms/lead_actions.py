"""Changes of leads on the screen: their owner and status, and the deal that one becomes."""

from cardcrm.records.deals.deals import Step
from cardcrm.records.leads import lead_status, leads
from cardcrm.records.leads.lead_status import Lead
from cardcrm.records.leads.statuses import DEAD, IN_PROCESS, RECYCLED
from cardcrm.records.records import Record
from cardcrm.reports.leads.active_leads import describe_request
from cardcrm.tui.bulk_jobs import journal_command
from cardcrm.tui.context import AppContext
from cardcrm.tui.forms import validators
from cardcrm.tui.forms.activity_forms import DATE_HINT
from cardcrm.tui.forms.completers import complete_contact
from cardcrm.tui.forms.deal_form import complete_stage
from cardcrm.tui.forms.fields import Field, Values
from cardcrm.tui.forms.form import Form

_NEXT_DAY = "tomorrow"


async def _read(context: AppContext, lead: Record) -> Lead:
    return await context.database.read(lambda store: lead_status.get(store, lead.id))


async def assign(context: AppContext, lead: Record) -> None:
    """Open the form for the owner of a lead; the rules choose one if it is left empty."""
    stored = await _read(context, lead)

    async def save(values: Values) -> str:
        owner = values["owner"].strip()
        words = ("--to", owner) if owner else ()
        done, _ = await context.change(
            journal_command("lead", "assign", lead.id, *words),
            lambda store: leads.assign(store, [lead.id], owner),
        )
        if not done:
            return "No rule finds this lead; name an owner"
        return f"Gave lead {lead.id} of {stored.contact} to {done[0].owner}"

    fields = (
        Field("owner", "owner", hint="user; empty for the one whose turn it is by the rules"),
    )
    values = {"owner": stored.owner}
    await context.push_screen(
        Form(f"Owner of the lead of {stored.contact}", fields, save, values=values)
    )


async def process(context: AppContext, lead: Record) -> None:
    """Mark a lead as in process."""
    changed: Lead = await context.change(
        journal_command("lead", "edit", lead.id, "--status", IN_PROCESS),
        lambda store: leads.set_status(store, lead.id, IN_PROCESS),
    )
    undo = context.key_of("undo")
    context.show_message(f"Lead {lead.id} of {changed.contact} is in process; {undo} undoes it")


async def recycle(context: AppContext, lead: Record) -> None:
    """Open the form to set a lead aside for a later time."""
    await _close(context, lead, RECYCLED)


async def drop(context: AppContext, lead: Record) -> None:
    """Open the form to close a lead as dead."""
    await _close(context, lead, DEAD)


async def _close(context: AppContext, lead: Record, status: str) -> None:
    stored = await _read(context, lead)
    is_recycled = status == RECYCLED

    async def save(values: Values) -> str:
        reason = values["reason"].strip()
        words = ("--reason", reason) if reason else ()
        await context.change(
            journal_command("lead", "recycle" if is_recycled else "drop", lead.id, *words),
            lambda store: leads.close(store, lead.id, reason, is_recycled=is_recycled),
        )
        return f"Lead {lead.id} of {stored.contact} is {status}{f': {reason}' if reason else ''}"

    hint = "next season" if is_recycled else "no budget"
    verb = "Recycle" if is_recycled else "Close as dead"
    fields = (Field("reason", "reason", hint=hint),)
    await context.push_screen(Form(f"{verb}: lead of {stored.contact}", fields, save))


async def convert(context: AppContext, lead: Record) -> None:
    """Open the form to convert a lead: the fields of its deal and the next step."""
    stored = await _read(context, lead)

    async def save(values: Values) -> str:
        texts = {key: values[key] for key in ("title", "amount", "close", "stage")}
        step = None
        if values["next"].strip():
            when = validators.parse_date(context.locale, values["due"].strip() or _NEXT_DAY)
            step = Step(values["next"], when)
        converted: leads.Converted = await context.change(
            journal_command("lead", "convert", lead.id, *_words(values)),
            lambda store: leads.convert(store, lead.id, texts, org=values["org"], step=step),
        )
        deal = converted.deal
        assert deal is not None
        title = deal.record.values["title"]
        return f"Converted the lead of {stored.contact} into deal {deal.record.id} {title}"

    await context.push_screen(
        Form(f"Convert the lead of {stored.contact}", _deal_fields(context, stored), save)
    )


def _words(values: Values) -> tuple[str, ...]:
    """Return the options of the shell command for the fields that are filled in."""
    filled = ((f"--{key}", text) for key, text in values.items() if text.strip())
    return tuple(word for pair in filled for word in pair)


def _deal_fields(context: AppContext, lead: Lead) -> tuple[Field, ...]:
    day = validators.date_check(context.locale)
    return (
        Field("title", "title", hint=describe_request(lead.text) or f"deal with {lead.contact}"),
        Field("amount", "amount", hint="12000"),
        Field("close", "close", hint="expected day: 15 dec, 6w", check=day),
        Field("stage", "stage", hint="the first one", complete=complete_stage(context)),
        Field("org", "org", hint="organization, added if new", complete=complete_contact(context)),
        Field("next", "next", hint="what to do next"),
        Field("due", "due", hint=f"{_NEXT_DAY}, {DATE_HINT}", check=day),
    )
