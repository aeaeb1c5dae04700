"""Find a quote by its id or its number."""

from cardcrm.errors import NotFoundError, UsageError
from cardcrm.store import Store


def find_quote(store: Store, text: str) -> int:
    """Return the id of a quote; the number of a document means its last version.

    Raises NotFoundError and UsageError.
    """
    word = text.strip().removeprefix("#")
    if word.isascii() and word.isdigit() and len(word) < 19:
        found = store.value("SELECT id FROM quote WHERE id = :id", id=int(word))
    elif "-" in word:
        sql = "SELECT id FROM quote WHERE number = :number ORDER BY version DESC LIMIT 1"
        found = store.value(sql, number=word.upper())
    else:
        raise UsageError(
            f"“{text}” must be the number of a quote", "To see the numbers: cardcrm quote list"
        )
    if found is None:
        raise NotFoundError(f"unknown quote {text}", "To see all: cardcrm quote list --all")
    return int(found)
