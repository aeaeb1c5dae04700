"""The migration to campaigns."""

# The contacts that a campaign holds out are chosen before anything is sent, and are compared with
# those who got it. A message knows its campaign, and which of the templates it was written with. A
# campaign through another channel than mail has a row for each contact: with its reminder where it
# is of calls or visits, else with the instant at which its letter or message was sent.
CAMPAIGNS = """
CREATE TABLE campaign (
  id {identity},
  uid {key} NOT NULL UNIQUE,
  name {key} NOT NULL UNIQUE,
  query TEXT NOT NULL,
  query_key {key} NOT NULL DEFAULT '',
  channel {key} NOT NULL DEFAULT 'mail' CHECK (channel IN ('mail', 'call', 'visit', 'letter',
    'message')),
  template_id BIGINT REFERENCES template (id),
  rival_id BIGINT REFERENCES template (id),
  text TEXT NOT NULL DEFAULT '',
  text_key {key} NOT NULL DEFAULT '',
  per_day BIGINT,
  purpose {key} NOT NULL,
  holdout BIGINT NOT NULL DEFAULT 0,
  conversion_days BIGINT NOT NULL DEFAULT 30,
  status {key} NOT NULL CHECK (status IN ('draft', 'scheduled', 'sending', 'paused', 'stopped',
    'done')),
  due_at {key},
  started_at {key},
  author TEXT NOT NULL DEFAULT '',
  author_key {key} NOT NULL DEFAULT '',
  created_at {key} NOT NULL
);
CREATE INDEX campaign_template ON campaign (template_id) WHERE template_id IS NOT NULL;
CREATE INDEX campaign_rival ON campaign (rival_id) WHERE rival_id IS NOT NULL;
CREATE TABLE holdout (
  id {identity},
  campaign_id BIGINT NOT NULL REFERENCES campaign (id),
  contact_id BIGINT NOT NULL REFERENCES contact (id)
);
CREATE UNIQUE INDEX holdout_campaign ON holdout (campaign_id, contact_id);
CREATE INDEX holdout_contact ON holdout (contact_id);
CREATE TABLE campaign_contact (
  id {identity},
  uid {key} NOT NULL UNIQUE,
  campaign_id BIGINT NOT NULL REFERENCES campaign (id),
  contact_id BIGINT NOT NULL REFERENCES contact (id),
  template_id BIGINT REFERENCES template (id),
  address TEXT NOT NULL DEFAULT '',
  reminder_id BIGINT REFERENCES reminder (id),
  interaction_id BIGINT REFERENCES interaction (id),
  sent_at {key}
);
CREATE UNIQUE INDEX campaign_contact_campaign ON campaign_contact (campaign_id, contact_id);
CREATE INDEX campaign_contact_contact ON campaign_contact (contact_id);
CREATE INDEX campaign_contact_template ON campaign_contact (template_id)
  WHERE template_id IS NOT NULL;
CREATE INDEX campaign_contact_reminder ON campaign_contact (reminder_id)
  WHERE reminder_id IS NOT NULL;
CREATE INDEX campaign_contact_interaction ON campaign_contact (interaction_id)
  WHERE interaction_id IS NOT NULL;
"""
