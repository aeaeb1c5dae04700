"""The migration to alerts about customers and products, and to those that a user dismissed."""

# Alerts are computed from the sales and replaced by each refresh, so the journal does not have
# them. ``place`` is the rank among alerts of its kind, empty for one that has been shown for long
# enough; ``last_sale`` is the id of the last sale that the refresh has seen.
ALERTS = """
CREATE TABLE alert (
  id {identity},
  kind TEXT NOT NULL CHECK (kind IN ('reorder', 'up-sell', 'cross-sell', 'falling', 'margin')),
  contact_id BIGINT REFERENCES contact (id) ON DELETE CASCADE,
  product_id BIGINT REFERENCES product (id) ON DELETE CASCADE,
  currency {key} NOT NULL,
  amount BIGINT NOT NULL,
  confidence DOUBLE PRECISION,
  reason TEXT NOT NULL,
  place INTEGER,
  raised_on {key} NOT NULL,
  last_sale BIGINT NOT NULL
);
CREATE INDEX alert_contact ON alert (contact_id, place);
CREATE INDEX alert_product ON alert (product_id);
CREATE INDEX alert_place ON alert (place, amount DESC, id);
CREATE TABLE dismissal (
  id {identity},
  kind TEXT NOT NULL,
  contact_id BIGINT REFERENCES contact (id),
  product_id BIGINT REFERENCES product (id),
  until_on {key} NOT NULL
);
CREATE INDEX dismissal_contact ON dismissal (contact_id);
CREATE INDEX dismissal_product ON dismissal (product_id);
"""
