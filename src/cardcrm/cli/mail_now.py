"""Send one message at once, along the path of `mail run`."""

from typing import TYPE_CHECKING

from cardcrm.errors import CardcrmError, ServiceError
from cardcrm.records import records
from cardcrm.records.mail.message_status import CANCELED, FAILED, GIVEN_UP, SENT, UNCERTAIN
from cardcrm.records.mail.message_type import MESSAGE

if TYPE_CHECKING:
    from cardcrm.cli.session import Session


def send_now(session: "Session", message_id: int) -> CardcrmError | None:
    """Send a queued message; return why it was not sent, or may not have been, and the remedy."""
    from cardcrm.cli.mail_run import LOCK, open_run
    from cardcrm.mail import smtp

    server = smtp.load_server(session.config)
    other = session.open_second_store()
    try:
        with other.engine.try_lock(LOCK) as is_ours:
            if not is_ours:
                return CardcrmError(
                    "another run is sending mail", f"Message {message_id} stays in its queue."
                )
            error = open_run(session, server).send(only=[message_id]).error
    finally:
        other.close()
    return _explain(session, message_id, error)


def _explain(
    session: "Session", message_id: int, error: CardcrmError | None
) -> CardcrmError | None:
    columns = records.get(session.store(), MESSAGE, message_id).columns
    status, words = columns["status"], columns["error"]
    if status == SENT:
        return None
    retry = f"cardcrm message retry {message_id}"
    if status == UNCERTAIN:
        return ServiceError(
            f"message {message_id} may have been sent: {words}",
            f"Look into the folder of sent mail; if it is not there: {retry}",
        )
    if status in (FAILED, GIVEN_UP):
        return CardcrmError(f"message {message_id} was not sent: {words}", f"To try again: {retry}")
    if status == CANCELED:
        return CardcrmError(
            f"message {message_id} was not sent: {words}", "Call, or write a letter."
        )
    reason = error.message if error is not None else words
    return ServiceError(
        f"message {message_id} was not sent yet: {reason}",
        "It stays queued; to send it: cardcrm mail run",
    )
