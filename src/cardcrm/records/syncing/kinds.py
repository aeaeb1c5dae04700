"""The kinds of folders and calendars that are kept in step with the database."""

from typing import Final

CONTACTS: Final = "contacts"
EVENT: Final = "event"
TODO: Final = "todo"
REMINDERS: Final = (EVENT, TODO)  # what a reminder is in a calendar, the usual kind first
FOLDERS: Final = (CONTACTS, TODO, EVENT)
# The kinds of calendars, by the kind of their entries.
CALENDARS: Final = {EVENT: "calendar of events", TODO: "calendar of todos"}
