"""Damaged copies of a file: flipped bits, lost pages, cut ends, and overwritten stretches."""

import random
from collections.abc import Iterator

PAGE = 4096


def damaged_copies(content: bytes, seed: int, count: int) -> Iterator[bytes]:
    """Yield ``count`` copies of a file, each damaged in another way; a seed gives the same ones."""
    for number in range(count):
        yield damage(content, random.Random(seed * 1_000_003 + number))


def damage(content: bytes, chosen: random.Random) -> bytes:
    """Return a copy with damage of a random kind."""
    kinds = (flip_bits, flip_bits, flip_bits, flip_in_page, zero_page, swap, cut, noise)
    copy = bytearray(content)
    chosen.choice(kinds)(copy, chosen)
    return bytes(copy)


def flip_bits(copy: bytearray, chosen: random.Random) -> None:
    """Flip up to 20 bits anywhere."""
    for _ in range(chosen.randint(1, 20)):
        copy[chosen.randrange(len(copy))] ^= 1 << chosen.randrange(8)


def flip_in_page(copy: bytearray, chosen: random.Random) -> None:
    """Flip bits in one page, the first ones more often: they hold the schema."""
    page = min(chosen.randrange(len(copy) // PAGE), chosen.randrange(len(copy) // PAGE))
    for _ in range(chosen.randint(1, 40)):
        copy[page * PAGE + chosen.randrange(PAGE)] ^= 1 << chosen.randrange(8)


def zero_page(copy: bytearray, chosen: random.Random) -> None:
    """Lose the content of a page."""
    page = chosen.randrange(len(copy) // PAGE)
    copy[page * PAGE : (page + 1) * PAGE] = bytes(PAGE)


def swap(copy: bytearray, chosen: random.Random) -> None:
    """Write a page in place of another one."""
    one, other = (chosen.randrange(len(copy) // PAGE) * PAGE for _ in range(2))
    copy[one : one + PAGE] = copy[other : other + PAGE]


def cut(copy: bytearray, chosen: random.Random) -> None:
    """Lose the end."""
    del copy[chosen.randrange(len(copy)) :]


def noise(copy: bytearray, chosen: random.Random) -> None:
    """Overwrite a stretch by other bytes."""
    length = chosen.choice((1, 4, 40, 400, 4000))
    start = chosen.randrange(len(copy) - length)
    copy[start : start + length] = chosen.randbytes(length)
