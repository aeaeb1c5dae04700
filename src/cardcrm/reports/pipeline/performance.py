"""Compare what each user wins in a month with the target.

- won: the deals that were won in the month, by their owner
- attainment: won / target
- expected: won + weighted open deals with their expected close in the month
- coverage: amount of these open deals / what is missing to the target
- touches: calls, mails, meetings, visits and messages that the user logged in the month and that
  reached a contact of the scope, whatever the pipeline

Targets are for all deals of a user: those of one pipeline or of some contacts have none.
"""

from collections import Counter
from dataclasses import dataclass

from cardcrm.records.deals.deal_sql import weighted_sql
from cardcrm.records.targets.targets import read_targets
from cardcrm.reports.pipeline.deal_scope import DealScope, currency_sql, deal_condition
from cardcrm.reports.scope import contact_condition
from cardcrm.store import Store
from cardcrm.text import fold


@dataclass
class Performance:
    """The figures of a user in a month and a currency; amounts are in minor units.

    ``touches`` are those of the month, whatever the currency.
    """

    user: str
    month: str
    currency: str
    target: int | None = None
    won: int = 0
    won_amount: int = 0
    lost: int = 0
    open: int = 0
    open_amount: int = 0
    weighted: int = 0
    touches: int = 0

    @property
    def attainment(self) -> float | None:
        """The share of the target that is won."""
        return self.won_amount / self.target if self.target else None

    @property
    def missing(self) -> int | None:
        """The amount that is missing to the target."""
        return None if self.target is None else max(0, self.target - self.won_amount)

    @property
    def expected(self) -> int:
        """The amount won, and the weighted amount of the open deals of the month."""
        return self.won_amount + self.weighted

    @property
    def coverage(self) -> float | None:
        """The amount of the open deals of the month, divided by what is missing to the target."""
        return self.open_amount / self.missing if self.missing else None


_Key = tuple[str, str, str]  # the folded user, the month and the currency


def read_performance(store: Store, scope: DealScope) -> list[Performance]:
    """Return the figures by month, user and currency; the scope has both days."""
    assert scope.since is not None
    assert scope.until is not None
    found: dict[_Key, Performance] = {}
    _add_closed(store, scope, found)
    _add_open(store, scope, found)
    if not scope.is_part:
        _add_targets(store, scope, found)
    _add_touches(store, scope, found)
    return sorted(found.values(), key=lambda each: (each.month, each.user, each.currency))


def _add_targets(store: Store, scope: DealScope, found: dict[_Key, Performance]) -> None:
    """Add the targets, which are for all deals of a user: a part of them has none."""
    first, last = str(scope.since)[:7], str(scope.until)[:7]
    for key, amount in read_targets(store, first, last).items():
        if _is_wanted(scope, key):
            each = _get(found, *key)
            each.target = (each.target or 0) + amount


def _is_wanted(scope: DealScope, key: tuple[str, str, str]) -> bool:
    """Return whether a target is of a user and a currency of the scope."""
    user, _, currency = key
    return scope.has_owner(user) and scope.currency in ("", currency)


def _get(found: dict[_Key, Performance], user: str, month: str, currency: str) -> Performance:
    """Return the row of a user, named as in the first record that has it."""
    return found.setdefault((fold(user), month, currency), Performance(user, month, currency))


def _add_closed(store: Store, scope: DealScope, found: dict[_Key, Performance]) -> None:
    condition, params = deal_condition(store, scope, day="closed_on")
    sql = (
        f"SELECT d.owner, substr(d.closed_on, 1, 7), {currency_sql('d')}, d.status, count(*), "
        f"coalesce(sum(d.amount), 0) FROM deal d WHERE d.status <> 'open' AND {condition} "
        "GROUP BY 1, 2, 3, 4"
    )
    for user, month, currency, status, deals, amount in store.rows(sql, **params):
        each = _get(found, user, month, currency)
        if status == "won":
            each.won += deals
            each.won_amount += int(amount)
        else:
            each.lost += deals


def _add_open(store: Store, scope: DealScope, found: dict[_Key, Performance]) -> None:
    condition, params = deal_condition(store, scope, day="close_on")
    sql = (
        f"SELECT d.owner, substr(d.close_on, 1, 7), {currency_sql('d')}, count(*), "
        f"coalesce(sum(d.amount), 0), coalesce(sum({weighted_sql('d')}), 0) FROM deal d "
        f"WHERE d.status = 'open' AND {condition} GROUP BY 1, 2, 3"
    )
    for user, month, currency, deals, amount, weighted in store.rows(sql, **params):
        each = _get(found, user, month, currency)
        each.open += deals
        each.open_amount += int(amount)
        each.weighted += int(weighted)


def _add_touches(store: Store, scope: DealScope, found: dict[_Key, Performance]) -> None:
    """Add the touches to the rows of each user and month; those without a row get one."""
    condition, params = "1 = 1", {"since": str(scope.since), "until": str(scope.until)}
    if scope.where is not None:
        contacts, more = contact_condition(store, scope.where, "p.contact_id")
        condition = (
            f"EXISTS (SELECT 1 FROM participant p WHERE p.interaction_id = i.id AND {contacts})"
        )
        params |= more
    sql = (
        "SELECT i.author, substr(i.on_date, 1, 7), count(*) FROM interaction i "
        "WHERE i.on_date BETWEEN :since AND :until AND i.kind <> 'note' AND i.no_answer = 0 "
        f"AND i.direction <> 'in' AND {condition} GROUP BY 1, 2"
    )
    counts: Counter[tuple[str, str]] = Counter()
    known = {(user, month) for user, month, _ in found}
    for author, month, touches in store.rows(sql, **params):
        key = fold(author), month
        counts[key] += int(touches)
        if key not in known and scope.has_owner(author):
            _get(found, author, month, scope.currency or scope.default)
    for (user, month, _), each in found.items():
        each.touches = counts[user, month]
