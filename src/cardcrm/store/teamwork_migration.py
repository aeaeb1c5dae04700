"""The migration to claims of contacts, territories and teams."""

# A claim says until which day a user looks after a contact alone; ended ones stay as history. The
# territories are looked through by ``position``: the first one whose query finds a contact has it.
TEAMWORK = """
CREATE TABLE claim (
  id {identity},
  uid {key} NOT NULL UNIQUE,
  contact_id BIGINT NOT NULL REFERENCES contact (id),
  owner TEXT NOT NULL,
  owner_key {key} NOT NULL DEFAULT '',
  until_on {key} NOT NULL,
  text TEXT NOT NULL DEFAULT '',
  text_key {key} NOT NULL DEFAULT '',
  created_at {key} NOT NULL
);
CREATE INDEX claim_contact ON claim (contact_id, until_on);
CREATE INDEX claim_until ON claim (until_on);
CREATE TABLE territory (
  id {identity},
  uid {key} NOT NULL UNIQUE,
  name TEXT NOT NULL,
  name_key {key} NOT NULL UNIQUE,
  query TEXT NOT NULL,
  query_key {key} NOT NULL DEFAULT '',
  owner TEXT NOT NULL DEFAULT '',
  owner_key {key} NOT NULL DEFAULT '',
  position BIGINT NOT NULL DEFAULT 0,
  assigns INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE team (
  id {identity},
  uid {key} NOT NULL UNIQUE,
  name TEXT NOT NULL,
  name_key {key} NOT NULL UNIQUE,
  members TEXT NOT NULL DEFAULT '',
  members_key {key} NOT NULL DEFAULT ''
);
"""
