"""The migration to stored models of lifetime value, and to snapshots of customer equity."""

# One row for each currency, replaced when the models are fitted again; times are in weeks, amounts
# in major units of the currency. Snapshots can be compared if horizon and discount are equal. The
# index answers whether a currency has sales of 0, which the stored sums leave out.
LIFETIME_MODELS = """
CREATE TABLE lifetime_model (
  id {identity},
  currency {key} NOT NULL UNIQUE,
  fitted_on {key} NOT NULL,
  customers BIGINT NOT NULL,
  repeating BIGINT NOT NULL,
  purchases BIGINT NOT NULL,
  r DOUBLE PRECISION NOT NULL,
  alpha DOUBLE PRECISION NOT NULL,
  a DOUBLE PRECISION NOT NULL,
  b DOUBLE PRECISION NOT NULL,
  r_error DOUBLE PRECISION,
  alpha_error DOUBLE PRECISION,
  a_error DOUBLE PRECISION,
  b_error DOUBLE PRECISION,
  log_likelihood DOUBLE PRECISION NOT NULL,
  p DOUBLE PRECISION,
  q DOUBLE PRECISION,
  v DOUBLE PRECISION,
  p_error DOUBLE PRECISION,
  q_error DOUBLE PRECISION,
  v_error DOUBLE PRECISION,
  spend_log_likelihood DOUBLE PRECISION,
  spend_customers BIGINT NOT NULL,
  mean_spend DOUBLE PRECISION NOT NULL,
  correlation DOUBLE PRECISION,
  tested_until {key},
  mae DOUBLE PRECISION,
  naive_mae DOUBLE PRECISION
);
CREATE INDEX sale_free ON sale (currency) WHERE amount = 0;
CREATE TABLE equity_snapshot (
  id {identity},
  on_date {key} NOT NULL,
  currency {key} NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('all', 'standing', 'segment')),
  name {key} NOT NULL,
  horizon BIGINT NOT NULL,
  discount BIGINT NOT NULL,
  customers BIGINT NOT NULL,
  equity BIGINT NOT NULL,
  UNIQUE (currency, horizon, discount, kind, name, on_date)
);
"""
