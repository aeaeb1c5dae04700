"""Revenue by any grouping, held against sums in plain Python."""

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Callable

import pytest

from cardcrm.dates import DayTime
from cardcrm.dates.periods import list_periods
from cardcrm.errors import UsageError
from cardcrm.money import Money
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import AddressDraft, ContactDraft
from cardcrm.records.query_sql import contact_query, segments
from cardcrm.records.sales import products, rates, sales
from cardcrm.records.sales.sales import LineDraft
from cardcrm.reports.product_sales.margins import parse_margin_grouping, sum_margins
from cardcrm.reports.revenue_report.build import RevenueRequest, build_report
from cardcrm.reports.revenue_report.by_currency import sum_currencies
from cardcrm.reports.revenue_report.comparison import (
    Days,
    Span,
    choose_days,
    compare_days,
    compare_period,
    parse_way,
)
from cardcrm.reports.revenue_report.grouping import parse_grouping
from cardcrm.reports.scope import Scope
from cardcrm.store import Locale, Store

TODAY = dt.date(2026, 11, 21)
CITIES = ("Leeds", "York", "leeds", "")
CHANNELS = ("web", "Web", "shop", "")
TAXES = (None, 0, 5_000, 20_000)


@pytest.fixture
def locale() -> Locale:
    return Locale("GB", "GBP")


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-21T20:00")


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def report(store: Store, by: str, since: str = "", until: str = "", **more: object):
    scope = Scope("GBP", TODAY, day(since) if since else None, day(until) if until else None)
    found = build_report(store, scope, RevenueRequest(parse_grouping(store, by, TODAY), **more))
    assert found is not None
    return found


def revenue_of(store: Store, by: str, since: str, until: str) -> dict[str, int]:
    rows = report(store, by, since, until).rows
    return {row.name: row.revenue.minor for row in rows if row.revenue.minor}


class Shop:
    """Random sales, and a plain record of each: customer, day, amount, channel, lines, tax."""

    def __init__(self, store: Store) -> None:
        self.chance = random.Random(7)
        self.sold: list[dict] = []
        self.city: dict[int, str] = {}
        for name, category, rate in (
            ("Rose", "Bouquets", None), ("Tulip", "bouquets", 20_000), ("Vase", "", 0),
        ):  # fmt: skip
            products.add(store, name, price=Money(333, "GBP"), category=category, tax_rate=rate)
        self.category = {"Rose": "Bouquets", "Tulip": "Bouquets", "Vase": "(no category)"}
        for number in range(7):
            city = CITIES[number % 4]
            place = (AddressDraft("", "", city),) if city else ()
            id_ = contacts.add(store, ContactDraft(f"Person {number}", addresses=place)).id
            self.city[id_] = city
        with store.transaction("test"):
            for _ in range(150):
                self._sell(store)

    def _sell(self, store: Store) -> None:
        chance = self.chance
        who, on = chance.choice(list(self.city)), TODAY - dt.timedelta(days=chance.randrange(500))
        channel, rate = chance.choice(CHANNELS), chance.choice(TAXES)
        lines = [
            LineDraft(chance.choice(("Rose", "Tulip", "Vase")), chance.randrange(1, 4000))
            for _ in range(chance.randrange(3))
        ]
        amount = None if lines else Money(chance.randrange(-2000, 5000), "GBP")
        sale, _ = sales.sell(
            store, who, amount, when=DayTime(on), lines=lines, channel=channel, tax_rate=rate,
            refund=bool(lines) and chance.random() < 0.2,
        )  # fmt: skip
        parts = {line.product: line.amount.minor for line in sales.lines_of(store, sale.id)}
        found = [(line.product, line.amount.minor) for line in sales.lines_of(store, sale.id)]
        assert sum(minor for _, minor in found) == sale.amount.minor or not parts
        self.sold.append(
            {
                "customer": f"Person {list(self.city).index(who)}",
                "city": self.city[who],
                "on": on,
                "amount": sale.amount.minor,
                "channel": channel,
                "lines": found or [("(no product)", sale.amount.minor)],
                "tax": None if sale.tax is None else sale.tax.minor,
            }
        )

    def sum(self, key: Callable[[dict], object], since: str, until: str) -> dict[object, int]:
        found: dict[object, int] = defaultdict(int)
        for each in self.sold:
            if day(since) <= each["on"] <= day(until):
                found[key(each)] += each["amount"]
        return {name: minor for name, minor in found.items() if minor}

    def sum_lines(self, key: Callable[[str], str], since: str, until: str) -> dict[str, int]:
        found: dict[str, int] = defaultdict(int)
        for each in self.sold:
            if day(since) <= each["on"] <= day(until):
                for product, minor in each["lines"]:
                    found[key(product)] += minor
        return {name: minor for name, minor in found.items() if minor}


