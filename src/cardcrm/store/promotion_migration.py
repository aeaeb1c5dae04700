"""The migration to promotions."""

# A code or an offer, which a sale redeems. The discount is in thousandths of a percent. A limit
# that is NULL does not limit.
PROMOTIONS = """
CREATE TABLE promotion (
  id {identity},
  uid {key} NOT NULL UNIQUE,
  code {key} NOT NULL UNIQUE,
  code_key {key} NOT NULL DEFAULT '',
  text TEXT NOT NULL DEFAULT '',
  text_key {key} NOT NULL DEFAULT '',
  campaign_id BIGINT REFERENCES campaign (id),
  discount BIGINT NOT NULL DEFAULT 0,
  from_on {key},
  until_on {key},
  max_uses BIGINT,
  max_per_customer BIGINT,
  author TEXT NOT NULL DEFAULT '',
  author_key {key} NOT NULL DEFAULT '',
  created_at {key} NOT NULL
);
CREATE INDEX promotion_campaign ON promotion (campaign_id) WHERE campaign_id IS NOT NULL;
ALTER TABLE sale ADD COLUMN promotion_id BIGINT REFERENCES promotion (id);
CREATE INDEX sale_promotion ON sale (promotion_id, contact_id) WHERE promotion_id IS NOT NULL;
"""
