"""Tell who stays, who leaves, who comes back, and who is about to leave."""
