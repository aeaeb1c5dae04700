"""The reports find what happened in the sample shop: `cardcrm.records.sample.story` tells it."""

import datetime as dt
from collections.abc import Iterator

import pytest

from cardcrm.query import parse
from cardcrm.records import sample
from cardcrm.reports.product_sales import baskets
from cardcrm.reports.retention import at_risk
from cardcrm.reports.retention.next_orders import list_next_orders
from cardcrm.reports.revenue_report.build import RevenueRequest, build_report
from cardcrm.reports.revenue_report.grouping import parse_grouping
from cardcrm.reports.scope import Scope
from cardcrm.store import Locale, Store, open_store, settings

TODAY = dt.date(2026, 11, 21)


@pytest.fixture(scope="module")
def shop(shared_locations) -> Iterator[Store]:
    """The sample shop."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CARDCRM_NOW", "2026-11-21T20:00")
        locale = Locale("GB", "GBP")
        store = open_store(shared_locations("petal"), user=sample.USER, create=True, locale=locale)
        settings.initialize(store, "GB", "GBP")
        sample.fill(store)
        yield store
        store.close()


def revenue(store: Store, by: str, days: int = 0):
    """Return the rows of the last days, or of the last twelve months."""
    since = TODAY - dt.timedelta(days=days) if days else None
    grouping = parse_grouping(store, by, TODAY)
    found = build_report(store, Scope("GBP", TODAY, since), RevenueRequest(grouping))
    assert found is not None
    return found.rows


def test_the_dying_favorite_is_most_at_risk(shop):
    risks = at_risk.report_risks(shop, Scope("GBP", TODAY))
    assert risks[0].name == "Kirkgate Playhouse"
    assert (risks[0].usual_days, risks[0].silent_days >= 190) == (7.0, True)


def test_the_rising_star_brings_the_most_of_the_quarter(shop):
    customers = revenue(shop, "customer", 90)
    assert customers[0].name == "Lantern Coffee"
    assert customers[0].change > 0.5
    orders, _ = list_next_orders(shop, Scope("", TODAY))
    usual = {each.name: each.usual_days for each in orders}
    assert usual["Lantern Coffee"] == 7.0


def test_december_is_the_best_month(shop):
    months = revenue(shop, "month")
    assert max(months, key=lambda row: row.revenue.minor).name == "2025-12"


def test_orchid_and_feed_sell_together(shop):
    pairs = baskets.find_pairs(shop, Scope("GBP", TODAY)).pairs
    best = pairs[0]
    assert {best.product, best.other} == {"Potted orchid", "Orchid feed"}
    assert min(best.confidence, best.confidence_back) == pytest.approx(0.8, abs=0.03)


def test_the_market_has_gone_and_the_web_grows(shop):
    channels = {row.name: row for row in revenue(shop, "channel")}
    assert (channels["market"].revenue.minor, channels["market"].change) == (0, -1.0)
    assert channels["web"].change > 2
    lapsed = [row for row in revenue(shop, "segment") if row.name == "market-stall"]
    assert lapsed[0].revenue.minor == 0


def test_all_prices_but_those_of_herbs_contain_a_tax(shop):
    products = {row.name: row for row in revenue(shop, "product")}
    assert products["Herb pot"].tax.minor == 0
    orchid = products["Potted orchid"]
    assert orchid.tax.minor == pytest.approx(orchid.revenue.minor / 6, abs=30)
    assert all(row.tax_unknown.minor == 0 for row in products.values())


def test_subscribers_and_others_are_found_by_their_tags(shop):
    where = parse("tag:subscription", {"tag"})
    found = build_report(
        shop,
        Scope("GBP", TODAY, where=where),
        RevenueRequest(parse_grouping(shop, "category", TODAY)),
    )
    assert found is not None
    assert found.rows[0].name == "Subscriptions"
