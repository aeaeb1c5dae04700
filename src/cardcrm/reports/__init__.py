"""Analyze contacts: SQL gathers the data, pure functions compute the results."""
