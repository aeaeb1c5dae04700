"""Read the full text of a mail, which its interaction shows without the quoted parts."""

from cardcrm.store import Store


def find_full_text(store: Store, interaction_id: int) -> str:
    """Return the full text of a mail with its quoted parts, "" if nothing was left out."""
    sql = "SELECT text FROM mail_text WHERE interaction_id = :id"
    return str(store.value(sql, id=interaction_id) or "")
