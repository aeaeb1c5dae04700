"""Leads: how soon they were answered, and what speaks for them."""
