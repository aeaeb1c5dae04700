"""The SQLite engine: one local file."""
