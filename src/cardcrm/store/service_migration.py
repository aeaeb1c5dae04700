"""The migration to customer service: service levels, and cases with the history of their status."""

# Times are in minutes of working time. The rules are tried in the order of ``position``; the first
# one counts whose priority and whose query of contacts, where it has them, are those of the case.
SERVICE_LEVELS = """
CREATE TABLE sla (
  id {identity},
  uid {key} NOT NULL UNIQUE,
  name {key} NOT NULL UNIQUE,
  name_key {key} NOT NULL DEFAULT '',
  position BIGINT NOT NULL DEFAULT 0,
  priority TEXT NOT NULL DEFAULT ''
    CHECK (priority IN ('low', 'normal', 'high', 'urgent', '')),
  contacts TEXT NOT NULL DEFAULT '',
  contacts_key {key} NOT NULL DEFAULT '',
  first_minutes BIGINT,
  next_minutes BIGINT,
  solve_minutes BIGINT,
  hours TEXT NOT NULL,
  holidays TEXT NOT NULL DEFAULT '',
  zone {key} NOT NULL DEFAULT '',
  author TEXT NOT NULL DEFAULT '',
  author_key {key} NOT NULL DEFAULT '',
  created_at {key} NOT NULL
);
"""

# CASE is a word of SQL, so the table has another name than its noun. Deadlines are not stored: they
# follow from the history of the status and the interactions of the case; indexes have the columns.
CASES = """
CREATE TABLE service_case (
  id {identity},
  uid {key} NOT NULL UNIQUE,
  contact_id BIGINT NOT NULL REFERENCES contact (id),
  text TEXT NOT NULL DEFAULT '',
  text_key {key} NOT NULL DEFAULT '',
  type TEXT NOT NULL CHECK (type IN ('question', 'incident', 'complaint', 'request')),
  priority TEXT NOT NULL CHECK (priority IN ('low', 'normal', 'high', 'urgent')),
  status TEXT NOT NULL CHECK (status IN ('new', 'assigned', 'waiting-customer', 'waiting-us',
    'solved', 'closed')),
  product_id BIGINT REFERENCES product (id),
  owner TEXT NOT NULL DEFAULT '',
  owner_key {key} NOT NULL DEFAULT '',
  team_id BIGINT REFERENCES team (id),
  channel TEXT NOT NULL DEFAULT '',
  channel_key {key} NOT NULL DEFAULT '',
  opened_at {key} NOT NULL,
  solved_at {key},
  cause_id BIGINT REFERENCES service_case (id),
  merged_id BIGINT REFERENCES service_case (id),
  rating BIGINT,
  opinion TEXT NOT NULL DEFAULT '',
  opinion_key {key} NOT NULL DEFAULT '',
  rated_at {key},
  asked_at {key},
  ref {key} UNIQUE,
  ref_key {key} NOT NULL DEFAULT '',
  author TEXT NOT NULL DEFAULT '',
  author_key {key} NOT NULL DEFAULT ''
);
CREATE INDEX service_case_contact ON service_case (contact_id, opened_at);
CREATE INDEX service_case_open ON service_case (opened_at) WHERE solved_at IS NULL;
CREATE INDEX service_case_product ON service_case (product_id) WHERE product_id IS NOT NULL;
CREATE INDEX service_case_team ON service_case (team_id) WHERE team_id IS NOT NULL;
CREATE INDEX service_case_cause ON service_case (cause_id) WHERE cause_id IS NOT NULL;
CREATE INDEX service_case_merged ON service_case (merged_id) WHERE merged_id IS NOT NULL;
CREATE TABLE case_change (
  id {identity},
  case_id BIGINT NOT NULL REFERENCES service_case (id),
  status TEXT NOT NULL CHECK (status IN ('new', 'assigned', 'waiting-customer', 'waiting-us',
    'solved', 'closed')),
  at {key} NOT NULL,
  author TEXT NOT NULL DEFAULT '',
  author_key {key} NOT NULL DEFAULT ''
);
CREATE INDEX case_change_case ON case_change (case_id, at, status);
ALTER TABLE interaction ADD COLUMN case_id BIGINT REFERENCES service_case (id);
CREATE INDEX interaction_case ON interaction
  (case_id, at, on_date, direction, kind, no_answer) WHERE case_id IS NOT NULL;
ALTER TABLE message ADD COLUMN case_id BIGINT REFERENCES service_case (id);
CREATE INDEX message_case ON message (case_id) WHERE case_id IS NOT NULL;
"""
