"""Keep the addresses and numbers of a row that cannot be read, as text of its contact."""

from collections.abc import Iterator
from typing import Final

from cardcrm.errors import UsageError
from cardcrm.records.contacts import contact_points, custom_fields, writer
from cardcrm.records.importing.history_drafts import Party
from cardcrm.store import Store
from cardcrm.text import normalize_line

_BETWEEN: Final = "; "  # two values in the field of a contact
_SHOWN: Final = 20  # sentences about values that could not be read


class UnreadPoints:
    """The addresses and numbers of a file that could not be read, by the line of their row."""

    def __init__(self) -> None:
        self._problems: dict[int, list[str]] = {}
        self._kept: set[tuple[int, str, str]] = set()  # in the transaction in progress

    def restart(self) -> None:
        """Forget what is kept, before a transaction."""
        self._kept.clear()

    def keep(self, store: Store, line: int, contact_id: int, party: Party) -> None:
        """Add the unreadable points of a row to the custom fields of its contact.

        A second import adds nothing. Equal ones of further rows are not reported again. Those of a
        row that names no contact do not describe the one that stands in for it.
        """
        key = (contact_id, party.unread_email, party.phone)
        if key in self._kept:
            return
        self._kept.add(key)
        if problems := list(_keep_all(store, contact_id, party)):
            self._problems[line] = problems

    def notes(self) -> list[str]:
        """Return a sentence about each value; further ones are counted."""
        lines = sorted(self._problems.items())
        found = [f"line {line}: {each}" for line, problems in lines for each in problems]
        more = len(found) - _SHOWN
        return [*found[:_SHOWN], *([f"… and {more:,} more unreadable values"] if more > 0 else [])]


def _keep_all(store: Store, contact_id: int, party: Party) -> Iterator[str]:
    for kind, text, problem in _list_unread(party):
        if party.label:
            yield _keep(store, contact_id, kind, text, problem)
        else:
            yield f"{problem}; the row went to the contact of --customer"


def _list_unread(party: Party) -> Iterator[tuple[str, str, str]]:
    """Yield the kind and the text of each unreadable point, and the problem."""
    for kind, text in (("email", party.unread_email), ("phone", party.phone)):
        if text:
            try:
                contact_points.check(kind, text)
            except UsageError as error:
                yield kind, text, error.message


def _keep(store: Store, contact_id: int, kind: str, text: str, problem: str) -> str:
    label = f"{kind} as written"
    values = custom_fields.values_of(store, contact_id)
    stored = next((each.text for each in values if each.label == label), "")
    known = stored.split(_BETWEEN) if stored else []
    text = normalize_line(text)
    if text not in known:
        writer.set_custom_field(store, contact_id, label, _BETWEEN.join((*known, text)))
    return f"{problem}; kept as “{label}”"
