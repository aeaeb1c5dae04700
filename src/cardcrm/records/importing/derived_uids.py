"""Permanent ids made of the keys of rows in other programs, by which a second import knows them."""

import hashlib

_SPACE = bytes.fromhex("6ba7b8119dad11d180b400c04fd430c8")  # the name space of URLs


def is_derived(uid: str) -> bool:
    """Return whether a UUID is made of a key, as its version tells."""
    return uid[14:15] == "5"


def derive_uid(key: str) -> str:
    """Return the UUID of a key in another program, such as ``shopify:450789469``: version 5."""
    name = f"cardcrm:{key}".encode("utf-8", "replace")
    text = hashlib.sha1(_SPACE + name, usedforsecurity=False).hexdigest()
    variant = "89ab"[int(text[16], 16) & 3]
    return f"{text[:8]}-{text[8:12]}-5{text[13:16]}-{variant}{text[17:20]}-{text[20:32]}"
