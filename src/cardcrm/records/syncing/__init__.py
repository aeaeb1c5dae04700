"""Keep folders and calendars in step with the database: their states, and the three-way merge."""
