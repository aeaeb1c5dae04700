"""Adding, editing and deleting the rows of any noun with its form."""

from collections.abc import Mapping
from types import MappingProxyType

from cardcrm.config import Config
from cardcrm.records import records, registry
from cardcrm.records.conflicts import Texts
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.contacts import Contact
from cardcrm.records.contacts.resolve import resolve
from cardcrm.records.teamwork.colleagues import describe_colleagues
from cardcrm.reports.edit_summary import describe_edit
from cardcrm.store import Store
from cardcrm.text import shorten
from cardcrm.tui.bulk_jobs import journal_command
from cardcrm.tui.context import AppContext
from cardcrm.tui.forms.activity_forms import InteractionForm, ReminderForm
from cardcrm.tui.forms.confirm_dialog import confirm
from cardcrm.tui.forms.deal_form import DealForm
from cardcrm.tui.forms.declared_form import NounForm, contact_field, to_texts, to_values
from cardcrm.tui.forms.feedback_form import FeedbackForm
from cardcrm.tui.forms.fields import Values
from cardcrm.tui.forms.form import Form, Warn
from cardcrm.tui.forms.gone_dialog import (
    get_or_deleted,
    save_on_contact,
    save_or_recreate,
    save_resolving_conflicts,
)
from cardcrm.tui.forms.invoice_form import InvoiceForm
from cardcrm.tui.forms.quote_form import QuoteForm
from cardcrm.tui.forms.sale_form import SaleForm

_OWN_FORMS: Mapping[str, type[NounForm]] = {
    "interaction": InteractionForm,
    "reminder": ReminderForm,
    "sale": SaleForm,
    "deal": DealForm,
    "quote": QuoteForm,
    "invoice": InvoiceForm,
    "feedback": FeedbackForm,
}


def form_of(noun: str) -> NounForm:
    """Return the form of a noun."""
    return _OWN_FORMS.get(noun, NounForm)(registry.record_type(noun))


def _summary_of(context: AppContext, form: NounForm) -> Warn | None:
    """Return the function that says what the texts of a form come to, if it has one."""
    if not form.has_summary:
        return None

    async def summarize(values: Values) -> str:
        texts = to_texts(values)
        return await context.database.read(lambda store: form.summarize(store, texts))

    return summarize


async def add(
    context: AppContext,
    noun: str,
    contact: Contact | None = None,
    *,
    values: Mapping[str, str] = MappingProxyType({}),
    names: Mapping[str, str] | None = None,
) -> None:
    """Open the form for a new row, of a contact if one is given; it begins with some values.

    The ``names`` are shown in place of ids: by ``#12``, or by ``deal #12``.
    """
    form = form_of(noun)
    items = form.new_items(context)
    has_contact_field = form.is_of_contact and contact is None
    if has_contact_field:
        field = contact_field(context, "contact", "name or #id")
        items = (field._replace(required=f"Name the contact of the {noun}."), *items)

    async def save(values: Values) -> str:
        texts = to_texts(values)
        owner = contact
        if has_contact_field:
            who = texts.pop("contact")
            owner = await context.database.read(lambda store: resolve(store, who))
        verb = (form.verb, owner.id) if owner else (noun, "add")
        return await save_on_contact(
            context,
            owner,
            journal_command(*verb, *form.command_words(texts)),
            lambda store, contact_id: form.add(store, contact_id, texts),
            lambda added: form.describe_added(context, owner, added),
        )

    first = {**form.new_values(), **values}
    warn = _summary_of(context, form)
    note = await _describe_colleagues(context, contact) if contact else ""
    title = form.title(contact)
    await context.push_screen(
        Form(title, items, save, values=first, names=names, warn=warn, note=note)
    )


async def _describe_colleagues(context: AppContext, contact: Contact) -> str:
    """Return what colleagues did, plan or claimed about a contact."""
    days = int(
        Config({"colleague-days": context.setting("colleague-days")}, {}).number("colleague-days")
    )
    lines = await context.database.read(lambda store: describe_colleagues(store, contact, days))
    return "\n".join(lines)


async def edit(context: AppContext, noun: str, row_id: int, contact: Contact | None = None) -> None:
    """Open the form of a row, on the card of a contact if one is given."""
    form = form_of(noun)
    items = form.items(context)

    def read(store: Store) -> tuple[str, dict[str, str], dict[str, str], Contact | None]:
        texts, names = form.texts(store, row_id), form.names(store, row_id)
        of_contact = contact
        if form.is_of_contact and contact is None and names:
            of_contact = contacts.get(store, int(next(iter(names)).removeprefix("#")))
        record = records.get(store, form.type, row_id)
        title = f" with {contact.name}" if contact else f": {records.title_of(store, record)}"
        return f"{noun.capitalize()} {row_id}{title}", texts, names, of_contact

    title, before, names, owner = await context.database.read(read)

    async def save(values: Values) -> str:
        after = to_texts(values)
        command = journal_command(noun, "edit", row_id, after.get("text"))

        async def write(old: Mapping[str, Texts], new: Mapping[str, Texts]) -> str:
            def act(store: Store) -> str:
                get_or_deleted(lambda: records.get(store, form.type, row_id), f"this {noun}")
                texts = _first_texts(old), _first_texts(new)
                return describe_edit(
                    store, form.type, row_id, lambda each: form.revise(store, each, *texts)
                )

            changes: str = await context.change(command, act)
            return changes

        async def update() -> str:
            changes = await save_resolving_conflicts(context, write, _rows(before), _rows(after))
            name = f"{noun} {row_id}"
            return f"Changed {name}: {changes}" if changes else f"No change to {name}"

        async def recreate() -> str:
            return await save_on_contact(
                context,
                owner,
                command,
                lambda store, contact_id: form.add_again(store, contact_id, after),
                lambda _added: f"Added the {noun} again",
            )

        return await save_or_recreate(context, update, "save it as a new one", recreate)

    values = to_values(items, before)
    warn = _summary_of(context, form)
    await context.push_screen(Form(title, items, save, values=values, names=names, warn=warn))


def _rows(texts: Values) -> dict[str, Texts]:
    return {name: (text,) for name, text in texts.items()}


def _first_texts(rows: Mapping[str, Texts]) -> dict[str, str]:
    return {name: row[0] for name, row in rows.items()}


async def delete(context: AppContext, noun: str, row_id: int, text: str = "") -> None:
    """Delete a row, which a text describes, after asking."""
    type_ = registry.record_type(noun)
    if not text:
        text = await context.database.read(
            lambda store: records.title_of(store, records.get(store, type_, row_id))
        )
    title = shorten(" ".join(text.split()), 50)
    if not await confirm(context, f"Delete the {noun} “{title}”?"):
        return
    command = journal_command(noun, "rm", row_id)
    await context.change(command, lambda store: records.remove(store, type_, [row_id]))
    undo = context.key_of("undo")
    context.show_message(f"Deleted the {noun} “{title}”; {undo} brings it back")
