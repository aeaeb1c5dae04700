"""Choose among texts by the languages that a contact prefers, such as “de-AT, en”."""

import re
from collections.abc import Container, Iterable, Iterator
from typing import Final

from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks

DEFAULT: Final = "en"


def list_codes(languages: str) -> Iterator[str]:
    """Yield the codes of the languages in lower case; ``de-at`` is followed by ``de``."""
    for wanted in re.split(r"[\s,;]+", languages.lower().replace("_", "-")):
        parts = wanted.split("-") if wanted else []
        for count in range(len(parts), 0, -1):
            yield "-".join(parts[:count])


def choose_code(languages: str, known: Container[str]) -> str:
    """Return the first language that is known, else English."""
    return next((each for each in list_codes(languages) if each in known), DEFAULT)


def find_languages(store: Store, contact_id: int) -> str:
    """Return the languages that a contact prefers, empty for none."""
    return read_languages(store, [contact_id]).get(contact_id, "")


def read_languages(store: Store, ids: Iterable[int]) -> dict[int, str]:
    """Return the languages that contacts prefer, by their ids."""
    sql = "SELECT id, language FROM contact WHERE id IN ({})"
    return {
        row[0]: row[1]
        for marks, params in chunks(ids)
        for row in store.rows(sql.format(marks), **params)
    }
