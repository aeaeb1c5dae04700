"""The migration to sums of sales that include those of the people of an organization.

It fills the table as `records.sales.sale_sums` does, for all contacts at once.
"""

_FIGURES = """
  sum(s.amount),
  CASE WHEN sum(CASE WHEN s.cost IS NULL AND s.amount >= 0 THEN 1 ELSE 0 END) = 0
    THEN sum(s.amount) - coalesce(sum(s.cost), 0) END,
  sum(CASE WHEN s.amount > 0 THEN 1 ELSE 0 END),
  count(DISTINCT CASE WHEN s.amount > 0 THEN s.on_date END),
  coalesce(min(CASE WHEN s.amount > 0 THEN s.on_date END), min(s.on_date)),
  coalesce(max(CASE WHEN s.amount > 0 THEN s.on_date END), max(s.on_date))
"""

CONTACT_VALUES = f"""
DROP TABLE contact_value;
CREATE TABLE contact_value (
  contact_id BIGINT NOT NULL,
  currency {{key}} NOT NULL,
  own INTEGER NOT NULL,
  total INTEGER NOT NULL,
  revenue BIGINT NOT NULL,
  margin BIGINT,
  orders BIGINT NOT NULL,
  days BIGINT NOT NULL,
  first_on {{key}} NOT NULL,
  last_on {{key}} NOT NULL,
  people BIGINT NOT NULL,
  PRIMARY KEY (contact_id, currency, own)
);
INSERT INTO contact_value
SELECT s.contact_id, s.currency, 1, 1, {_FIGURES}, 0 FROM sale s GROUP BY s.contact_id, s.currency;
INSERT INTO contact_value
WITH RECURSIVE buyer(id) AS (SELECT DISTINCT contact_id FROM sale), up(org_id, id) AS (
  SELECT c.org_id, c.id FROM buyer b JOIN contact c ON c.id = b.id WHERE c.org_id IS NOT NULL
  UNION SELECT c.org_id, up.id FROM up JOIN contact c ON c.id = up.org_id WHERE c.org_id IS NOT NULL
), whole(org_id, id) AS (SELECT org_id, id FROM up UNION SELECT org_id, org_id FROM up)
SELECT w.org_id, s.currency, 0, 1, {_FIGURES},
  count(DISTINCT CASE WHEN s.contact_id <> w.org_id THEN s.contact_id END)
FROM whole w JOIN sale s ON s.contact_id = w.id GROUP BY w.org_id, s.currency
HAVING count(DISTINCT CASE WHEN s.contact_id <> w.org_id THEN s.contact_id END) > 0;
UPDATE contact_value SET total = 0 WHERE own = 1 AND (contact_id, currency) IN
  (SELECT contact_id, currency FROM contact_value WHERE own = 0);
CREATE INDEX contact_value_revenue ON contact_value (currency, revenue, own, total);
CREATE INDEX contact_value_last ON contact_value (currency, last_on, own, total);
CREATE INDEX contact_value_orders ON contact_value (currency, orders, revenue, own, total);
CREATE INDEX contact_value_days ON contact_value (currency, days, own);
CREATE INDEX contact_value_first
  ON contact_value (currency, first_on, revenue, margin, orders, own, total);
"""
