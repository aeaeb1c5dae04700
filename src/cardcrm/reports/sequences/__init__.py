"""Results of sequences."""
