"""The purposes of mail that are in use."""

from cardcrm.records.mail.required_consent import list_required
from cardcrm.store import Store
from cardcrm.text import find_similar


def list_purposes(store: Store) -> list[str]:
    """Return the purposes of consents, campaigns and sequences, and those that need consent."""
    sql = (
        "SELECT purpose FROM consent UNION SELECT purpose FROM campaign "
        "UNION SELECT purpose FROM sequence WHERE purpose <> ''"
    )
    return sorted({*list_required(store), *(row[0] for row in store.rows(sql))})


def find_similar_purpose(store: Store, purpose: str) -> str:
    """Return the purpose in use that one without any use is perhaps a slip of, or ""."""
    known = list_purposes(store)
    return "" if purpose in known else next(iter(find_similar(purpose, known)), "")
