"""Cadences by rule: setting the rules, and finding the one that is for a contact."""

from collections.abc import Sequence

from cardcrm.errors import NotFoundError, UsageError
from cardcrm.records.contacts.cadence_rules import Rule, WantedTouch
from cardcrm.records.query_sql import contact_query
from cardcrm.records.query_sql.predicates import QueryContext
from cardcrm.records.query_sql.rule_sql import TOUCH_COLUMNS, to_touch
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction
from cardcrm.text import normalize_line

MAX_RULES = 50  # each is a statement of `due`


def find_touch(store: Store, contact_id: int, rules: Sequence[Rule]) -> WantedTouch | None:
    """Return the touch that the rules want of a contact. Raises UsageError for a broken rule."""
    ctx = QueryContext(store, per_row=True)
    conditions = contact_query.compile_rules(ctx, rules)
    cases = " ".join(f"WHEN {each.where} THEN {at}" for at, each in enumerate(conditions))
    row = store.row(
        f"SELECT {TOUCH_COLUMNS}, CASE {cases} END AS number FROM contact c WHERE c.id = :contact",
        **ctx.params,
        contact=contact_id,
    )
    if row is None or row["number"] is None:
        return None
    return to_touch(rules[row["number"]], row)


@retry_transaction
def set_rule(store: Store, query: str, days: int) -> int:
    """Give the contacts that match a query a cadence; return their number.

    A rule with that query is replaced. Raises UsageError for a query that cannot run.
    """
    query = normalize_line(query)
    if not query:
        raise UsageError(
            "a cadence needs a query", "For example: cardcrm config cadence tag:vip 30d"
        )
    ctx = QueryContext(store, is_rule=True)
    where = contact_query.compile_node(ctx, contact_query.parse(store, query))
    count = store.value(f"SELECT count(*) FROM contact c WHERE {where}", **ctx.params)
    known = _find(store, query)
    with store.transaction():
        if known is not None:
            store.update("cadence_rule", known, days=days)
        elif store.value("SELECT count(*) FROM cadence_rule") >= MAX_RULES:
            raise UsageError(f"there may be at most {MAX_RULES} rules", "Remove one first.")
        else:
            store.insert("cadence_rule", query=query, days=days)
    return int(count)


@retry_transaction
def remove_rule(store: Store, query: str) -> None:
    """Remove the rule of a query. Raises NotFoundError."""
    known = _find(store, normalize_line(query))
    if known is None:
        raise NotFoundError(f"no cadence is set for “{query}”", "See: cardcrm config cadence")
    with store.transaction():
        store.delete("cadence_rule", known)


def _find(store: Store, query: str) -> int | None:
    found: int | None = store.value("SELECT id FROM cadence_rule WHERE query = :q", q=query)
    return found
