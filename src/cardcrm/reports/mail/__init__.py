"""Mail that came in: what waits for an answer."""
