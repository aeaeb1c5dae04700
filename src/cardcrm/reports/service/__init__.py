"""Reports about customer service."""
