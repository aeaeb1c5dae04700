"""Alerts: hints to do something about customers and products, kept in a table."""
