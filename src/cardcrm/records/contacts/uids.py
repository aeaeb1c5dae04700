"""Permanent ids of records that leave the database: UUIDs of version 7 (RFC 9562, section 5.7).

They begin with the time, so that new ones go to the end of their index; random ones would each
touch another page of it. Rows of other programs have ids made of their keys there, by which a
second import knows them.
"""

import hashlib
import os
import time

_RANDOM_BITS = 80
_VERSION = 0x7 << 76
_VARIANT = 0x2 << 62


def new_uid() -> str:
    """Return a new UUID, as text."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    low = random & ~(0xF << 76) & ~(0x3 << 62) | _VERSION | _VARIANT
    text = f"{milliseconds << _RANDOM_BITS | low:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


_SPACE = bytes.fromhex("6ba7b8119dad11d180b400c04fd430c8")  # the name space of URLs


def derive_uid(key: str) -> str:
    """Return the UUID of a key in another program, such as ``shopify:450789469``: version 5."""
    digest = hashlib.sha1(_SPACE + f"cardcrm:{key}".encode("utf-8", "replace"), usedforsecurity=False)
    text = digest.hexdigest()
    variant = "89ab"[int(text[16], 16) & 3]
    return f"{text[:8]}-{text[8:12]}-5{text[13:16]}-{variant}{text[17:20]}-{text[20:32]}"
