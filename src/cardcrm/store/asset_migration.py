"""The migration to what customers have: assets with their maintenance, and contracts."""

# ``service_every`` is a span of time, a number of units of the counter, or both. ``due_on`` and the
# reminder follow from it, and ``base_reading`` is the counter at the last service. Readings are in
# thousandths.
ASSETS = """
CREATE TABLE asset (
  id {identity},
  uid {key} NOT NULL UNIQUE,
  contact_id BIGINT NOT NULL REFERENCES contact (id),
  product_id BIGINT NOT NULL REFERENCES product (id),
  serial {key} NOT NULL DEFAULT '',
  serial_key {key} NOT NULL DEFAULT '',
  since_on {key},
  warranty_on {key},
  place TEXT NOT NULL DEFAULT '',
  place_key {key} NOT NULL DEFAULT '',
  note TEXT NOT NULL DEFAULT '',
  note_key {key} NOT NULL DEFAULT '',
  service_every TEXT NOT NULL DEFAULT '',
  serviced_on {key},
  due_on {key},
  unit TEXT NOT NULL DEFAULT '',
  reading BIGINT,
  base_reading BIGINT,
  retired_on {key},
  reminder_id BIGINT REFERENCES reminder (id),
  author TEXT NOT NULL DEFAULT '',
  author_key {key} NOT NULL DEFAULT '',
  added_on {key} NOT NULL
);
CREATE INDEX asset_contact ON asset (contact_id);
CREATE INDEX asset_product ON asset (product_id);
CREATE INDEX asset_serial ON asset (serial);
CREATE INDEX asset_reminder ON asset (reminder_id) WHERE reminder_id IS NOT NULL;
CREATE INDEX asset_due ON asset (due_on) WHERE due_on IS NOT NULL;
CREATE TABLE asset_entry (
  id {identity},
  uid {key} NOT NULL UNIQUE,
  asset_id BIGINT NOT NULL REFERENCES asset (id),
  kind TEXT NOT NULL CHECK (kind IN ('start', 'reading', 'service')),
  on_date {key} NOT NULL,
  reading BIGINT,
  interaction_id BIGINT REFERENCES interaction (id),
  author TEXT NOT NULL DEFAULT '',
  author_key {key} NOT NULL DEFAULT ''
);
CREATE INDEX asset_entry_asset ON asset_entry (asset_id, on_date);
CREATE INDEX asset_entry_interaction ON asset_entry (interaction_id)
  WHERE interaction_id IS NOT NULL;
ALTER TABLE service_case ADD COLUMN asset_id BIGINT REFERENCES asset (id);
CREATE INDEX service_case_asset ON service_case (asset_id) WHERE asset_id IS NOT NULL;
"""

# ``end_on`` is the last day of the term, and ``notice_on`` the last day on which notice can be
# given. A contract that renews itself goes on with its next term; `contract renew` stores that.
CONTRACTS = """
CREATE TABLE contract (
  id {identity},
  uid {key} NOT NULL UNIQUE,
  contact_id BIGINT NOT NULL REFERENCES contact (id),
  text TEXT NOT NULL DEFAULT '',
  text_key {key} NOT NULL DEFAULT '',
  product_id BIGINT REFERENCES product (id),
  asset_id BIGINT REFERENCES asset (id),
  start_on {key} NOT NULL,
  end_on {key},
  renewal TEXT NOT NULL DEFAULT '',
  notice TEXT NOT NULL DEFAULT '',
  notice_on {key},
  price BIGINT,
  currency {key} NOT NULL DEFAULT '',
  per TEXT NOT NULL CHECK (per IN ('month', 'quarter', 'year', 'term', 'visit')),
  status TEXT NOT NULL CHECK (status IN ('active', 'canceled', 'ended')),
  ended_on {key},
  note TEXT NOT NULL DEFAULT '',
  note_key {key} NOT NULL DEFAULT '',
  ref {key} UNIQUE,
  ref_key {key} NOT NULL DEFAULT '',
  author TEXT NOT NULL DEFAULT '',
  author_key {key} NOT NULL DEFAULT '',
  created_at {key} NOT NULL
);
CREATE INDEX contract_contact ON contract (contact_id);
CREATE INDEX contract_product ON contract (product_id) WHERE product_id IS NOT NULL;
CREATE INDEX contract_asset ON contract (asset_id) WHERE asset_id IS NOT NULL;
CREATE INDEX contract_end ON contract (end_on) WHERE ended_on IS NULL;
"""
