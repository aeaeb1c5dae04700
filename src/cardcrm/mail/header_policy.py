"""Write headers of which each is one line of text already.

The parsers by which the standard library checks headers take several milliseconds a mail, and
decode words such as a Message-ID that a stranger has written: a line break in one adds a header.
"""

from email.header import Header
from email.policy import EmailPolicy
from email.utils import formataddr, quote
from typing import Any, Final

from cardcrm.text import normalize_line, sanitize

_LINE: Final = 78  # characters of a line, if there is a space to break it at
_WORD: Final = 900  # of a word; longer ones are encoded, as lines of 998 are the limit (RFC 5322)
_END: Final = "\r\n"
_ENCODED: Final = "=?"  # begins an encoded word (RFC 2047)


class LinePolicy(EmailPolicy):
    """The policy of mail whose header values are lines of text.

    With ``utf8``, addresses and Message-IDs that are not ASCII stay as they are (RFC 6532).
    """

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        """Return a header as it is. Raises ValueError for more than one line."""
        if any(each in value for each in "\r\n\0"):
            raise ValueError(f"the header {name} has more than one line")
        return name, value

    def header_fetch_parse(self, _name: str, value: str) -> Any:
        """Return a header as it is."""
        return value

    def header_max_count(self, _name: str) -> None:
        """Return no limit: each header is set once."""

    def fold(self, name: str, value: str) -> str:
        """Return the lines of a header, encoded if they are not ASCII."""
        is_text = name == "Subject"
        is_allowed = value.isascii() or (self.utf8 and not is_text)
        is_plain = is_allowed and max(map(len, value.split()), default=0) <= _WORD
        if is_text and _ENCODED in value:  # a text that looks like an encoded one
            is_plain = False
        if is_plain and (len(name) + len(value) + 2 <= _LINE or " " not in value):
            return f"{name}: {value}{_END}"
        if is_plain and not value.isascii():
            return f"{name}: {value.replace(' ', f'{_END} ')}{_END}"
        header = Header(value, None if is_plain else "utf-8", _LINE, name)
        return f"{name}: {header.encode(linesep=_END)}{_END}"

    def fold_binary(self, name: str, value: str) -> bytes:
        """Return the same as bytes."""
        return self.fold(name, value).encode("utf-8" if self.utf8 else "ascii", "replace")


ASCII: Final = LinePolicy(linesep=_END)
UTF8: Final = ASCII.clone(utf8=True)


def format_address(name: str, address: str) -> str:
    """Return a name and an address as a header value; an address that is not ASCII stays so."""
    name = normalize_line(sanitize(name))
    if not name:
        return address
    if name.isascii() and len(name) <= _LINE and _ENCODED not in name:
        return formataddr((name, address)) if address.isascii() else f'"{quote(name)}" <{address}>'
    encoded = Header(name, "utf-8").encode(linesep="")
    return f"{encoded} <{address}>"
