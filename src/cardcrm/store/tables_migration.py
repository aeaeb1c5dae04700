"""The migration to remembered columns: fields that columns of files were assigned to."""

IMPORT_COLUMNS = """
CREATE TABLE import_column (
  id {identity},
  header_key {key} NOT NULL,
  header TEXT NOT NULL,
  name {key} NOT NULL,
  target {key} NOT NULL,
  UNIQUE (header_key, name)
);
"""
