"""The program for the most valuable customers (MVC): who belongs to it, and what it brings."""
