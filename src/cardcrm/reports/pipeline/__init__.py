"""Reports about deals: what is open, what comes of it, how fast, and who brings it in."""
