"""Sales, interactions and reminders from the tables of other programs."""
