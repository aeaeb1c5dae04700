"""What merged cards were known by: the permanent ids and outside ids that lead to the kept card.

They stand on the kept card as a custom field of their own, so that they are shown, exported, undone
and copied like everything else on it.
"""

from collections.abc import Iterable

from cardcrm.records.contacts import custom_fields
from cardcrm.store import Store
from cardcrm.text import tidy

LABEL = "merged from"
_BETWEEN = "; "


def uid_word(uid: str) -> str:
    """A permanent id as it is noted."""
    return f"uid:{uid}"


def ref_word(ref: str) -> str:
    """The id in another program as it is noted."""
    return f"ref:{_one(ref)}"


def told(word: str) -> tuple[str, str]:
    """The uid and the outside id of a noted word; one of them is empty."""
    kind, _, known_by = word.partition(":")
    return (known_by, "") if kind == "uid" else ("", known_by)


def _one(text: str) -> str:
    return tidy(text.replace(";", ","))


def words_of(text: str) -> list[str]:
    """The noted ids in a field's text."""
    return [word for part in text.split(_BETWEEN.strip()) if (word := part.strip())]


def of_card(store: Store, contact_id: int) -> list[str]:
    """What a card is noted to have been merged from."""
    known = custom_fields.values_of(store, contact_id)
    return [
        word
        for value in known
        if value.name == custom_fields.field_name(LABEL)
        for word in words_of(value.text)
    ]


def note(store: Store, contact_id: int, words: Iterable[str]) -> None:
    """Note on a card by what else it is to be known."""
    told = dict.fromkeys((*of_card(store, contact_id), *words))
    custom_fields.put(store, contact_id, LABEL, _BETWEEN.join(told))


def drop(store: Store, contact_id: int) -> None:
    """Take the note off a card."""
    if of_card(store, contact_id):
        custom_fields.put(store, contact_id, LABEL, "")


def everywhere(store: Store) -> list[tuple[int, list[str]]]:
    """Every card that was merged from others, with what it is noted to be known by."""
    return [
        (row["contact_id"], words_of(row["text"]))
        for row in store.rows(
            "SELECT v.contact_id, v.text FROM field_value v JOIN field f ON f.id = v.field_id "
            "WHERE f.name = :name",
            name=custom_fields.field_name(LABEL),
        )
    ]
