"""Clusters: separated groups are found, whatever their order, and saved as segments."""

import datetime as dt
import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardcrm.errors import ConflictError
from cardcrm.records.contacts import contact_queries
from cardcrm.records.query_sql import columns, contact_query, segments
from cardcrm.reports.clusters import clusters as clustering
from cardcrm.reports.clusters.features import Customers, read_customers, standardize
from cardcrm.reports.clusters.k_means import (
    assign,
    find_centers,
    measure_distances,
    rate_silhouette,
)
from cardcrm.reports.clusters.save_clusters import save_clusters
from cardcrm.reports.scope import Scope
from cardcrm.store import Locale
from cardcrm.store.journal import undo
from tests.support.sales import replace_sales

TODAY = dt.date(2026, 11, 21)
SCOPE = Scope("EUR", TODAY)
CORNERS = ((0.0, 0.0), (10.0, 0.0), (0.0, 10.0), (10.0, 10.0))


@pytest.fixture
def locale():
    return Locale("DE", "EUR")


def scatter(count, seed=1):
    chance = random.Random(seed)
    points = [(x + chance.gauss(0, 1), y + chance.gauss(0, 1)) for x, y in CORNERS * count]
    return points, [at % 4 for at in range(4 * count)]


@pytest.mark.parametrize("seed", range(5))
def test_separated_groups_are_found(seed):
    points, truth = scatter(30, seed)
    labels = assign(points, find_centers(points, 4))
    assert len(set(zip(labels, truth, strict=True))) == 4
    assert find_centers(points, 4) == find_centers(points, 4)


@settings(max_examples=30)
@given(points=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=12),
       count=st.integers(1, 4))  # fmt: skip
def test_centers_are_the_means_of_the_points_nearest_to_them(points, count):
    centers = find_centers(points, count)
    labels = assign(points, centers)
    assert len(centers) == min(count, len(set(points)))
    for point, label in zip(points, labels, strict=True):
        nearest = min(range(len(centers)), key=lambda at: (math.dist(point, centers[at]), at))
        assert label == nearest
    for at, center in enumerate(centers):
        own = [point for point, label in zip(points, labels, strict=True) if label == at]
        if own:
            assert center == pytest.approx(
                [sum(each) / len(own) for each in zip(*own, strict=True)]
            )


@settings(max_examples=30)
@given(points=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 2)),
                       min_size=3, max_size=12))  # fmt: skip
def test_the_silhouette_agrees_with_its_definition(points):
    labels = [0, 1, *(each[2] for each in points[2:])]
    places = [each[:2] for each in points]
    total = 0.0
    for at, place in enumerate(places):
        means = {}
        for label in set(labels):
            others = [each for each, its in enumerate(labels) if its == label and each != at]
            if others:
                means[label] = sum(math.dist(place, places[each]) for each in others) / len(others)
        if labels[at] in means:
            own = means.pop(labels[at])
            near = min(means.values())
            total += (near - own) / max(near, own) if max(near, own) else 0
    found = rate_silhouette(measure_distances(places), labels)
    assert found == pytest.approx(total / len(points))


def make_customers(kinds=((10, 20, 90_000), (400, 2, 3_000), (15, 2, 4_000)), count=20):
    """Return customers of some kinds in turn, by days, purchases and revenue."""
    chance = random.Random(2)
    figures = [
        tuple(max(1, round(each * chance.uniform(0.8, 1.25))) for each in kind)
        for _ in range(count)
        for kind in kinds
    ]
    ids = list(range(1, len(figures) + 1))
    days, purchases, revenue = (list(column) for column in zip(*figures, strict=True))
    mix = [(1.0, 0.0) if at % len(kinds) else (0.5, 0.5) for at in range(len(figures))]
    return Customers(ids, days, purchases, revenue, ("Roses", "Vase"), mix)


def test_kinds_of_customers_are_found_and_named():
    found = clustering.cluster_customers(make_customers(), "EUR")
    assert [each.ids[:2] for each in found.clusters] == [(1, 4), (3, 6), (2, 5)]
    assert [each.name for each in found.clusters] == [
        "more Vase, frequent", "more Roses, seldom", "long quiet, low revenue",
    ]  # fmt: skip
    assert sum(len(each.ids) for each in found.clusters) == found.customers == 60
    assert sum(each.share for each in found.clusters) == pytest.approx(1)
    assert found.silhouette is not None
    assert found.silhouette > 0.5
    assert [len(clustering.cluster_customers(make_customers(), "EUR", count).clusters)
            for count in (2, 5)] == [2, 5]  # fmt: skip


