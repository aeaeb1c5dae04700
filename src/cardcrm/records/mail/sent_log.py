"""Log mail that was sent as interactions, each with the Message-ID of its message."""

from typing import TYPE_CHECKING

from cardcrm import dates
from cardcrm.records.activity import interactions
from cardcrm.records.activity.interactions import Details
from cardcrm.store import Store
from cardcrm.store.store import placeholders

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cardcrm.records.mail.outgoing import Outgoing

_LONGEST = 5_000  # characters of a mail that are logged


def log_sent(store: Store, messages: "Sequence[Outgoing]") -> dict[int, int]:
    """Log mail that was sent just now; return its interactions by the id of the message.

    One that is logged already, as it was read from the folder of sent mail, is not logged again.
    """
    known = _find_logged(store, messages)
    new = [each for each in messages if each.message_id not in known]
    threads = _find_threads(store, new)
    now = dates.current_instant()
    for each in new:
        thread = threads.get(each.reply_to_id or "", each.reply_to_id) or each.message_id
        known[each.message_id] = store.insert(
            "interaction",
            **interactions.prepare(store, _text(each), Details("mail", direction="out")),
            created_at=now,
            message_id=each.message_id,
            thread_id=thread,
            reply_to_id=each.reply_to_id,
        )
    pairs = [
        {"interaction_id": known[each.message_id], "contact_id": each.contact_id} for each in new
    ]
    store.insert_rows("participant", pairs)
    for message_id, case_id in _find_cases(store, messages):
        store.update("interaction", known[message_id], case_id=case_id)
    return {each.id: known[each.message_id] for each in messages}


def _text(message: "Outgoing") -> str:
    """Return the subject, the text and the names of the attachments, as `log-mail` stores them."""
    text = f"{message.subject}\n\n{message.text}".strip()
    names = f"\n\nAttachments: {', '.join(message.attachments)}" if message.attachments else ""
    return (text[: max(0, _LONGEST - len(names))] + names).strip()[:_LONGEST] or "(no text)"


def _find_logged(store: Store, messages: "Sequence[Outgoing]") -> dict[str, int]:
    marks, params = placeholders([each.message_id for each in messages], "m")
    sql = f"SELECT message_id, id FROM interaction WHERE message_id IN ({marks})"
    return {row[0]: row[1] for row in store.rows(sql, **params)}


def _find_cases(store: Store, messages: "Sequence[Outgoing]") -> list[tuple[str, int]]:
    """Return the Message-IDs of messages that belong to cases, with these."""
    marks, params = placeholders([each.id for each in messages], "m")
    sql = (
        "SELECT m.message_id, coalesce(k.merged_id, k.id) FROM message m "
        f"JOIN service_case k ON k.id = m.case_id WHERE m.id IN ({marks})"
    )
    return [(row[0], row[1]) for row in store.rows(sql, **params)]


def _find_threads(store: Store, messages: "Sequence[Outgoing]") -> dict[str, str]:
    """Return the threads of the mails that messages answer."""
    answered = {each.reply_to_id for each in messages if each.reply_to_id}
    if not answered:
        return {}
    marks, params = placeholders(sorted(answered), "m")
    sql = f"SELECT message_id, thread_id FROM interaction WHERE message_id IN ({marks})"
    return {row[0]: row[1] or row[0] for row in store.rows(sql, **params)}
