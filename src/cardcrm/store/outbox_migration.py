"""The migration to templates and the outbox."""

# A template has a row for each language. A message keeps the Message-ID that it is sent with from
# the moment it is queued, so that a mail is known by it even if the program was killed while it
# was sent. The text is empty until it was rendered: that of a campaign is made as it is sent.
TEMPLATES = """
CREATE TABLE template (
  id {identity},
  uid {key} NOT NULL UNIQUE,
  name {key} NOT NULL,
  language {key} NOT NULL DEFAULT '',
  subject TEXT NOT NULL DEFAULT '',
  text TEXT NOT NULL DEFAULT '',
  html TEXT NOT NULL DEFAULT '',
  created_at {key} NOT NULL
);
CREATE UNIQUE INDEX template_name ON template (lower(name), language);
CREATE TABLE template_file (
  id {identity},
  template_id BIGINT NOT NULL REFERENCES template (id),
  name TEXT NOT NULL,
  type {key} NOT NULL,
  size BIGINT NOT NULL,
  data TEXT NOT NULL
);
CREATE INDEX template_file_template ON template_file (template_id);
"""

MESSAGES = """
CREATE TABLE message (
  id {identity},
  uid {key} NOT NULL UNIQUE,
  message_id {key} NOT NULL UNIQUE,
  contact_id BIGINT NOT NULL REFERENCES contact (id),
  address {key} NOT NULL,
  template_id BIGINT REFERENCES template (id),
  purpose {key} NOT NULL DEFAULT '',
  subject TEXT NOT NULL DEFAULT '',
  text TEXT NOT NULL DEFAULT '',
  html TEXT NOT NULL DEFAULT '',
  reply_to_id {key},
  deal_id BIGINT REFERENCES deal (id),
  campaign_id BIGINT REFERENCES campaign (id),
  enrollment_id BIGINT REFERENCES enrollment (id),
  step {key} NOT NULL DEFAULT '',
  status {key} NOT NULL CHECK (status IN ('queued', 'sending', 'sent', 'uncertain', 'failed',
    'given up', 'canceled', 'bounced')),
  due_at {key} NOT NULL,
  attempts BIGINT NOT NULL DEFAULT 0,
  error TEXT NOT NULL DEFAULT '',
  sent_at {key},
  replied_at {key},
  unsubscribed_at {key},
  interaction_id BIGINT REFERENCES interaction (id),
  author TEXT NOT NULL DEFAULT '',
  author_key {key} NOT NULL DEFAULT '',
  created_at {key} NOT NULL
);
CREATE TABLE message_file (
  id {identity},
  message_id BIGINT NOT NULL REFERENCES message (id),
  name TEXT NOT NULL,
  type {key} NOT NULL,
  size BIGINT NOT NULL,
  data TEXT NOT NULL
);
CREATE INDEX message_file_message ON message_file (message_id);
CREATE INDEX message_contact ON message (contact_id, sent_at);
CREATE INDEX message_due ON message (due_at, id) WHERE status IN ('queued', 'sending');
CREATE INDEX message_trouble ON message (status)
  WHERE status IN ('failed', 'given up', 'uncertain');
CREATE INDEX message_address ON message (lower(address));
CREATE INDEX message_template ON message (template_id) WHERE template_id IS NOT NULL;
CREATE INDEX message_deal ON message (deal_id) WHERE deal_id IS NOT NULL;
CREATE INDEX message_interaction ON message (interaction_id) WHERE interaction_id IS NOT NULL;
CREATE INDEX message_campaign ON message (campaign_id, contact_id) WHERE campaign_id IS NOT NULL;
CREATE INDEX message_enrollment ON message (enrollment_id, step)
  WHERE enrollment_id IS NOT NULL;
"""
