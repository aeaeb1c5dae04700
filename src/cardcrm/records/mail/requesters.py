"""Tell whose wish a request to unsubscribe is.

Anyone can write any sender into a mail, and a mail can be forwarded to people who reply to it. A
reply speaks for the address that was mailed if it comes from that address, or from another one of
the same contact; the token of an address speaks for it from anywhere.
"""

from cardcrm.domains import email_key
from cardcrm.records.mail import permission
from cardcrm.store import Store

_WORD = "unsubscribe"  # of the subject in the header List-Unsubscribe


def find_requesters(store: Store, mailed: str, sender: str) -> list[str]:
    """Return the addresses that a reply of a sender speaks for; none if it is of someone else.

    They are the mailed address, and that of the sender if it is another one of the same contact.
    """
    keys = {"mailed": email_key(mailed), "sender": email_key(sender)}
    if keys["mailed"] == keys["sender"]:
        return [mailed]
    sql = (
        "SELECT 1 FROM point a JOIN point b ON b.contact_id = a.contact_id "
        "WHERE a.kind = 'email' AND a.value_key = :mailed "
        "AND b.kind = 'email' AND b.value_key = :sender"
    )
    return [mailed, sender] if store.row(sql, **keys) is not None else []


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
