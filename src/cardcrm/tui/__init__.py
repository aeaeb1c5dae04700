"""The front end on the terminal: a Textual app over the same records as the commands."""
