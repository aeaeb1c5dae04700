"""The coast lines of the world: Natural Earth 1:50m (public domain), simplified.

The file is made by ``tools/coast_lines.py``: the differences between neighboring points in
hundredths of a degree, as zigzag varints, compressed. A line begins with its number of points.
"""

import zlib
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

Line = tuple[tuple[float, float], ...]  # of longitude and latitude

UNITS = 100  # in a degree
_FILE = Path(__file__).with_name("coast.bin")
_HALF_WAY = 180.0  # degrees: a longer step crosses the antimeridian
_PIECE = 32  # points: a map leaves out most of a continent that it shows a bay of


class CoastPiece(NamedTuple):
    """A part of a line with its bounds in degrees."""

    points: Line
    west: float
    east: float
    south: float
    north: float


@cache
def load_coast() -> tuple[Line, ...]:
    """Return all lines; none of them crosses the antimeridian."""
    return tuple(part for line in decode_lines(_FILE.read_bytes()) for part in split_line(line))


@cache
def load_pieces() -> tuple[CoastPiece, ...]:
    """Return all lines in short pieces; each begins with the last point of the one before."""
    return tuple(piece for line in load_coast() for piece in _cut(line))


def _cut(line: Line) -> Iterator[CoastPiece]:
    for start in range(0, max(len(line) - 1, 1), _PIECE):
        points = line[start : start + _PIECE + 1]
        longitudes, latitudes = zip(*points, strict=True)
        yield CoastPiece(points, min(longitudes), max(longitudes), min(latitudes), max(latitudes))


def encode_lines(lines: Iterable[Line]) -> bytes:
    """Return the content of a file with some lines."""
    numbers: list[int] = []
    for line in lines:
        numbers.append(len(line))
        before = (0, 0)
        for point in line:
            at = (round(point[0] * UNITS), round(point[1] * UNITS))
            numbers += [_zigzag(at[0] - before[0]), _zigzag(at[1] - before[1])]
            before = at
    return zlib.compress(b"".join(map(_varint, numbers)), 9)


def decode_lines(content: bytes) -> Iterator[Line]:
    """Yield the lines of a file."""
    numbers = _read_varints(zlib.decompress(content))
    at = 0
    while at < len(numbers):
        end = at + 1 + 2 * numbers[at]
        steps = [step >> 1 if step % 2 == 0 else -(step >> 1) - 1 for step in numbers[at + 1 : end]]
        east, north = accumulate(steps[::2]), accumulate(steps[1::2])
        yield tuple((x / UNITS, y / UNITS) for x, y in zip(east, north, strict=True))
        at = end


def split_line(line: Line) -> Iterator[Line]:
    """Yield the parts of a line between its crossings of the antimeridian."""
    start = 0
    for at in range(1, len(line)):
        if abs(line[at][0] - line[at - 1][0]) > _HALF_WAY:
            yield line[start:at]
            start = at
    yield line[start:]


def _zigzag(number: int) -> int:
    return 2 * number if number >= 0 else -2 * number - 1


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    found.append(number)
    return bytes(found)


def _read_varints(content: bytes) -> list[int]:
    found: list[int] = []
    number = shift = 0
    for byte in content:
        if byte < 128:
            found.append(byte << shift | number if shift else byte)
            number = shift = 0
        else:
            number |= (byte & 127) << shift
            shift += 7
    return found
