"""Write headers of which each is one line of text already.

The parsers by which the standard library checks headers take several milliseconds a mail.
"""

from email.header import Header
from email.headerregistry import Address
from email.policy import EmailPolicy
from email.utils import formataddr
from typing import Any, Final

from cardcrm.text import normalize_line, sanitize

_LINE: Final = 78  # characters of a line, if there is a space to break it at
_WORD: Final = 900  # of a word; longer ones are encoded, as lines of 998 are the limit (RFC 5322)
_ENCODED: Final = "=?"  # begins an encoded word (RFC 2047)


class LinePolicy(EmailPolicy):
    """The policy of ASCII mail whose header values are lines of text."""

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
        is_plain = value.isascii() and max(map(len, value.split()), default=0) <= _WORD
        if name == "Subject" and _ENCODED in value:  # a text that looks like an encoded one
            is_plain = False
        if is_plain and (len(name) + len(value) + 2 <= _LINE or " " not in value):
            return f"{name}: {value}\r\n"
        header = Header(value, None if is_plain else "utf-8", _LINE, name)
        lines = header.encode(linesep="\r\n")
        return f"{name}: {lines}\r\n"

    def fold_binary(self, name: str, value: str) -> bytes:
        """Return the same as bytes."""
        return self.fold(name, value).encode("ascii")


ASCII: Final = LinePolicy(linesep="\r\n")


def format_address(name: str, address: str) -> str:
    """Return a name and an address as a header value; an address that is not ASCII stays so."""
    name = normalize_line(sanitize(name))
    if not address.isascii():
        local, _, domain = address.rpartition("@")
        return str(Address(name, username=local, domain=domain))
    if name.isascii() and len(name) <= _LINE and _ENCODED not in name:
        return formataddr((name, address))
    encoded = Header(name, "utf-8").encode(linesep="")
    return f"{encoded} <{address}>"
