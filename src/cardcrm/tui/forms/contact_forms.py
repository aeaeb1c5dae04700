"""The forms for cards: a new one, and changing one."""

import functools
from typing import TYPE_CHECKING

from cardcrm.records.contacts import duplicates, form_diff
from cardcrm.records.contacts.contacts import Contact
from cardcrm.records.contacts.drafts import ContactDraft, ContactPointDraft
from cardcrm.records.contacts.form_diff import ContactTexts
from cardcrm.store import Store
from cardcrm.tui.forms import contact_fields
from cardcrm.tui.forms.activity_forms import command_words
from cardcrm.tui.forms.form import Form, Values
from cardcrm.tui.forms.gone_dialog import check_there, or_anew, settled

if TYPE_CHECKING:
    from cardcrm.tui.app import CardApp


async def add(app: "CardApp") -> None:
    """A new card; then it is shown."""
    locale, _ = await app.desk.ask(lambda store: contact_fields.read(store, None))
    sheet = contact_fields.lay_out(app, locale, None)
    made: list[Contact] = []

    async def save(values: Values) -> str:
        said = contact_fields.said_of(sheet, locale, values)
        made.append(await _made(app, said))
        return f"added {made[-1].id} {made[-1].name}"

    def show() -> None:
        app.go_to_card(made[-1].id)

    look = functools.partial(_known, app)
    await app.push_screen(Form("A new card", sheet.pieces, save, look=look, then=show))


async def _made(app: "CardApp", said: ContactTexts) -> Contact:
    command = command_words("add", said["head", "name"][0])
    made: Contact = await app.change(command, lambda store: form_diff.add(store, said))
    return made


async def _known(app: "CardApp", values: Values, but: int | None = None) -> str:
    """Which other cards a name as typed may be a double of, in words."""
    name = values["name"].strip()
    if len(name) < 3:
        return ""
    points = tuple(
        ContactPointDraft(field.partition("-")[0], text)
        for field, text in values.items()
        if field.startswith(("email-", "phone-")) and field.endswith("-value") and text.strip()
    )
    draft = ContactDraft(name=name, kind=values["kind"], points=points)
    found = await app.desk.ask(lambda store: duplicates.find_duplicates(store, draft))
    told = ", ".join(f"{each.id} {each.name} ({each.reason})" for each in found if each.id != but)
    return f"possible duplicate: {told}" if told else ""


async def edit(app: "CardApp", contact_id: int, point: int | None = None) -> None:
    """Change a card, beginning at its name or at a contact point."""
    locale, details = await app.desk.ask(lambda store: contact_fields.read(store, contact_id))
    assert details is not None
    sheet = contact_fields.lay_out(app, locale, details)
    contact = details.contact
    made: list[Contact] = []

    async def save(values: Values) -> str:
        said = contact_fields.said_of(sheet, locale, values)
        name = values["name"].strip()

        async def write(seen: ContactTexts, said: ContactTexts) -> bool:
            def act(store: Store) -> bool:
                check_there(store, contact)
                return form_diff.save(store, contact_id, seen, said)

            changed: bool = await app.change(command_words("edit", contact_id, name), act)
            return changed

        async def change() -> str:
            changed = await settled(app, write, sheet.seen, said)
            return f"changed {contact_id} {name}" if changed else f"{name} was so already"

        async def anew() -> str:
            made.append(await _made(app, said))
            return f"added {made[-1].id} {made[-1].name}"

        return await or_anew(app, change, "save it as a new card", anew)

    def show() -> None:
        if made:
            app.go_to_card(made[-1].id)

    async def look(values: Values) -> str:
        return "" if values["name"] == contact.name else await _known(app, values, contact_id)

    form = Form(
        f"Card {contact_id} of {contact.name}",
        sheet.pieces,
        save,
        values=sheet.values,
        names=sheet.names,
        fixed=sheet.fixed,
        look=look,
        at=_row_of(sheet, point),
        then=show,
    )
    await app.push_screen(form)


def _row_of(sheet: contact_fields.CardSheet, point: int | None) -> str:
    """The field of a contact point; "" for none."""
    rows = (row for row, part in sheet.parts.items() if part == ("point", point))
    return next((f"{row}-value" for row in rows), "")
