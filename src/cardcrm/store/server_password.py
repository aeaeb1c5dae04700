"""Find the password in the address of a server, and hide it.

An address is read as libpq reads it (conninfo_uri_parse and conninfo_parse in fe-connect.c), so
that exactly the password is hidden. One that libpq would refuse, or would read otherwise than its
writer meant, such as ``postgresql://ann:my/word@host/name``, loses everything that may be part of a
password.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote

_SCHEMES = ("postgresql://", "postgres://")
_HIDDEN = "***"
_SECRETS = frozenset(
    ("password", "sslpassword", "oauth_client_secret", "scram_client_key", "scram_server_key")
)
_KEYWORDS = _SECRETS.union(
    """
    application_name channel_binding client_encoding connect_timeout dbname
    fallback_application_name gssdelegation gssencmode gsslib host hostaddr keepalives
    keepalives_count keepalives_idle keepalives_interval krbsrvname load_balance_hosts
    max_protocol_version min_protocol_version oauth_client_id oauth_issuer oauth_scope options
    passfile port replication require_auth requirepeer requiressl service servicefile ssl
    ssl_max_protocol_version ssl_min_protocol_version sslcert sslcertmode sslcompression sslcrl
    sslcrldir sslkey sslkeylogfile sslmode sslnegotiation sslrootcert sslsni
    target_session_attrs tcp_user_timeout user
    """.split()  # noqa: SIM905 - one a line would fill the page
)
_BROKEN_ESCAPE = r"%(?![0-9A-Fa-f]{2})|%00"
_SETTING = r"\s*([^\s=]+)\s*=\s*('(?:[^'\\]|\\.)*'(?!\S)|(?!')(?:[^\s\\]|\\.)*)\s*"
_HOST = r"[^:/?,@\[\]]*|\[[^\]@/?]*\]"
_LOOKS_PRIVATE = r"(?i)(?:pass(?:word|wd)|secret|pwd)\s*=|://[^/\s]*:[^\s]*@"


class Setting(NamedTuple):
    """One setting of an address, and where its value is written."""

    keyword: str
    start: int
    end: int


def hide(address: str) -> str:
    """Return an address without its password."""
    prefix, text = _split_prefix(address)
    try:
        settings = read_settings(address)
    except ValueError:
        return prefix + _hide_all(text)
    for setting in sorted(settings, key=lambda each: -each.start):
        if setting.keyword in _SECRETS and setting.end > setting.start:
            address = _cut(address, setting)
    return address


def _cut(address: str, setting: Setting) -> str:
    """Remove a password before the host; put asterisks in place of another one."""
    before, after = address[: setting.start], address[setting.end :]
    is_login = before.endswith(":") and after.startswith("@")
    return before[:-1] + after if is_login else before + _HIDDEN + after


def is_clear(address: str) -> bool:
    """Return whether libpq reads an address, and reads it as its writer must have meant it."""
    try:
        read_settings(address)
    except ValueError:
        return False
    return True


def looks_private(text: str) -> bool:
    """Return whether a text that is not an address of ours may contain a password."""
    return re.search(_LOOKS_PRIVATE, text) is not None


def read_settings(address: str) -> list[Setting]:
    """Return the settings of an address. Raises ValueError for one that is not clear."""
    prefix, text = _split_prefix(address)
    read = _read_url if text.startswith(_SCHEMES) else _read_keywords
    settings = [
        Setting(keyword, len(prefix) + start, len(prefix) + end)
        for keyword, start, end in read(text)
    ]
    if any(setting.keyword not in _KEYWORDS for setting in settings):
        raise ValueError("unknown keyword")
    return settings


def _split_prefix(address: str) -> tuple[str, str]:
    """Return the prefix that is not for libpq, with blanks, and the text that is."""
    start = len("pg:") if address.startswith("pg:") else 0
    start += len(address[start:]) - len(address[start:].lstrip())
    return address[:start], address[start:]


def _read_keywords(text: str) -> Iterator[Setting]:
    """Yield the settings of ``host=db dbname='my cards'``."""
    at = 0
    while at < len(text):
        found = re.compile(_SETTING, re.DOTALL).match(text, at)
        if found is None:
            raise ValueError("no setting")
        yield Setting(found[1], found.start(2), found.end(2))
        at = found.end()


def _read_url(url: str) -> Iterator[Setting]:
    """Yield the settings of ``postgresql://user:password@host:port,host/name?keyword=value``."""
    if re.search(_BROKEN_ESCAPE, url) or re.search(r"\s", url.strip()):
        raise ValueError("broken escape, or a blank")
    at = url.index("://") + 3
    login = re.compile("[^@/]*@").match(url, at)  # libpq takes the first @ before a slash
    if login:
        user, colon, _ = login[0][:-1].partition(":")
        yield Setting("user", at, at + len(user))
        if colon:
            yield Setting("password", at + len(user) + 1, login.end() - 1)
        at = login.end()
    hosts = re.compile(rf"(?:{_HOST})(?::\d*)?(?:,(?:{_HOST})(?::\d*)?)*(?=[/?]|$)").match(url, at)
    if hosts is None:
        raise ValueError("no host")
    yield Setting("host", at, hosts.end())
    name = re.compile(r"/?[^?]*").match(url, hosts.end())
    assert name is not None
    if "@" in name[0]:  # the password before it holds a slash
        raise ValueError("@ in the name")
    yield Setting("dbname", *name.span())
    yield from _read_parameters(url, name.end() + 1)


def _read_parameters(url: str, at: int) -> Iterator[Setting]:
    """Yield the settings after the question mark; their keywords may be encoded as well."""
    while at < len(url):
        end = url.find("&", at)
        end = len(url) if end < 0 else end
        keyword, equals, value = url[at:end].partition("=")
        if not equals or "=" in value:
            raise ValueError("no setting")
        yield Setting(unquote(keyword), end - len(value), end)
        at = end + 1


def _hide_all(text: str) -> str:
    """Return what is certainly no password in an address that is not clear."""
    scheme, found, rest = text.partition("://")
    if not found or not re.fullmatch(r"\w+", scheme):
        return _HIDDEN
    user = re.match(r"[\w.~-]*", rest)
    assert user is not None
    is_login = rest[user.end() : user.end() + 1] in ("", ":", "@")
    start = f"{scheme}://{user[0] if is_login else ''}"
    # A password may hold every sign of an address, so only what follows the last @ is a host.
    host = re.fullmatch(r"([\w.,:\[\]-]*(?:/[\w.~-]*)?)(\?.*)?", rest.rpartition("@")[2], re.DOTALL)
    if "@" not in rest or not host:
        return start + _HIDDEN
    return f"{start}@{host[1]}{'?' + _HIDDEN if host[2] else ''}"
