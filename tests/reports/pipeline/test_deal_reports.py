"""Reports about deals against plain loops over them."""

import datetime as dt
import random
from collections import Counter
from statistics import mean, median

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cardcrm.reports.pipeline.activity_effect import BANDS, read_activity
from cardcrm.reports.pipeline.closed_deals import read_closed
from cardcrm.reports.pipeline.deal_scope import DealScope
from cardcrm.reports.pipeline.lost_reasons import read_lost_reasons
from cardcrm.reports.pipeline.open_pipeline import read_months, read_open_stages
from cardcrm.reports.pipeline.performance import read_performance
from cardcrm.reports.pipeline.response_times import Response, find_responses
from cardcrm.reports.pipeline.stage_conversion import read_conversion
from cardcrm.reports.pipeline.stage_times import read_stage_times
from cardcrm.reports.pipeline.velocity import compute_velocity, read_velocity
from cardcrm.store import Locale
from tests.support.deals import TestDeal, replace_deals

TODAY = dt.date(2026, 11, 21)
SINCE, UNTIL = dt.date(2025, 11, 22), TODAY
SCOPE = DealScope(TODAY, "EUR", SINCE, UNTIL)
STAGES = ("Qualification", "Demo", "Proposal", "Negotiation", "Ready to close")
CHANCES = (10_000, 25_000, 50_000, 70_000, 90_000)


@pytest.fixture
def locale():
    return Locale("DE", "EUR")


@st.composite
def draw_deal(draw):
    """Draw a deal that goes forward, back, or skips stages, and may end."""
    day = draw(st.dates(dt.date(2025, 10, 1), dt.date(2026, 10, 31)))
    names = draw(st.lists(st.sampled_from(STAGES), min_size=1, max_size=6))
    end = draw(st.sampled_from(["", "Won", "Lost"]))
    path = []
    for name in [*names, end]:
        if name and (not path or path[-1][0] != name):
            path.append((name, day))
            day += dt.timedelta(days=draw(st.integers(0, 20)))
    path = [each for each in path if each[1] <= TODAY]
    return TestDeal(
        tuple(path),
        draw(st.none() | st.integers(0, 10**6)),
        draw(st.sampled_from(["EUR", "USD"])),
        draw(st.none() | st.integers(0, 100_000)),
        draw(st.none() | st.dates(dt.date(2026, 10, 1), dt.date(2027, 1, 31))),
        draw(st.sampled_from(["ann", "bob"])),
        draw(st.sampled_from(["fair", "web", ""])),
        draw(st.sampled_from(["pricing", "budget"])) if path[-1][0] == "Lost" else "",
    )


DEALS = st.lists(draw_deal(), max_size=15)
DRAWN = settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])


def currency_of(deal):
    return "EUR" if deal.amount is None else deal.currency


def weigh(deal):
    chance = CHANCES[STAGES.index(deal.stage)] if deal.probability is None else deal.probability
    return (2 * (deal.amount or 0) * chance + 100_000) // 200_000


@DRAWN
@given(deals=DEALS)
def test_open_stages_agree_with_a_plain_loop(store, deals):
    replace_deals(store, deals)
    expected = {}
    for each in deals:
        if each.status == "open":
            found = expected.setdefault((each.stage, currency_of(each)), [0, 0, 0, 0, 0])
            age = (TODAY - each.path[-1][1]).days
            late = each.close is not None and each.close < TODAY
            more = (1, each.amount or 0, weigh(each), late, age)
            found[:] = [old + new for old, new in zip(found, more, strict=True)]
    found = read_open_stages(store, SCOPE)
    assert {
        (each.stage, each.currency): [
            each.deals, each.amount, each.weighted, each.overdue, each.age,
        ]
        for each in found
    } == expected  # fmt: skip
    places = [STAGES.index(each.stage) for each in found]
    assert places == sorted(places)


