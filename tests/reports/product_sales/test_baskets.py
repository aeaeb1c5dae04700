"""Pairs of products, against efficient-apriori and against plain loops."""

from collections import defaultdict
from itertools import combinations

import pytest
from hypothesis import given, settings

from cardcrm.errors import UsageError
from cardcrm.records.query_sql import contact_query
from cardcrm.reports.product_sales.baskets import find_pairs
from cardcrm.reports.scope import Scope
from tests.support.sold_lines import SALES, TODAY, Line, Sold, fill

OVER = {
    "baskets": lambda _number, sold: (sold.who, sold.days),
    "sales": lambda number, _sold: number,
    "customers": lambda _number, sold: sold.who,
}


def build_baskets(sold, over, currency=""):
    """Return the products of each basket by a plain loop."""
    found = defaultdict(set)
    for number, each in enumerate(sold):
        if each.amount > 0 and each.days >= 0 and currency in ("", each.currency):
            for line in each.lines:
                found[OVER[over](number, each)].add(line.product)
    return list(found.values())


@settings(max_examples=30)
@given(sold=SALES)
@pytest.mark.parametrize("over", OVER)
def test_pairs_are_those_of_efficient_apriori(temporary_store, over, sold):
    apriori = pytest.importorskip("efficient_apriori")
    baskets = build_baskets(sold, over)
    with temporary_store() as store:
        fill(store, sold)
        found = find_pairs(store, Scope("", TODAY), over, min_support=0.1, min_count=1)
    assert found.baskets == len(baskets)
    _, rules = apriori.apriori(
        [tuple(each) for each in baskets], min_support=0.1, min_confidence=1e-9, max_length=2
    )
    expected = {
        (rule.lhs[0], rule.rhs[0]): (rule.support, rule.confidence, rule.lift) for rule in rules
    }
    given_ = {}
    for each in found.pairs:
        keys = each.product_id, each.other_id
        given_[keys] = (each.support, each.confidence, each.lift)
        given_[keys[::-1]] = (each.support, each.confidence_back, each.lift)
    assert given_.keys() == expected.keys()
    for key, figures in expected.items():
        assert given_[key] == pytest.approx(figures)


@settings(max_examples=30)
@given(sold=SALES)
def test_pairs_beyond_chance_come_first(temporary_store, sold):
    with temporary_store() as store:
        fill(store, sold)
        found = find_pairs(store, Scope("EUR", TODAY), "customers", min_count=1)
    baskets = build_baskets(sold, "customers", "EUR")
    beyond = []
    for each in found.pairs:
        both = sum({each.product_id, each.other_id} <= basket for basket in baskets)
        one, other = (
            sum(key in basket for basket in baskets) for key in (each.product_id, each.other_id)
        )
        assert (each.together, each.expected) == (both, one * other / len(baskets))
        assert each.confidence >= each.confidence_back
        beyond.append(one * other - both * len(baskets))
    assert beyond == sorted(beyond)
    pairs = {pair for basket in baskets for pair in combinations(sorted(basket), 2)}
    assert {tuple(sorted((each.product_id, each.other_id))) for each in found.pairs} == pairs


def test_pairs_of_one_basket_are_left_out_unless_asked_for(store):
    both = (Line(1), Line(2))
    fill(store, [Sold(1, 5, both), Sold(1, 5, (Line(3),)), Sold(2, 9, (Line(3), Line(1)))])
    found = find_pairs(store, Scope("EUR", TODAY))
    assert [(each.product, each.other, each.together) for each in found.pairs] == [
        ("Product 1", "Product 3", 2)
    ]
    assert len(find_pairs(store, Scope("EUR", TODAY), min_count=1).pairs) == 3
    assert found.baskets == 2


def test_a_span_and_a_query_limit_the_sales(store):
    both = (Line(1), Line(2))
    fill(store, [Sold(1, 5, both), Sold(1, 40, both), Sold(2, 5, both)])
    scope = Scope("EUR", TODAY, where=contact_query.parse(store, '"Customer 1"'))
    assert find_pairs(store, scope).pairs[0].together == 2
    scope = Scope("EUR", TODAY, since=TODAY.replace(day=1))
    assert find_pairs(store, scope).pairs[0].together == 2


@pytest.mark.parametrize(
    ("over", "support", "message"),
    [("lines", 0.0, "unknown kind of baskets"), ("sales", 1.5, "between 0 and 1")],
)
def test_bad_options_are_refused(store, over, support, message):
    with pytest.raises(UsageError, match=message):
        find_pairs(store, Scope("EUR", TODAY), over, min_support=support)
