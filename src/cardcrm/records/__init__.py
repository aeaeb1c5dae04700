"""What is kept: cards and everything said, promised and sold to them."""