@DRAWN
@given(deals=DEALS)
def test_months_agree_with_a_plain_loop(store, deals):
    replace_deals(store, deals)
    for each in read_months(store, SCOPE):
        own = [deal for deal in deals if currency_of(deal) == each.currency]
        year, month = map(int, each.month.split("-"))
        end = dt.date(year + month // 12, month % 12 + 1, 1)
        opened = [deal for deal in own if deal.opened.isoformat()[:7] == each.month]
        closed = [deal for deal in own if deal.closed and str(deal.closed)[:7] == each.month]
        open_ = [
            deal for deal in own if deal.opened < end and not (deal.closed and deal.closed < end)
        ]
        assert (each.opened, each.open) == (len(opened), len(open_))
        assert each.won == sum(deal.status == "won" for deal in closed)
        assert each.lost == sum(deal.status == "lost" for deal in closed)
        assert each.open_amount == sum(deal.amount or 0 for deal in open_)


def count_slowly(deals):
    """Return the deals, those that went on, and the lost ones, by definition and stage."""
    names = [*STAGES, "Won"]
    found = Counter()
    for deal in deals:
        if not SINCE <= deal.opened <= UNTIL:
            continue
        path = [name for name, _ in deal.path if name != "Lost"]
        if not set(path) & set(STAGES):
            continue
        for at, name in enumerate(names):
            if name in path:
                found["any", name, "deals"] += 1
                after = path[path.index(name) + 1 :]
                found["any", name, "next"] += any(later in after for later in names[at + 1 :])
            if is_subsequence(names[: at + 1], path):
                found["strict", name, "deals"] += 1
                found["strict", name, "next"] += is_subsequence(names[: at + 2], path) and at < 5
        if deal.status == "lost":
            found["any", path[-1], "lost"] += 1
    return found


def is_subsequence(wanted, path):
    rest = iter(path)
    return all(each in rest for each in wanted)


@DRAWN
@given(deals=DEALS)
def test_conversion_agrees_with_both_definitions(store, deals):
    replace_deals(store, deals)
    expected = count_slowly(deals)
    found = read_conversion(store, SCOPE)
    for each in found.steps:
        key = (each.definition, each.stage)
        assert (each.deals, each.next) == (expected[*key, "deals"], expected[*key, "next"])
        if each.definition == "any":
            assert each.lost == expected[*key, "lost"]
    if not found.steps:
        assert not any(SINCE <= each.opened <= UNTIL for each in deals)
    closed = read_conversion(store, SCOPE, is_closed=True)
    expected = count_slowly([each for each in deals if each.status != "open"])
    for each in closed.steps:
        assert each.deals == expected[each.definition, each.stage, "deals"]


def test_skips_and_moves_back_follow_the_definitions(store):
    day = dt.date(2026, 6, 1)

    def pass_through(*names):
        return TestDeal(tuple((name, day + dt.timedelta(days=at)) for at, name in enumerate(names)))

    replace_deals(
        store,
        [
            pass_through(
                "Qualification", "Demo", "Proposal", "Negotiation", "Ready to close", "Won"
            ),
            pass_through("Qualification", "Proposal", "Won"),
            pass_through("Qualification", "Demo", "Qualification", "Lost"),
            pass_through("Won"),  # as an import brings it
        ],
    )
    found = read_conversion(store, SCOPE)
    steps = {(each.definition, each.stage): each for each in found.steps}
    assert found.left_out == 1
    assert [steps["any", name].deals for name in (*STAGES, "Won")] == [3, 2, 2, 1, 1, 2]
    assert [steps["any", name].next for name in STAGES] == [3, 1, 2, 1, 1]
    assert [steps["strict", name].deals for name in (*STAGES, "Won")] == [3, 2, 1, 1, 1, 1]
    assert steps["strict", "Qualification"].rate == 2 / 3
    assert steps["any", "Won"].cumulative == 2 / 3
    assert (steps["any", "Won"].rate, steps["any", "Qualification"].lost) == (None, 1)


def test_a_simulated_pipeline_gives_its_conversion_back(store):
    source, rates = random.Random(20), (0.8, 0.6, 0.5, 0.7, 0.9)
    deals, day = [], dt.date(2026, 3, 1)
    for _ in range(600):
        path = [(STAGES[0], day)]
        for at, rate in enumerate(rates):
            is_on = source.random() < rate
            name = "Lost" if not is_on else "Won" if at == 4 else STAGES[at + 1]
            path.append((name, path[-1][1] + dt.timedelta(days=3)))
            if not is_on:
                break
        deals.append(TestDeal(tuple(path), 100))
    replace_deals(store, deals)
    for each in read_conversion(store, SCOPE).steps:
        if not each.is_last:
            low, high = each.interval
            assert low <= rates[STAGES.index(each.stage)] <= high
    (closed,) = read_closed(store, SCOPE, "all")
    low, high = closed.interval
    assert low <= 0.8 * 0.6 * 0.5 * 0.7 * 0.9 <= high


GROUPS = {
    "all": lambda _: "",
    "month": lambda deal: str(deal.closed)[:7],
    "owner": lambda deal: deal.owner,
    "source": lambda deal: deal.source,
    "pipeline": lambda _: "Sales",
}


@DRAWN
@given(deals=DEALS, group=st.sampled_from(sorted(GROUPS)))
def test_win_rates_agree_with_a_plain_loop(store, deals, group):
    replace_deals(store, deals)
    found = read_closed(store, SCOPE, group)
    closed = [each for each in deals if each.closed and SINCE <= each.closed <= UNTIL]
    keys = {(GROUPS[group](each), currency_of(each)) for each in closed}
    assert [(each.group, each.currency) for each in found] == sorted(keys)
    for each in found:
        own = [
            d for d in closed if (GROUPS[group](d), currency_of(d)) == (each.group, each.currency)
        ]
        won = [deal for deal in own if deal.status == "won"]
        assert (each.won, each.lost) == (len(won), len(own) - len(won))
        assert each.rate == len(won) / len(own)
        assert each.won_amount == sum(deal.amount or 0 for deal in won)
        total = sum(deal.amount or 0 for deal in own)
        assert each.value_rate == (each.won_amount / total if total else None)
        if won:
            assert each.mean_days == mean((deal.closed - deal.opened).days for deal in won)


@pytest.mark.no_database
def test_velocity_of_the_published_example():
    assert compute_velocity(18, 42_000, 0.24, 78) == pytest.approx(2_326, abs=0.2)


@DRAWN
@given(deals=DEALS)
def test_velocity_agrees_with_a_plain_loop(store, deals):
    replace_deals(store, deals)
    for each in read_velocity(store, SCOPE, "all"):
        own = [deal for deal in deals if currency_of(deal) == each.currency]
        closed = [deal for deal in own if deal.closed and SINCE <= deal.closed <= UNTIL]
        won = [deal for deal in closed if deal.status == "won"]
        valued = [deal.amount for deal in won if deal.amount is not None]
        open_ = sum(deal.status == "open" for deal in own)
        assert each.open == open_
        days = sum((deal.closed - deal.opened).days for deal in won)
        if not valued or not days:
            assert each.value is None
            assert each.reason
        else:
            rate = len(won) / len(closed)
            expected = open_ * mean(valued) * rate / (days / len(won))
            assert each.value == pytest.approx(expected)


@DRAWN
@given(deals=DEALS, by_month=st.booleans())
def test_stage_times_agree_with_a_plain_loop(store, deals, by_month):
    replace_deals(store, deals)
    stays = {}
    for deal in deals:
        for (name, start), (_, end) in zip(deal.path, deal.path[1:], strict=False):
            if SINCE <= end <= UNTIL and name in STAGES:
                month = end.isoformat()[:7] if by_month else ""
                stays.setdefault((name, month), []).append((end - start).days)
    found = {
        (each.stage, each.month): each for each in read_stage_times(store, SCOPE, by_month=by_month)
    }
    assert {key for key, each in found.items() if each.stays} == set(stays)
    for key, days in stays.items():
        assert found[key].mean_days == pytest.approx(mean(days))
        assert found[key].median_days == median(days)
    if not by_month:
        now = Counter(each.stage for each in deals if each.status == "open")
        assert {key[0]: each.now for key, each in found.items() if each.now} == now


@DRAWN
@given(deals=DEALS)
def test_lost_reasons_agree_with_a_plain_loop(store, deals):
    replace_deals(store, deals)
    lost = [each for each in deals if each.status == "lost" and SINCE <= each.closed <= UNTIL]
    found = read_lost_reasons(store, SCOPE, "all")
    counts = Counter((each.reason, currency_of(each)) for each in lost)
    assert {(each.reason, each.currency): each.deals for each in found} == counts
    assert sum(each.share for each in found) == pytest.approx(1 if lost else 0)
    stages = Counter(each.path[-2][0] if len(each.path) > 1 else "" for each in lost)
    groups = Counter()
    for each in read_lost_reasons(store, SCOPE, "stage"):
        groups[each.group] += each.deals
    assert groups == stages


@DRAWN
@given(deals=DEALS)
def test_performance_agrees_with_a_plain_loop(store, deals):
    from cardcrm.money import Money
    from cardcrm.records.targets.targets import set_target

    replace_deals(store, deals)
    set_target(store, "ann", "2026-11", Money(50_000, "EUR"))
    scope = DealScope(TODAY, "EUR", dt.date(2026, 10, 1), dt.date(2026, 11, 30))
    found = {
        (each.user, each.month, each.currency): each for each in read_performance(store, scope)
    }
    assert found["ann", "2026-11", "EUR"].target == 50_000
    for (user, month, currency), each in found.items():
        own = [d for d in deals if (d.owner, currency_of(d)) == (user, currency)]
        closed = [d for d in own if d.closed and str(d.closed)[:7] == month]
        won = [d for d in closed if d.status == "won"]
        open_ = [d for d in own if d.status == "open" and d.close and str(d.close)[:7] == month]
        assert (each.won, each.lost, each.open) == (len(won), len(closed) - len(won), len(open_))
        assert each.won_amount == sum(d.amount or 0 for d in won)
        assert each.weighted == sum(map(weigh, open_))
        if each.target:
            assert each.attainment == each.won_amount / each.target
            missing = max(0, each.target - each.won_amount)
            assert each.missing == missing
            amount = sum(d.amount or 0 for d in open_)
            assert each.coverage == (amount / missing if missing else None)


def test_touches_before_the_close_are_compared(store):
    day = dt.date(2026, 6, 1)
    won = TestDeal((("Demo", day), ("Won", day + dt.timedelta(days=30))), 100)
    lost = TestDeal((("Demo", day + dt.timedelta(days=40)), ("Lost", TODAY)), 100)
    who = replace_deals(store, [won, lost])
    for at, kind, no_answer in (
        (1, "call", 0),
        (2, "call", 1),
        (3, "note", 0),
        (30, "mail", 0),
        (31, "call", 0),
    ):
        store_interaction(store, who, day + dt.timedelta(days=at), kind, no_answer)
    found = read_activity(store, SCOPE)
    assert (found.won_mean, found.lost_mean) == (2, 0)
    assert [(each.won, each.lost) for each in found.bands] == [
        (0, 1),
        (1, 0),
        (0, 0),
        (0, 0),
        (0, 0),
    ]
    assert [each.name for each in found.bands] == ["0", "1-2", "3-5", "6-10", "11+"]
    assert len(BANDS) == len(found.bands)


def store_interaction(store, who, day, kind, no_answer):
    with store.transaction("test"):
        id_ = store.insert(
            "interaction", uid=f"{day}-{kind}", kind=kind, direction="out", on_date=str(day),
            text="x", author="ann", created_at="2026-01-01T00:00:00Z", no_answer=no_answer,
        )  # fmt: skip
        store.insert("participant", interaction_id=id_, contact_id=who)


def ask(contact, at, direction, kind="mail", no_answer=0, author="ann"):
    return (contact, kind, direction, f"2026-11-{at}:00Z", f"2026-11-{at[:2]}", no_answer, author)


@pytest.mark.no_database
def test_the_clock_of_an_answer_begins_with_the_first_open_question():
    rows = [
        ask(1, "01T09:00", "in"),
        ask(1, "01T10:00", "in"),
        ask(1, "01T10:30", "out", "call", 1),  # no answer
        ask(1, "01T12:00", "out", "call"),
        ask(1, "02T09:00", "out"),  # answers nothing
        ask(2, "01T09:00", "in"),
        ask(2, "09T09:00", "out"),  # too late
        ask(3, "02T09:00", "in"),  # without an answer
        ask(4, "20T09:00", "in"),  # too young
        ask(5, "03T09:00", "in", "call", 1),  # a missed call
        ask(5, "03T09:15", "in", "call", author="bob"),  # reached at last
    ]
    now = dt.datetime.fromisoformat("2026-11-21T12:00:00Z")
    assert list(find_responses(rows, now)) == [
        Response("2026-11-01", "ann", dt.timedelta(hours=3)),
        Response("2026-11-01", "", None),
        Response("2026-11-02", "", None),
        Response("2026-11-03", "bob", dt.timedelta(minutes=15)),
    ]
