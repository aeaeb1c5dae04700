"""The rooms that show one sheet or card as text, data or a page."""