SPAN = ("2026-01-10", "2026-10-05")


def test_every_grouping_holds_against_a_plain_sum(store):
    shop = Shop(store)
    spelled = {"web": "web", "shop": "shop", "": "(no channel)"}
    towns = {"leeds": "leeds", "york": "york", "": "(no city)"}
    by_customer = shop.sum(lambda each: each["customer"], *SPAN)
    assert revenue_of(store, "customer", *SPAN) == by_customer
    channels = shop.sum(lambda each: spelled[each["channel"].lower()], *SPAN)
    assert {
        name.lower(): minor for name, minor in revenue_of(store, "channel", *SPAN).items()
    } == channels
    cities = shop.sum(lambda each: towns[each["city"].lower()], *SPAN)
    found = revenue_of(store, "city", *SPAN)
    assert {name.lower(): minor for name, minor in found.items()} == cities
    assert revenue_of(store, "product", *SPAN) == shop.sum_lines(str, *SPAN)
    categories = shop.sum_lines(lambda name: shop.category.get(name, name), *SPAN)
    found = revenue_of(store, "category", *SPAN)
    assert {name.capitalize(): minor for name, minor in found.items()} == {
        name.capitalize(): minor for name, minor in categories.items()
    }
    weekdays = shop.sum(lambda each: f"{each['on']:%A}", *SPAN)
    assert revenue_of(store, "weekday", *SPAN) == weekdays
    assert revenue_of(store, "month", *SPAN) == shop.sum(lambda each: f"{each['on']:%Y-%m}", *SPAN)


@pytest.mark.parametrize(
    "by", ["day", "week", "month", "quarter", "year", "product", "category", "customer", "channel",
           "city", "owner", "source", "segment", "weekday", "stage"],
)  # fmt: skip
def test_parts_add_up_to_the_whole_to_the_cent(store, by):
    shop = Shop(store)
    found = report(store, by, *SPAN)
    in_span = [each for each in shop.sold if day(SPAN[0]) <= each["on"] <= day(SPAN[1])]
    total = found.total
    assert total.revenue.minor == sum(each["amount"] for each in in_span)
    assert total.sales == len(in_span)
    assert total.tax.minor == sum(each["tax"] or 0 for each in in_span)
    unknown = sum(each["amount"] for each in in_span if each["tax"] is None)
    assert total.tax_unknown.minor == unknown
    assert total.net.minor == total.revenue.minor - unknown - total.tax.minor
    assert sum(row.revenue.minor for row in found.rows) == total.revenue.minor
    assert sum(row.before.minor for row in found.rows if row.before) == total.before.minor or (
        by in ("day", "week", "month", "quarter", "year")  # each has its own time before
    )
    assert sum(row.share for row in found.rows) == pytest.approx(1)
    for row in found.rows:
        net = row.revenue.minor if row.net is None else row.net.minor + row.tax.minor
        assert net + (row.tax_unknown.minor if row.net else 0) == row.revenue.minor


def test_rows_are_ordered_by_value_and_ties_by_name(store):
    for name in ("Zoe", "Änne", "Bob", "anna"):
        who = contacts.add(store, ContactDraft(name)).id
        sales.sell(store, who, Money(900 if name == "Bob" else 500, "GBP"), channel=name)
    for by in ("customer", "channel"):
        names = [row.name for row in report(store, by).rows]
        assert names == ["Bob", "anna", "Änne", "Zoe"]
    best = report(store, "customer", limit=1)
    assert ([row.name for row in best.rows], best.groups) == (["Bob"], 4)
    assert best.total.revenue == Money(2400, "GBP")
    assert report(store, "channel", limit=2).groups == 4


