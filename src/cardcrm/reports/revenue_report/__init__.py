"""Revenue by period, product, customer and other groups, beside the time before."""
