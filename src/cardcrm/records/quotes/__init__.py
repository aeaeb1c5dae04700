"""Quotes: what was offered in a deal, in versions, and whether it was accepted."""
