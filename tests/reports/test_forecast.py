"""Forecasts: the series against plain loops, the methods and the band against known answers."""

import datetime as dt
import math
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cardcrm.dates.periods import name_numbered_period, parse_month_number
from cardcrm.errors import UsageError
from cardcrm.records.query_sql import contact_query
from cardcrm.reports.forecast import backtest, forecast, methods, series
from cardcrm.reports.forecast.total import describe_total
from cardcrm.reports.scope import Scope
from cardcrm.store import Locale
from tests.support.sales import replace_sales

TODAY = dt.date(2026, 11, 21)
NINETY = Fraction(9, 10)
DAYS = st.sampled_from(
    [dt.date(2024, 2, 29), dt.date(2025, 10, 31), dt.date(2026, 10, 31), dt.date(2026, 11, 1)]
) | st.dates(dt.date(2025, 1, 1), dt.date(2026, 12, 31))
SALES = st.lists(
    st.tuples(st.integers(0, 4), DAYS, st.integers(-500, 900), st.sampled_from(["EUR", "USD"])),
    max_size=30,
)


@pytest.fixture
def locale():
    return Locale("DE", "EUR")


def list_months(rows):
    """Return the complete months from the first sale on, as (year, month)."""
    days = [day for _, day, _, currency in rows if currency == "EUR" and day < dt.date(2026, 11, 1)]
    found = []
    year, month = (min(days).year, min(days).month) if days else (2026, 11)
    while (year, month) < (2026, 11):
        found.append((year, month))
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return found


def count_slowly(rows, figure, year, month, lost_after):
    """Return a figure of one month, one sale and one customer at a time."""
    own = [(who, day, minor) for who, day, minor, currency in rows if currency == "EUR"]
    here = [minor for _, day, minor in own if (day.year, day.month) == (year, month)]
    if figure == "revenue":
        return sum(here)
    if figure == "orders":
        return sum(minor > 0 for minor in here)
    count = 0
    for who in {who for who, *_ in own}:
        orders = sorted({day.year * 12 + day.month for each, day, minor in own
                         if each == who and minor > 0})  # fmt: skip
        now = year * 12 + month
        if figure == "new":
            count += bool(orders) and orders[0] == now
        else:
            has_quiet = not any(now - lost_after < each <= now for each in orders)
            count += now - lost_after in orders and has_quiet
    return count


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=SALES, lost_after=st.integers(1, 14))
def test_series_agree_with_plain_loops(store, rows, lost_after):
    replace_sales(store, rows)
    months = list_months(rows)
    for figure in series.FIGURES:
        found = series.read_series(store, Scope("EUR", TODAY), figure, lost_after)
        wanted = months[lost_after:] if figure == "lost" else months
        assert [
            name_numbered_period("month", found.first + at) for at in range(len(found.values))
        ] == [f"{year}-{month:02}" for year, month in wanted]
        assert found.values == tuple(
            count_slowly(rows, figure, *each, lost_after) for each in wanted
        )
        if wanted and figure != "lost":
            assert found.running == find_running_slowly(rows, figure, wanted)


def find_running_slowly(rows, figure, months):
    """Return November up to Saturday the 21st, and the last ten days of the months before it."""

    def sum_days(first, last):
        def is_counted(who, day, minor):
            if figure == "new":
                orders = [each[1] for each in rows
                          if each[0] == who and each[3] == "EUR" and each[2] > 0]  # fmt: skip
                return minor > 0 and day == min(orders)
            return figure == "revenue" or minor > 0

        found = [
            (who, day, minor)
            for who, day, minor, currency in rows
            if currency == "EUR" and first <= day <= last and is_counted(who, day, minor)
        ]
        if figure == "new":
            return len({who for who, *_ in found})
        return sum(minor if figure == "revenue" else 1 for *_, minor in found)

    rests = []
    for year, month in months:
        end = dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)
        rests.append(sum_days(end - dt.timedelta(days=9), end))
    start, yesterday = dt.date(2026, 11, 1), TODAY - dt.timedelta(days=1)
    return series.RunningMonth(sum_days(start, TODAY), sum_days(start, yesterday), tuple(rests))