def test_the_number_of_customers_does_not_depend_on_a_limit(store):
    now, gone, returned = (contacts.add(store, ContactDraft(each)).id for each in "ABC")
    sales.sell(store, now, Money(300, "GBP"), when=DayTime(day("2026-11-05")))
    sales.sell(store, gone, Money(200, "GBP"), when=DayTime(day("2025-11-05")))
    sales.sell(store, returned, Money(100, "GBP"), when=DayTime(day("2026-11-06")))
    sales.sell(store, returned, Money(-100, "GBP"), when=DayTime(day("2026-11-07")))
    every = report(store, "customer")
    assert [row.name for row in every.rows] == ["A", "B", "C"]
    for limit in (1, 2, 3, 4):
        found = report(store, "customer", limit=limit)
        assert found.rows == every.rows[:limit]
        assert (found.groups, found.total) == (3, every.total)


def test_the_people_of_an_organization_keep_their_segments_in_a_query_for_it(store):
    firm = contacts.add(store, ContactDraft("Firm", kind="org")).id
    ann = contacts.add(store, ContactDraft("Ann", org="Firm", tags=("vip",))).id
    bob = contacts.add(store, ContactDraft("Bob", org="Firm")).id
    for who, minor in ((firm, 1), (ann, 20), (bob, 300)):
        sales.sell(store, who, Money(minor, "GBP"), when=DayTime(TODAY))
    segments.save(store, "vips", "tag:vip")
    scope = Scope("GBP", TODAY, where=contact_query.parse(store, "kind:org"))
    wanted = {"vips": 20, "(no segment)": 301}
    found = build_report(store, scope, RevenueRequest(parse_grouping(store, "segment", TODAY)))
    assert found is not None
    assert {row.name: row.revenue.minor for row in found.rows} == wanted
    margins = sum_margins(store, scope, parse_margin_grouping(store, "segment", TODAY))
    assert {row.name: row.revenue.minor for row in margins.rows} == wanted


def test_a_contact_in_two_segments_counts_in_both(store):
    jane = contacts.add(store, ContactDraft("Jane", tags=("vip", "press"))).id
    bob = contacts.add(store, ContactDraft("Bob", tags=("vip",))).id
    eve = contacts.add(store, ContactDraft("Eve")).id
    for who, minor in ((jane, 100), (bob, 20), (eve, 3)):
        sales.sell(store, who, Money(minor, "GBP"))
    for name in ("vip", "press"):
        segments.save(store, name, f"tag:{name}")
    found = report(store, "segment")
    assert {row.name: row.revenue.minor for row in found.rows} == {
        "vip": 120, "press": 100, "(no segment)": 3,
    }  # fmt: skip
    assert found.is_overlapping
    assert found.total.revenue.minor == 123
    assert {row.name: row.revenue.minor for row in report(store, "tag").rows} == {
        "vip": 120, "press": 100, "(no tag)": 3,
    }  # fmt: skip


def test_future_sales_and_days_to_come_are_left_out(store):
    jane = contacts.add(store, ContactDraft("Jane")).id
    sales.sell(store, jane, Money(100, "GBP"))
    sale, _ = sales.sell(store, jane, Money(900, "GBP"))
    store.engine.execute("UPDATE sale SET on_date = '2026-11-29' WHERE id = :id", {"id": sale.id})
    assert report(store, "month").total.revenue.minor == 100
    assert report(store, "product", "2026-11-01", "2026-11-30").total.revenue.minor == 100
    later = Scope("GBP", TODAY, day("2027-01-01"))
    assert build_report(store, later, RevenueRequest(parse_grouping(store, "city", TODAY))) is None


def test_nothing_is_compared_with_a_time_before_the_first_sale(store):
    jane = contacts.add(store, ContactDraft("Jane")).id
    sales.sell(store, jane, Money(100, "GBP"), when=DayTime(day("2026-10-05")))
    sales.sell(store, jane, Money(150, "GBP"), when=DayTime(day("2026-11-05")))
    first, second = report(store, "month").rows
    assert (first.name, first.before, first.change) == ("2026-10", None, None)
    assert (second.before, second.change, second.is_over) == (Money(100, "GBP"), 0.5, False)


