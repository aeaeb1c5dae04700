"""Tell whose wish a request to unsubscribe is: that of the address to which the mail was sent.

Anyone can write any sender into a mail, and many people answer from another address than the one
that is mailed. The proof is the Message-ID or the token of the mail, which its reader knows.
"""

from cardcrm.domains import email_key
from cardcrm.records.mail import permission
from cardcrm.store import Store

_WORD = "unsubscribe"  # of the subject in the header List-Unsubscribe


def find_requesters(store: Store, mailed: str, sender: str) -> list[str]:
    """Return the mailed address, and that of the sender if it is one of the same contact."""
    sql = (
        "SELECT 1 FROM point a JOIN point b ON b.contact_id = a.contact_id "
        "WHERE a.kind = 'email' AND a.value_key = :mailed "
        "AND b.kind = 'email' AND b.value_key = :sender"
    )
    keys = {"mailed": email_key(mailed), "sender": email_key(sender)}
    if keys["mailed"] != keys["sender"] and store.row(sql, **keys) is not None:
        return [mailed, sender]
    return [mailed]


def find_token_owner(store: Store, text: str, sender: str) -> str:
    """Return the address whose token a text holds, the sender first; empty if it holds none."""
    if permission.has_unsubscribe_token(store, text, sender):
        return sender
    if _WORD not in text.lower() or not permission.may_have_token(text):
        return ""
    sql = (
        "SELECT DISTINCT address FROM message "
        "WHERE purpose <> '' AND (attempts > 0 OR sent_at IS NOT NULL)"
    )
    return permission.match_unsubscribe_token(store, text, (row[0] for row in store.rows(sql)))
