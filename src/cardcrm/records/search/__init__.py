"""Search over contacts: while the user types, by scanning, and incrementally."""
