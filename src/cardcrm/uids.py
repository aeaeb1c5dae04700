"""Permanent ids for what leaves the box."""

import os


def new_uid() -> str:
    """A random UUID (RFC 9562, version 4) as text; the standard module costs 2 ms to load."""
    raw = bytearray(os.urandom(16))
    raw[6] = raw[6] & 0x0F | 0x40  # the version
    raw[8] = raw[8] & 0x3F | 0x80  # the variant
    text = raw.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
