"""Read and write contacts as CSV."""
