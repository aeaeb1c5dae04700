"""Calls: whom to ring now, and why."""
