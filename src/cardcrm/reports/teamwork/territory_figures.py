"""Count the contacts of a territory, its open deals and its revenue.

- contacts: those that the territory finds before any other one does
- open deals: those of these contacts, by currency, with the sum of their amounts
- revenue: the sum of the sales to these contacts, refunds subtracted, by currency
"""

from dataclasses import dataclass

from cardcrm.money import Money
from cardcrm.records.query_sql import contact_query
from cardcrm.records.teamwork.stored_territories import Territory
from cardcrm.records.teamwork.territories import term_of
from cardcrm.store import Store
from cardcrm.store.owner_sql import owner_key
from cardcrm.text import fold


@dataclass(frozen=True)
class TerritoryFigures:
    """The figures of a territory; deals without an amount count in ``open_deals`` alone."""

    contacts: int
    without_owner: int
    other_owner: int
    open_deals: int
    open_amounts: tuple[Money, ...]
    revenue: tuple[Money, ...]


def read_figures(store: Store, territory: Territory) -> TerritoryFigures:
    """Return the figures of a territory."""
    condition, params = contact_query.compile_query(store, term_of(territory))
    found = f"SELECT c.id FROM contact c WHERE {condition}"
    contacts = store.row(
        "SELECT count(*) AS all_of_them, sum(CASE WHEN o.owner = '' THEN 1 ELSE 0 END) AS no_owner,"
        f" sum(CASE WHEN {owner_key('o')} NOT IN ('', :owner) THEN 1 ELSE 0 END) AS others "
        f"FROM contact o WHERE o.id IN ({found})",
        **params,
        owner=fold(territory.owner),
    )
    assert contacts is not None
    deals = store.rows(
        "SELECT currency, count(*), sum(amount), count(amount) FROM deal "
        f"WHERE status = 'open' AND contact_id IN ({found}) GROUP BY currency ORDER BY currency",
        **params,
    )
    sales = store.rows(
        f"SELECT currency, sum(amount) FROM sale WHERE contact_id IN ({found}) "
        "GROUP BY currency ORDER BY currency",
        **params,
    )
    return TerritoryFigures(
        int(contacts["all_of_them"]),
        int(contacts["no_owner"] or 0),
        int(contacts["others"] or 0),
        sum(int(row[1]) for row in deals),
        tuple(Money(int(row[2]), row[0]) for row in deals if row[3]),
        tuple(Money(int(row[1]), row[0]) for row in sales),
    )
