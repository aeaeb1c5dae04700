"""What the screens are made of: the list, the index card, charts, the first and last line."""