WINDOWS = [
    # from, to: what is shown, and what it is compared with
    ("2026-03-01", "2026-03-31", "2026-03-01 to 2026-03-31", "2026-02-01 to 2026-02-28"),
    ("2026-01-01", "2026-03-31", "2026-01-01 to 2026-03-31", "2025-10-01 to 2025-12-31"),
    ("2025-01-01", "2025-12-31", "2025-01-01 to 2025-12-31", "2024-01-01 to 2024-12-31"),
    ("2026-11-01", "2026-11-30", "2026-11-01 to 2026-11-21", "2026-10-01 to 2026-10-21"),
    ("2026-01-01", "", "2026-01-01 to 2026-11-21", "2025-01-01 to 2025-11-21"),
    ("2026-11-10", "", "2026-11-10 to 2026-11-21", "2026-10-29 to 2026-11-09"),
    ("2026-05-04", "2026-05-10", "2026-05-04 to 2026-05-10", "2026-04-27 to 2026-05-03"),
    ("2026-11-20", "2026-11-23", "2026-11-20 to 2026-11-21", "2026-11-16 to 2026-11-17"),
    ("", "", "2025-12-01 to 2026-11-21", "2024-12-01 to 2025-11-21"),
    ("", "2026-06-30", "2025-07-01 to 2026-06-30", "2024-07-01 to 2025-06-30"),
    ("2024-02-01", "2024-02-29", "2024-02-01 to 2024-02-29", "2024-01-01 to 2024-01-31"),
]


@pytest.mark.no_database
@pytest.mark.parametrize(("since", "until", "now", "before"), WINDOWS)
def test_days_before_are_those_of_the_same_length(since, until, now, before):
    scope = Scope("GBP", TODAY, day(since) if since else None, day(until) if until else None)
    span = choose_days(scope, "month", 12)
    assert span is not None
    found = compare_days(span)
    assert (str(found.now), str(found.before)) == (now, before)


OPEN_SPANS = [
    # unit, --from: the days before that the days up to the 29th and 30th of November are compared
    # with, and those up to the 29th of February 2024
    ("month", "2026-01-01", "2025-01-01 to 2025-11-29", "2025-01-01 to 2025-11-30"),
    ("day", "2026-01-01", "2025-01-01 to 2025-11-29", "2025-01-01 to 2025-11-30"),
    ("week", "2026-01-01", "2025-01-01 to 2025-11-29", "2025-01-01 to 2025-11-30"),
    ("quarter", "2026-01-01", "2025-01-01 to 2025-11-29", "2025-01-01 to 2025-11-30"),
    ("day", "2026-11-01", "2026-10-01 to 2026-10-29", "2026-10-01 to 2026-10-31"),
    ("quarter", "2026-11-01", "2026-10-01 to 2026-10-29", "2026-10-01 to 2026-10-31"),
    ("month", "2026-09-01", "2026-06-01 to 2026-08-29", "2026-06-01 to 2026-08-31"),
    ("month", "", "2024-12-01 to 2025-11-29", "2024-12-01 to 2025-11-30"),
    ("month", "2026-11-10", "2026-10-21 to 2026-11-09", "2026-10-20 to 2026-11-09"),
]


@pytest.mark.no_database
@pytest.mark.parametrize(("unit", "since", "late", "last"), OPEN_SPANS)
def test_the_days_before_do_not_change_their_kind_on_the_last_day_of_a_month(
    unit, since, late, last
):
    for number, before in ((29, late), (30, last)):
        scope = Scope("GBP", dt.date(2026, 11, number), day(since) if since else None)
        span = choose_days(scope, unit, 12)
        assert span is not None
        assert str(compare_days(span).before) == before


@pytest.mark.no_database
@pytest.mark.parametrize(
    ("today", "since", "before"),
    [("2024-11-21", "2024-01-01", "2023-01-01 to 2023-11-21"),
     ("2024-02-29", "2024-01-01", "2023-01-01 to 2023-02-28"),
     ("2025-02-28", "2025-01-01", "2024-01-01 to 2024-02-29"),
     ("2024-11-21", "", "2022-12-01 to 2023-11-21")],
)  # fmt: skip
def test_a_year_to_date_ends_on_the_same_day_around_a_leap_day(today, since, before):
    span = choose_days(Scope("GBP", day(today), day(since) if since else None), "month", 12)
    assert span is not None
    assert str(compare_days(span).before) == before


@pytest.mark.no_database
def test_the_year_before_keeps_month_ends_and_leap_days():
    def before(first: str, last: str) -> str:
        return str(compare_days(Span(Days(day(first), day(last)), day(last)), "year").before)

    assert before("2024-02-29", "2024-02-29") == "2023-02-28 to 2023-02-28"
    assert before("2025-02-01", "2025-02-28") == "2024-02-01 to 2024-02-29"
    assert before("2024-02-29", "2025-02-28") == "2023-02-28 to 2024-02-28"  # no day twice
    assert before("2026-05-04", "2026-05-10") == "2025-05-04 to 2025-05-10"
    first = dt.date.min
    assert compare_days(Span(Days(first, first), first), "year").before is None
    assert compare_days(Span(Days(first, first), first)).before is None


