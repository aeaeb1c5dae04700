"""The mails that a reply names in its References."""

from typing import Final

from cardcrm.store import Store

MAX_REFERENCES: Final = 50  # Message-IDs, so that the header stays short in a long thread


def list_references(store: Store, message_id: str) -> list[str]:
    """Return the Message-IDs from the first mail of a thread to the one that is answered.

    The middle of a long chain is left out.
    """
    sql = (
        "SELECT t.message_id, t.reply_to_id, t.thread_id FROM interaction a "
        "JOIN interaction t ON t.thread_id = a.thread_id WHERE a.message_id = :id"
    )
    rows = store.rows(sql, id=message_id)
    answers = {row["message_id"]: row["reply_to_id"] for row in rows}
    chain = [message_id]
    while (parent := answers.get(chain[-1])) and parent not in chain:
        chain.append(parent)
    first = rows[0]["thread_id"] if rows else message_id
    if first not in chain:
        chain.append(first)
    chain.reverse()
    return chain if len(chain) <= MAX_REFERENCES else [chain[0], *chain[1 - MAX_REFERENCES :]]
