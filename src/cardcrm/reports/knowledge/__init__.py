"""Find articles, and suggest articles, answers and solved cases for a case."""
