"""Bulk import: matching, groups and batches."""
