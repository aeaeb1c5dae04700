"""Feedback: wishes and complaints about products, and who has them."""