@pytest.mark.parametrize(
    ("today", "rests"),
    [("2024-02-29", (4, 3)), ("2024-02-28", (9, 7)), ("2024-02-01", (14, 10)),
     ("2024-03-01", (14, 10)), ("2024-03-31", (4, 3)), ("2024-03-03", (13, 9))],
)  # fmt: skip
@pytest.mark.no_database
def test_the_rest_of_a_month_has_as_many_days_in_each(today, rests):
    days = {"2023-12-02": 1, "2023-12-25": 4, "2023-12-30": 5, "2023-12-31": 4,
            "2024-01-01": 1, "2024-01-05": 2, "2024-01-30": 4, "2024-01-31": 3}  # fmt: skip
    end = dt.date.fromisoformat(today)
    found = series.split_days("orders", parse_month_number("2023-12"), {**days, today: 8}, end)
    assert found.running is not None
    assert (found.running.rests[:2], found.values[:2]) == (rests, (14, 10))
    assert (found.running.so_far, found.running.before) == (8, 0)


def test_a_forecast_starts_with_what_is_sold_in_the_running_month(store):
    rows = [(0, dt.date(2026, month, day), 100, "EUR") for month in range(1, 11) for day in (5, 25)]
    sold = [(0, dt.date(2026, 11, 5), 300, "EUR"), (0, TODAY, 50, "EUR")]
    late = [(0, dt.date(2026, 11, 22), 9_999, "EUR")]  # of a day to come
    replace_sales(store, rows + sold + late)
    for until in (None, TODAY, dt.date(2026, 11, 10), dt.date(2026, 10, 31)):
        first = forecast.build_forecast(store, Scope("EUR", TODAY, None, until), "revenue").months[
            0
        ]
        # Half of a month is sold in its last ten days.
        assert (first.month, first.so_far, first.value) == ("2026-11", 350, 300 + 200 / 2)
    replace_sales(store, rows + sold + [(0, TODAY, 5_000, "EUR")])
    found = forecast.build_forecast(store, Scope("EUR", TODAY), "revenue", percent=80)
    assert (found.months[0].value, found.so_far) == (5350, 5350)
    assert found.months[0].low == 5350
    assert found.total == 5350 + 11 * 200
    assert describe_total(found, "EUR") == (
        "expected 2026-11 to 2027-10: 75.50 EUR, of which 53.50 EUR of 2026-11 already in"
    )
    earlier = Scope("EUR", TODAY, None, dt.date(2026, 9, 30))
    found = forecast.build_forecast(store, earlier, "revenue")
    assert (found.months[0].month, found.so_far) == ("2026-10", None)


def test_refunds_may_take_the_running_month_below_zero(store):
    rows = [(0, dt.date(2026, month, day), 100, "EUR") for month in range(1, 11) for day in (5, 25)]
    replace_sales(store, [*rows, (0, dt.date(2026, 11, 5), -900, "EUR")])
    found = forecast.build_forecast(store, Scope("EUR", TODAY), "revenue", percent=80)
    first = found.months[0]
    assert (first.so_far, first.value, first.low) == (-900, -900 + 200 / 2, -900 + 200 / 2)
    assert found.total == -800 + 11 * 200


def test_a_series_follows_its_scope(store):
    replace_sales(store, [
        (0, dt.date(2026, 1, 5), 100, "EUR"), (1, dt.date(2026, 2, 5), 10, "EUR"),
        (0, dt.date(2026, 3, 5), 200, "EUR"), (0, dt.date(2026, 11, 5), 999, "EUR"),
    ])  # fmt: skip
    node = contact_query.parse(store, 'name:"Customer 0"')
    scope = Scope("EUR", TODAY, dt.date(2026, 2, 1), dt.date(2026, 4, 29), node)
    found = series.read_series(store, scope, "revenue", 12)
    assert (name_numbered_period("month", found.first), found.values) == ("2026-02", (0, 200))
    assert series.read_series(store, Scope("USD", TODAY), "new", 12).values == ()


