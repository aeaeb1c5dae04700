"""The migration to quotes."""

# Each version of a quote is a row: the versions share the number. A quote that was sent stays as
# it is, so a change makes the next version and the former one is ``replaced``. The amount is that
# of the lines that are not optional; optional lines that the customer takes become ``taken`` ones.
QUOTES = """
CREATE TABLE quote (
  id {identity},
  uid {key} NOT NULL UNIQUE,
  number {key} NOT NULL,
  version BIGINT NOT NULL DEFAULT 1,
  title TEXT NOT NULL,
  title_key {key} NOT NULL,
  deal_id BIGINT NOT NULL REFERENCES deal (id),
  contact_id BIGINT NOT NULL REFERENCES contact (id),
  status TEXT NOT NULL CHECK (status IN ('draft', 'sent', 'viewed', 'accepted', 'refused',
    'replaced', 'canceled')),
  amount BIGINT,
  currency {key} NOT NULL DEFAULT '',
  tax BIGINT,
  quoted_on {key} NOT NULL,
  valid_on {key},
  sent_on {key},
  viewed_on {key},
  closed_on {key},
  refusal TEXT NOT NULL DEFAULT '',
  refusal_key {key} NOT NULL DEFAULT '',
  note TEXT NOT NULL DEFAULT '',
  note_key {key} NOT NULL DEFAULT '',
  owner TEXT NOT NULL DEFAULT '',
  owner_key {key} NOT NULL DEFAULT '',
  created_at {key} NOT NULL,
  UNIQUE (number, version)
);
CREATE INDEX quote_deal ON quote (deal_id, status);
CREATE INDEX quote_contact ON quote (contact_id, status);
CREATE INDEX quote_status ON quote (status, valid_on);
CREATE INDEX quote_number ON quote (lower(number));
CREATE INDEX quote_title ON quote (title_key);
CREATE TABLE quote_line (
  id {identity},
  quote_id BIGINT NOT NULL REFERENCES quote (id),
  product_id BIGINT NOT NULL REFERENCES product (id),
  quantity BIGINT NOT NULL,
  price BIGINT NOT NULL,
  price_rest INTEGER NOT NULL DEFAULT 0,
  cost BIGINT,
  cost_rest INTEGER NOT NULL DEFAULT 0,
  discount BIGINT NOT NULL DEFAULT 0,
  amount BIGINT NOT NULL,
  tax_rate BIGINT,
  tax BIGINT,
  optional INTEGER NOT NULL DEFAULT 0,
  taken INTEGER NOT NULL DEFAULT 0,
  reason TEXT NOT NULL DEFAULT '',
  reason_key {key} NOT NULL DEFAULT ''
);
CREATE INDEX quote_line_quote ON quote_line (quote_id);
CREATE INDEX quote_line_product ON quote_line (product_id);
"""
