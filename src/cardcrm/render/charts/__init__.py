"""Draw charts with characters: the lines of a terminal and of the screen."""
