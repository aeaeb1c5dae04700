"""The channels of a campaign."""

from typing import Final

MAIL, CALL, VISIT, LETTER, MESSAGE = "mail", "call", "visit", "letter", "message"
CHANNELS: Final = (MAIL, CALL, VISIT, LETTER, MESSAGE)
PLANNED: Final = (CALL, VISIT)  # a reminder for each contact
WRITTEN: Final = (MAIL, LETTER, MESSAGE)  # a text of a template for each contact
