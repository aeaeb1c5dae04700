"""Leads: requests of contacts that may become deals."""
