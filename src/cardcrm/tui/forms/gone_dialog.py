"""What is saved although somebody came in between: nothing that was written is lost.

Where both changed the same, one is asked which stays; where what it is about was removed, it may be
saved as something new, or copied.
"""

from collections.abc import Awaitable, Callable, Hashable, Mapping
from typing import TYPE_CHECKING, TypeVar

from cardcrm.errors import NotFoundError, UsageError
from cardcrm.records.conflicts import EditConflictError, Texts, apply_choices
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.contacts import Contact
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.store import Store
from cardcrm.text import shorten

if TYPE_CHECKING:
    from cardcrm.tui.app import CardApp

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")
Rows = Mapping[K, Texts]


class GoneError(NotFoundError):
    """What a form is about was removed while it was open."""


def check_there(store: Store, contact: Contact) -> None:
    """Raises GoneError where a card was removed meanwhile."""
    _or_gone(lambda: contacts.get(store, contact.id), f"the card of {contact.name}")


def still(read: Callable[[], T], what: str) -> T:
    """What is read, if it is there still. Raises GoneError."""
    return _or_gone(read, what)


def _or_gone(read: Callable[[], T], what: str) -> T:
    try:
        return read()
    except NotFoundError as error:
        raise GoneError(f"{what} was removed meanwhile") from error


def remade(store: Store, contact: Contact) -> int:
    """A new card of the same name, in place of one that was removed; its id."""
    draft = ContactDraft(name=contact.name, kind=contact.kind, org=contact.org)
    return contacts.add(store, draft).id


async def settled(
    app: "CardApp", save: Callable[[Rows[K], Rows[K]], Awaitable[T]], seen: Rows[K], said: Rows[K]
) -> T:
    """Save what is said; of what somebody has changed meanwhile, ask which stays.

    Raises UsageError where nobody says so.
    """
    while True:
        try:
            return await save(seen, said)
        except EditConflictError as error:
            await _back()
            from cardcrm.tui.forms.conflict_dialog import which

            mine = await which(app, error.conflicts)
            if mine is None:
                raise UsageError(
                    "nothing was saved", "Somebody has changed the same; what you wrote is here."
                ) from error
            seen, said = apply_choices(seen, said, error.conflicts, mine)


async def _back() -> None:
    """A question is asked over the form that it is about, which may have been put aside."""
    from textual.worker import get_current_worker

    from cardcrm.tui.forms.form import Form

    form = get_current_worker().node
    if isinstance(form, Form):
        await form.come_back()


def rows(texts: Mapping[str, str]) -> dict[str, Texts]:
    """Texts by name as rows of one text each."""
    return {name: (text,) for name, text in texts.items()}


def texts(rows_: Mapping[str, Texts]) -> dict[str, str]:
    """Rows of one text each as texts by name."""
    return {name: row[0] for name, row in rows_.items()}


async def or_anew(
    app: "CardApp",
    save: Callable[[], Awaitable[str]],
    offer: str,
    anew: Callable[[], Awaitable[str]],
) -> str:
    """Save; where what it is about is gone, offer to save it as something new, or to copy it.

    Returns what was done. Raises UsageError where it is to stay in the form.
    """
    try:
        return await save()
    except GoneError as error:
        from cardcrm.tui.forms.confirm_dialog import choose
        from cardcrm.tui.forms.form import Form

        await _back()
        form = app.screen
        answers = {"n": offer, "c": "copy what you wrote", "b": "back to it"}
        told = shorten(error.message, 60)
        answer = await choose(app, f"{told[0].upper()}{told[1:]}.", answers)
        if answer == "n":
            return await anew()
        if answer == "c" and isinstance(form, Form):
            app.copy_to_clipboard(form.paper.written())
            raise UsageError("copied what you wrote; nothing was saved", error.message) from error
        raise UsageError(error.message, "Nothing was saved; what you wrote is here.") from error


async def on_card(
    app: "CardApp",
    contact: Contact,
    command: str,
    act: Callable[[Store, int], T],
    told: Callable[[T], str],
) -> str:
    """Do something with a card, by its id; where it is gone, offer to do it with a new one."""

    def there(store: Store) -> T:
        check_there(store, contact)
        return act(store, contact.id)

    async def save() -> str:
        return told(await app.change(command, there))

    async def anew() -> str:
        return told(await app.change(command, lambda store: act(store, remade(store, contact))))

    return await or_anew(app, save, f"save it on a new card of {contact.name}", anew)
