"""The migration to leads."""

# A lead belongs to a contact, so that nothing is asked twice. ``received_at`` is the instant of the
# request if its time is known. A change of status holds the ``seconds`` that the lead was in the
# former one. A rule gives points to the leads that its query finds, or names their owners. The
# index of the journal finds what was known of a contact when a lead was added.
LEADS = """
CREATE TABLE lead (
  id {identity},
  uid {key} NOT NULL UNIQUE,
  contact_id BIGINT NOT NULL REFERENCES contact (id),
  text TEXT NOT NULL DEFAULT '',
  text_key {key} NOT NULL DEFAULT '',
  status TEXT NOT NULL CHECK (status IN ('new', 'assigned', 'in process', 'converted', 'recycled',
    'dead')),
  source TEXT NOT NULL DEFAULT '',
  source_key {key} NOT NULL DEFAULT '',
  owner TEXT NOT NULL DEFAULT '',
  owner_key {key} NOT NULL DEFAULT '',
  received_on {key} NOT NULL,
  received_at {key},
  closed_on {key},
  reason TEXT NOT NULL DEFAULT '',
  reason_key {key} NOT NULL DEFAULT '',
  deal_id BIGINT REFERENCES deal (id),
  ref {key} UNIQUE,
  ref_key {key} NOT NULL DEFAULT ''
);
CREATE INDEX lead_contact ON lead (contact_id, status);
CREATE INDEX lead_status ON lead (status, received_on);
CREATE INDEX lead_deal ON lead (deal_id) WHERE deal_id IS NOT NULL;
CREATE TABLE lead_change (
  id {identity},
  lead_id BIGINT NOT NULL REFERENCES lead (id),
  status TEXT NOT NULL CHECK (status IN ('new', 'assigned', 'in process', 'converted', 'recycled',
    'dead')),
  owner TEXT NOT NULL DEFAULT '',
  owner_key {key} NOT NULL DEFAULT '',
  at {key} NOT NULL,
  on_date {key} NOT NULL,
  seconds BIGINT,
  author TEXT NOT NULL DEFAULT '',
  author_key {key} NOT NULL DEFAULT ''
);
CREATE INDEX lead_change_lead ON lead_change (lead_id);
CREATE TABLE lead_rule (
  id {identity},
  query {key} NOT NULL UNIQUE,
  points BIGINT,
  owners TEXT NOT NULL DEFAULT '',
  owners_key {key} NOT NULL DEFAULT ''
);
CREATE INDEX change_added ON change (tbl, row_id DESC, step_id)
  WHERE op IN ('insert', 'load') AND tbl IN ('tag', 'point', 'address', 'lead', 'deal');
"""
