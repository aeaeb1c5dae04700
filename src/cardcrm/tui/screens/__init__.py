"""The screens: today, cards, value, journal, and help for each."""
