"""Reports about promotions."""
