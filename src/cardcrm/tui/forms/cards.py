"""The forms for cards: a new one, changing one, and tags, owners and files for several."""

import asyncio
import functools
from pathlib import Path
from typing import TYPE_CHECKING

from cardcrm.errors import ConflictError, ServiceError, UsageError
from cardcrm.records import columns, contacts, drafting, editing, filters, merging, revising
from cardcrm.records.contacts import Contact
from cardcrm.records.drafts import ContactDraft, PointDraft
from cardcrm.records.revising import Written
from cardcrm.store import Store
from cardcrm.tui.forms import card_form, checks
from cardcrm.tui.forms.ask import MANY, confirm
from cardcrm.tui.forms.day import command_words
from cardcrm.tui.forms.form import Field, Form, Values
from cardcrm.tui.forms.rescue import check_there, or_anew, settled

if TYPE_CHECKING:
    from cardcrm.tui.app import CardApp


async def add(app: "CardApp") -> None:
    """A new card; then it is shown."""
    customs, _ = await app.desk.ask(lambda store: card_form.read(store, None))
    sheet = card_form.lay_out(app, customs, None)
    made: list[Contact] = []

    async def save(values: Values) -> str:
        said = card_form.said_of(sheet, customs, values)
        made.append(await _made(app, said))
        return f"added {made[-1].id} {made[-1].name}"

    def show(saved: bool | None) -> None:
        if saved:
            app.go_to_card(made[-1].id)

    form = Form("A new card", sheet.pieces, save, look=functools.partial(_known, app))
    await app.push_screen(form, show)


async def _made(app: "CardApp", said: Written) -> Contact:
    command = command_words("add", said["head", "name"][0])
    made: Contact = await app.change(command, lambda store: revising.add(store, said))
    return made


async def _known(app: "CardApp", values: Values, but: int | None = None) -> str:
    """Which other cards a name as typed may be a double of, in words."""
    name = values["name"].strip()
    if len(name) < 3:
        return ""
    points = tuple(
        PointDraft(field.partition("-")[0], text)
        for field, text in values.items()
        if field.startswith(("email-", "phone-")) and field.endswith("-value") and text.strip()
    )
    draft = ContactDraft(name=name, kind=values["kind"], points=points)
    found = await app.desk.ask(lambda store: merging.doubles(store, draft))
    told = ", ".join(f"{each.id} {each.name} ({each.why})" for each in found if each.id != but)
    return f"maybe a double of {told}" if told else ""


async def edit(app: "CardApp", contact_id: int, point: int | None = None) -> None:
    """Change a card, beginning at its name or at a contact point."""
    customs, details = await app.desk.ask(lambda store: card_form.read(store, contact_id))
    assert details is not None
    sheet = card_form.lay_out(app, customs, details)
    contact = details.contact
    made: list[Contact] = []

    async def save(values: Values) -> str:
        said = card_form.said_of(sheet, customs, values)
        name = values["name"].strip()

        async def write(seen: Written, said: Written) -> bool:
            def act(store: Store) -> bool:
                check_there(store, contact)
                return revising.revise(store, contact_id, seen, said)

            changed: bool = await app.change(command_words("edit", contact_id, name), act)
            return changed

        async def change() -> str:
            changed = await settled(app, write, sheet.seen, said)
            return f"changed {contact_id} {name}" if changed else f"{name} was so already"

        async def anew() -> str:
            made.append(await _made(app, said))
            return f"added {made[-1].id} {made[-1].name}"

        return await or_anew(app, change, "save it as a new card", anew)

    def show(_saved: bool | None) -> None:
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
    )
    await app.push_screen(form, show)


def _row_of(sheet: card_form.CardSheet, point: int | None) -> str:
    """The field of a contact point; "" for none."""
    rows = (row for row, part in sheet.parts.items() if part == ("point", point))
    return next((f"{row}-value" for row in rows), "")


def _whom(meant: dict[int, str]) -> str:
    return next(iter(meant.values())) if len(meant) == 1 else f"{len(meant)} cards"


async def _sure(app: "CardApp", question: str, meant: dict[int, str]) -> None:
    """Ask before a change to three or more cards. Raises UsageError for a no."""
    if len(meant) >= MANY and not await confirm(app, f"{question} {len(meant)} cards?"):
        raise UsageError("nothing was changed")


