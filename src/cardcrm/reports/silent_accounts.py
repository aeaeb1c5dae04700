"""Find the mail accounts that nothing was fetched from for too long.

One that was never fetched to the end is not among them, as no one relies on it yet.
"""

import datetime as dt
from typing import NamedTuple

from cardcrm import dates
from cardcrm.store import Query
from cardcrm.store.engine import Row


class SilentAccount(NamedTuple):
    """A mail account, the day of its last success, and the error of its last run."""

    account: str
    login: str
    since: dt.date
    error: str


def silent_query(days: int, zone: str) -> Query[list[SilentAccount]]:
    """Build the query for the accounts without a success for more than some days."""
    sql = (
        "SELECT account, login, succeeded_at, error FROM mailbox "
        "WHERE folder = '' AND succeeded_at < :start ORDER BY succeeded_at, id"
    )
    start = dates.now().astimezone(dt.UTC) - dt.timedelta(days=days)

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

    return Query(sql, {"start": f"{start:%Y-%m-%dT%H:%M:%SZ}"}, read)
