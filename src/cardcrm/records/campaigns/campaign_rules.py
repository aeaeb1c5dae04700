"""The rules of campaigns, checked whenever one is written."""

from collections.abc import Mapping
from typing import Any

from cardcrm.errors import ConflictError, UsageError
from cardcrm.records.campaigns.campaign_status import DRAFT
from cardcrm.records.campaigns.channel import PLANNED
from cardcrm.store import Store
from cardcrm.store.engine import Row
from cardcrm.text import sanitize

_FIXED = (
    "query", "channel", "template_id", "rival_id", "text", "per_day", "purpose", "holdout",
)  # fmt: skip


def complete_campaign(store: Store, columns: dict[str, Any], row_id: int) -> dict[str, Any]:
    """Return the columns with what follows from them.

    Raises UsageError for a query that cannot run, NotFoundError for one with an unknown segment,
    and ConflictError for a change of what a campaign that has begun was queued with.
    """
    from cardcrm.records.query_sql import contact_query

    before = store.row("SELECT * FROM campaign WHERE id = :id", id=row_id) if row_id else None
    if "query" in columns:
        columns = {**columns, "query": _name_segment(store, columns["query"])}
        contact_query.compile_query(store, contact_query.parse_audience(store, columns["query"]))
    after = {**(dict(before) if before else {}), **columns}
    _check_channel(after)
    if before is not None:
        _refuse_change(before, columns)
    rival = after.get("rival_id")
    if rival is not None and rival == after.get("template_id"):
        raise UsageError("the campaign has the same template twice", "Give another --rival.")
    return {**columns, "status": DRAFT} if before is None else columns


def _refuse_change(before: Row, columns: Mapping[str, Any]) -> None:
    """Raise ConflictError for a change of what a campaign that has begun was queued with."""
    is_changed = any(columns.get(each, before[each]) != before[each] for each in _FIXED)
    if is_changed and before["started_at"]:
        raise ConflictError(
            f"the campaign {sanitize(before['name'])} has been queued already",
            "Add another campaign with `cardcrm campaign add`.",
        )


def _name_segment(store: Store, query: str) -> str:
    """Return a query; the name of a saved segment alone becomes ``@name``."""
    from cardcrm.records.query_sql import segments

    word = query.strip()
    is_word = word[:1].isalnum() and not set(" :") & set(word)
    is_name = is_word and segments.is_segment(store, word)
    return f"@{segments.get(store, word).name}" if is_name else query


def _check_channel(campaign: Mapping[str, Any]) -> None:
    """Raise UsageError for options that the channel of a campaign has no use for."""
    channel = campaign["channel"]
    if channel in PLANNED:
        return
    for name in ("text", "per_day"):
        if campaign.get(name):
            raise UsageError(
                f"--{name.replace('_', '-')} is for calls and visits, and the channel is {channel}",
                f"Leave out --{name.replace('_', '-')}, or give --channel call.",
            )
