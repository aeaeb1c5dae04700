"""Everything in a database as lines of JSON, made from the declarations, and read back."""
