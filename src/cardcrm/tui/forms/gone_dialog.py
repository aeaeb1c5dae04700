"""Saving a form although another user has changed or deleted its record meanwhile.

No text is lost: conflicting values are shown side by side, and a deleted record can be saved as a
new one, or its text copied.
"""

from collections.abc import Awaitable, Callable, Hashable, Mapping
from typing import TypeVar

from cardcrm.errors import NotFoundError, UsageError
from cardcrm.records.conflicts import EditConflictError, Texts, apply_choices
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.contacts import Contact
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.teamwork import new_owners
from cardcrm.store import Store
from cardcrm.text import capitalize_first, shorten
from cardcrm.tui.background_tasks import current_node
from cardcrm.tui.context import AppContext, DeferrableForm
from cardcrm.tui.forms.confirm_dialog import ask
from cardcrm.tui.forms.conflict_dialog import ask_which_to_keep

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")
Rows = Mapping[K, Texts]


class DeletedError(NotFoundError):
    """A record that was deleted while its form was open."""


def check_contact_exists(store: Store, contact: Contact) -> None:
    """Raise DeletedError if a contact was deleted meanwhile."""
    get_or_deleted(lambda: contacts.get(store, contact.id), f"the contact {contact.name}")


def get_or_deleted(get: Callable[[], T], description: str) -> T:
    """Return a record. Raises DeletedError if it does not exist any more."""
    try:
        return get()
    except NotFoundError as error:
        raise DeletedError(f"{description} was deleted meanwhile") from error


def recreate_contact(store: Store, contact: Contact) -> int:
    """Create a contact of the same name, kind and organization; return its id."""
    draft = ContactDraft(name=contact.name, kind=contact.kind, org=contact.org)
    return new_owners.add_contact(store, draft).id


async def save_resolving_conflicts(
    context: AppContext,
    save: Callable[[Rows[K], Rows[K]], Awaitable[T]],
    before: Rows[K],
    after: Rows[K],
) -> T:
    """Save what changed between two versions; ask about conflicts with others' changes.

    Raises UsageError if the user goes back to the form.
    """
    while True:
        try:
            return await save(before, after)
        except EditConflictError as error:
            await show_form_again()
            keeps_mine = await ask_which_to_keep(context, error.conflicts)
            if keeps_mine is None:
                raise UsageError(
                    "not saved", "Someone else changed this meanwhile; your text is kept here."
                ) from error
            before, after = apply_choices(before, after, error.conflicts, keeps_mine)


async def show_form_again() -> None:
    """Show the form that is being saved, if it was put aside, below a question about it."""
    form = current_node()
    if isinstance(form, DeferrableForm):
        await form.come_back()


async def save_or_recreate(
    context: AppContext,
    save: Callable[[], Awaitable[str]],
    offer: str,
    recreate: Callable[[], Awaitable[str]],
) -> str:
    """Save; if the record was deleted, offer to save it as a new one or to copy the text.

    Returns a message. Raises UsageError if the form stays open.
    """
    try:
        return await save()
    except DeletedError as error:
        await show_form_again()
        form = context.screen
        problem = shorten(error.message, 60)
        answers = {"n": offer, "c": "copy the text", "b": "back to the form"}
        answer = await ask(context, f"{capitalize_first(problem)}.", answers)
        if answer == "n":
            return await recreate()
        if answer == "c" and isinstance(form, DeferrableForm):
            context.copy_to_clipboard(form.as_text())
            raise UsageError("text copied, not saved", error.message) from error
        raise UsageError(error.message, "Not saved; your text is kept here.") from error


async def save_on_contact(
    context: AppContext,
    contact: Contact | None,
    command: str,
    act: Callable[[Store, int], T],
    describe: Callable[[T], str],
) -> str:
    """Make a change to a contact; if it was deleted, offer to make it on a new contact.

    Without a contact the change gets 0 in place of its id.
    """
    if contact is None:
        return describe(await context.change(command, lambda store: act(store, 0)))

    def change_existing(store: Store) -> T:
        check_contact_exists(store, contact)
        return act(store, contact.id)

    def change_new(store: Store) -> T:
        return act(store, recreate_contact(store, contact))

    async def save() -> str:
        return describe(await context.change(command, change_existing))

    async def recreate() -> str:
        return describe(await context.change(command, change_new))

    offer = f"save it on a new contact named {contact.name}"
    return await save_or_recreate(context, save, offer, recreate)
