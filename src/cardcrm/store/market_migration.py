"""The migration to market sizes that the user states."""

# The size of the market of one value of a field: an amount with its currency, or a number of
# customers, as text.
MARKET_SIZES = """
CREATE TABLE market_size (
  id {identity},
  field {key} NOT NULL,
  name {key} NOT NULL,
  size {key} NOT NULL,
  UNIQUE (field, name)
);
"""
