"""The migration to a program for the most valuable customers."""

# ``mvc_since`` is the day on which a contact joined. A benefit is given to members every number of
# days or once; a gift is one benefit given to one contact.
MVC_PROGRAM = """
ALTER TABLE contact ADD COLUMN mvc_since {key};
CREATE INDEX contact_mvc ON contact (mvc_since) WHERE mvc_since IS NOT NULL;
CREATE TABLE benefit (
  id {identity},
  uid {key} NOT NULL UNIQUE,
  name TEXT NOT NULL,
  name_key {key} NOT NULL,
  every INTEGER,
  cost BIGINT,
  currency {key} NOT NULL DEFAULT ''
);
CREATE TABLE gift (
  id {identity},
  uid {key} NOT NULL UNIQUE,
  contact_id BIGINT NOT NULL REFERENCES contact (id),
  benefit_id BIGINT NOT NULL REFERENCES benefit (id),
  on_date {key} NOT NULL,
  cost BIGINT,
  currency {key} NOT NULL DEFAULT '',
  text TEXT NOT NULL DEFAULT '',
  text_key {key} NOT NULL DEFAULT ''
);
CREATE INDEX gift_contact ON gift (contact_id, benefit_id, on_date);
CREATE INDEX gift_benefit ON gift (benefit_id);
"""
