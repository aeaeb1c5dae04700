"""k-means with seeded starts (k-means++), and the silhouette that rates the number of clusters.

Sources: Lloyd (1982); Arthur and Vassilvitskii (2007); for the silhouette Rousseeuw (1987).
The same points in the same order give the same clusters on every machine.
"""

import math
import random
from collections.abc import Sequence

SEED = 20_071_101
_ROUNDS = 60
_STARTS = 3

Point = tuple[float, ...]


def find_centers(points: Sequence[Point], count: int, *, starts: int = _STARTS) -> list[Point]:
    """Return the centers of the best of several runs; fewer than ``count`` for equal points."""
    chance = random.Random(SEED)  # noqa: S311  # no secret
    found = [_run(points, _choose_starts(points, count, chance)) for _ in range(starts)]
    return min(found, key=lambda each: (each[0], each[1]))[1]


def _choose_starts(points: Sequence[Point], count: int, chance: random.Random) -> list[Point]:
    """Return points that are far from each other: chosen by their squared distance (k-means++)."""
    centers = [points[chance.randrange(len(points))]]
    squares = [math.dist(point, centers[0]) ** 2 for point in points]
    while len(centers) < count and any(squares):
        (center,) = chance.choices(points, squares)
        centers.append(center)
        squares = [
            min(square, math.dist(point, center) ** 2)
            for square, point in zip(squares, points, strict=True)
        ]
    return centers


def _run(points: Sequence[Point], centers: list[Point]) -> tuple[float, list[Point]]:
    """Move centers to the means of what is near them until none changes its center (Lloyd)."""
    labels: list[int] = []
    for _ in range(_ROUNDS):
        before, labels = labels, assign(points, centers)
        if labels == before:
            break
        centers = _find_means(points, labels, centers)
    spread = math.fsum(
        math.dist(point, centers[label]) ** 2 for point, label in zip(points, labels, strict=True)
    )
    return spread, centers


def assign(points: Sequence[Point], centers: Sequence[Point]) -> list[int]:
    """Return the number of the nearest center of each point; of equally near ones the first."""
    distance, numbers = math.dist, range(len(centers))
    labels = []
    for point in points:
        distances = [distance(point, center) for center in centers]
        labels.append(min(numbers, key=distances.__getitem__))
    return labels


def _find_means(
    points: Sequence[Point], labels: Sequence[int], centers: Sequence[Point]
) -> list[Point]:
    """Return the mean of the points of each center; a center without points stays."""
    members: list[list[Point]] = [[] for _ in centers]
    for point, label in zip(points, labels, strict=True):
        members[label].append(point)
    return [
        tuple(math.fsum(column) / len(own) for column in zip(*own, strict=True)) if own else center
        for own, center in zip(members, centers, strict=True)
    ]


def measure_distances(points: Sequence[Point]) -> list[list[float]]:
    """Return the distances of each point to all of them."""
    return [[math.dist(point, other) for other in points] for point in points]


def rate_silhouette(distances: Sequence[Sequence[float]], labels: Sequence[int]) -> float:
    """Return the mean silhouette of points by their distances.

    It is near 1 for clear clusters and near 0 for none. Needs two clusters. A point that is alone
    in its cluster counts as 0.
    """
    members: dict[int, list[int]] = {}
    for at, label in enumerate(labels):
        members.setdefault(label, []).append(at)
    total = 0.0
    for row, label in zip(distances, labels, strict=True):
        if len(members[label]) == 1:
            continue
        sums = {its: sum([row[at] for at in own]) for its, own in members.items()}
        own = sums.pop(label) / (len(members[label]) - 1)
        near = min(sums[its] / len(members[its]) for its in sums)
        total += (near - own) / max(near, own) if max(near, own) else 0.0
    return total / len(labels)
