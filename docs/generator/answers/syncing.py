"""Declare the answers about folders in step with the database, and calendars."""

from docs.generator.answers.declaration import Answer, Key

KEYS = {
    "folder": Key("text", "folder that is in step with the database"),
    "to_database": Key("sync_counts", "contacts or reminders that the database got"),
    "to_folder": Key("sync_counts", "files that the folder got"),
    "deleted": Key("integer", "number of contacts, reminders or files removed"),
    "conflicts": Key("[conflict]", "fields that both sides had changed"),
    "taken": Key("text", "side whose value was taken: database, file or both"),
    "database": Key("text", "value of the database"),
    "pending": Key("[deletion]", "deletions that wait for `--yes` or `--keep`"),
    "remove_from": Key("text", "side that still has it: database or folder"),
    "left": Key("[left_file]", "files that were left as they are"),
    "notes": Key("[text]", "further remarks"),
    "entries": Key("integer", "number of entries of the calendar"),
    "written": Key("boolean", "false where the file was up to date"),
}

OBJECTS = {
    "sync_counts": "added changed deleted",
    "conflict": "name field taken file database",
    "deletion": "name uid file remove_from",
    "left_file": "file reason",
    "synced": "folder to_database to_folder conflicts pending left notes",
    "calendar": "entries path written",
}

ANSWERS = {
    "sync": Answer(("synced", "[synced]"), "an array for several folders"),
    "calendar write": Answer(("calendar", "[calendar]"), "an array for several calendars"),
}
