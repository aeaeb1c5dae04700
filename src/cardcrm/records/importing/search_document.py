"""The search text of contacts that an import adds, without reading their rows back."""

from typing import Final

from cardcrm.domains import is_encoded
from cardcrm.records.contacts.contact_derived import other_names
from cardcrm.records.contacts.part_types import PARTS
from cardcrm.records.importing.matching import Candidate


def _places(table: str, key: str, text: str) -> tuple[str, int, int]:
    """Return a table with the places of two columns in its rows."""
    columns = PARTS[table].columns
    return table, columns.index(key), columns.index(text)


# The searched columns of parts beside nicknames: the table, the key and the text as written.
_NICKNAME: Final = _places("nickname", "name_key", "name")
_SEARCHED: Final = (
    _places("address", "city_key", "city"),
    _places("tag", "name", "written"),
    _places("point", "value_key", "value"),
)


def build_document(contact: Candidate) -> tuple[int, str, str] | None:
    """Return the id, names and other text that the index holds of a new contact.

    The result equals that of ``contact_derived.search_text``. It is None if a text is not ASCII or
    has a domain in the form of the DNS, as the index then holds more than its keys.
    """
    head = contact.head
    employer = contact.employer
    org, org_key = (
        (employer.head["name"], employer.head["name_key"])
        if employer
        else (contact.org, contact.org_key)
    )
    texts, names = [head["name"], head["title"], org], [head["name_key"]]
    keys = [org_key, head["title_key"]]
    _collect(contact, _NICKNAME, names, texts)
    for places in _SEARCHED:
        _collect(contact, places, keys, texts)
    parts = (head["given"], head["middle"], head["family"])
    text = "\n".join((*texts, *parts))
    if not text.isascii() or is_encoded(text):
        return None
    if head["stated"]:
        names += other_names(head["name_key"], head["stated"], *parts)
    return contact.id, " ".join(names), "\n".join(filter(None, keys))


def _collect(
    contact: Candidate, places: tuple[str, int, int], keys: list[str], texts: list[str]
) -> None:
    """Add the keys and the texts of the rows of a part."""
    table, key, text = places
    for row in contact.rows(table).values():
        keys.append(row[key])
        texts.append(row[text])
