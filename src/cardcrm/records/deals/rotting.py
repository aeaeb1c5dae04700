"""Deals that rot: open ones that have stood still for longer than their stage allows.

A deal moves when it enters a stage, when its contact is logged with, and when a step of it is
done. A step that is planned for today or later, for the deal or for its contact without a deal,
stops the rotting until it is overdue.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

from cardcrm import dates
from cardcrm.store import Store

_STAGES = (
    "SELECT id, rotting_days FROM stage WHERE kind = 'open' AND rotting_days IS NOT NULL "
    "ORDER BY id"
)


def rotting_sql(store: Store, param: Callable[[Any], str], alias: str) -> str:
    """Return SQL of the condition that a deal rots.

    ``param`` returns the mark of a parameter. The days are computed here: the dialect of both
    engines has no function for dates.
    """
    stages = store.rows(_STAGES)
    if not stages:
        return "1 = 0"
    still = [
        f"({alias}.stage_id = {param(row['id'])} AND "
        f"{_stands_still(store, param, alias, row['rotting_days'])})"
        for row in stages
    ]
    # The index of open deals by their entry leaves out those that are too young for any stage.
    shortest = dt.timedelta(days=min(row["rotting_days"] for row in stages))
    newest = param((dates.today(store.locale.zone) - shortest).isoformat())
    return (
        f"{alias}.status = 'open' AND {alias}.entered_on < {newest} AND ({' OR '.join(still)}) "
        f"AND {_unplanned(store, param, alias)}"
    )


def rotting_in_stage_sql(
    store: Store, param: Callable[[Any], str], alias: str, rotting_days: int | None
) -> str:
    """Return SQL of the condition that a deal rots, for deals of one open stage.

    ``rotting_days`` are those that the stage allows, or None.
    """
    if rotting_days is None:
        return "1 = 0"
    still = _stands_still(store, param, alias, rotting_days)
    return f"{still} AND {_unplanned(store, param, alias)}"


def _unplanned(store: Store, param: Callable[[Any], str], alias: str) -> str:
    """Return SQL of the condition that no step is planned for today or later."""
    now = param(dates.today(store.locale.zone).isoformat())
    planned = (
        f"SELECT 1 FROM reminder t WHERE t.deal_id = {alias}.id AND t.done_at IS NULL "
        f"AND t.due_on >= {now}"
    )
    of_contact = (
        f"SELECT 1 FROM reminder t WHERE t.contact_id = {alias}.contact_id "
        f"AND t.done_at IS NULL AND t.due_on >= {now} AND t.deal_id IS NULL"
    )
    return f"NOT EXISTS ({planned}) AND NOT EXISTS ({of_contact})"


def _stands_still(store: Store, param: Callable[[Any], str], alias: str, rotting_days: int) -> str:
    """Return SQL of the condition that nothing happened for the days that a stage allows."""
    day = dates.today(store.locale.zone) - dt.timedelta(days=rotting_days)
    since = param(day.isoformat())
    instant = param(dates.to_instant(day, dt.time(), store.locale.zone))
    touched = f"SELECT 1 FROM contact m WHERE m.id = {alias}.contact_id AND m.last_on >= {since}"
    done = f"SELECT 1 FROM reminder t WHERE t.deal_id = {alias}.id AND t.done_at >= {instant}"
    return f"{alias}.entered_on < {since} AND NOT EXISTS ({touched}) AND NOT EXISTS ({done})"
