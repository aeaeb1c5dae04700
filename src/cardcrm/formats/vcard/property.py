"""A property of a vCard that has a value, and the kinds of answers that a handler gives."""

import re
from collections.abc import Callable
from typing import Final, NamedTuple

from cardcrm.formats.import_entries import ValueNote
from cardcrm.formats.import_job import DEFAULT_LIMIT
from cardcrm.formats.vcard.card_builder import CardBuilder
from cardcrm.formats.vcard.content_line import ContentLine, Head
from cardcrm.formats.vcard.escapes import split_parts, unescape

CUSTOM: Final = "custom field"
# Apple begins a handle without an address by the first, and a mail address begins by the second.
SCHEME: Final = re.compile(r"(?:x-apple|mailto):", re.IGNORECASE)
_UUID: Final = re.compile(r"urn:uuid:", re.IGNORECASE)


class Property(NamedTuple):
    """One property that has a value: its head, its value with escapes, and its label.

    The label is Apple's (``X-ABLabel``) if there is one, whose line is the ``label_line``, else
    made of the types.
    """

    head: Head
    value: str
    label: str
    line: ContentLine
    label_line: str = ""
    media_limit: int = DEFAULT_LIMIT

    @property
    def name(self) -> str:
        """The name in capitals."""
        return self.head.name

    @property
    def text(self) -> str:
        """The value without escapes."""
        return unescape(self.value)

    @property
    def parts(self) -> list[str]:
        """The parts between semicolons, without escapes."""
        return split_parts(self.value)

    @property
    def uid(self) -> str:
        """The permanent id, without the mark of a UUID."""
        return _UUID.sub("", self.text, count=1)

    def note_field(self, label: str) -> ValueNote:
        """Return the note of a value that is a custom field now."""
        return ValueNote(self.name, label, CUSTOM)


# A handler returns the name of the field that the value has gone to, or a note where there is more
# to say. With None the property is kept as it is.
Fate = str | ValueNote | None
Handler = Callable[[CardBuilder, Property], Fate]
