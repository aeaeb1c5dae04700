"""The migration for the figures of the day: indexes that find what was done today."""

DONE_REMINDERS = """
CREATE INDEX reminder_done ON reminder (done_at) WHERE done_at IS NOT NULL;
CREATE INDEX reminder_rolled ON reminder (last_done_at) WHERE last_done_at IS NOT NULL;
"""
