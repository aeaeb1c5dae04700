"""The PostgreSQL engine: one schema of a server's database."""