@pytest.mark.no_database
@pytest.mark.parametrize(
    ("unit", "way", "shown", "before"),
    [
        ("month", "previous", ("2026-11-01", "2026-11-21"), "2026-10-01 to 2026-10-21"),
        ("month", "previous", ("2026-03-01", "2026-03-31"), "2026-02-01 to 2026-02-28"),
        ("month", "previous", ("2026-03-01", "2026-03-30"), "2026-02-01 to 2026-02-28"),
        ("month", "previous", ("2026-05-15", "2026-05-31"), "2026-04-15 to 2026-04-30"),
        ("month", "year", ("2026-11-01", "2026-11-21"), "2025-11-01 to 2025-11-21"),
        ("year", "previous", ("2026-01-01", "2026-11-21"), "2025-01-01 to 2025-11-21"),
        ("week", "previous", ("2026-11-16", "2026-11-21"), "2026-11-09 to 2026-11-14"),
        ("week", "year", ("2026-11-16", "2026-11-22"), "2025-11-17 to 2025-11-23"),
        ("day", "previous", ("2026-03-01", "2026-03-01"), "2026-02-28 to 2026-02-28"),
        ("quarter", "previous", ("2026-10-01", "2026-11-21"), "2026-07-01 to 2026-08-21"),
    ],
)
def test_a_period_is_compared_with_as_many_days_of_the_one_before(unit, way, shown, before):
    now = Days(*map(day, shown))
    (period,) = list_periods(unit, *now)
    assert str(compare_period(period, now, unit, way).before) == before


def test_currencies_are_added_at_stated_rates_alone(store, tmp_path):
    jane = contacts.add(store, ContactDraft("Jane")).id
    for minor, code in ((10_000, "GBP"), (5_000, "EUR"), (900, "USD")):
        sales.sell(store, jane, Money(minor, code))
    scope = Scope("GBP", TODAY)
    wanted = RevenueRequest(parse_grouping(store, "currencies", TODAY))
    assert sum_currencies(store, scope, wanted).total is None
    file = tmp_path / "rates.csv"
    file.write_text("date,currency,rate,base\n2026-11-01,EUR,0.86,GBP\n")
    rates.load(store, rates.read_file(file, "GBP"))
    found = sum_currencies(store, scope, wanted)
    assert [(each.row.name, each.row.revenue.minor) for each in found.rows] == [
        ("GBP", 10_000), ("EUR", 5_000), ("USD", 900),
    ]  # fmt: skip
    assert [each.converted and each.converted.amount.minor for each in found.rows] == [
        10_000, 4_300, None,
    ]  # fmt: skip
    assert found.total.describe() == (
        "143.00 GBP, at 1 EUR = 0.86 GBP (2026-11-01), without 9.00 USD (no rate)"
    )
    assert report(store, "month").total.revenue == Money(10_000, "GBP")


@pytest.mark.parametrize(
    ("word", "kind", "name"),
    [
        ("Products", "product", "product"), ("articles", "product", "product"),
        ("family", "category", "category"), ("categories", "category", "category"),
        ("clients", "customer", "customer"), ("sales channel", "channel", "channel"),
        ("monthly", "period", "month"), ("quarters", "period", "quarter"),
        ("cities", "field", "city"), ("towns", "field", "city"), ("rep", "field", "owner"),
        ("lead-source", "field", "source"), ("segments", "segment", "segment"),
        ("currencies", "currency", "currency"), ("tags", "field", "tag"),
        ("company", "field", "organization"), ("stage", "field", "stage"),
    ],
)  # fmt: skip
def test_groupings_have_the_names_that_people_use(store, word, kind, name):
    assert parse_grouping(store, word, TODAY)[:2] == (kind, name)


def test_unknown_words_are_refused_with_the_nearest(store):
    with pytest.raises(UsageError, match="unknown group “chanel”") as error:
        parse_grouping(store, "chanel", TODAY)
    assert "Did you mean channel?" in error.value.hint
    with pytest.raises(UsageError, match="unknown comparison"):
        parse_way("decade")
