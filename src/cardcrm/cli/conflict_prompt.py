"""Two who wrote the same at once, at the shell: both texts are shown, and one says which stays."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from cardcrm.cli.session import DeclinedError, Session
from cardcrm.records.conflicts import EditConflict, EditConflictError, Texts, resolve_conflicts

T = TypeVar("T")
Written = Mapping[Any, Texts]


def settled(
    session: Session, write: Callable[[Written, Written], T], seen: Written, said: Written
) -> T:
    """What ``write`` returns of what was seen and said, asking where others have said otherwise.

    Raises DeclinedError for who wants neither, EditConflictError where words are not wanted.
    """
    while True:
        try:
            return write(seen, said)
        except EditConflictError as error:
            if session.format != "table":  # a program reads the answer
                raise
            seen, said = resolve_conflicts(seen, said, error.clashes, lambda clash: _is_mine(session, clash))


def _is_mine(session: Session, clash: EditConflict) -> bool:
    """Whether one's own word stays."""
    session.say(f"{_by_whom(session, clash)} has changed “{clash.label}” meanwhile.")
    session.say(f"theirs: {_indented(clash.their_words)}")
    session.say(f"yours:  {_indented(clash.my_words)}")
    answer = session.ask("Which stays, theirs or yours? [t/y, else nothing is changed] ")
    word = answer.strip().lower()
    if not word or not ("theirs".startswith(word) or "yours".startswith(word)):
        raise DeclinedError("nothing was changed")
    return "yours".startswith(word)


def _by_whom(session: Session, clash: EditConflict) -> str:
    """Who wrote theirs, where and when, as far as the journal knows."""
    if clash.by is None:
        return "Somebody"
    from cardcrm import dates

    zone = session.store().locale.zone
    at, today = dates.from_instant(clash.by.at, zone), dates.today(zone)
    day = "" if at.date() == today else f"{dates.show_day(at.date(), today)} "
    host = f" on {clash.by.host}" if clash.by.host else ""
    return f"{clash.by.author}{host} ({day}{at:%H:%M})"


def _indented(text: str) -> str:
    return text.replace("\n", "\n        ") or "(nothing)"
