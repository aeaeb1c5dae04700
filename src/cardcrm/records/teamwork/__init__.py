"""Claims of contacts, territories, teams, and the hand-over of records between users."""
