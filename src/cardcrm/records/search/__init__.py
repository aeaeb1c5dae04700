"""Incremental search over contacts."""
