"""The tables of folders and calendars that are kept in step with the database.

The journal does not record them: an undo brings contacts back, and the next sync must then see
that the database has changed, and bring the files along. The index finds how often a reminder was
changed, and when, which calendars state.
"""

SYNC = """
CREATE TABLE sync_folder (
  id {identity},
  host {key} NOT NULL DEFAULT '',
  path {key} NOT NULL,
  kind TEXT NOT NULL DEFAULT 'contacts',
  query TEXT NOT NULL DEFAULT '',
  read_to BIGINT NOT NULL DEFAULT 0,
  UNIQUE (host, path)
);
CREATE TABLE sync_file (
  id {identity},
  folder_id BIGINT NOT NULL REFERENCES sync_folder (id),
  name {key} NOT NULL,
  uid {key} NOT NULL,
  size BIGINT NOT NULL DEFAULT 0,
  mtime BIGINT NOT NULL DEFAULT 0,
  hash {key} NOT NULL DEFAULT '',
  matched INTEGER NOT NULL DEFAULT 0,
  pending INTEGER NOT NULL DEFAULT 0,
  base TEXT NOT NULL DEFAULT '',
  UNIQUE (folder_id, name)
);
CREATE INDEX sync_file_uid ON sync_file (uid);
CREATE INDEX change_reminder ON change (row_id) WHERE tbl = 'reminder';
"""
