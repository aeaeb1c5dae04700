"""Permanent ids of records that leave the database: UUIDs of version 7 (RFC 9562, section 5.7).

They begin with the time, so that new ones go to the end of their index; random ones would each
touch another page of it.
"""

import os
import time
from collections.abc import Iterator

_RANDOM_BITS = 80
_STREAMED = 500  # made at a time
_VERSION = 0x7 << 76
_VARIANT = 0x2 << 62


def new_uid() -> str:
    """Return a new UUID, as text."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    low = random & ~(0xF << 76) & ~(0x3 << 62) | _VERSION | _VARIANT
    text = f"{milliseconds << _RANDOM_BITS | low:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def new_uids(count: int) -> list[str]:
    """Return new UUIDs, as text and in ascending order, for the rows of an import.

    In their order they go to the end of their index one after the other.
    """
    start = f"{time.time_ns() // 1_000_000:012x}"
    random = os.urandom(10 * count).hex()
    return sorted(
        f"{start[:8]}-{start[8:]}-7{random[at : at + 3]}-"
        f"8{random[at + 4 : at + 7]}-{random[at + 7 : at + 19]}"
        for at in range(0, len(random), 20)
    )


def stream_uids() -> Iterator[str]:
    """Yield new UUIDs without end, made some hundred at a time, as `new_uids` returns them."""
    while True:
        yield from new_uids(_STREAMED)
