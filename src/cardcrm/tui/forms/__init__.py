"""What one fills in: questions of one line, and forms for cards, interactions, plans, sales."""
