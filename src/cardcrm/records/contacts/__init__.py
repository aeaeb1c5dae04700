"""Contacts and everything that is part of them."""
