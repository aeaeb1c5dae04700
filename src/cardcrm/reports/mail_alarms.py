"""Find what is wrong with mail: accounts that were not fetched, and messages that were not sent.

An account that was never fetched to the end is not among them, as no one relies on it yet.
"""

import datetime as dt
from typing import Any, NamedTuple

from cardcrm import dates
from cardcrm.records.mail.message_status import TROUBLED
from cardcrm.store import Query
from cardcrm.store.engine import Row


class SilentAccount(NamedTuple):
    """A mail account, the day of its last success, and the error of its last run."""

    account: str
    login: str
    since: dt.date
    error: str


class TroubledMail(NamedTuple):
    """The number of messages with one status."""

    status: str
    number: int

    @property
    def command(self) -> str:
        """The command that lists them with the reasons."""
        return command_for(self.status)


def command_for(status: str) -> str:
    """Return the command that lists the messages with a status, each with the reason."""
    quoted = f"'\"{status}\"'" if " " in status else status
    return f"cardcrm message list status:{quoted} --columns id,to,error"


def mail_queries(days: int, zone: str) -> tuple[Query[Any], Query[Any]]:
    """Return the queries for the accounts without a success for some days, and for messages."""
    return _silent_query(days, zone), _troubled_query()


def _silent_query(days: int, zone: str) -> Query[list[SilentAccount]]:
    """Build the query for the accounts without a success for more than some days."""
    sql = (
        "SELECT account, login, succeeded_at, error FROM mailbox "
        "WHERE folder = '' AND succeeded_at < :start ORDER BY succeeded_at, id"
    )
    start = dates.format_instant(dates.now() - dt.timedelta(days=days))

    def read(rows: list[Row]) -> list[SilentAccount]:
        return [
            SilentAccount(
                row["account"],
                row["login"],
                dates.from_instant(row["succeeded_at"], zone).date(),
                row["error"],
            )
            for row in rows
        ]

    return Query(sql, {"start": start}, read)


def _troubled_query() -> Query[list[TroubledMail]]:
    """Return the query for the number of such messages by status."""
    sql = (
        "SELECT status, count(*) FROM message WHERE status IN ('failed', 'given up', 'uncertain') "
        "GROUP BY status"
    )

    def read(rows: list[Row]) -> list[TroubledMail]:
        counts = {row[0]: row[1] for row in rows}
        return [TroubledMail(each, counts[each]) for each in TROUBLED if each in counts]

    return Query(sql, {}, read)
