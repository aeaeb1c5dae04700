"""Sales targets of users by month."""
