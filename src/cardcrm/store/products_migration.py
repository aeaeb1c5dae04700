"""The migration to alerts about what customers and products need, and to dismissed ones."""

SHARED_COLUMNS = """
ALTER TABLE sale ADD COLUMN channel TEXT NOT NULL DEFAULT '';
ALTER TABLE product ADD COLUMN category TEXT NOT NULL DEFAULT '';
"""
