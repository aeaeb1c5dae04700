"""The figures beside the list of the day: what is coming, what was done, and what has changed."""
