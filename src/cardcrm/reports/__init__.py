"""What is learnt from the cards: SQL gathers, a pure function reckons."""
