"""The migration to touches: interactions that reached a contact, which notes do not.

It fills the columns as `records.contacts.contact_derived` does, for all contacts at once.
"""

from datetime import date, timedelta

from cardcrm.store.engine import Engine

TOUCHES = """
ALTER TABLE interaction ADD COLUMN no_answer INTEGER NOT NULL DEFAULT 0;
UPDATE interaction SET no_answer = 1 WHERE lower(trim(outcome)) = 'no answer';
ALTER TABLE contact ADD COLUMN status {key} NOT NULL DEFAULT 'active';
ALTER TABLE contact ADD COLUMN snoozed_until {key};
ALTER TABLE contact ADD COLUMN snoozed_from {key};
ALTER TABLE contact ADD COLUMN touched_on {key};
ALTER TABLE contact RENAME COLUMN touch_on TO touch_by;
CREATE TABLE cadence_rule (
  id {identity},
  query {key} NOT NULL UNIQUE,
  days INTEGER NOT NULL
);
UPDATE contact SET touched_on = t.day FROM (
  SELECT p.contact_id AS id, max(i.on_date) AS day FROM participant p
  JOIN interaction i ON i.id = p.interaction_id
  WHERE i.kind <> 'note' AND i.no_answer = 0 GROUP BY p.contact_id
) AS t WHERE t.id = contact.id;
CREATE INDEX contact_since ON contact
  ((coalesce(touched_on, created_on, substr(created_at, 1, 10))), id)
  WHERE cadence_days IS NULL AND status = 'active';
CREATE INDEX contact_snoozed ON contact (snoozed_until) WHERE snoozed_until IS NOT NULL;
CREATE INDEX contact_org_touched ON contact (org_id, touched_on) WHERE org_id IS NOT NULL;
WITH RECURSIVE works(id, day) AS (
  SELECT org_id, max(touched_on) FROM contact
  WHERE org_id IS NOT NULL AND touched_on IS NOT NULL GROUP BY org_id
), up(id, day) AS (
  SELECT id, day FROM works
  UNION SELECT c.org_id, up.day FROM up JOIN contact c ON c.id = up.id WHERE c.org_id IS NOT NULL
)
UPDATE contact SET touched_on = t.day FROM (
  SELECT id, max(day) AS day FROM up GROUP BY id
) AS t WHERE t.id = contact.id AND (touched_on IS NULL OR touched_on < t.day);
"""


def add_cadence(since: str, cadence_days: int) -> str | None:
    """Return the day by which a cadence asks for a touch; None beyond the calendar."""
    try:
        return (date.fromisoformat(since) + timedelta(days=cadence_days)).isoformat()
    except OverflowError:
        return None


def fill_days(engine: Engine) -> None:
    """Write the day by which contacts should be touched where their last interaction was none."""
    rows = engine.stream(
        "SELECT id, cadence_days, coalesce(touched_on, created_on, substr(created_at, 1, 10)) "
        "FROM contact WHERE cadence_days > 0 AND coalesce(touched_on, '') <> coalesce(last_on, '')",
        {},
    )
    changes = [{"id": id_, "day": add_cadence(since, days)} for id_, days, since in rows]
    engine.execute_many("UPDATE contact SET touch_by = :day WHERE id = :id", changes)
