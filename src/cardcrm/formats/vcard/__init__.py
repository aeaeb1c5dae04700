"""Read and write contacts as vCard."""