def test_figures_are_standardized():
    points = standardize(make_customers(), "EUR")
    for column, weight in zip(zip(*points, strict=True), (1, 1, 1, 0.5, 0.5), strict=True):
        assert sum(column) / len(column) == pytest.approx(0)
        assert sum(each * each for each in column) / len(column) == pytest.approx(weight)


def test_too_few_and_equal_customers_have_no_clusters():
    few = clustering.cluster_customers(make_customers(count=6), "EUR")
    assert few.reason == "no clusters: at least 20 customers are needed; so far: 18"
    equal = Customers(list(range(30)), [5] * 30, [1] * 30, [100] * 30, (), [()] * 30)
    found = clustering.cluster_customers(equal, "EUR")
    assert (found.clusters, found.reason) == ((), "no clusters: all customers are alike")


@pytest.mark.parametrize("size", [2_600])
def test_many_customers_are_learned_from_a_sample(size):
    kinds = ((10, 20, 90_000), (400, 2, 3_000))
    found = clustering.cluster_customers(make_customers(kinds, size), "EUR")
    assert [len(each.ids) for each in found.clusters] == [size, size]


def test_names_differ():
    points = [[(1.0, 1.0, 1.0, 0.0)], [(1.0, 1.0, -1.0, 0.0)], [(0.0, 0.0, 0.0, 0.0)] * 2]
    names = clustering.name_clusters(points, ("Tea",))
    assert names == [
        "long quiet, frequent, high revenue", "long quiet, frequent, low revenue", "average",
    ]  # fmt: skip
    same = clustering.name_clusters([[(0.0, 0.0, 0.0)], [(0.0, 0.0, 0.0)]], ())
    assert len(set(same)) == 2


def sell_to_two_kinds(store):
    rows = [
        (who, TODAY - dt.timedelta(days=400 * (1 - who % 2) + number), 500 + who, "EUR")
        for who in range(24)
        for number in range(1 + who % 2 * 9)
    ]
    return replace_sales(store, rows)


def test_figures_come_from_the_sales(store):
    known = sell_to_two_kinds(store)
    with store.transaction("test"):
        store.insert("product", name="Roses", name_key="roses", currency="EUR")
        for amount, product_id in ((300, 1), (-100, 1)):
            sale = store.value("SELECT min(id) FROM sale WHERE contact_id = :id", id=known[2])
            store.insert("sale_line", sale_id=sale, product_id=product_id, quantity=1000,
                         price=amount, amount=amount)  # fmt: skip
    found = read_customers(store, SCOPE)
    assert found.ids == sorted(known.values())
    assert (found.days[:2], found.purchases[:2], found.revenue[:2]) == (
        [400, 0],
        [1, 10],
        [500, 5010],
    )
    assert (found.products, found.mix[2], found.mix[3]) == (("Roses",), (1.0,), (0.0,))
    with store.transaction("test"):
        store.update("product", 1, category="Flowers")
    assert read_customers(store, SCOPE).products == ("Flowers",)
    node = contact_query.parse(store, f"id:{known[0]}")
    assert read_customers(store, Scope("EUR", TODAY, where=node)).ids == [known[0]]


def find(store, query):
    return set(columns.find_ids(store, contact_query.parse(store, query)))


def test_saved_clusters_are_segments_and_one_step(store):
    known = sell_to_two_kinds(store)
    found = clustering.build_clusters(store, SCOPE)
    saved = save_clusters(store, "Group", found.clusters)
    assert (saved.names, saved.changed) == (("group-1", "group-2"), 24)
    often, once = ({known[who] for who in range(start, 24, 2)} for start in (1, 0))
    assert (find(store, "segment:group-1"), find(store, "segment:group-2")) == (often, once)
    assert save_clusters(store, "group", found.clusters).changed == 0
    fewer = clustering.cluster_customers(read_customers(store, SCOPE), "EUR", 3)
    three = save_clusters(store, "group", fewer.clusters)
    assert len(three.names) == 3
    assert {each.name for each in segments.list_segments(store)} == set(three.names)
    assert find(store, "tag:group-1") == set(fewer.clusters[0].ids)
    undo(store)
    assert find(store, "segment:group-1") == often
    undo(store)
    assert contact_queries.count_tags(store) == []
    assert segments.list_segments(store) == []


@pytest.mark.parametrize("taken", ["tag", "segment"])
def test_names_that_mean_something_else_are_not_taken(store, taken):
    known = sell_to_two_kinds(store)
    with store.transaction("test"):
        if taken == "tag":
            store.insert("tag", contact_id=known[0], name="vip-2")
        else:
            store.insert("segment", name="vip-2", query="city:leeds")
    found = clustering.build_clusters(store, SCOPE)
    with pytest.raises(ConflictError, match=f"there is a {taken} “vip-2” already"):
        save_clusters(store, "vip", found.clusters)
