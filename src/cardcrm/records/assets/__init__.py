"""Assets, which customers have, with their maintenance, and contracts."""
