"""vCard in and out."""