def test_figures_have_names():
    assert series.parse_figure("Revenue") == "revenue"
    with pytest.raises(UsageError, match="unknown figure “revenu”"):
        series.parse_figure("revenu")


def build(values, months=12, confidence=NINETY):
    found = series.MonthlySeries("orders", 24_000, tuple(values), basis=len(values))
    return forecast.forecast_series(found, months, confidence)


@pytest.mark.parametrize(
    ("count", "there"),
    [(0, "there are none"), (1, "there is 1: 2000-01"), (3, "there are 3: 2000-01 to 2000-03"),
     (5, "there are 5: 2000-01 to 2000-05")],
)  # fmt: skip
def test_too_few_months_have_no_figure(count, there):
    found = build([100] * count)
    assert (found.months, found.backtest) == ((), None)
    assert found.reason == (
        f"no forecast: it needs at least 6 complete months, and 24 for seasons; {there}"
    )


@pytest.mark.parametrize(
    ("count", "figure", "reason"),
    [(1, "revenue", "it needs at least 6 months with sales; so far: 1 (2025-06 to 2026-10)"),
     (5, "orders", "it needs at least 6 months with sales; so far: 5 (2025-06 to 2026-10)"),
     (5, "new", "it needs at least 6 customers; so far: 5 (2025-06 to 2026-10)"),
     (1, "lost", "it needs at least 6 complete months, and 24 for seasons; there are 5: 2026-06 to "
      "2026-10"),
     (6, "revenue", ""), (6, "new", "")],
)  # fmt: skip
def test_a_few_sales_of_long_ago_make_no_forecast(store, count, figure, reason):
    months = [dt.date(2025, 6 + at, 3) for at in range(count)]
    replace_sales(store, [(who, day, 900, "EUR") for who, day in enumerate(months)])
    found = forecast.build_forecast(store, Scope("EUR", TODAY), figure)
    assert found.reason == (f"no forecast: {reason}" if reason else "")
    assert bool(found.months) == (not reason)


def test_equal_months_continue_by_the_naive_method():
    found = build([70] * 20)
    assert found.backtest is not None
    assert found.backtest.best is methods.NAIVE
    assert {each.value for each in found.months} == {70.0}
    assert found.backtest.mae_of(methods.SEASONAL_NAIVE) is None  # from two years on


def test_a_pure_season_is_repeated():
    year = [10, 20, 30, 45, 60, 80, 95, 80, 60, 45, 30, 20]
    found = build(year * 3)
    assert found.backtest is not None
    assert found.backtest.best is methods.SEASONAL_NAIVE
    assert [each.value for each in found.months] == year


@pytest.mark.parametrize(("years", "most"), [(2, 0.12), (3, 0.06), (6, 0.03)])
def test_growth_with_a_season_is_found_by_the_seasonal_trend(years, most):
    def truth(month):
        return 1000 * 1.01**month * (1 + 0.4 * math.sin(2 * math.pi * month / 12))

    count = 12 * years
    found = build([round(truth(month)) for month in range(count)])
    assert found.backtest is not None
    assert found.backtest.best is methods.SEASONAL_TREND
    for at, each in enumerate(found.months):
        assert abs(each.value / truth(count + at) - 1) < most
    maes = {each.method.name: each.mae or 0 for each in found.backtest.scores}
    assert maes["seasonal trend"] < maes["seasonal naive"] < maes["naive"]


def test_a_steady_trend_is_damped_and_never_below_zero():
    rising = methods.extend_damped_trend([float(10 * at) for at in range(20)], 3)
    first, second, third = rising
    assert 198 < first < second < third < 220
    assert math.isclose((third - second) / (second - first), 0.98)
    falling = build([100 - 10 * at for at in range(10)] + [1, 1])
    assert min(each.value for each in falling.months) >= 0


