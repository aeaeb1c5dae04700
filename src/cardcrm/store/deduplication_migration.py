"""Tables of what users decided about duplicates: merged contacts, and pairs that are different."""

# ``old_id`` was the number of a contact that was merged into another one.
DEDUPLICATION = """
CREATE TABLE merged_id (
  id {identity},
  contact_id BIGINT NOT NULL REFERENCES contact (id),
  old_id BIGINT NOT NULL
);
CREATE INDEX merged_id_contact ON merged_id (contact_id);
CREATE INDEX merged_id_old ON merged_id (old_id);
CREATE TABLE distinct_pair (
  id {identity},
  contact_id BIGINT NOT NULL REFERENCES contact (id),
  other_id BIGINT NOT NULL REFERENCES contact (id)
);
CREATE INDEX distinct_pair_contact ON distinct_pair (contact_id);
CREATE INDEX distinct_pair_other ON distinct_pair (other_id);
"""
