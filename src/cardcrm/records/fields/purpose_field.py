"""The field of a purpose of mail, which has one form wherever it is stored, given or looked for."""

import re
from typing import TYPE_CHECKING

from cardcrm.errors import UsageError
from cardcrm.records.fields.field import Columns
from cardcrm.records.fields.text_fields import Key
from cardcrm.text import normalize_line

if TYPE_CHECKING:
    from cardcrm.store.table_registry import Check

_PURPOSE = r"[^\W_][\w-]*"
_RESERVED = ("any", "none", "yes", "no")  # words of queries
_MAX_LENGTH = 60  # characters of a purpose


def normalize_purpose(text: str) -> str:
    """Return a purpose in lower case, with hyphens for spaces."""
    # Normalized again in lower case: j with a caron is one character, J with a caron is two.
    return "-".join(normalize_line(normalize_line(text).lower()).split())


def parse_purpose(text: str) -> str:
    """Return a purpose in its normal form. Raises UsageError."""
    purpose = normalize_purpose(text)
    if not re.fullmatch(_PURPOSE, purpose) or len(purpose) > _MAX_LENGTH or purpose in _RESERVED:
        raise UsageError(f"invalid purpose “{text}”", "Use a word, such as newsletter or offers.")
    return purpose


class Purpose(Key):
    """A purpose of mail: a word such as newsletter, by which consents are given and looked for."""

    __slots__ = ()
    normalize = staticmethod(parse_purpose)

    def unpack(self, data: Columns) -> None:
        """Replace a purpose of a line of JSON by its normal form."""
        super().unpack(data)
        if isinstance(data.get(self.column), str):
            data[self.column] = normalize_purpose(data[self.column])

    def checks(self) -> "dict[str, Check]":
        """Return the test for the normal form."""
        return {self.column: lambda text: text == normalize_purpose(text)}