def test_the_naive_method_is_used_and_named_where_it_wins():
    # A random walk: the last month is the best guess.
    values, state = [500], 7
    for _ in range(47):
        state = (state * 1_103_515_245 + 12_345) % 2**31
        values.append(values[-1] + state // 65_536 % 41 - 20)
    tested = backtest.backtest(tuple(map(float, values)), 3)
    assert tested.best is methods.NAIVE
    errors = [
        abs(values[origin + ahead] - values[origin - 1])
        for origin in range(13, 48)
        for ahead in range(min(12, 48 - origin))
    ]
    assert tested.mae_of(methods.NAIVE) == pytest.approx(sum(errors) / len(errors))


def test_the_first_months_do_not_depend_on_how_many_are_asked_for():
    values = [round(100 + 40 * math.sin(at / 2) + at % 7) for at in range(40)]
    assert build(values, 3).months == build(values, 12).months[:3] == build(values, 30).months[:3]


@pytest.mark.parametrize(("percent", "needed"), [(50, 1), (80, 4), (90, 9), (95, 19), (99, 99)])
def test_a_band_takes_the_conformal_rank(percent, needed):
    confidence = Fraction(percent, 100)
    assert backtest.count_needed(confidence) == needed
    errors = [float(each) for each in range(needed, 0, -1)]
    assert backtest.find_half_width(errors, confidence) == needed
    assert backtest.find_half_width(errors[1:], confidence) is None
    many = [float(each) for each in range(1, 200)]
    assert backtest.find_half_width(many, confidence) == math.ceil(200 * confidence)


def test_a_band_never_narrows_and_ends_where_errors_are_too_few():
    errors = [[5.0] * 10, [3.0] * 9, [8.0] * 9, [9.0] * 8]
    assert backtest.find_half_widths(errors, NINETY) == [5.0, 5.0, 8.0, None]
    found = build([10, 20] * 6)
    assert found.backtest is not None
    assert [len(found.backtest.errors_at(each)) for each in range(3)] == [9, 8, 7]
    assert [each.low is None for each in found.months] == [False] + [True] * 11
    assert found.band_reason == (
        "no 90% band from month 2 on: it needs 9 past errors at that distance, and the backtest "
        "has 8"
    )


def choose_slowly(values, origin, first):
    """Return the method with the least error in the forecasts of the months before a month."""
    best, least = methods.METHODS[0], None
    for method in methods.METHODS:
        errors = [
            abs(values[at] - method.forecast(values[:start], 12)[at - start])
            for start in range(first, origin)
            for at in range(start, min(start + 12, origin))
        ]
        mae = sum(errors) / len(errors) if errors else None
        if mae is not None and (least is None or mae < least - 1e-9):
            best, least = method, mae
    return best


@pytest.mark.no_database
def test_the_errors_of_the_band_had_no_part_in_the_choice_of_the_method():
    values = [100 + 40 * (at % 12 == 11) + (at * 7) % 13 + at / 2 for at in range(40)]
    tested = backtest.backtest(tuple(values), 3)
    assert [each.origin for each in tested.attempts] == [*range(13, 40)]
    for each in tested.attempts:
        guesses = choose_slowly(values, each.origin, 13).forecast(values[: each.origin], 3)
        actual = values[each.origin : each.origin + 3]
        assert each.guess == guesses[0]
        assert each.errors == tuple(abs(a - b) for a, b in zip(actual, guesses, strict=False))
    assert tested.best is choose_slowly(values, 40, 13)
    names = {choose_slowly(values, each.origin, 13).name for each in tested.attempts}
    assert len(names) > 1  # the choice of today would have been another one


def test_a_band_covers_nine_of_ten_months():
    state, inside, count = 11, 0, 0
    for _ in range(60):
        values = []
        for _ in range(49):
            total = 0
            for _ in range(8):
                state = (state * 1_103_515_245 + 12_345) % 2**31
                total += state // 65_536 % 100
            values.append(total)
        month = build(values[:48], 1).months[0]
        assert month.low is not None
        assert month.high is not None
        inside += month.low <= values[48] <= month.high
        count += 1
    assert 0.8 <= inside / count <= 0.98
