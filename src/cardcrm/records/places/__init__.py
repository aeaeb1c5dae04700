"""Places: a gazetteer of towns and postal codes, where addresses are, and what is near."""
