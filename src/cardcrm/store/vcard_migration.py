"""The columns and tables of version 4 for what vCards say of a contact."""

# Custom fields that had the names of the new columns get the names that such fields have now.
VCARD_PARTS = """
ALTER TABLE contact ADD COLUMN role TEXT NOT NULL DEFAULT '';
ALTER TABLE contact ADD COLUMN role_key {key} NOT NULL DEFAULT '';
ALTER TABLE contact ADD COLUMN language TEXT NOT NULL DEFAULT '';
ALTER TABLE contact ADD COLUMN timezone TEXT NOT NULL DEFAULT '';
ALTER TABLE contact ADD COLUMN gender TEXT NOT NULL DEFAULT '';
ALTER TABLE address ADD COLUMN latitude DOUBLE PRECISION;
ALTER TABLE address ADD COLUMN longitude DOUBLE PRECISION;
CREATE TABLE media (
  id {identity},
  contact_id BIGINT NOT NULL REFERENCES contact (id),
  kind TEXT NOT NULL CHECK (kind IN ('photo', 'logo', 'sound', 'key')),
  type TEXT NOT NULL DEFAULT '',
  uri TEXT NOT NULL DEFAULT '',
  digest {key} NOT NULL DEFAULT '',
  data TEXT NOT NULL DEFAULT ''
);
CREATE INDEX media_contact ON media (contact_id);
CREATE TABLE vcard_line (
  id {identity},
  contact_id BIGINT NOT NULL REFERENCES contact (id),
  line TEXT NOT NULL
);
CREATE INDEX vcard_line_contact ON vcard_line (contact_id);
UPDATE field SET name = 'my-' || name
  WHERE name IN ('role', 'language', 'timezone', 'gender', 'latitude', 'longitude');
"""
