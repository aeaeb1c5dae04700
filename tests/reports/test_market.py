"""The market view against plain loops over contacts and sales."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cardcrm.dates.periods import add_years
from cardcrm.errors import UsageError
from cardcrm.money import Money
from cardcrm.records.contacts import contacts, custom_fields, update
from cardcrm.records.contacts.drafts import AddressDraft, ContactDraft
from cardcrm.records.query_sql import contact_query
from cardcrm.reports.dimension import find_dimension
from cardcrm.reports.market.focus import rank_fractions
from cardcrm.reports.market.market import build_market
from cardcrm.reports.market.market_group import MarketSize, join_smallest
from cardcrm.reports.market.sizes import parse_sizes
from cardcrm.reports.scope import Scope
from cardcrm.store import Locale
from tests.support.sales import replace_sales

TODAY = dt.date(2026, 11, 21)
CITIES = ("Leeds", "leeds", "York", "", "Zürich")
DAYS = st.sampled_from(
    [
        dt.date(2025, 11, 21),
        dt.date(2025, 11, 22),
        dt.date(2024, 11, 22),
        dt.date(2024, 2, 29),
        TODAY,
    ]
) | st.dates(dt.date(2024, 1, 1), dt.date(2027, 1, 31))
SALES = st.lists(
    st.tuples(st.integers(0, 4), DAYS, st.integers(-500, 900), st.sampled_from(["EUR", "USD"])),
    max_size=30,
)


@pytest.fixture
def locale():
    return Locale("DE", "EUR")


def place(store, who, city):
    """Add “Customer 0” and so on, which `replace_sales` knows, at a town."""
    address = (AddressDraft(city=city),) if city else ()
    return contacts.add(store, ContactDraft(f"Customer {who}", addresses=address)).id


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=SALES)
def test_groups_agree_with_plain_loops_and_add_up(store, rows):
    if not store.value("SELECT count(*) FROM contact"):
        for who, city in enumerate(CITIES):
            place(store, who, city)
    replace_sales(store, rows)
    found = build_market(store, Scope("EUR", TODAY), find_dimension(store, "city", TODAY))
    own = [
        (CITIES[who].lower(), who, day, minor) for who, day, minor, code in rows if code == "EUR"
    ]
    now = [each for each in own if dt.date(2025, 11, 22) <= each[2] <= TODAY]
    before = [each for each in own if dt.date(2024, 11, 22) <= each[2] <= dt.date(2025, 11, 21)]
    wanted = {}
    for city in {each[0] for each in own}:
        customers = {who for where, who, _, minor in now if where == city and minor > 0}
        revenue = sum(minor for where, _, _, minor in now if where == city)
        earlier = sum(minor for where, _, _, minor in before if where == city)
        if customers or revenue or earlier:
            wanted[city] = (len(customers), revenue, earlier)
    assert {
        each.name.lower(): (each.customers, each.revenue.minor, each.revenue_before.minor)
        for each in found.groups
    } == wanted
    assert found.revenue.minor == sum(each.revenue.minor for each in found.groups)
    assert found.customers == sum(each.customers for each in found.groups)
    orders = {each[1] for each in own if each[3] > 0}  # a customer without one counts by refunds
    first = min((each[2] for each in own if each[3] > 0 or each[1] not in orders), default=None)
    assert found.first_sale == first
    for each in found.groups:
        has_growth = first is not None and first <= dt.date(2024, 11, 22)
        earlier = each.revenue_before.minor
        assert each.growth == (
            each.revenue.minor / earlier - 1 if has_growth and earlier > 0 else None
        )
    joined = join_smallest(found.groups, 1)
    assert sum(each.revenue.minor for each in joined) == found.revenue.minor
    assert len(joined) == min(len(found.groups), 2)


def test_growth_and_shares(store):
    for who, city in enumerate(CITIES):
        place(store, who, city)
    replace_sales(store, [
        (0, dt.date(2024, 11, 22), 1000, "EUR"), (0, dt.date(2026, 1, 5), 1500, "EUR"),
        (1, dt.date(2026, 2, 5), 500, "EUR"), (2, dt.date(2026, 2, 5), 2000, "EUR"),
    ])  # fmt: skip
    sizes = {"leeds": MarketSize(Money(10_000, "EUR")), "york": MarketSize(customers=4)}
    dimension = find_dimension(store, "City", TODAY)
    found = build_market(store, Scope("EUR", TODAY), dimension, sizes)
    assert [
        (each.name, each.customers, each.growth, each.share, each.market_share, each.by_customer)
        for each in found.groups
    ] == [
        ("Leeds", 2, 1.0, 0.5, 0.2, Money(1000, "EUR")),
        ("York", 1, None, 0.5, 0.25, Money(2000, "EUR")),
    ]
    node = contact_query.parse(store, "city:york")
    few = build_market(store, Scope("EUR", TODAY, where=node), dimension)
    assert [each.name for each in few.groups] == ["York"]


def test_a_span_that_is_not_over_is_compared_up_to_the_same_day(store):
    place(store, 0, "Leeds")
    replace_sales(store, [
        (0, dt.date(2024, 12, 1), 9000, "EUR"), (0, dt.date(2025, 3, 1), 1000, "EUR"),
        (0, dt.date(2025, 12, 1), 5000, "EUR"), (0, dt.date(2026, 3, 1), 1500, "EUR"),
    ])  # fmt: skip
    scope = Scope("EUR", TODAY, dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    found = build_market(store, scope, find_dimension(store, "City", TODAY))
    assert (found.until, [each.growth for each in found.groups]) == (TODAY, [0.5])


@pytest.mark.parametrize(
    ("today", "since", "earlier"),
    [("2025-02-28", "2024-03-01", 30), ("2025-02-28", None, 10), ("2024-02-29", None, 0)],
)
def test_no_day_is_left_out_or_counted_twice_around_a_leap_day(store, today, since, earlier):
    place(store, 0, "Leeds")
    days = ("2024-02-28", "2024-02-29", "2024-03-01", "2025-02-28")
    replace_sales(
        store,
        [(0, dt.date.fromisoformat(day), 10 * 2**n, "EUR") for n, day in enumerate(days)],
    )
    first = dt.date.fromisoformat(since) if since else None
    scope = Scope("EUR", dt.date.fromisoformat(today), first)
    (group,) = build_market(store, scope, find_dimension(store, "City", TODAY)).groups
    assert group.revenue_before.minor == earlier


def test_people_without_a_value_count_under_that_of_their_organization(store):
    org = contacts.add(
        store, ContactDraft("Acme", kind="org", addresses=(AddressDraft(city="Hull"),))
    )
    with store.transaction("test"):
        store.update("contact", place(store, 0, ""), org_id=org.id)
        store.update("contact", place(store, 1, "York"), org_id=org.id)
    replace_sales(store, [(0, TODAY, 100, "EUR"), (1, TODAY, 50, "EUR")])
    found = build_market(store, Scope("EUR", TODAY), find_dimension(store, "city", TODAY))
    assert [(each.name, each.revenue.minor) for each in found.groups] == [
        ("Hull", 100),
        ("York", 50),
    ]


def group(store, by, minors=(100, 50, 25, 12, 6, 3)):
    replace_sales(store, [(who, TODAY, minor, "EUR") for who, minor in enumerate(minors)])
    found = build_market(store, Scope("EUR", TODAY), find_dimension(store, by, TODAY))
    return {each.name: each.revenue.minor for each in found.groups}


def test_any_field_groups(store):
    custom_fields.add(store, "Industry")
    custom_fields.add(store, "Seats", "number")
    custom_fields.add(store, "Opened", "date")
    ids = [place(store, who, "") for who in range(6)]
    for who, contact_id in enumerate(ids):
        values = [("Industry", "food" if who % 2 else "Food"), ("Seats", f"{who // 2}")]
        values += [("Opened", f"202{who // 3}-05-01"), ("source", "fair" if who else "")]
        values.append(("birthday", ("2008-11-22", "2008-11-21", "1976-01-01", "--05-17")[who % 4]))
        tags = ("vip", "Early") if who == 0 else ("vip",) * (who == 1)
        update.edit(store, [contact_id], update.Edit(tuple(values), tags=tags))
    assert group(store, "industry") == {"Food": 196}
    assert group(store, "seats") == {"0": 150, "1": 37, "2": 9}
    assert group(store, "opened") == {"2020": 175, "2021": 21}
    assert group(store, "source") == {"fair": 96, "": 100}
    assert group(store, "tag") == {"vip": 150, "Early": 100, "": 46}
    assert group(store, "age") == {"under 18": 106, "18–24": 53, "45–54": 25, "": 12}
    assert group(store, "stage") == {"lead": 196}
    assert group(store, "Lead source") == group(store, "source")
    assert group(store, "job title") == {"": 196}
    assert group(store, "orders") == {"1": 196}
    assert group(store, "value") == {
        "0.03–0.06": 9, "0.12": 12, "0.25": 25, "0.50": 50, "1.00": 100
    }  # fmt: skip
    with pytest.raises(UsageError, match="unknown field “industri”"):
        find_dimension(store, "industri", TODAY)


def test_groups_are_ranked_by_value_growth_and_reach(store):
    rows = []
    for who in range(15):
        place(store, who, ("Leeds", "York", "Hull")[who % 3])
        rows.append((who, dt.date(2024, 11, 22), 100, "EUR"))
        rows.append((who, TODAY, (300, 200, 100)[who % 3], "EUR"))
    for who in (20, 21):
        contact_id = place(store, who, "York")
        update.edit(store, [contact_id], update.Edit((("email", f"c{who}@example.com"),)))
    replace_sales(store, rows)
    dimension = find_dimension(store, "city", TODAY)
    found = build_market(store, Scope("EUR", TODAY), dimension, focus=True)
    assert [(each.name, each.reachable, each.score) for each in found.groups] == [
        ("Leeds", 0, (1 + 1 + 0.25) / 3), ("York", 2, (0.5 + 0.5 + 1) / 3), ("Hull", 0, 0.25 / 3),
    ]  # fmt: skip


def test_ranks_share_ties_and_put_the_unknown_in_the_middle():
    assert rank_fractions([3, None, 1, 3, 0]) == [5 / 6, 0.5, 1 / 3, 5 / 6, 0.0]
    assert rank_fractions([7]) == [0.5]


def test_a_year_before_a_leap_day():
    assert add_years(dt.date(2024, 2, 29), -1) == dt.date(2023, 2, 28)


def test_market_sizes_are_amounts_or_numbers_of_customers():
    assert parse_sizes(["Leeds=250000", "the north = 1,200 customers"], "EUR") == {
        "leeds": MarketSize(Money(25_000_000, "EUR")), "the north": MarketSize(customers=1200),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("texts", "problem"),
    [(["leeds"], "invalid market size “leeds”"), (["leeds="], "invalid market size “leeds=”"),
     (["a=1", "A=2"], "two market sizes for “A”"), (["a=0"], "the market size “0” is too small"),
     (["a=0 people"], "the market size “0 people” is too small"),
     (["a=5 USD"], "the market size “5 USD” is in USD, the report in EUR")],
)  # fmt: skip
def test_invalid_market_sizes_are_refused(texts, problem):
    with pytest.raises(UsageError) as error:
        parse_sizes(texts, "EUR")
    assert error.value.message == problem
