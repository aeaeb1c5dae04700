"""Drivers: the fields, tags, sources and behaviors in which two groups of contacts differ."""
