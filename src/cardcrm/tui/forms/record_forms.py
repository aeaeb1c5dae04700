"""Mending and removing what stands on a card: an interaction, a reminder, a sale."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from cardcrm.errors import NotFoundError
from cardcrm.records.activity import interactions, record_diff, reminders
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.contacts import Contact
from cardcrm.records.sales import sales
from cardcrm.store import Store
from cardcrm.text import shorten
from cardcrm.tui.forms import activity_forms, sale_form
from cardcrm.tui.forms.completers import with_said, with_shown
from cardcrm.tui.forms.confirm_dialog import confirm
from cardcrm.tui.forms.form import Form, Values
from cardcrm.tui.forms.gone_dialog import on_card, or_anew, rows, settled, still, texts

if TYPE_CHECKING:
    from cardcrm.records.conflicts import Texts
    from cardcrm.tui.app import CardApp
    from cardcrm.tui.forms.fields import Piece
    from cardcrm.tui.widgets.card_lines import Target


class Thing(NamedTuple):
    """What can be mended: how it is read, told as texts, mended, kept anew and removed; the shell's
    verbs for both; the form's pieces and values, and the names of cards that stand in them.
    """

    noun: str
    edit_verb: str
    drop_verb: str
    get: Callable[[Store, int], Any]
    texts: Callable[[Store, Any], dict[str, str]]
    mend: Callable[[Store, int, Values, Values], Any]
    keep: Callable[[Store, int, Values], Any]
    remove: Callable[[Store, list[int]], None]
    pieces: "Callable[[CardApp], tuple[Piece, ...]]"
    shown: Callable[[Values], dict[str, str]] = dict
    said: Callable[[Values], dict[str, str]] = dict
    names: Callable[[Store, int], dict[str, str]] = lambda _store, _id: {}


def _names(store: Store, interaction_id: int) -> dict[str, str]:
    """Those who took part, by the ``#12`` that stands for them."""
    return {f"#{id_}": name for id_, name in interactions.participants(store, interaction_id)}


def _keep(store: Store, contact_id: int, values: Values) -> interactions.Interaction:
    """Note it anew with those who took part, but for cards that have gone."""

    def is_there(text: str) -> bool:
        number = text.removeprefix("#")
        if not (text.startswith("#") and number.isdecimal()):
            return True
        try:
            contacts.get(store, int(number))
        except NotFoundError:
            return False
        return True

    left = {name: text for name, text in values.items() if not name.startswith("with-")}
    people = {
        name: text for name, text in values.items() if name not in left and is_there(text.strip())
    }
    return activity_forms.logged(store, [contact_id], {**left, **people})


THINGS = {
    "interaction": Thing(
        "interaction",
        "interaction edit",
        "interaction rm",
        interactions.get,
        record_diff.interaction_texts,
        record_diff.revise_interaction,
        _keep,
        interactions.remove,
        activity_forms.log_fields,
        with_shown,
        with_said,
        _names,
    ),
    "reminder": Thing(
        "reminder",
        "reminder edit",
        "reminder rm",
        reminders.get,
        record_diff.reminder_texts,
        record_diff.revise_reminder,
        activity_forms.add_reminder,
        reminders.remove,
        activity_forms.remind_fields,
    ),
    "sale": Thing(
        "sale",
        "sale edit",
        "sale rm",
        sales.get,
        record_diff.sale_texts,
        record_diff.revise_sale,
        sale_form.sold,
        sales.remove,
        sale_form.fields,
        sale_form.shown,
        sale_form.said,
    ),
}


async def mend(app: "CardApp", contact: Contact, target: "Target") -> None:
    """Mend what a line of the card names."""
    thing = THINGS[target.kind]
    what = f"this {thing.noun}"

    def read(store: Store) -> tuple[dict[str, str], dict[str, str]]:
        return thing.texts(store, thing.get(store, target.id)), thing.names(store, target.id)

    seen, names = await app.desk.ask(read)

    async def save(values: Values) -> str:
        command = activity_forms.command_words(thing.edit_verb, target.id, values["text"])
        said = thing.said(values)

        async def write(before: "dict[str, Texts]", after: "dict[str, Texts]") -> None:
            def act(store: Store) -> None:
                still(lambda: thing.get(store, target.id), what)
                thing.mend(store, target.id, texts(before), texts(after))

            await app.change(command, act)

        async def change() -> str:
            await settled(app, write, rows(seen), rows(said))  # type: ignore[arg-type]
            return f"changed {thing.noun} {target.id}"

        async def anew() -> str:
            return await on_card(
                app,
                contact,
                command,
                lambda store, contact_id: thing.keep(store, contact_id, values),
                lambda _made: f"noted the {thing.noun} anew",
            )

        return await or_anew(app, change, "save it as a new one", anew)

    title = f"{thing.noun.capitalize()} {target.id} with {contact.name}"
    form = Form(title, thing.pieces(app), save, values=thing.shown(seen), names=names)
    await app.push_screen(form)


async def remove(app: "CardApp", target: "Target") -> None:
    """Remove what a line of the card names, after a yes."""
    thing = THINGS[target.kind]
    told = shorten(" ".join(target.text.split()), 50)
    if not await confirm(app, f"Remove the {thing.noun} “{told}”?"):
        return
    command = activity_forms.command_words(thing.drop_verb, target.id)
    await app.change(command, lambda store: thing.remove(store, [target.id]))
    app.say(f"removed the {thing.noun} “{told}”; u brings it back")
