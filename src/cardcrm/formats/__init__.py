"""What crosses the border: readers and writers of other programs' files."""
