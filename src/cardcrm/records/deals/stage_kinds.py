"""The kinds of stages, which are also the states of the deals in them."""

OPEN, WON, LOST = "open", "won", "lost"
KINDS = (OPEN, WON, LOST)
