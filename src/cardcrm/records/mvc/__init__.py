"""The MVC program, for the most valuable customers: members, benefits, and gifts of these."""
