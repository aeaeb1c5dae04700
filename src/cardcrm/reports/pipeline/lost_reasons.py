"""Count why deals were lost, and from which stage."""

from dataclasses import dataclass

from cardcrm.choices import parse_choice
from cardcrm.reports.pipeline.deal_groups import GROUPS
from cardcrm.reports.pipeline.deal_scope import DealScope, currency_sql, deal_condition
from cardcrm.store import Store

# The stage that a deal was lost from is that of its last change.
_STAGE = (
    "(SELECT g.name FROM stage_change h JOIN stage g ON g.id = h.from_id "
    "WHERE h.deal_id = d.id AND h.to_id = d.stage_id ORDER BY h.id DESC LIMIT 1)"
)
LOST_GROUPS = {**GROUPS, "stage": f"coalesce({_STAGE}, '')"}


def parse_lost_group(word: str) -> str:
    """Return the group of lost deals that a word names. Raises UsageError."""
    return parse_choice(word, tuple(LOST_GROUPS), "group")


@dataclass(frozen=True)
class LostReason:
    """The deals lost for a reason, in a group and a currency; the amount is in minor units.

    ``share`` is the part of all lost deals of the group, whatever their currency.
    """

    group: str
    reason: str
    currency: str
    deals: int
    share: float
    amount: int


def read_lost_reasons(store: Store, scope: DealScope, group: str) -> list[LostReason]:
    """Return the reasons by group, the most frequent ones first."""
    condition, params = deal_condition(store, scope, day="closed_on")
    sql = (
        f"SELECT {LOST_GROUPS[group]}, d.lost_reason, {currency_sql('d')}, count(*), "
        "coalesce(sum(d.amount), 0) FROM deal d "
        f"WHERE d.status = 'lost' AND {condition} GROUP BY 1, 2, 3 ORDER BY 1, 4 DESC, 2, 3"
    )
    rows = [tuple(row) for row in store.rows(sql, **params)]
    totals: dict[str, int] = {}
    for name, _, _, deals, _ in rows:
        totals[name] = totals.get(name, 0) + deals
    return [
        LostReason(name, reason, currency, deals, deals / totals[name], int(amount))
        for name, reason, currency, deals, amount in rows
    ]
