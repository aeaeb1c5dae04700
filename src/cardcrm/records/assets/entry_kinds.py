"""The kinds of entries in the history of an asset."""

from typing import Final

START, READING, SERVICE = "start", "reading", "service"
KINDS: Final = (START, READING, SERVICE)
