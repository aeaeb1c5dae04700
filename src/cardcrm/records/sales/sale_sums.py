"""The derived sums of sales by contact and currency, stored in the table ``contact_value``.

A contact has a row with ``own`` = 1 for its own sales. The row with ``total`` = 1 is its value:
that of an organization includes the sales of the people who work there and of the organizations
that belong to it, so an organization whose ``people`` bought has a row for each. All other contacts
have one row that is both. Every sale counts once among the rows with ``own`` = 1.
"""

from cardcrm.records.sales.margin import build_known_cost
from cardcrm.store.derived import DerivedTable

# Only a sale above 0 is an order. Refunds lower the revenue; a sale of 0, such as a sample, changes
# nothing. Orders of one day are one purchase of the frequency: ``days`` counts days with an order.
# The first and last sale are orders, or other sales where there are none. The margin is known only
# if the cost of every sale is known.
_COST = build_known_cost("s.amount", "s.cost")
_FIGURES = (
    "sum(s.amount) AS revenue, "
    f"CASE WHEN count({_COST}) = count(*) THEN sum(s.amount) - sum({_COST}) END AS margin, "
    "sum(CASE WHEN s.amount > 0 THEN 1 ELSE 0 END) AS orders, "
    "count(DISTINCT CASE WHEN s.amount > 0 THEN s.on_date END) AS days, "
    "coalesce(min(CASE WHEN s.amount > 0 THEN s.on_date END), min(s.on_date)) AS first_on, "
    "coalesce(max(CASE WHEN s.amount > 0 THEN s.on_date END), max(s.on_date)) AS last_on"
)
# UNION removes duplicates, so organizations that belong to each other in a circle end.
_MEMBERS = (
    "WITH RECURSIVE member(org_id, id) AS ("
    "SELECT org_id, id FROM contact WHERE org_id IN ({marks}) "
    "UNION SELECT m.org_id, c.id FROM member m JOIN contact c ON c.org_id = m.id), "
    "whole(org_id, id) AS (SELECT org_id, id FROM member UNION SELECT org_id, org_id FROM member), "
    "total AS ("
    f"SELECT w.org_id AS contact_id, s.currency, 0 AS own, 1 AS total, {_FIGURES}, "
    "count(DISTINCT CASE WHEN s.contact_id <> w.org_id THEN s.contact_id END) AS people "
    "FROM whole w JOIN sale s ON s.contact_id = w.id GROUP BY w.org_id, s.currency)"
)

SUMS = DerivedTable(
    "with wrong sums of sales",
    "contact_value",
    "contact_id, currency, own, total, revenue, margin, orders, days, first_on, last_on, people",
    f"{_MEMBERS} SELECT s.contact_id, s.currency, 1, CASE WHEN (s.contact_id, s.currency) IN "
    "(SELECT t.contact_id, t.currency FROM total t WHERE t.people > 0) THEN 0 ELSE 1 END, "
    f"{_FIGURES}, 0 FROM sale s WHERE s.contact_id IN ({{marks}}) "
    "GROUP BY s.contact_id, s.currency "
    "UNION ALL SELECT * FROM total WHERE people > 0",
)

# The contacts of some ids, and the organizations that they belong to, directly or further up; also
# the ids that have sums but no contact: an undo may remove the organization that it takes away.
WITH_ORGANIZATIONS = (
    "WITH RECURSIVE up(id) AS (SELECT id FROM contact WHERE id IN ({marks}) "
    "UNION SELECT c.org_id FROM up JOIN contact c ON c.id = up.id WHERE c.org_id IS NOT NULL) "
    "SELECT id FROM up "
    "UNION SELECT contact_id FROM contact_value WHERE contact_id IN ({marks})"
)
