"""The migration to invoices."""

# ``paid`` is the sum of the payments; ``paid_on`` is filled once that is all of the amount.
INVOICES = """
CREATE TABLE invoice (
  id {identity},
  uid {key} NOT NULL UNIQUE,
  number {key} NOT NULL UNIQUE,
  contact_id BIGINT NOT NULL REFERENCES contact (id),
  quote_id BIGINT REFERENCES quote (id),
  text TEXT NOT NULL DEFAULT '',
  text_key {key} NOT NULL DEFAULT '',
  on_date {key} NOT NULL,
  due_on {key} NOT NULL,
  amount BIGINT NOT NULL,
  currency {key} NOT NULL DEFAULT '',
  tax BIGINT,
  paid BIGINT,
  paid_on {key},
  owner TEXT NOT NULL DEFAULT '',
  owner_key {key} NOT NULL DEFAULT '',
  created_at {key} NOT NULL
);
CREATE TABLE payment (
  id {identity},
  invoice_id BIGINT NOT NULL REFERENCES invoice (id),
  amount BIGINT NOT NULL,
  on_date {key} NOT NULL
);
CREATE INDEX payment_invoice ON payment (invoice_id);
CREATE INDEX invoice_number ON invoice (lower(number));
CREATE INDEX invoice_contact ON invoice (contact_id, paid_on);
CREATE INDEX invoice_quote ON invoice (quote_id) WHERE quote_id IS NOT NULL;
CREATE INDEX invoice_due ON invoice (due_on) WHERE paid_on IS NULL;
"""
