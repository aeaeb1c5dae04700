"""Calendars of reminders and anniversaries (iCalendar, RFC 5545)."""