async def tag(app: "CardApp", meant: dict[int, str]) -> None:
    """Put tags on cards, or take them off."""
    if not meant:
        app.say("no card is chosen")
        return

    async def save(values: Values) -> str:
        on, off = checks.tags_in(values["tags"])
        await _sure(app, "Tag", meant)
        changed = await app.change(
            command_words("tag", _whom(meant), values["tags"]),
            lambda store: editing.edit(store, meant, editing.Edit(tags=on, untag=off)),
        )
        return f"{checks.some_tags(values['tags'])}: changed {changed} of {len(meant)} cards"

    field = Field(
        "tags", "tags", hint="vip -cold", check=checks.some_tags, must="For example: vip -cold"
    )
    await app.push_screen(Form(f"Tags for {_whom(meant)}", [field], save))


async def assign(app: "CardApp", meant: dict[int, str]) -> None:
    """Say who looks after cards."""
    if not meant:
        app.say("no card is chosen")
        return

    async def save(values: Values) -> str:
        owner = values["owner"].strip()
        await _sure(app, "Assign", meant)
        changed = await app.change(
            command_words("edit", _whom(meant), f"--set owner={owner}"),
            lambda store: editing.edit(store, meant, editing.Edit(values=(("owner", owner),))),
        )
        return f"{owner or 'nobody'} looks after them: changed {changed} of {len(meant)} cards"

    field = Field("owner", "owner", hint="nobody")
    await app.push_screen(Form(f"Who looks after {_whom(meant)}", [field], save))


async def remove(app: "CardApp", meant: dict[int, str]) -> list[int]:
    """Remove cards with everything on them, after a yes; which are gone."""
    if not meant:
        return []
    question = f"Remove {_whom(meant)} with everything on {'it' if len(meant) == 1 else 'them'}?"
    if not await confirm(app, question):
        return []
    command = command_words("rm", *(meant if len(meant) < 10 else [_whom(meant)]))
    await app.change(command, lambda store: contacts.remove(store, list(meant)))
    app.say(f"removed {_whom(meant)}; u brings {'it' if len(meant) == 1 else 'them'} back")
    return list(meant)


# files

CHUNK = 200


async def export(app: "CardApp", marked: list[int], words: str) -> None:
    """Write cards to a file, a part at a time, so that other work comes in between."""

    def find(store: Store) -> list[int]:
        return marked or columns.ids(store, filters.parse(store, words))

    async def save(values: Values) -> str:
        path = _free(values["path"])
        ids = await app.desk.ask(find)
        if not ids:
            raise UsageError("no card fits", "Nothing was written.")
        if len(ids) >= MANY and not await confirm(app, f"Write {len(ids):,} cards to {path}?"):
            raise UsageError("nothing was written")
        await _write(app, path, ids)
        return f"wrote {len(ids):,} card{'s' * (len(ids) != 1)} to {path}"

    what = f"{len(marked)} marked cards" if marked else words.strip() or "all cards"
    field = Field(
        "path", "file", hint="customers.csv, or .vcf for vCards", must="Name a file to write."
    )
    await app.push_screen(Form(f"Write {what} to a file", [field], save))


def _free(text: str) -> Path:
    """The path of a file that is not there yet. Raises ConflictError."""
    path = Path(text.strip()).expanduser()
    if path.exists():
        raise ConflictError(f"{path} is there already", "Name another file.")
    return path


async def _write(app: "CardApp", path: Path, ids: list[int]) -> None:
    """Write the file beside its place and put it there whole. Raises ServiceError."""
    from cardcrm.formats.csvfile import write_csv
    from cardcrm.formats.vcard_write import write_vcard

    found: list[ContactDraft] = []
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        found += await app.desk.ask(functools.partial(_drafts, part))
        if start and start % (CHUNK * 25) == 0:
            app.say(f"{start:,} of {len(ids):,} cards read")

    def write() -> None:
        with path.open("x", encoding="utf-8", newline="") as stream:
            path.chmod(0o600)
            if path.suffix.lower() in (".vcf", ".vcard"):
                write_vcard(found, stream, "4.0")
            else:
                write_csv(found, stream)

    try:
        await asyncio.to_thread(write)
    except OSError as error:
        raise ServiceError(f"{path} cannot be written: {error.strerror}") from error


def _drafts(ids: list[int], store: Store) -> list[ContactDraft]:
    return list(drafting.drafts(store, ids))
