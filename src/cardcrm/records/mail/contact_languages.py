"""Choose among texts by the languages that a contact prefers, such as “de-AT, en”."""

import re
from collections.abc import Container, Iterator
from typing import Final

from cardcrm.store import Store

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
    return store.value("SELECT language FROM contact WHERE id = :id", id=contact_id) or ""
