"""Customer service: cases, and the service levels that they are held to."""
