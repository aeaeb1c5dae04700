"""The migration to sales of shops and payment services."""

# The fee that a payment service has kept, and its id of the payment, by which a list of payments
# knows the orders that are stored already.
SALE_PAYMENTS = """
ALTER TABLE sale ADD COLUMN fee BIGINT;
ALTER TABLE sale ADD COLUMN payment_ref {key};
CREATE INDEX sale_payment ON sale (payment_ref) WHERE payment_ref IS NOT NULL;
"""
