"""The reports about products find the story of the sample shop."""

import datetime as dt

import pytest

from cardcrm.records import sample
from cardcrm.reports.alerts.alert_queries import alert_query
from cardcrm.reports.alerts.alert_table import refresh_alerts
from cardcrm.reports.offers.suggestions import suggest
from cardcrm.reports.product_sales.baskets import find_pairs
from cardcrm.reports.product_sales.price_effect import analyze_price, analyze_promotion
from cardcrm.reports.product_sales.product_figures import build_product_report
from cardcrm.reports.scope import Scope
from cardcrm.store import Locale, Store

TODAY = dt.date(2026, 11, 21)
SCOPE = Scope("GBP", TODAY)


@pytest.fixture
def shop(store: Store) -> Store:
    store.locale = Locale("GB", "GBP")
    sample.fill(store)
    return store


def product(store, name):
    return store.value("SELECT id FROM product WHERE name = :name", name=name)


def test_the_reports_find_the_story_of_the_shop(shop):
    pair = find_pairs(shop, SCOPE).pairs[0]
    assert (pair.product, pair.other) == ("Orchid feed", "Potted orchid")
    assert pair.lift > 5

    seldom = build_product_report(shop, SCOPE, "repeat").rows[0]
    assert (seldom.name, seldom.customers, seldom.repeat_rate) == ("Dried flower kit", 8, 0)

    bouquet = product(shop, "Seasonal bouquet")
    rise = analyze_price(shop, SCOPE, bouquet, "Seasonal bouquet")
    (change,) = rise.changes
    assert (change.before.parts, change.after.parts) == (24_000_000, 28_000_000)
    assert abs((TODAY - change.on).days - 210) <= 7
    assert rise.effect.units.low < 1 < rise.effect.units.high  # too few to call it a loss

    first, last = (TODAY - dt.timedelta(days=days) for days in (126, 113))
    orchid = product(shop, "Potted orchid")
    promotion = analyze_promotion(shop, SCOPE, orchid, "Potted orchid", first, last)
    assert promotion.effect.after.discount_share == pytest.approx(0.2, abs=0.01)
    assert promotion.effect.reason.endswith("at least 5 are needed")  # hardly any were sold

    refresh_alerts(shop, TODAY, 30)
    alerts = shop.fetch(alert_query(TODAY, 30, 100))
    first_of = {}
    for each in alerts:
        first_of.setdefault(each.kind, each)
    assert first_of["falling"].contact == "Kirkgate Playhouse"
    assert "The Aire Grand Hotel" in {each.contact for each in alerts if each.kind == "margin"}
    assert {"reorder", "cross-sell", "up-sell"} <= first_of.keys()


def test_an_alert_offers_what_suggest_does_in_the_same_words_and_at_the_same_value(shop):
    refresh_alerts(shop, TODAY, 30)
    kinds = set()
    for each in shop.fetch(alert_query(TODAY, 30, 1000)):
        if each.kind in ("reorder", "up-sell", "cross-sell"):
            kinds.add(each.kind)
            offers = suggest(shop, each.contact_id, "GBP", TODAY)
            assert (each.kind, each.product_id, each.reason, each.amount, each.confidence) in {
                (offer.kind, offer.product_id, offer.reason, offer.value.minor, offer.confidence)
                for offer in offers
                if offer.value
            }
    assert kinds == {"reorder", "up-sell", "cross-sell"}
