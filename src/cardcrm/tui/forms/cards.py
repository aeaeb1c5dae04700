"""The forms for cards: a new one, changing one, and tags, owners and files for several."""

from typing import TYPE_CHECKING

from cardcrm.records import contacts, editing, merging
from cardcrm.records.contacts import Contact, Details
from cardcrm.records.drafts import AddressDraft, ContactDraft, DayDraft, PointDraft
from cardcrm.tui.forms import checks
from cardcrm.tui.forms.day import command_words
from cardcrm.tui.forms.form import Field, Form, Values

if TYPE_CHECKING:
    from cardcrm.tui.app import CardApp

_POINTS = {"email": "e-mail", "phone": "phone", "web": "web"}
_HEAD = ("name", "kind", "org", "title", "city", "stage", "owner", "every", "birthday", "note")


def _fields(app: "CardApp") -> tuple[Field, ...]:
    customs = app.desk.customs
    return (
        Field("name", "name", hint="full name", must="A card needs a name."),
        Field("kind", "kind", "choice", choices=contacts.KINDS),
        Field("org", "works at", hint="organisation; made if it has no card"),
        Field("title", "role", hint="head of buying"),
        Field("email", "e-mail", hint="several with commas"),
        Field("phone", "phone", hint="in any writing; several with commas"),
        Field("web", "web"),
        Field("city", "town"),
        Field("tags", "tags", hint="vip garden-club", check=checks.some_tags),
        Field("stage", "stage", "choice", choices=contacts.STAGES),
        Field("owner", "owner", hint="who looks after them"),
        Field("every", "every", hint="in touch every: 30d, 6w, monthly", check=checks.a_span),
        Field(
            "birthday", "birthday", hint="17 May, or 1980-05-17", check=checks.a_birthday(customs)
        ),
        Field("note", "note", "text"),
    )


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _draft(values: Values) -> ContactDraft:
    said = {name: text.strip() for name, text in values.items()}
    return ContactDraft(
        name=said["name"],
        kind=said["kind"],
        org=said["org"],
        title=said["title"],
        points=tuple(PointDraft(kind, value) for kind in _POINTS for value in _split(said[kind])),
        addresses=(AddressDraft(city=said["city"]),) if said["city"] else (),
        days=(DayDraft("birthday", said["birthday"]),) if said["birthday"] else (),
        tags=checks.tags_in(said["tags"])[0],
        note=said["note"],
        stage=said["stage"],
        owner=said["owner"],
        every=said["every"],
    )


async def add(app: "CardApp") -> None:
    """A new card; then it is shown."""

    async def look(values: Values) -> str:
        if len(values["name"].strip()) < 3:
            return ""
        return await doubles(app, _draft({**values, "tags": "", "birthday": "", "every": ""}))

    made: list[Contact] = []

    async def save(values: Values) -> str:
        draft = _draft(values)
        command = command_words("add", draft.name)
        made.append(await app.change(command, lambda store: contacts.add(store, draft)))
        return f"added {made[-1].id} {made[-1].name}"

    def show(saved: bool | None) -> None:
        if saved:
            app.go_to_card(made[-1].id)

    await app.push_screen(Form("A new card", _fields(app), save, look=look), show)


async def doubles(app: "CardApp", draft: ContactDraft) -> str:
    """Which cards a draft may be a double of, in words."""
    found = await app.desk.ask(lambda store: merging.doubles(store, draft))
    told = ", ".join(f"{each.id} {each.name} ({each.why})" for each in found)
    return f"maybe a double of {told}" if told else ""


def _values(details: Details) -> dict[str, str]:
    """A card as its form shows it."""
    contact = details.contact
    values = {name: getattr(contact, name) for name in ("name", "kind", "org", "title", "note")}
    values |= {"stage": contact.stage, "owner": contact.owner}
    values["every"] = f"{contact.cadence_days}d" if contact.cadence_days else ""
    values["city"] = details.addresses[0].city if details.addresses else ""
    values["birthday"] = next((day.day for day in details.days if day.label == "birthday"), "")
    values["tags"] = " ".join(details.tags)
    for kind in _POINTS:
        values[kind] = ", ".join(point.value for point in details.points if point.kind == kind)
    return values


def change_of(before: Values, after: Values) -> editing.Edit:
    """What was changed between two states of the form."""
    values = tuple(
        (name, after[name].strip()) for name in _HEAD if after[name].strip() != before[name].strip()
    )
    more: list[PointDraft] = []
    less: list[str] = []
    for kind in _POINTS:
        had, has = _split(before[kind]), _split(after[kind])
        more += [PointDraft(kind, value) for value in has if value not in had]
        less += [value for value in had if value not in has]
    had_tags, _ = checks.tags_in(before["tags"])
    on, off = checks.tags_in(after["tags"])
    return editing.Edit(
        values=values,
        more=ContactDraft(points=tuple(more)),
        less=tuple(less),
        tags=tuple(tag for tag in on if tag not in had_tags),
        untag=(*(tag for tag in had_tags if tag not in on), *off),
    )


async def edit(app: "CardApp", contact_id: int) -> None:
    """Change a card."""
    details = await app.desk.ask(lambda store: contacts.details(store, contact_id))
    before = _values(details)

    async def save(values: Values) -> str:
        change = change_of(before, values)
        changed = await app.change(
            command_words("edit", contact_id, values["name"]),
            lambda store: editing.edit(store, [contact_id], change),
        )
        name = values["name"].strip()
        return f"changed {contact_id} {name}" if changed else f"{name} was so already"

    title = f"Card {contact_id} of {details.contact.name}"
    await app.push_screen(Form(title, _fields(app), save, values=before))
