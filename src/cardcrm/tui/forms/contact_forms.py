"""The forms to add and to edit a contact."""

import functools
from collections.abc import Mapping

from cardcrm.errors import UsageError
from cardcrm.records.conflicts import Texts
from cardcrm.records.contacts import duplicates, form_diff
from cardcrm.records.contacts.contact_type import CONTACT
from cardcrm.records.contacts.contacts import Contact
from cardcrm.records.contacts.drafts import ContactDraft, ContactPointDraft
from cardcrm.records.contacts.form_diff import ContactTexts, Part
from cardcrm.records.teamwork.new_owners import assign_new
from cardcrm.reports.edit_summary import describe_edit
from cardcrm.store import Store
from cardcrm.tui.bulk_jobs import journal_command
from cardcrm.tui.context import AppContext
from cardcrm.tui.forms import contact_fields
from cardcrm.tui.forms.confirm_dialog import confirm
from cardcrm.tui.forms.fields import Values
from cardcrm.tui.forms.form import Form
from cardcrm.tui.forms.gone_dialog import (
    check_contact_exists,
    save_or_recreate,
    save_resolving_conflicts,
    show_form_again,
)

MIN_NAME = 3  # letters of a name from which on duplicates are looked for


async def add(context: AppContext, *, name: str = "", email: str = "") -> None:
    """Open the form for a new contact, which is shown afterwards."""
    custom, _ = await context.database.read(lambda store: contact_fields.read(store, None))
    content = contact_fields.form_content(context, custom, None)
    added: list[Contact] = []

    async def save(values: Values) -> str:
        added.append(await _add(context, contact_fields.to_parts(content, custom, values)))
        return f"Added #{added[-1].id} {added[-1].name}"

    form = Form(
        "New contact",
        content.items,
        save,
        values={**content.values, "name": name, "email-0-value": email},
        warn=functools.partial(_warn_of_duplicates, context),
        docks=False,
        on_saved=lambda: context.go_to_contact(added[-1].id),
    )
    await context.push_screen(form)


async def _add(context: AppContext, parts: ContactTexts) -> Contact:
    command = journal_command("add", parts["head", "name"][0])
    added: Contact = await context.change(command, lambda store: _add_with_owner(store, parts))
    return added


def _add_with_owner(store: Store, parts: ContactTexts) -> Contact:
    """Add a contact, with the owner of its territory."""
    contact = form_diff.add(store, parts)
    assign_new(store, [contact.id])
    return contact


async def _warn_of_duplicates(
    context: AppContext, values: Values, own_id: int | None = None
) -> str:
    """Return the contacts that may be duplicates of the one in the form."""
    name = values["name"].strip()
    if len(name) < MIN_NAME:
        return ""
    points = tuple(
        ContactPointDraft(field.partition("-")[0], text)
        for field, text in values.items()
        if field.startswith(("email-", "phone-")) and field.endswith("-value") and text.strip()
    )
    draft = ContactDraft(name=name, kind=values["kind"], points=points)
    found = await context.database.read(lambda store: duplicates.find_duplicates(store, draft))
    listed = ", ".join(
        f"{each.name} #{each.id} ({each.reason})" for each in found if each.id != own_id
    )
    return f"Possible duplicate: {listed}" if listed else ""


async def edit(context: AppContext, contact_id: int, point_id: int | None = None) -> None:
    """Open the form of a contact, at its name or at a contact point."""
    custom, details = await context.database.read(
        lambda store: contact_fields.read(store, contact_id)
    )
    assert details is not None
    content = contact_fields.form_content(context, custom, details)
    contact = details.contact
    added: list[Contact] = []

    async def save(values: Values) -> str:
        parts = contact_fields.to_parts(content, custom, values)
        await _confirm_opt_ins(context, content.parts_before, parts)
        name = values["name"].strip()

        async def write(before: ContactTexts, after: ContactTexts) -> str:
            def act(store: Store) -> str:
                check_contact_exists(store, contact)
                return describe_edit(
                    store,
                    CONTACT,
                    contact_id,
                    lambda each: form_diff.save(store, each, before, after),
                )

            changes: str = await context.change(journal_command("edit", contact_id, name), act)
            return changes

        async def update() -> str:
            changes = await save_resolving_conflicts(context, write, content.parts_before, parts)
            return f"Changed {name}: {changes}" if changes else f"No change to {name}"

        async def recreate() -> str:
            added.append(await _add(context, parts))
            return f"Added #{added[-1].id} {added[-1].name}"

        return await save_or_recreate(context, update, "save it as a new contact", recreate)

    def show_added() -> None:
        if added:
            context.go_to_contact(added[-1].id)

    async def warn(values: Values) -> str:
        if values["name"] == contact.name:
            return ""
        return await _warn_of_duplicates(context, values, contact_id)

    form = Form(
        f"{contact.name} #{contact_id}",
        content.items,
        save,
        values=content.values,
        names=content.names,
        fixed=content.fixed,
        warn=warn,
        start_at=_field_of_point(content, point_id),
        docks=False,
        on_saved=show_added,
    )
    await context.push_screen(form)


async def _confirm_opt_ins(
    context: AppContext, before: Mapping[Part, Texts], after: ContactTexts
) -> None:
    """Ask before an address is no longer opted out. Raises UsageError for a no."""
    addresses = [
        address
        for part, (_, address, _, opted_out, _) in (
            (part, texts) for part, texts in before.items() if part[0] == "point"
        )
        if opted_out and part in after and after[part][1] == address and not after[part][3]
    ]
    if not addresses:
        return
    await show_form_again()
    question = f"{', '.join(addresses)} opted out. Allow messages again?"
    if not await confirm(context, question):
        raise UsageError("not saved", "To keep the opt-out, choose “opted out” again.")


def _field_of_point(content: contact_fields.FormContent, point_id: int | None) -> str:
    """Return the field of a contact point; "" if there is none."""
    entries = (entry for entry, part in content.parts.items() if part == ("point", point_id))
    return next((f"{entry}-value" for entry in entries), "")
