"""The migration to price lists and discount rules."""

# A row gives a price or a discount (thousandths of a percent) to a contact, to a segment, or to
# all if it names neither; for a product, a category, or everything.
PRICES = """
CREATE TABLE price (
  id {identity},
  uid {key} NOT NULL UNIQUE,
  product_id BIGINT REFERENCES product (id),
  category TEXT NOT NULL DEFAULT '',
  category_key {key} NOT NULL DEFAULT '',
  contact_id BIGINT REFERENCES contact (id),
  segment_id BIGINT REFERENCES segment (id),
  price BIGINT,
  price_rest INTEGER NOT NULL DEFAULT 0,
  currency {key} NOT NULL DEFAULT '',
  discount BIGINT,
  quantity BIGINT,
  reason TEXT NOT NULL DEFAULT '',
  reason_key {key} NOT NULL DEFAULT '',
  from_on {key},
  until_on {key},
  created_at {key} NOT NULL
);
CREATE INDEX price_product ON price (product_id);
CREATE INDEX price_contact ON price (contact_id);
CREATE INDEX price_segment ON price (segment_id);
"""
