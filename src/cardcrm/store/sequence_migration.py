"""The migration to sequences: timed steps, and the contacts that go through them."""

# A sequence keeps its file as it was written. The entry rule is run again when the journal has
# changes after ``seen_change``, or on another day than ``seen_on``. An enrollment waits at a step,
# known by its label, until ``due_at``; a contact that is away gets nothing up to ``away_until``.
# ``event`` names what a contact entered by, so that it enters once for each. An enrollment step is
# a step that was reached; ``result`` tells a step that was done from one whose condition failed.
SEQUENCES = """
CREATE TABLE sequence (
  id {identity},
  uid {key} NOT NULL UNIQUE,
  name {key} NOT NULL UNIQUE,
  steps TEXT NOT NULL,
  purpose {key} NOT NULL DEFAULT '',
  status {key} NOT NULL CHECK (status IN ('active', 'paused')),
  seen_change BIGINT NOT NULL DEFAULT 0,
  seen_on {key},
  author TEXT NOT NULL DEFAULT '',
  author_key {key} NOT NULL DEFAULT '',
  created_at {key} NOT NULL
);
CREATE TABLE enrollment (
  id {identity},
  uid {key} NOT NULL UNIQUE,
  sequence_id BIGINT NOT NULL REFERENCES sequence (id),
  contact_id BIGINT NOT NULL REFERENCES contact (id),
  deal_id BIGINT REFERENCES deal (id),
  event {key} NOT NULL DEFAULT '',
  status {key} NOT NULL CHECK (status IN ('active', 'done', 'stopped')),
  step {key} NOT NULL DEFAULT '',
  due_at {key},
  reason TEXT NOT NULL DEFAULT '',
  away_until {key},
  entered_on {key} NOT NULL,
  entered_at {key} NOT NULL,
  ended_at {key},
  author TEXT NOT NULL DEFAULT '',
  author_key {key} NOT NULL DEFAULT ''
);
CREATE INDEX enrollment_contact ON enrollment (contact_id, sequence_id, status);
CREATE INDEX enrollment_sequence ON enrollment (sequence_id, status, step);
CREATE INDEX enrollment_due ON enrollment (sequence_id, due_at, id) WHERE status = 'active';
CREATE INDEX enrollment_deal ON enrollment (deal_id) WHERE deal_id IS NOT NULL;
CREATE TABLE enrollment_step (
  id {identity},
  enrollment_id BIGINT NOT NULL REFERENCES enrollment (id),
  step {key} NOT NULL,
  result {key} NOT NULL CHECK (result IN ('done', 'skipped')),
  at {key} NOT NULL
);
CREATE INDEX enrollment_step_enrollment ON enrollment_step (enrollment_id, step);
"""
