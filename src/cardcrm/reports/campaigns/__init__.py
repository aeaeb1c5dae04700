"""Results of campaigns."""
