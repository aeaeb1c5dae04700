"""Keep customer equity by day, to show how it changes; the last measurement of a day counts.

The journal does not record snapshots: `undo` reverts changes by users, not measurements.
"""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from cardcrm.errors import StorageError
from cardcrm.store import Store
from cardcrm.store.engine import transaction


class EquityKey(NamedTuple):
    """The terms under which equity can be compared; the discount in thousandths of a percent."""

    currency: str
    horizon: int
    discount: int


class Snapshot(NamedTuple):
    """The equity of a group on an earlier day, in minor units."""

    on: dt.date
    equity: int


_SAME = "currency = :currency AND horizon = :horizon AND discount = :discount"


def load_last_snapshots(
    store: Store, key: EquityKey, today: dt.date
) -> dict[tuple[str, str], Snapshot]:
    """Return the last snapshot of each group before today, by its kind and name."""
    rows = store.rows(
        f"SELECT kind, name, on_date, equity FROM equity_snapshot WHERE {_SAME} AND on_date = "
        f"(SELECT max(on_date) FROM equity_snapshot WHERE {_SAME} AND on_date < :today)",
        **key._asdict(),
        today=today.isoformat(),
    )
    return {
        (row["kind"], row["name"]): Snapshot(dt.date.fromisoformat(row["on_date"]), row["equity"])
        for row in rows
    }


def store_snapshots(
    store: Store, key: EquityKey, today: dt.date, groups: Sequence[tuple[str, str, int, int]]
) -> bool:
    """Store the groups, each with its kind, name, customers and equity, as those of today.

    Return whether the database can be written to.
    """
    terms = {**key._asdict(), "on_date": today.isoformat()}
    try:
        with transaction(store.engine):
            store.engine.execute(
                f"DELETE FROM equity_snapshot WHERE {_SAME} AND on_date = :on_date", terms
            )
            store.engine.execute_many(
                "INSERT INTO equity_snapshot "
                "(on_date, currency, kind, name, horizon, discount, customers, equity) VALUES "
                "(:on_date, :currency, :kind, :name, :horizon, :discount, :customers, :equity)",
                [
                    {**terms, "kind": kind, "name": name, "customers": customers, "equity": equity}
                    for kind, name, customers, equity in groups
                ],
            )
    except StorageError:  # a replica, or a file without permission to write
        return False
    return True
