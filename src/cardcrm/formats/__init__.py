"""Read and write files of other programs: CSV and vCard."""
