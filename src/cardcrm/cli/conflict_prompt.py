"""A prompt for edit conflicts: shows both texts and asks which one to keep."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from cardcrm.cli.session import DeclinedError, Session
from cardcrm.records.conflicts import EditConflict, EditConflictError, Texts, apply_choices

T = TypeVar("T")
Values = Mapping[Any, Texts]


def resolve_conflicts(
    session: Session, write: Callable[[Values, Values], T], before: Values, after: Values
) -> T:
    """Call ``write`` with old and new values, asking about values that others changed meanwhile.

    Raises DeclinedError if the user keeps neither text, and EditConflictError if a program reads
    the output.
    """
    while True:
        try:
            return write(before, after)
        except EditConflictError as error:
            if session.format != "table":
                raise
            before, after = apply_choices(
                before, after, error.conflicts, lambda conflict: _keeps_mine(session, conflict)
            )


def _keeps_mine(session: Session, conflict: EditConflict) -> bool:
    """Ask whether the user's own text stays."""
    session.say(
        f"{_describe_author(session, conflict)} changed “{conflict.label}” in the meantime."
    )
    session.say(f"theirs: {_indent(conflict.their_words)}")
    session.say(f"yours:  {_indent(conflict.my_words)}")
    answer = session.ask("Keep theirs or yours? [t/y, anything else cancels] ")
    word = answer.strip().lower()
    if not word or not ("theirs".startswith(word) or "yours".startswith(word)):
        raise DeclinedError("nothing was changed")
    return "yours".startswith(word)


def _describe_author(session: Session, conflict: EditConflict) -> str:
    """Return author, machine and time of the other change, if the journal has them."""
    if conflict.by is None:
        return "Another user"
    from cardcrm import dates

    zone = session.store().locale.zone
    at, today = dates.from_instant(conflict.by.at, zone), dates.today(zone)
    day = "" if at.date() == today else f"{dates.show_day(at.date(), today)} "
    host = f" on {conflict.by.host}" if conflict.by.host else ""
    return f"{conflict.by.author}{host} ({day}{at:%H:%M})"


def _indent(text: str) -> str:
    return text.replace("\n", "\n        ") or "(nothing)"
