"""Merging two contacts, after asking which of them to keep."""

from collections.abc import Callable, Mapping

from cardcrm.records.contacts import contacts, merge
from cardcrm.store import Store
from cardcrm.tui.bulk_jobs import journal_command
from cardcrm.tui.context import AppContext
from cardcrm.tui.forms.confirm_dialog import ask


async def merge_two(
    context: AppContext, marked: Mapping[int, str], on_merged: Callable[[], object]
) -> None:
    """Let the user keep one of two contacts; the other's records become those of the first.

    Raises ConflictError, NotFoundError, UsageError.
    """
    first, second = await context.database.read(lambda store: _describe(store, tuple(marked)))
    context.key_buffer.stop_expecting(context.call_later)
    answers = {"1": f"keep {first}", "2": f"keep {second}", "n": "merge nothing"}
    question = "Merge two contacts into one? The other\u2019s records move to the one you keep."
    answer = await ask(context, question, answers)
    if answer == "n":
        return
    kept, other = tuple(marked) if answer == "1" else (*marked,)[::-1]
    command = journal_command("merge", kept, other)
    merged = await context.change(command, lambda store: merge.merge(store, kept, other))
    on_merged()
    undo = context.key_of("undo")
    context.show_message(f"Merged into {merged.name}; {undo} separates them again")


def _describe(store: Store, ids: tuple[int, ...]) -> list[str]:
    """Return each contact's name, id and organization. Raises NotFoundError."""
    found = [contacts.get(store, each) for each in ids]
    return [f"#{each.id} {each.name}{f', {each.org}' * bool(each.org)}" for each in found]
