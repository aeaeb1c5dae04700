"""The deals that a report is about: perhaps one pipeline, some owners, some contacts, one currency.

Amounts in different currencies are never added: reports group by `currency_sql`.
"""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from cardcrm.dates.periods import add_years
from cardcrm.errors import UsageError
from cardcrm.query import Node
from cardcrm.reports.scope import contact_condition
from cardcrm.store import Store
from cardcrm.store.owner_sql import owner_key
from cardcrm.text import fold


@dataclass(frozen=True)
class DealScope:
    """The deals from ``since`` to ``until``, both included; each report says which day counts.

    ``where`` finds contacts, and the deals are those of them or of their organizations. Without a
    ``currency`` they are in all currencies. A deal without an amount counts in the currency
    ``default``. ``today`` is the day that the report is made for.
    """

    today: dt.date
    default: str
    since: dt.date | None = None
    until: dt.date | None = None
    currency: str = ""
    pipeline_id: int | None = None
    owners: tuple[str, ...] = ()
    where: Node | None = None

    @property
    def is_part(self) -> bool:
        """Return whether only a part of each user's deals is in it, apart from their currency."""
        return self.pipeline_id is not None or self.where is not None

    def has_owner(self, name: str) -> bool:
        """Return whether the deals of a user are in it."""
        return not self.owners or fold(name) in map(fold, self.owners)


def find_owner(store: Store, text: str) -> str:
    """Return the user that a text names; ``me`` is the one who runs the command.

    Raises NotFoundError, with the nearest names, for a name that the database does not know. The
    users who have deals are looked up first: to list all of them reads the whole database.
    """
    from cardcrm.records.teamwork.users import find_user, parse_user

    name = parse_user(store, text)
    sql = "SELECT 1 FROM deal WHERE owner = :name LIMIT 1"
    is_known = fold(name) == fold(store.author.name) or store.value(sql, name=name) is not None
    return name if is_known else find_user(store, name)


def complete_days(scope: DealScope) -> DealScope:
    """Return a scope with both days: without a first day the last twelve months up to the last.

    Raises UsageError for a first day that is still to come.
    """
    if scope.since and scope.since > scope.today:
        raise UsageError(
            f"--from {scope.since} is still to come",
            "This report looks back: use a day of the past.",
        )
    until = min(scope.until or scope.today, scope.today)
    since = scope.since or add_years(until, -1) + dt.timedelta(days=1)
    return replace(scope, since=since, until=until)


def currency_sql(alias: str) -> str:
    """Return SQL for the currency that a deal counts in; it needs the parameter ``default``."""
    return f"(CASE WHEN {alias}.amount IS NULL THEN :default ELSE {alias}.currency END)"


def deal_condition(
    store: Store, scope: DealScope, alias: str = "d", *, day: str = ""
) -> tuple[str, dict[str, Any]]:
    """Return the SQL condition on deals by their alias, and its parameters.

    ``day`` is the column of the day that must be in the span of the scope; without it any day is.
    """
    conditions = ["1 = 1"]
    params: dict[str, Any] = {"default": scope.default}
    if scope.currency:
        conditions.append(f"{currency_sql(alias)} = :currency")
        params["currency"] = scope.currency
    if scope.pipeline_id is not None:
        conditions.append(f"{alias}.pipeline_id = :pipeline")
        params["pipeline"] = scope.pipeline_id
    if scope.owners:
        names = {f"owner{at}": fold(name) for at, name in enumerate(scope.owners)}
        conditions.append(f"{owner_key(alias)} IN ({', '.join(f':{key}' for key in names)})")
        params |= names
    if scope.where is not None:
        condition, more = _contact_condition(store, scope.where, alias)
        conditions.append(condition)
        params |= more
    if day and scope.since is not None:
        conditions.append(f"{alias}.{day} >= :since")
        params["since"] = scope.since.isoformat()
    if day and scope.until is not None:
        conditions.append(f"{alias}.{day} <= :until")
        params["until"] = scope.until.isoformat()
    return " AND ".join(conditions), params


def _contact_condition(store: Store, where: Node, alias: str) -> tuple[str, dict[str, Any]]:
    """Return the SQL condition that a deal is of a contact of a query, or of its organization."""
    person, params = contact_condition(store, where, f"{alias}.contact_id")
    org, _ = contact_condition(store, where, f"{alias}.org_id")
    return f"({person} OR {org})", params
