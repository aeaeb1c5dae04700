"""The program for the most valuable customers (MVC): members, benefits, and gifts of these."""
