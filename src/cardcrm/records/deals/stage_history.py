"""The history of the stages of a deal: each change with its time, its user and its seconds."""

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

from cardcrm import dates
from cardcrm.errors import UsageError
from cardcrm.store import Store

if TYPE_CHECKING:
    from cardcrm.dates import DayTime

_NOON = dt.time(12)  # the time of a past day that has none


class Moment(NamedTuple):
    """A local day, and the instant of it."""

    day: str
    at: str


def find_moment(store: Store, when: "DayTime | None") -> Moment:
    """Return the moment in the past that a date means; None means now.

    Raises UsageError for a date in the future.
    """
    zone = store.locale.zone
    today = dates.today(zone)
    if when is None or (when.day == today and when.time is None):
        return Moment(today.isoformat(), dates.current_instant())
    if when.day > today:
        raise UsageError(f"{when.day.isoformat()} is in the future", "Give the day it happened.")
    at = dates.to_instant(when.day, when.time or _NOON, zone)
    return Moment(when.day.isoformat(), at)


def refuse_early_close(closed: str, opened: str, deal_id: int = 0) -> None:
    """Raise UsageError for a day of closing before that of opening; 0 means a new deal."""
    if closed < opened:
        deal = f"deal {deal_id}" if deal_id else "the deal"
        edit = f"cardcrm deal edit {deal_id} " if deal_id else ""
        raise UsageError(
            f"{deal} was opened on {opened}, after the day of the close, {closed}",
            f"Give a later day, or open it earlier: {edit}--opened {closed}",
        )


def note(store: Store, deal_id: int, from_id: int | None, to_id: int, moment: Moment) -> None:
    """Add a change to the history of a deal."""
    sql = "SELECT at FROM stage_change WHERE deal_id = :id ORDER BY id DESC LIMIT 1"
    before = store.value(sql, id=deal_id)
    seconds = None if before is None else max(0, seconds_between(before, moment.at))
    store.insert(
        "stage_change",
        deal_id=deal_id,
        from_id=from_id,
        to_id=to_id,
        at=moment.at,
        on_date=moment.day,
        seconds=seconds,
        author=store.author.name,
    )


def seconds_between(first: str, last: str) -> int:
    """Return the seconds from one instant to another."""
    start, end = (dt.datetime.fromisoformat(each) for each in (first, last))
    return int((end - start).total_seconds())


def note_stage(store: Store, deal_id: int) -> None:
    """Add the stage of a deal that was written by its fields to its history, if it is new there.

    Raises UsageError for what must be known to enter it and is not.
    """
    from cardcrm.records.deals.stage_needs import refuse_missing
    from cardcrm.records.deals.stages import get_stage, merged_stages

    sql = "SELECT to_id FROM stage_change WHERE deal_id = :id ORDER BY id DESC LIMIT 1"
    last = store.value(sql, id=deal_id)
    row = store.row("SELECT stage_id, entered_on FROM deal WHERE id = :id", id=deal_id)
    if row is None or row["stage_id"] in (last, merged_stages(store).get(last)):
        return
    if last is not None:
        refuse_missing(store, deal_id, get_stage(store, row["stage_id"]))
    day = dt.date.fromisoformat(row["entered_on"])
    note(store, deal_id, last, row["stage_id"], find_moment(store, dates.DayTime(day)))
