"""Contacts, customers and revenue by country, region or town.

The place of a contact is that of its first address; a person without one counts under that of the
organization. Names that differ in case and accents alone are one place, and so are the names and
the code of a country.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from cardcrm.money import Money
from cardcrm.records.contacts.countries import region_of
from cardcrm.reports.dimension import find_dimension
from cardcrm.reports.scope import Scope, contact_condition, sale_condition
from cardcrm.store import Store
from cardcrm.text import fold

KINDS: Final = ("country", "region", "city")


@dataclass(frozen=True)
class RegionFigures:
    """The figures of one place; the name is empty for contacts without one."""

    name: str
    contacts: int
    located: int
    customers: int
    revenue: Money
    share: float | None


def build_regions(store: Store, scope: Scope, by: str) -> list[RegionFigures]:
    """Return the figures of each place, the highest revenue first, then the most contacts."""
    dimension = find_dimension(store, by, scope.today)
    sales, params = sale_condition(store, scope)
    valued, value, org = dimension.grouped_sql(store.engine.concat_function)
    where = ""
    if scope.where is not None:
        where = f"WHERE {contact_condition(store, scope.where, 'v.id')[0]} "
    rows = store.rows(
        f"WITH {valued}, bought AS (SELECT s.contact_id, "
        "max(CASE WHEN s.amount > 0 THEN 1 ELSE 0 END) AS is_customer, sum(s.amount) AS revenue "
        f"FROM sale s WHERE {sales} GROUP BY s.contact_id), "
        "mapped AS (SELECT DISTINCT contact_id FROM location) "
        f"SELECT {value}, count(*), count(m.contact_id), coalesce(sum(b.is_customer), 0), "
        "coalesce(sum(b.revenue), 0) FROM valued v LEFT JOIN bought b ON b.contact_id = v.id "
        f"LEFT JOIN mapped m ON m.contact_id = v.id {org}{where}GROUP BY {value} ORDER BY 1",
        **params,
    )
    return _join(rows, scope.currency, by)


def _join(rows: Sequence[Any], currency: str, by: str) -> list[RegionFigures]:
    """Return one row for each place."""
    names: dict[str, Counter[str]] = {}
    sums: dict[str, list[int]] = {}
    for value, *figures in rows:
        name = " ".join((value or "").split())
        key = (by == "country" and region_of(name)) or fold(name)
        names.setdefault(key, Counter())[name] += figures[0]
        known = sums.setdefault(key, [0] * len(figures))
        for at, figure in enumerate(figures):
            known[at] += int(figure)
    total = sum(figures[-1] for figures in sums.values())
    found = [
        RegionFigures(
            _choose_name(names[key]),
            contacts,
            located,
            customers,
            Money(revenue, currency),
            revenue / total if total > 0 else None,
        )
        for key, (contacts, located, customers, revenue) in sums.items()
    ]
    return sorted(found, key=lambda each: (-each.revenue.minor, -each.contacts, each.name))


def _choose_name(names: Counter[str]) -> str:
    """Return the most frequent name; of two the longer one, as the other may be a code."""
    return max(names, key=lambda name: (names[name], len(name)))
