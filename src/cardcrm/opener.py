"""Decide which addresses and texts of contacts other programs may be given, and in what form.

Contacts come in through files of strangers. A program must get neither an option (``--gpu-launcher
=…``), nor a local file, nor a mail with more than its recipient. Every command that starts a
program on data of a contact asks here.
"""

import re
import shlex

from cardcrm.errors import UsageError
from cardcrm.text import extract_digits, quote, sanitize

_COPY = "Press y to copy it."
# The patterns stay strings, so that re compiles them only when an address is opened.
_SCHEME = r"[A-Za-z][A-Za-z0-9+.-]*:"
_PORT = r":\d{1,5}(?:[/?#]|$)"
_HOST = r"(?!-)[\w.-]+|\[[0-9A-Fa-f:.]+\]"
_MAILBOX = r"[\w.!#$%&'*+/=?^`{|}~-]+"  # RFC 5322, section 3.2.3: no list of addresses
_EXTENSION = r"[\s;,]*(?:ext(?:n|ension)?\.?|x|#)[\s=.]*(\d+)\s*$"
_PHONE = r"[^\d+]*(\+?\d[\d\s()./-]*)"
# Reserved and unreserved characters of RFC 3986, and the percent sign of what is encoded already.
_URL_CHARACTERS = "%:/?#[]@!$&'()*+,;=-._~"


def to_url(kind: str, value: str) -> str:
    """Return the URL that opens a contact point: http, https, mailto or tel.

    A mailto URL holds the address alone. Raises UsageError for a contact point that has no such
    URL, for other schemes, and for addresses that a program could take for an option.
    """
    text = value.strip()
    if not text or text.startswith("-") or not text.isprintable():
        raise _refusal(value)
    if kind == "email":
        return _mail_url(text)
    if kind == "phone":
        return _phone_url(text)
    if kind == "web":
        return _web_url(text)
    raise _refusal(value)


def to_argument(text: str) -> str:
    """Return a text as a program may get it: without control characters or a leading dash."""
    return sanitize(text, newlines=True).lstrip("- \t\n")


def split_command(command: str) -> list[str]:
    """Return the words of the setting ``open-command``. Raises UsageError."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise UsageError(f"invalid open-command setting: {error}") from error
    if not words:
        raise UsageError("no program is set", "cardcrm config set open-command xdg-open")
    return words


def _refusal(value: str) -> UsageError:
    return UsageError(f"can't open {quote(value, 80)}", _COPY)


def _mail_url(text: str) -> str:
    """Return a mailto URL (RFC 6068) whose address is encoded, so that it cannot add headers."""
    from urllib.parse import quote as encode

    local, at, domain = text.rpartition("@")
    if not (at and re.fullmatch(_MAILBOX, local) and re.fullmatch(_HOST, domain)):
        raise _refusal(text)
    return f"mailto:{encode(local, safe='')}@{encode(domain, safe='[]:')}"


def _phone_url(text: str) -> str:
    """Return a tel URL (RFC 3966): digits, and the extension as a parameter."""
    extension = re.search(_EXTENSION, text, re.IGNORECASE)
    number = re.match(_PHONE, text[: extension.start()] if extension else text)
    if number is None:
        raise _refusal(text)
    plus = "+" if number[1].startswith("+") else ""
    suffix = f";ext={extract_digits(extension[1])}" if extension else ""
    return f"tel:{plus}{extract_digits(number[1])}{suffix}"


def _web_url(text: str) -> str:
    """Return an http or https URL; an address without a scheme gets https."""
    from urllib.parse import quote as encode
    from urllib.parse import urlsplit

    scheme = re.match(_SCHEME, text)
    if scheme is None or re.match(_PORT, text[scheme.end() - 1 :]):
        text = f"https://{text}"
    elif scheme[0].lower() not in ("http:", "https:"):
        raise _refusal(text)
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
        if parts.port == 0 or not re.fullmatch(_HOST, host if ":" not in host else f"[{host}]"):
            raise _refusal(text)
    except ValueError as error:  # a broken port or IPv6 address
        raise _refusal(text) from error
    if "@" in parts.netloc or "\\" in parts.netloc:  # text before the @ poses as the host
        raise _refusal(text)
    return encode(text, safe=_URL_CHARACTERS)
