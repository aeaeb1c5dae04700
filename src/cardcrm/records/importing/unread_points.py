"""Keep the addresses and numbers of a row that cannot be read, as text of its contact."""

from collections.abc import Iterator
from typing import Final

from cardcrm.errors import UsageError
from cardcrm.records.contacts import contact_points, custom_fields, writer
from cardcrm.records.contacts.drafts import ContactPointDraft
from cardcrm.records.importing.history_drafts import Party
from cardcrm.store import Store
from cardcrm.text import normalize_line

_BETWEEN: Final = "; "  # two values in the field of a contact


def keep_unread(store: Store, contact_id: int, party: Party) -> tuple[str, ...]:
    """Add the unreadable points of a party to the custom fields of its contact.

    A second import adds nothing. Return a sentence about each point.
    """
    return tuple(_keep(store, contact_id, *each) for each in _list_unread(store, party))


def _list_unread(store: Store, party: Party) -> Iterator[tuple[str, str, str]]:
    """Yield the kind and the text of each unreadable point, and the problem."""
    for kind, text in (("email", party.unread_email), ("phone", party.phone)):
        if text:
            try:
                contact_points.normalize(ContactPointDraft(kind, text), store.locale.region)
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
