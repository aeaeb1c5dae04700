"""Offers to customers: what to order again, a better product, or one that others bought with it."""
