"""Pipelines, their stages, and the deals that pass through them."""
