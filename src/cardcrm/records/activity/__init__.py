"""Interactions and reminders."""
