"""The migration to hashes of forgotten contacts, and to foreign keys in every table.

Other programs follow foreign keys. SQLite cannot add one to a column, so a new column or a new
table takes the place of the old one.
"""

# A keyed hash of the name, an address, a number or the permanent id of a contact that was
# forgotten, so that an import does not bring it back.
FORGOTTEN = """
CREATE TABLE forgotten (
  id {identity},
  kind TEXT NOT NULL CHECK (kind IN ('uid', 'name', 'email', 'phone')),
  hash {key} NOT NULL UNIQUE,
  on_date {key} NOT NULL
);
"""

FOREIGN_KEYS = """
ALTER TABLE step ADD COLUMN of_id BIGINT REFERENCES step (id);
UPDATE step SET of_id = target_id WHERE target_id IS NOT NULL;
ALTER TABLE step DROP COLUMN target_id;
ALTER TABLE step RENAME COLUMN of_id TO target_id;
CREATE TABLE sums (
  contact_id BIGINT NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
  currency {key} NOT NULL,
  own INTEGER NOT NULL,
  total INTEGER NOT NULL,
  revenue BIGINT NOT NULL,
  margin BIGINT,
  orders BIGINT NOT NULL,
  days BIGINT NOT NULL,
  first_on {key} NOT NULL,
  last_on {key} NOT NULL,
  people BIGINT NOT NULL,
  PRIMARY KEY (contact_id, currency, own)
);
INSERT INTO sums SELECT contact_id, currency, own, total, revenue, margin, orders, days, first_on,
  last_on, people FROM contact_value;
DROP TABLE contact_value;
ALTER TABLE sums RENAME TO contact_value;
CREATE INDEX contact_value_revenue ON contact_value (currency, revenue, own, total);
CREATE INDEX contact_value_last ON contact_value (currency, last_on, own, total);
CREATE INDEX contact_value_orders ON contact_value (currency, orders, revenue, own, total);
CREATE INDEX contact_value_days ON contact_value (currency, days, own);
CREATE INDEX contact_value_first
  ON contact_value (currency, first_on, revenue, margin, orders, own, total);
CREATE INDEX contact_value_contact ON contact_value (contact_id, total, orders);
CREATE INDEX contact_value_last_on ON contact_value (last_on, contact_id, total);
CREATE INDEX contact_value_first_on ON contact_value (first_on, contact_id, total);
"""
