"""The sales that a report is about: one currency, perhaps a span of days and some contacts.

Amounts in different currencies are never added, so a report is about one of them and names the
others.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from cardcrm.dates.periods import add_years
from cardcrm.money import count_decimals
from cardcrm.query import Node
from cardcrm.reports.org_members import with_members_sql
from cardcrm.store import Store


@dataclass(frozen=True)
class Scope:
    """The sales in one currency from ``since`` to ``until``, both included and both optional.

    With ``where``, only the sales to contacts that match a query; those of an organization among
    them include the sales of its people. ``segment`` is a second such query: its people need not
    match the first one themselves, as their organization may. ``today`` is the day that the report
    is made for. A report that adds no amounts may leave the currency empty, for the sales in all
    of them.
    """

    currency: str
    today: dt.date
    since: dt.date | None = None
    until: dt.date | None = None
    where: Node | None = None
    segment: Node | None = None


def list_currencies(store: Store) -> list[str]:
    """Return the currencies with sales, sorted by code."""
    found: list[str] = []
    while code := store.value(
        "SELECT min(currency) FROM contact_value WHERE currency > :last",
        last=found[-1] if found else "",
    ):
        found.append(code)
    return found


def choose_currency(store: Store, wanted: str = "") -> str:
    """Return the currency asked for, else the default one, else one that has sales.

    Raises UsageError for an unknown currency.
    """
    if wanted:
        count_decimals(wanted)
        return wanted.upper()
    default = store.locale.currency
    present = list_currencies(store)
    return default if default in present or not present else present[0]


def list_other_currencies(store: Store, currency: str) -> list[str]:
    """Return the currencies with sales that a report over one currency leaves out."""
    return [each for each in list_currencies(store) if each != currency]


def complete_period(scope: Scope) -> Scope:
    """Return a scope with both days: without a first day the last twelve months up to the last.

    The last day is not later than today, so that the year before is compared up to the same day.
    """
    until = min(scope.until or scope.today, scope.today)
    since = scope.since or add_years(until, -1) + dt.timedelta(days=1)
    return replace(scope, since=since, until=until)


def sale_condition(store: Store, scope: Scope, sale: str = "s") -> tuple[str, dict[str, Any]]:
    """Return the SQL condition on a table of sales by its alias, and its parameters."""
    conditions = [f"{sale}.currency = :currency" if scope.currency else "1 = 1"]
    params: dict[str, Any] = {"currency": scope.currency} if scope.currency else {}
    if scope.since is not None:
        conditions.append(f"{sale}.on_date >= :since")
        params["since"] = scope.since.isoformat()
    if scope.until is not None:
        conditions.append(f"{sale}.on_date <= :until")
        params["until"] = scope.until.isoformat()
    queries = [each for each in (scope.where, scope.segment) if each is not None]
    if queries:
        condition, more = _all_conditions(store, queries, f"{sale}.contact_id")
        conditions.append(condition)
        params |= more
    return " AND ".join(conditions), params


def contact_condition(store: Store, where: Node, column: str) -> tuple[str, dict[str, Any]]:
    """Return the SQL condition that a column holds a contact of a query, and its parameters.

    The people of an organization that the query finds count as found.
    """
    return _all_conditions(store, [where], column)


def _all_conditions(
    store: Store, queries: Sequence[Node], column: str
) -> tuple[str, dict[str, Any]]:
    """Return the SQL condition that a column holds a contact of each query."""
    from cardcrm.records.query_sql.contact_query import compile_node
    from cardcrm.records.query_sql.predicates import QueryContext

    context = QueryContext(store)
    members = [
        with_members_sql(f"SELECT c.id FROM contact c WHERE {compile_node(context, each)}")
        for each in queries
    ]
    return " AND ".join(f"{column} IN ({each})" for each in members), context.params
