"""The migration to dunning, the costs of campaigns, and feedback on products."""

# A step of dunning comes some days after the due day: by mail where it has a template, else as a
# reminder. A notice is what was done for an invoice: each level comes once.
DUNNING = """
CREATE TABLE dunning (
  id {identity},
  uid {key} NOT NULL UNIQUE,
  name {key} NOT NULL UNIQUE,
  name_key {key} NOT NULL DEFAULT '',
  days BIGINT NOT NULL,
  template_id BIGINT REFERENCES template (id),
  text TEXT NOT NULL DEFAULT '',
  text_key {key} NOT NULL DEFAULT '',
  fee TEXT NOT NULL DEFAULT '',
  fee_key {key} NOT NULL DEFAULT '',
  author TEXT NOT NULL DEFAULT '',
  author_key {key} NOT NULL DEFAULT '',
  created_at {key} NOT NULL
);
CREATE INDEX dunning_template ON dunning (template_id) WHERE template_id IS NOT NULL;
ALTER TABLE invoice ADD COLUMN disputed INTEGER NOT NULL DEFAULT 0;
CREATE TABLE dunning_notice (
  id {identity},
  invoice_id BIGINT NOT NULL REFERENCES invoice (id),
  level BIGINT NOT NULL,
  dunning_id BIGINT REFERENCES dunning (id),
  days BIGINT NOT NULL,
  on_date {key} NOT NULL,
  message_id BIGINT REFERENCES message (id),
  reminder_id BIGINT REFERENCES reminder (id)
);
CREATE UNIQUE INDEX dunning_notice_invoice ON dunning_notice (invoice_id, level);
CREATE INDEX dunning_notice_step ON dunning_notice (dunning_id) WHERE dunning_id IS NOT NULL;
CREATE INDEX dunning_notice_message ON dunning_notice (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX dunning_notice_reminder ON dunning_notice (reminder_id)
  WHERE reminder_id IS NOT NULL;
"""

CAMPAIGN_COSTS = """
CREATE TABLE campaign_cost (
  id {identity},
  campaign_id BIGINT NOT NULL REFERENCES campaign (id),
  on_date {key} NOT NULL,
  amount BIGINT NOT NULL,
  currency {key} NOT NULL DEFAULT '',
  note TEXT NOT NULL DEFAULT '',
  note_key {key} NOT NULL DEFAULT '',
  author TEXT NOT NULL DEFAULT '',
  author_key {key} NOT NULL DEFAULT ''
);
CREATE INDEX campaign_cost_campaign ON campaign_cost (campaign_id);
"""

# A wish or a complaint about a product has several supporters: the contacts who have it.
FEEDBACK = """
CREATE TABLE feedback (
  id {identity},
  uid {key} NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('wish', 'complaint')),
  product_id BIGINT REFERENCES product (id),
  text TEXT NOT NULL DEFAULT '',
  text_key {key} NOT NULL DEFAULT '',
  status TEXT NOT NULL CHECK (status IN ('open', 'planned', 'done', 'declined')),
  on_date {key} NOT NULL,
  case_id BIGINT REFERENCES service_case (id),
  author TEXT NOT NULL DEFAULT '',
  author_key {key} NOT NULL DEFAULT '',
  created_at {key} NOT NULL
);
CREATE INDEX feedback_product ON feedback (product_id) WHERE product_id IS NOT NULL;
CREATE INDEX feedback_case ON feedback (case_id) WHERE case_id IS NOT NULL;
CREATE TABLE supporter (
  id {identity},
  feedback_id BIGINT NOT NULL REFERENCES feedback (id),
  contact_id BIGINT NOT NULL REFERENCES contact (id)
);
CREATE UNIQUE INDEX supporter_feedback ON supporter (feedback_id, contact_id);
CREATE INDEX supporter_contact ON supporter (contact_id);
"""
