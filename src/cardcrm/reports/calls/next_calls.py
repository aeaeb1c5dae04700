"""Order the contacts to ring now."""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cardcrm.reports.calls.call_queries import add_rates, read_candidates
from cardcrm.reports.calls.call_score import Call, score_call
from cardcrm.store import Store

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cardcrm.query import Node

_WITH_HOURS = 200  # contacts of the highest score whose hours are looked at: +/-10 points at most


@dataclass(frozen=True)
class CallList:
    """The calls, the highest score first, how many there are, and the contacts left out."""

    calls: tuple[Call, ...]
    total: int
    left_out: "Mapping[str, int]"


def build_calls(
    store: Store,
    now: dt.datetime,
    *,
    where: "Node | None" = None,
    owner: str = "",
    limit: int | None = None,
    only_open: bool = False,
) -> CallList:
    """Return whom to ring at a local moment, with reasons. Raises UsageError for a bad query."""
    found = read_candidates(store, now, where, owner)
    scored = [call for each in found.candidates if (call := score_call(each, now)) is not None]
    scored.sort(key=_order)
    if only_open:
        scored = [each for each in scored if each.is_open]
    first = [each.candidate for each in scored[: max(_WITH_HOURS, limit or 0)]]
    again = (score_call(each, now) for each in add_rates(store, first, now.date()))
    calls = sorted((each for each in again if each is not None), key=_order)
    calls += scored[len(first) :]
    return CallList(tuple(calls[:limit]), len(scored), found.left_out)


def _order(call: Call) -> tuple[int, dt.date, int]:
    return (-call.score, call.due or dt.date.max, call.candidate.contact_id)
