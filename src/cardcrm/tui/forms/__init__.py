"""Forms and dialogs, which are shown above a page."""
