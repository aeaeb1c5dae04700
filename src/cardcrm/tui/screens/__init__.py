"""The pages: today, contacts, value and journal, and the help for each."""
