"""The migration to consents and the suppression list."""

# A consent is never changed: each new state of an address for a purpose is a row, and the newest
# counts. The suppression list knows addresses by keyed hashes, as it outlives their contacts.
CONSENTS = """
CREATE TABLE consent (
  id {identity},
  uid {key} NOT NULL UNIQUE,
  contact_id BIGINT NOT NULL REFERENCES contact (id),
  address {key} NOT NULL,
  purpose {key} NOT NULL,
  status {key} NOT NULL CHECK (status IN ('given', 'pending', 'withdrawn')),
  basis {key} NOT NULL DEFAULT 'consent',
  source TEXT NOT NULL DEFAULT '',
  at {key} NOT NULL,
  proof TEXT NOT NULL DEFAULT '',
  author TEXT NOT NULL DEFAULT '',
  author_key {key} NOT NULL DEFAULT '',
  created_at {key} NOT NULL
);
CREATE INDEX consent_state ON consent (address, purpose, at);
CREATE INDEX consent_contact ON consent (contact_id, purpose);
CREATE INDEX point_refused ON point (value_key) WHERE opted_out = 1 OR invalid = 1;
CREATE TABLE suppressed (
  id {identity},
  hash {key} NOT NULL UNIQUE,
  reason {key} NOT NULL CHECK (reason IN ('opt-out', 'complaint', 'bounce', 'erased')),
  source {key} NOT NULL DEFAULT '',
  on_date {key} NOT NULL
);
"""
