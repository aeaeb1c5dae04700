"""The state of mailboxes: what was read of each folder, and how the last run ended."""

from typing import NamedTuple

from cardcrm import dates
from cardcrm.store import Store

ACCOUNT_ROW = ""  # the folder of the row that stands for the account as a whole


class Position(NamedTuple):
    """The progress in a folder: the UIDs up to ``last_uid`` under a UIDVALIDITY are known."""

    validity: int = 0
    last_uid: int = 0


def load_position(store: Store, login: str, folder: str) -> Position:
    """Return how far a folder was read."""
    sql = "SELECT validity, last_uid FROM mailbox WHERE login = :login AND folder = :folder"
    row = store.row(sql, login=login, folder=folder)
    return Position(row["validity"], row["last_uid"]) if row else Position()


def save_position(store: Store, account: str, login: str, folder: str, at: Position) -> None:
    """Store how far a folder was read, in the transaction that has logged its messages."""
    _save(store, account, login, folder, validity=at.validity, last_uid=at.last_uid)


def record_run(store: Store, account: str, login: str, error: str = "") -> None:
    """Store the end of a run over an account: now, and why it failed if it did."""
    now = dates.current_instant()
    values: dict[str, object] = {"ran_at": now, "error": error}
    if not error:
        values["succeeded_at"] = now
    with store.transaction():
        _save(store, account, login, ACCOUNT_ROW, **values)


def forget_account(store: Store, account: str) -> int:
    """Remove the state of an account, and return the number of its folders."""
    rows = store.rows("SELECT id, folder FROM mailbox WHERE account = :account", account=account)
    with store.transaction(), store.unrecorded():
        for row in rows:
            store.delete("mailbox", row["id"])
    return sum(row["folder"] != ACCOUNT_ROW for row in rows)


def _save(store: Store, account: str, login: str, folder: str, **values: object) -> None:
    sql = "SELECT id FROM mailbox WHERE login = :login AND folder = :folder"
    row_id = store.value(sql, login=login, folder=folder)
    with store.unrecorded():
        if row_id is None:
            store.insert("mailbox", account=account, login=login, folder=folder, **values)
        else:
            store.update("mailbox", row_id, account=account, **values)
