"""Social networks: which one an address is of, and how a handle may be written."""

import re
from typing import Final

from cardcrm.domains import web_key
from cardcrm.text import fold

# The networks by the beginnings of their addresses, without protocol and ``www.``.
_PATHS: Final = {
    "twitter": ("twitter.com", "x.com"),
    "linkedin": ("linkedin.com/in", "linkedin.com/company", "linkedin.com"),
    "instagram": ("instagram.com",),
    "facebook": ("facebook.com", "fb.com"),
    "github": ("github.com",),
    "gitlab": ("gitlab.com",),
    "youtube": ("youtube.com",),
    "tiktok": ("tiktok.com",),
    "threads": ("threads.net",),
    "bluesky": ("bsky.app/profile",),
    "telegram": ("t.me",),
    "xing": ("xing.com/profile",),
    "reddit": ("reddit.com/user",),
}
_MASTODON: Final = re.compile(r"@[\w.-]+@[\w-]+(\.[\w-]+)+|[\w-]+(\.[\w-]+)+/@[\w.-]+")


def network_of(address: str) -> str:
    """Return the network of an address or a handle such as ``@jane@example.social``, or ""."""
    key = web_key(address)
    for network, paths in _PATHS.items():
        if key.startswith(tuple(f"{path}/" for path in paths)):
            return network
    return "mastodon" if _MASTODON.fullmatch(key) else ""


def handle_keys(handle: str) -> list[str]:
    """Return the keys under which a handle may be stored: alone, or in an address."""
    name = fold(handle).lstrip("@")
    user, _, host = name.partition("@")
    paths = [path for each in _PATHS.values() for path in each]
    keys = [name, f"@{name}", *(f"{path}/{name}" for path in paths)]
    keys += [f"{path}/@{name}" for path in paths]
    return [*keys, f"{host}/@{user}"] if host else keys
