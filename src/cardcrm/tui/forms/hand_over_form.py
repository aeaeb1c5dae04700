"""The form to hand over the open records of one user to others."""

from collections.abc import Sequence
from typing import Final

from cardcrm.errors import CardcrmError, NotFoundError, UsageError
from cardcrm.records.teamwork import hand_over as handing
from cardcrm.records.teamwork.hand_over import Move
from cardcrm.records.teamwork.users import find_user, list_users
from cardcrm.store import Store
from cardcrm.text import fold
from cardcrm.tui.bulk_jobs import journal_command
from cardcrm.tui.context import AppContext
from cardcrm.tui.forms.fields import Complete, Field, Suggestion, Values
from cardcrm.tui.forms.form import Form

_NO_YES: Final = ("no", "yes")
_MOST_GROUPS: Final = 8  # that a message names


async def hand_over(context: AppContext) -> None:
    """Open the form; it counts what others take over while the user types."""

    async def preview(values: Values) -> str:
        return await context.database.read(lambda store: _preview(store, values))

    async def save(values: Values) -> str:
        command = journal_command("hand-over", *_list_words(values))
        return str(await context.change(command, lambda store: _hand_over(store, values)))

    complete = _complete_user(context)
    fields = [
        Field("user", "from", hint="ann", complete=complete, required="Name the user."),
        Field("to", "to", hint="bob, or bob, cara in turn", complete=complete),
        Field("by", "by territory", kind="choice", choices=_NO_YES),
        Field("new", "new user", kind="choice", choices=_NO_YES),
    ]
    values = {"by": "no", "new": "no"}
    form = Form("Hand over records", fields, save, values=values, warn=preview, docks=False)
    await context.push_screen(form)


def _complete_user(context: AppContext) -> Complete:
    """Return a completer for users; those typed before a comma stay."""

    async def complete(text: str) -> Sequence[Suggestion]:
        lead, comma, typed = text.rpartition(",")
        start = f"{lead}, " if comma else ""
        known = await context.database.read(list_users)
        name = fold(typed)
        return [(0, f"{start}{each}", "") for each in known if fold(each).startswith(name)]

    return complete


def _list_words(values: Values) -> list[str]:
    """Return the words of the command that does the same."""
    to = ",".join(each.strip() for each in values["to"].split(","))
    by = ["--by", "territory"] if values["by"] == "yes" else []
    return [values["user"], to, *by, *(["--new"] if values["new"] == "yes" else [])]


def _read(store: Store, values: Values) -> tuple[str, list[str], bool]:
    """Return the user, who takes over, and whether owners of territories do. Raises UsageError."""
    user, by_territory = find_user(store, values["user"]), values["by"] == "yes"
    is_new = values["new"] == "yes"
    try:
        successors = handing.find_successors(store, user, values["to"], is_new=is_new)
    except NotFoundError as error:
        raise NotFoundError(error.message, "For a new user, choose yes below.") from error
    if not (successors or by_territory):
        raise UsageError("who takes over?", "Name a user, or choose by territory.")
    return user, successors, by_territory


def _preview(store: Store, values: Values) -> str:
    """Return how many records others take over, or what is missing in the form."""
    if not (values["user"] and (values["to"] or values["by"] == "yes")):
        return ""
    try:
        user, successors, by_territory = _read(store, values)
    except CardcrmError as error:
        return f"{error.message}. {error.hint}"
    moves = handing.plan(store, user, successors, by_territory=by_territory)
    return _describe(user, moves, "To hand over")


def _hand_over(store: Store, values: Values) -> str:
    user, successors, by_territory = _read(store, values)
    done = handing.hand_over(store, user, successors, by_territory=by_territory)
    text = _describe(user, done, "Handed over")
    if not any(each.user for each in done):
        raise UsageError("nothing to hand over", f"{text}.")
    return text


def _describe(user: str, moves: Sequence[Move], verb: str) -> str:
    """Return how many records of each noun a user hands over, and to whom."""
    if not moves:
        return f"{user} has no open records"
    groups = [
        handing.describe_group(user, successor, group)
        for (_, successor), group in handing.group_moves(moves).items()
    ]
    moved = sum(bool(each.user) for each in moves)
    more = [f"and {len(groups) - _MOST_GROUPS} more"] if len(groups) > _MOST_GROUPS else []
    records = "record" if moved == 1 else "records"
    return f"{verb} {moved:,} {records} of {user}: {', '.join([*groups[:_MOST_GROUPS], *more])}"
