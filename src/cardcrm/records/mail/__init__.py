"""Templates, and the outbox of mail that was written with them."""
