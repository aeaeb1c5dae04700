"""The migration to pipelines of deals."""

# ``probability`` is in thousandths of a percent, and so is ``own_probability``, which takes its
# place in one deal. ``status`` repeats the kind of the stage, so that open deals are found without
# it; ``entered_on`` is the day on which the deal came into its stage. A change of stage holds the
# ``seconds`` that the deal was in the former one: the dialect of both engines has no function that
# computes with instants. Stages with a history are retired, never deleted.
DEALS = """
CREATE TABLE pipeline (
  id {identity},
  uid {key} NOT NULL UNIQUE,
  name TEXT NOT NULL,
  name_key {key} NOT NULL,
  position BIGINT NOT NULL DEFAULT 0,
  retired INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE stage (
  id {identity},
  uid {key} NOT NULL UNIQUE,
  pipeline_id BIGINT NOT NULL REFERENCES pipeline (id),
  name TEXT NOT NULL,
  name_key {key} NOT NULL,
  position BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('open', 'won', 'lost')),
  probability BIGINT NOT NULL,
  rotting_days BIGINT,
  needs TEXT NOT NULL DEFAULT '',
  retired INTEGER NOT NULL DEFAULT 0,
  merged_id BIGINT REFERENCES stage (id)
);
CREATE INDEX stage_pipeline ON stage (pipeline_id, position);
CREATE TABLE deal (
  id {identity},
  uid {key} NOT NULL UNIQUE,
  title TEXT NOT NULL,
  title_key {key} NOT NULL,
  contact_id BIGINT NOT NULL REFERENCES contact (id),
  org_id BIGINT REFERENCES contact (id),
  pipeline_id BIGINT NOT NULL REFERENCES pipeline (id),
  stage_id BIGINT NOT NULL REFERENCES stage (id),
  status TEXT NOT NULL CHECK (status IN ('open', 'won', 'lost')),
  amount BIGINT,
  currency {key} NOT NULL DEFAULT '',
  own_probability BIGINT,
  close_on {key},
  opened_on {key} NOT NULL,
  entered_on {key} NOT NULL,
  closed_on {key},
  source TEXT NOT NULL DEFAULT '',
  source_key {key} NOT NULL DEFAULT '',
  competitor TEXT NOT NULL DEFAULT '',
  competitor_key {key} NOT NULL DEFAULT '',
  lost_reason TEXT NOT NULL DEFAULT '' CHECK (lost_reason IN ('', 'pricing', 'competition',
    'budget', 'features', 'timing', 'no decision maker', 'silence', 'fit', 'other')),
  lost_note TEXT NOT NULL DEFAULT '',
  lost_note_key {key} NOT NULL DEFAULT '',
  owner TEXT NOT NULL DEFAULT '',
  owner_key {key} NOT NULL DEFAULT '',
  ref {key} UNIQUE,
  ref_key {key} NOT NULL DEFAULT '',
  sale_id BIGINT REFERENCES sale (id),
  created_at {key} NOT NULL
);
CREATE INDEX deal_contact ON deal (contact_id, status);
CREATE INDEX deal_org ON deal (org_id) WHERE org_id IS NOT NULL;
CREATE INDEX deal_sale ON deal (sale_id) WHERE sale_id IS NOT NULL;
CREATE INDEX deal_stage ON deal (stage_id, close_on);
CREATE INDEX deal_pipeline ON deal (pipeline_id, status, close_on);
CREATE INDEX deal_status ON deal (status, close_on);
CREATE INDEX deal_closed ON deal (closed_on, status);
CREATE TABLE deal_line (
  id {identity},
  deal_id BIGINT NOT NULL REFERENCES deal (id),
  product_id BIGINT NOT NULL REFERENCES product (id),
  quantity BIGINT NOT NULL,
  price BIGINT NOT NULL,
  price_rest INTEGER NOT NULL DEFAULT 0,
  cost BIGINT,
  cost_rest INTEGER NOT NULL DEFAULT 0,
  discount BIGINT NOT NULL DEFAULT 0,
  amount BIGINT NOT NULL,
  tax_rate BIGINT,
  tax BIGINT
);
CREATE INDEX deal_line_deal ON deal_line (deal_id);
CREATE INDEX deal_line_product ON deal_line (product_id);
CREATE TABLE deal_role (
  id {identity},
  deal_id BIGINT NOT NULL REFERENCES deal (id),
  contact_id BIGINT NOT NULL REFERENCES contact (id),
  role TEXT NOT NULL CHECK (role IN ('decision maker', 'evaluator', 'champion', 'blocker'))
);
CREATE INDEX deal_role_deal ON deal_role (deal_id);
CREATE INDEX deal_role_contact ON deal_role (contact_id);
CREATE TABLE stage_change (
  id {identity},
  deal_id BIGINT NOT NULL REFERENCES deal (id),
  from_id BIGINT REFERENCES stage (id),
  to_id BIGINT NOT NULL REFERENCES stage (id),
  at {key} NOT NULL,
  on_date {key} NOT NULL,
  seconds BIGINT,
  author TEXT NOT NULL DEFAULT '',
  author_key {key} NOT NULL DEFAULT ''
);
CREATE INDEX stage_change_deal ON stage_change (deal_id, id, to_id);
CREATE INDEX stage_change_to ON stage_change (to_id, on_date);
CREATE INDEX stage_change_from ON stage_change (from_id, on_date, seconds);
ALTER TABLE reminder ADD COLUMN deal_id BIGINT REFERENCES deal (id);
CREATE INDEX reminder_deal ON reminder (deal_id, done_at, due_on) WHERE deal_id IS NOT NULL;
"""
