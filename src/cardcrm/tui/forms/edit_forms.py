"""Editing and deleting a record on a card: an interaction, a reminder or a sale."""

from collections.abc import Callable
from typing import Any, NamedTuple

from cardcrm.errors import NotFoundError
from cardcrm.records import record_diff, records, registry
from cardcrm.records.activity import interactions, reminders
from cardcrm.records.conflicts import Texts
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.contacts import Contact
from cardcrm.records.sales import sales
from cardcrm.store import Store
from cardcrm.text import shorten
from cardcrm.tui.context import AppContext
from cardcrm.tui.forms import activity_forms, sale_form
from cardcrm.tui.forms.completers import join_participants, split_participants
from cardcrm.tui.forms.confirm_dialog import confirm
from cardcrm.tui.forms.fields import Item, Values
from cardcrm.tui.forms.form import Form
from cardcrm.tui.forms.gone_dialog import (
    get_or_deleted,
    save_on_contact,
    save_or_recreate,
    save_resolving_conflicts,
    to_rows,
    to_texts,
)


class EditableRecord(NamedTuple):
    """A kind of record that can be edited on the card.

    ``texts`` returns a record's fields as texts, and ``update`` writes the difference between two
    versions of them. ``recreate`` adds a deleted record again. ``to_values`` and ``to_texts``
    convert between texts and form values. ``names`` are shown in place of ids such as ``#12``.
    """

    noun: str
    edit_command: str
    delete_command: str
    get: Callable[[Store, int], Any]
    texts: Callable[[Store, Any], dict[str, str]]
    update: Callable[[Store, int, Values, Values], Any]
    recreate: Callable[[Store, int, Values], Any]
    fields: Callable[[AppContext], tuple[Item, ...]]
    to_values: Callable[[Values], dict[str, str]] = dict
    to_texts: Callable[[Values], dict[str, str]] = dict
    names: Callable[[Store, int], dict[str, str]] = lambda _store, _id: {}


def _participant_names(store: Store, interaction_id: int) -> dict[str, str]:
    """Return the participants' names by ``#12``."""
    return {f"#{id_}": name for id_, name in interactions.participants(store, interaction_id)}


def _recreate_interaction(
    store: Store, contact_id: int, values: Values
) -> interactions.Interaction:
    """Log an interaction again, without participants that were deleted."""

    def exists(text: str) -> bool:
        number = text.removeprefix("#")
        if not (text.startswith("#") and number.isdecimal()):
            return True
        try:
            contacts.get(store, int(number))
        except NotFoundError:
            return False
        return True

    existing = {
        name: text
        for name, text in values.items()
        if not name.startswith("with-") or exists(text.strip())
    }
    return activity_forms.log_interaction(store, [contact_id], existing)


EDITABLE_RECORDS = {
    "interaction": EditableRecord(
        "interaction",
        "interaction edit",
        "interaction rm",
        interactions.get,
        record_diff.interaction_texts,
        record_diff.revise_interaction,
        _recreate_interaction,
        activity_forms.interaction_fields,
        split_participants,
        join_participants,
        _participant_names,
    ),
    "reminder": EditableRecord(
        "reminder",
        "reminder edit",
        "reminder rm",
        reminders.get,
        record_diff.reminder_texts,
        record_diff.revise_reminder,
        activity_forms.add_reminder,
        activity_forms.reminder_fields,
    ),
    "sale": EditableRecord(
        "sale",
        "sale edit",
        "sale rm",
        sales.get,
        record_diff.sale_texts,
        record_diff.revise_sale,
        sale_form.record_sale,
        sale_form.sale_fields,
        sale_form.split_lines,
        sale_form.join_lines,
    ),
}


async def edit(context: AppContext, contact: Contact, kind: str, id_: int) -> None:
    """Open the form of a record."""
    record = EDITABLE_RECORDS[kind]

    def read(store: Store) -> tuple[dict[str, str], dict[str, str]]:
        return record.texts(store, record.get(store, id_)), record.names(store, id_)

    before, names = await context.database.read(read)

    async def save(values: Values) -> str:
        command = activity_forms.journal_command(record.edit_command, id_, values["text"])

        async def write(old: dict[str, Texts], new: dict[str, Texts]) -> None:
            def act(store: Store) -> None:
                get_or_deleted(lambda: record.get(store, id_), f"this {record.noun}")
                record.update(store, id_, to_texts(old), to_texts(new))

            await context.change(command, act)

        async def update() -> str:
            await save_resolving_conflicts(
                context,
                write,  # type: ignore[arg-type]
                to_rows(before),
                to_rows(record.to_texts(values)),
            )
            return f"Changed {record.noun} {id_}"

        async def recreate() -> str:
            return await save_on_contact(
                context,
                contact,
                command,
                lambda store, contact_id: record.recreate(store, contact_id, values),
                lambda _made: f"Added the {record.noun} again",
            )

        return await save_or_recreate(context, update, "save it as a new one", recreate)

    title = f"{record.noun.capitalize()} {id_} with {contact.name}"
    form = Form(title, record.fields(context), save, values=record.to_values(before), names=names)
    await context.push_screen(form)


async def delete(context: AppContext, kind: str, id_: int, text: str) -> None:
    """Delete a record, after asking."""
    record = EDITABLE_RECORDS[kind]
    title = shorten(" ".join(text.split()), 50)
    if not await confirm(context, f"Delete the {record.noun} “{title}”?"):
        return
    command = activity_forms.journal_command(record.delete_command, id_)
    type_ = registry.record_type(record.noun)
    await context.change(command, lambda store: records.remove(store, type_, [id_]))
    undo = context.key_of("undo")
    context.show_message(f"Deleted the {record.noun} “{title}”; {undo} brings it back")
