"""Make ``src/cardcrm/render/maps/coast.bin`` from a TopoJSON file of Natural Earth's land.

    python tools/coast_lines.py land-50m.json

The file is in the npm package world-atlas; Natural Earth is in the public domain.
"""

import json
import sys
from pathlib import Path

from cardcrm.render.maps.coast import Line, encode_lines

Point = tuple[float, float]  # longitude and latitude

TOLERANCE = 0.035  # degrees that a line may be off
LEAST_EXTENT = 0.12  # degrees: smaller islands are left out
TARGET = Path(__file__).parents[1] / "src/cardcrm/render/maps/coast.bin"


def main() -> None:
    topology = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    arcs = [decode_arc(arc, topology["transform"]) for arc in topology["arcs"]]
    kept = [simplify(arc) for arc in arcs if extent(arc) >= LEAST_EXTENT]
    content = encode_lines(tuple(arc) for arc in kept)
    TARGET.write_bytes(content)
    print(f"{len(kept)} lines, {sum(map(len, kept)):,} points, {len(content):,} bytes")


def decode_arc(arc: list[list[int]], transform: dict[str, list[float]]) -> list[Point]:
    """Return the points of an arc, which has the differences between neighbors."""
    (scale_x, scale_y), (move_x, move_y) = transform["scale"], transform["translate"]
    x = y = 0
    points = []
    for step_x, step_y in arc:
        x, y = x + step_x, y + step_y
        points.append((x * scale_x + move_x, y * scale_y + move_y))
    return points


def extent(points: list[Point]) -> float:
    return max(max(axis) - min(axis) for axis in zip(*points, strict=True))


def simplify(points: list[Point]) -> Line:
    """Drop the points without which a line stays within the tolerance (Douglas and Peucker)."""
    kept = {0, len(points) - 1}
    if points[0] == points[-1]:
        kept.add(max(range(len(points)), key=lambda at: distance(points[at], points[0], points[0])))
    spans = list(zip(sorted(kept), sorted(kept)[1:], strict=False))
    while spans:
        first, last = spans.pop()
        inside = range(first + 1, last)
        if not inside:
            continue
        far = max(inside, key=lambda at: distance(points[at], points[first], points[last]))
        if distance(points[far], points[first], points[last]) > TOLERANCE:
            kept.add(far)
            spans += [(first, far), (far, last)]
    return tuple(points[at] for at in sorted(kept))


def distance(point: Point, one: Point, other: Point) -> float:
    """Return the distance of a point from a straight part of a line."""
    across, up = other[0] - one[0], other[1] - one[1]
    length = across * across + up * up
    share = ((point[0] - one[0]) * across + (point[1] - one[1]) * up) / length if length else 0
    share = min(max(share, 0), 1)
    off = (point[0] - one[0] - share * across, point[1] - one[1] - share * up)
    return float((off[0] ** 2 + off[1] ** 2) ** 0.5)


if __name__ == "__main__":
    main()
