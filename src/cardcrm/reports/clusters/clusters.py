"""Cluster customers by recency, frequency, monetary value and the mix of products.

The number of clusters is the one with the highest silhouette on a sample. Centers are found from at
most `_LEARN` customers; every customer belongs to the nearest center.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median

from cardcrm.money import Money
from cardcrm.reports.clusters.features import Customers, read_customers, standardize
from cardcrm.reports.clusters.k_means import (
    SEED,
    Point,
    assign,
    find_centers,
    measure_distances,
    rate_silhouette,
)
from cardcrm.reports.scope import Scope
from cardcrm.store import Store

MIN_CUSTOMERS = 20
CLEAR = 0.25  # a lower silhouette means no structure (Kaufman and Rousseeuw 1990)
_NUMBERS = range(2, 9)
_LEARN = 2_000  # customers from which centers are found
_COMPARE = 500  # those from which the number of clusters is found
_RATE = 300  # those whose silhouette is computed: it takes every pair of them
_FAR = 0.5  # standard deviations from the mean that a name mentions


@dataclass(frozen=True)
class Cluster:
    """A cluster: its number from 1, its name, the ids of its customers, and their medians."""

    number: int
    name: str
    ids: tuple[int, ...]
    revenue: Money
    share: float
    days: float
    purchases: float
    median_revenue: Money
    product: str


@dataclass(frozen=True)
class ClusterReport:
    """The clusters, those of the highest revenue by customer first, and the silhouette.

    ``reason`` says why there are none.
    """

    clusters: tuple[Cluster, ...] = ()
    customers: int = 0
    silhouette: float | None = None
    reason: str = ""


def build_clusters(store: Store, scope: Scope, count: int | None = None) -> ClusterReport:
    """Return clusters of the customers; ``count`` of them, or as many as fit best."""
    return cluster_customers(read_customers(store, scope), scope.currency, count)


def cluster_customers(found: Customers, currency: str, count: int | None = None) -> ClusterReport:
    """Return clusters of some customers; none for too few or for equal ones."""
    size = len(found.ids)
    if size < MIN_CUSTOMERS:
        reason = f"no clusters: at least {MIN_CUSTOMERS} customers are needed; so far: {size}"
        return ClusterReport(customers=size, reason=reason)
    points = standardize(found, currency)
    if len(set(points)) < 2:
        return ClusterReport(customers=size, reason="no clusters: all customers are alike")
    sample = _draw(points, _RATE)
    distances = measure_distances(sample)
    count = count or _choose_count(points, sample, distances)
    centers = find_centers(_draw(points, _LEARN), count)
    labels = assign(points, centers)
    rated = assign(sample, centers)
    silhouette = rate_silhouette(distances, rated) if len(set(rated)) > 1 else None
    return ClusterReport(_describe(found, points, labels, currency), size, silhouette)


def _draw(points: Sequence[Point], most: int) -> Sequence[Point]:
    """Return a random sample, the same one every time, in the order of the points."""
    if len(points) <= most:
        return points
    chance = random.Random(SEED)  # noqa: S311  # no secret
    chosen = sorted(chance.sample(range(len(points)), most))
    return [points[at] for at in chosen]


def _choose_count(
    points: Sequence[Point], sample: Sequence[Point], distances: Sequence[Sequence[float]]
) -> int:
    """Return the number of clusters with the highest silhouette; of equal ones the smallest."""
    compared = _draw(points, _COMPARE)
    rates: dict[int, float] = {}
    for count in _NUMBERS:
        labels = assign(sample, find_centers(compared, count, starts=2))
        if len(set(labels)) > 1:
            rates[count] = rate_silhouette(distances, labels)
    return max(rates, key=lambda count: (rates[count], -count), default=_NUMBERS[0])


def _describe(
    found: Customers, points: Sequence[Point], labels: Sequence[int], currency: str
) -> tuple[Cluster, ...]:
    members = [[at for at, each in enumerate(labels) if each == label] for label in set(labels)]
    members.sort(key=lambda own: (-fmean(found.revenue[at] for at in own), own[0]))
    total = sum(found.revenue)
    names = name_clusters([[points[at] for at in own] for own in members], found.products)
    clusters = []
    for number, (own, name) in enumerate(zip(members, names, strict=True), 1):
        revenue = sum(found.revenue[at] for at in own)
        clusters.append(
            Cluster(
                number,
                name,
                tuple(found.ids[at] for at in own),
                Money(revenue, currency),
                revenue / total if total > 0 else 0.0,
                median(found.days[at] for at in own),
                median(found.purchases[at] for at in own),
                Money(round(median(found.revenue[at] for at in own)), currency),
                _find_product(found, own),
            )
        )
    return tuple(clusters)


def _find_product(found: Customers, own: Sequence[int]) -> str:
    """Return the product with the highest mean share; empty without products."""
    if not found.products:
        return ""
    means = [fmean(found.mix[at][column] for at in own) for column in range(len(found.products))]
    return found.products[means.index(max(means))] if max(means) else ""


_WORDS = (
    ("recent", "long quiet"),
    ("seldom", "frequent"),
    ("low revenue", "high revenue"),
)


def name_clusters(clusters: Sequence[Sequence[Point]], products: Sequence[str]) -> list[str]:
    """Return the figures of each cluster that are farthest from those of all customers.

    A name has two of them, and more where two clusters would have the same name.
    """
    words = (*_WORDS, *(("", f"more {each}") for each in products))
    weights = (1.0,) * len(_WORDS) + (1 / len(products) ** 0.5 if products else 1.0,) * len(
        products
    )
    marks = []
    for points in clusters:
        means = [
            fmean(column) / weight
            for column, weight in zip(zip(*points, strict=True), weights, strict=True)
        ]
        order = sorted(range(len(means)), key=lambda at: (-abs(means[at]), at))
        far = [words[at][means[at] > 0] for at in order if abs(means[at]) >= _FAR]
        marks.append([word for word in far if word])
    names = ["" for _ in marks]
    for most in range(2, len(words) + 1):
        unnamed = [at for at, name in enumerate(names) if not name or names.count(name) > 1]
        for at in unnamed:
            names[at] = ", ".join(marks[at][:most]) or "average"
    return [f"{name} ({at})" if names.count(name) > 1 else name for at, name in enumerate(names, 1)]
