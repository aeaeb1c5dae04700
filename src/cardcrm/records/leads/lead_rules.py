"""Rules about leads: what they need, and which leads they find."""

from typing import Any

from cardcrm.errors import UsageError
from cardcrm.records import registry
from cardcrm.records.query_sql import record_query
from cardcrm.store import Store


def check_rule(store: Store, columns: dict[str, Any], row_id: int) -> dict[str, Any]:
    """Return the columns of a rule. Raises UsageError for a bad query or one without effect."""
    if "query" in columns:
        type_ = registry.record_type("lead")
        record_query.condition(store, type_, record_query.parse(type_, columns["query"] or ""))
    before = store.row("SELECT points, owners FROM lead_rule WHERE id = :id", id=row_id)
    points = columns.get("points", before["points"] if before else None)
    owners = columns.get("owners", before["owners"] if before else "")
    if points is None and not owners:
        raise UsageError(
            "a rule needs points or owners",
            "Add --points 20, or --owners ann,bob for the users who get such leads.",
        )
    return columns
