"""The migration to sales targets."""

# The amount that a user is to win in a month, such as ``2026-12``.
TARGETS = """
CREATE TABLE target (
  id {identity},
  uid {key} NOT NULL UNIQUE,
  owner {key} NOT NULL,
  owner_key {key} NOT NULL DEFAULT '',
  month {key} NOT NULL,
  amount BIGINT NOT NULL,
  currency {key} NOT NULL,
  UNIQUE (owner, month, currency)
);
"""
