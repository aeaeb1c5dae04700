"""Real servers and quickly cloned databases for the tests."""
