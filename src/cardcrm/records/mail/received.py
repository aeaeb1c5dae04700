"""Mail that a person wrote to us: read it, and mark its thread as done."""

from typing import NamedTuple

from cardcrm import dates
from cardcrm.errors import NotFoundError, UsageError
from cardcrm.store import Store
from cardcrm.store.retry import run_in_transaction


class Received(NamedTuple):
    """A mail that came in; ``own`` is what its sender wrote, and ``text`` the whole text."""

    id: int
    contact_id: int
    contact: str
    address: str
    subject: str
    own: str
    text: str
    message_id: str
    thread_id: str
    on_date: str
    at: str | None
    done_at: str | None
    case_id: int | None
    language: str


_COLUMNS = (
    "i.id, c.id, c.name, r.address, r.subject, i.text, coalesce(t.text, ''), i.message_id, "
    "coalesce(i.thread_id, i.message_id), i.on_date, i.at, r.done_at, i.case_id, c.language"
)
_TABLES = (
    "interaction i JOIN received_mail r ON r.interaction_id = i.id "
    "JOIN participant s ON s.id = "
    "(SELECT min(p.id) FROM participant p WHERE p.interaction_id = i.id) "
    "JOIN contact c ON c.id = s.contact_id LEFT JOIN mail_text t ON t.interaction_id = i.id"
)


def get(store: Store, interaction_id: int) -> Received:
    """Return a mail that came in by its interaction.

    Raises NotFoundError without such an interaction, and UsageError if it is not received mail.
    """
    row = store.row(f"SELECT {_COLUMNS} FROM {_TABLES} WHERE i.id = :id", id=interaction_id)
    if row is None:
        raise _not_received(store, interaction_id)
    mail = Received(*row)
    own = strip_subject(mail.own, mail.subject)
    return mail._replace(own=own, text=mail.text or own)


def _not_received(store: Store, interaction_id: int) -> UsageError | NotFoundError:
    remedy = "To see what waits for an answer: cardcrm mail inbox"
    if store.value("SELECT 1 FROM interaction WHERE id = :id", id=interaction_id):
        return UsageError(f"interaction {interaction_id} is not received mail", remedy)
    return NotFoundError(f"no interaction {interaction_id}", remedy)


def strip_subject(text: str, subject: str) -> str:
    """Return the text of a mail as it is logged, without its subject."""
    if not subject or not text.startswith(subject):
        return text
    return text[len(subject) :].lstrip("\n")


def settle(store: Store, interaction_id: int) -> None:
    """Mark a mail as done, inside a transaction, as the program did what it asks for."""
    sql = "SELECT id FROM received_mail WHERE interaction_id = :id AND done_at IS NULL"
    for (row_id,) in store.rows(sql, id=interaction_id):
        store.update("received_mail", row_id, done_at=dates.current_instant())


def mark_done(store: Store, interaction_id: int) -> Received:
    """Mark the thread of a mail as done: it needs no answer until the next mail comes in.

    Raises NotFoundError and UsageError as `get` does.
    """
    return run_in_transaction(store, lambda: _mark_done(store, interaction_id))


def _mark_done(store: Store, interaction_id: int) -> Received:
    mail = get(store, interaction_id)
    sql = (
        "SELECT r.id FROM received_mail r JOIN interaction i ON i.id = r.interaction_id "
        "WHERE r.done_at IS NULL AND (i.thread_id = :thread OR i.id = :id) ORDER BY r.id"
    )
    now = dates.current_instant()
    for (row_id,) in store.rows(sql, thread=mail.thread_id, id=mail.id):
        store.update("received_mail", row_id, done_at=now)
    return mail
