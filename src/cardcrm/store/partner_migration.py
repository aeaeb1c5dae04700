"""The migration to partners: agreements, payouts, registered leads, and testimonials."""

# An agreement counts for the sales from its first day to its last one; a partner may have several,
# one after the other. The commission is in thousandths of a percent. A registration protects a
# contact for a partner, who is a contact as well. A testimonial without a day of answer is open.
PARTNERS = """
CREATE TABLE partner (
  id {identity},
  uid {key} NOT NULL UNIQUE,
  contact_id BIGINT NOT NULL REFERENCES contact (id),
  type TEXT NOT NULL CHECK (type IN ('dealer', 'reseller', 'distributor', 'agent', 'affiliate',
    'other')),
  commission BIGINT NOT NULL DEFAULT 0,
  from_on {key} NOT NULL,
  until_on {key},
  territory_id BIGINT REFERENCES territory (id),
  text TEXT NOT NULL DEFAULT '',
  text_key {key} NOT NULL DEFAULT '',
  author TEXT NOT NULL DEFAULT '',
  author_key {key} NOT NULL DEFAULT '',
  created_at {key} NOT NULL
);
CREATE INDEX partner_contact ON partner (contact_id, from_on);
CREATE INDEX partner_territory ON partner (territory_id) WHERE territory_id IS NOT NULL;
CREATE TABLE payout (
  id {identity},
  partner_id BIGINT NOT NULL REFERENCES partner (id),
  on_date {key} NOT NULL,
  amount BIGINT NOT NULL,
  currency {key} NOT NULL DEFAULT '',
  text TEXT NOT NULL DEFAULT '',
  text_key {key} NOT NULL DEFAULT ''
);
CREATE INDEX payout_partner ON payout (partner_id, on_date);
CREATE TABLE registration (
  id {identity},
  uid {key} NOT NULL UNIQUE,
  contact_id BIGINT NOT NULL REFERENCES contact (id),
  partner_id BIGINT NOT NULL REFERENCES contact (id),
  on_date {key} NOT NULL,
  until_on {key} NOT NULL,
  text TEXT NOT NULL DEFAULT '',
  text_key {key} NOT NULL DEFAULT '',
  author TEXT NOT NULL DEFAULT '',
  author_key {key} NOT NULL DEFAULT '',
  created_at {key} NOT NULL
);
CREATE INDEX registration_contact ON registration (contact_id, until_on);
CREATE INDEX registration_partner ON registration (partner_id, on_date);
CREATE INDEX registration_until ON registration (until_on);
ALTER TABLE deal ADD COLUMN partner_id BIGINT REFERENCES contact (id);
CREATE INDEX deal_partner ON deal (partner_id) WHERE partner_id IS NOT NULL;
CREATE TABLE testimonial (
  id {identity},
  uid {key} NOT NULL UNIQUE,
  contact_id BIGINT NOT NULL REFERENCES contact (id),
  asked_on {key} NOT NULL,
  answered_on {key},
  text TEXT NOT NULL DEFAULT '',
  text_key {key} NOT NULL DEFAULT '',
  public INTEGER NOT NULL DEFAULT 0,
  author TEXT NOT NULL DEFAULT '',
  author_key {key} NOT NULL DEFAULT ''
);
CREATE INDEX testimonial_contact ON testimonial (contact_id);
"""
