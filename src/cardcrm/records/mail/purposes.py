"""The purposes of mail that are in use."""

from cardcrm.records.mail.required_consent import list_required
from cardcrm.store import Store


def list_purposes(store: Store) -> list[str]:
    """Return the purposes of consents, campaigns and sequences, and those that need consent."""
    sql = (
        "SELECT purpose FROM consent UNION SELECT purpose FROM campaign "
        "UNION SELECT purpose FROM sequence WHERE purpose <> ''"
    )
    return sorted({*list_required(store), *(row[0] for row in store.rows(sql))})
