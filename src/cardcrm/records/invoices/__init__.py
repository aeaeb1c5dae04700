"""Invoices: what contacts owe, as facts of the bookkeeping that is done elsewhere."""
