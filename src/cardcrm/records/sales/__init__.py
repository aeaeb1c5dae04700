"""Products, sales and their lines."""
