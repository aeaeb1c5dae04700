"""cardcrm: the pack of index cards with a memory."""

__version__ = "0.1.0"
