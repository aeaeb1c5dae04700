"""Reports on touches, answers and moved closes, against plain loops over random histories."""

import datetime as dt
import json
import random
from collections import Counter, defaultdict
from statistics import mean, median
from zoneinfo import ZoneInfo

import pytest

from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.reports.pipeline.activity_effect import BANDS, read_activity
from cardcrm.reports.pipeline.deal_scope import DealScope
from cardcrm.reports.pipeline.response_times import read_responses
from cardcrm.reports.pipeline.slippage import read_slippage
from cardcrm.store import Locale
from tests.support.deals import TestDeal, replace_deals

ZONE = "Pacific/Auckland"
TODAY = dt.date(2026, 11, 21)
NOW = dt.datetime(2026, 11, 21, 9, tzinfo=dt.UTC)
SCOPE = DealScope(TODAY, "EUR", dt.date(2026, 6, 15), TODAY)
KINDS = ("call", "mail", "meeting", "visit", "message", "note")


@pytest.fixture
def locale():
    return Locale("NZ", "EUR", ZONE)


def draw_deals(source, count):
    """Return deals that are open, won or lost, opened between May and October."""
    deals = []
    for _ in range(count):
        opened = dt.date(2026, 5, 1) + dt.timedelta(days=source.randrange(180))
        end = source.choice([None, "Won", "Lost"])
        closed = opened + dt.timedelta(days=source.randrange(60))
        path = ((("Demo", opened)), *([(end, min(closed, TODAY))] if end else []))
        close = source.choice([None, dt.date(2026, 12, 1)])
        deals.append(TestDeal(path, 100, close=close, owner=source.choice(["ann", "bob"])))
    return deals


def talk(store, source, people, count):
    """Store random interactions; return them with their contacts."""
    found = []
    with store.transaction("test"), store.unrecorded():
        for number in range(count):
            at = NOW - dt.timedelta(minutes=source.randrange(200 * 24 * 60))
            row = {
                "kind": source.choice(KINDS),
                "direction": source.choice(["in", "out", ""]),
                "no_answer": int(source.random() < 0.2),
                "author": source.choice(["ann", "bob"]),
                "at": f"{at:%Y-%m-%dT%H:%M:%SZ}" if source.random() < 0.9 else None,
                "on_date": at.astimezone(ZoneInfo(ZONE)).date().isoformat(),
            }
            id_ = store.insert(
                "interaction", uid=f"talk-{number}", text="x", created_at="2026-01-01", **row
            )
            who = source.choice(people)
            store.insert("participant", interaction_id=id_, contact_id=who)
            found.append({**row, "who": who, "id": id_})
    return found


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("by_month", [False, True])
def test_touches_of_deals_agree_with_a_plain_loop(store, seed, by_month):
    source = random.Random(seed)
    deals = draw_deals(source, 30)
    who = replace_deals(store, deals)
    talks = talk(store, source, [who], 40)
    expected, touches = Counter(), defaultdict(list)
    for deal in deals:
        if deal.closed is None or not SCOPE.since <= deal.closed <= SCOPE.until:
            continue
        count = sum(
            str(deal.opened) <= each["on_date"] <= str(deal.closed)
            and each["kind"] != "note"
            and not each["no_answer"]
            for each in talks
        )
        least = max(start for start, _ in BANDS if start <= count)
        expected[str(deal.closed)[:7] if by_month else "", least, deal.status] += 1
        touches[deal.status].append(count)
    found = read_activity(store, SCOPE, by_month=by_month)
    counts = {
        (each.month, each.least, status): number
        for each in found.bands
        for status, number in (("won", each.won), ("lost", each.lost))
        if number
    }
    assert counts == expected
    assert found.won_mean == mean(touches["won"])
    assert found.lost_mean == mean(touches["lost"])


def find_answers_slowly(talks):
    """Yield the day of each question, with the user and the hours of its answer."""
    limit = dt.timedelta(days=7)
    for who in {each["who"] for each in talks}:
        own = [each for each in talks if each["who"] == who and each["at"]]
        own = [each for each in own if each["kind"] != "note"]
        own.sort(key=lambda each: (each["at"], each["id"]))
        asks = [
            each["direction"] == "in" and (each["kind"] in ("mail", "message") or each["no_answer"])
            for each in own
        ]
        touched = [
            not is_asked and not each["no_answer"] for is_asked, each in zip(asks, own, strict=True)
        ]
        for at, is_asked in enumerate(asks):
            earlier = max((n for n in range(at) if touched[n]), default=-1)
            if not is_asked or any(asks[earlier + 1 : at]):
                continue
            start = dt.datetime.fromisoformat(own[at]["at"])
            later = next((own[n] for n in range(at, len(own)) if touched[n]), None)
            spent = dt.datetime.fromisoformat(later["at"]) - start if later else NOW - start
            if spent > limit:
                yield own[at]["on_date"], "", None
            elif later:
                yield own[at]["on_date"], later["author"], spent.total_seconds() / 3600


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("by_month", [False, True])
def test_answers_agree_with_a_plain_loop(store, monkeypatch, seed, by_month):
    monkeypatch.setenv("CARDCRM_NOW", f"{NOW:%Y-%m-%dT%H:%M:%SZ}")
    source = random.Random(seed)
    people = [contacts.add(store, ContactDraft(f"Person {each}")).id for each in range(5)]
    expected = defaultdict(list)
    for day, user, hours in find_answers_slowly(talk(store, source, people, 150)):
        if str(SCOPE.since) <= day <= str(SCOPE.until):
            expected[day[:7] if by_month else "", user].append(hours)
    found = read_responses(store, SCOPE, by_month=by_month)
    assert {(each.month, each.user): each.questions for each in found} == {
        key: len(hours) for key, hours in expected.items()
    }
    for each in found:
        hours = expected[each.month, each.user]
        if each.user:
            assert each.median_hours == pytest.approx(median(hours))
            assert each.within_day == mean(spent <= 24 for spent in hours)


def move_closes(store, source, ids, count):
    """Write random changes of deals into the journal; return the moves that count."""
    found = []
    days = [None, *(f"2026-12-{day:02}" for day in range(1, 29))]
    with store.transaction("test"), store.unrecorded():
        for _ in range(count):
            at = NOW - dt.timedelta(minutes=source.randrange(200 * 24 * 60))
            kind, undone = source.choice(["do", "do", "undo"]), int(source.random() < 0.2)
            step = store.engine.insert(
                "step",
                {
                    "at": f"{at:%Y-%m-%dT%H:%M:%SZ}", "author": "ann", "host": "", "command": "x",
                    "kind": kind, "undone": undone,
                },
            )  # fmt: skip
            deal, before, after = source.choice(ids), source.choice(days), source.choice(days)
            column = source.choice(["close_on", "close_on", "title"])
            table = source.choice(["deal", "deal", "quote"])
            store.engine.insert(
                "change",
                {
                    "step_id": step, "op": "update", "tbl": table, "row_id": deal,
                    "old": json.dumps({column: before}), "new": json.dumps({column: after}),
                },
            )  # fmt: skip
            is_counted = (kind, undone, table, column) == ("do", 0, "deal", "close_on")
            if is_counted and before and after and before != after:
                shift = int(after[-2:]) - int(before[-2:])
                found.append((at.astimezone(ZoneInfo(ZONE)).date(), deal, shift))
    return found


def is_in_group(deal, group, name):
    """Return whether a deal has the owner, or was open in the month, of a name."""
    if group == "month":
        return str(deal.opened)[:7] <= name <= str(deal.closed or "9999")[:7]
    return group == "all" or deal.owner == name


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("group", ["all", "owner", "month"])
def test_moved_closes_agree_with_a_plain_loop(store, seed, group):
    source = random.Random(seed)
    deals = draw_deals(source, 30)
    replace_deals(store, deals)
    ids = [row[0] for row in store.rows("SELECT id FROM deal ORDER BY id")]
    moves = move_closes(store, source, ids, 150)
    known = {
        id_: deal
        for id_, deal in zip(ids, deals, strict=True)
        if deal.close and (deal.closed is None or SCOPE.since <= deal.closed <= SCOPE.until)
    }
    shifts, moved = defaultdict(list), defaultdict(set)
    for day, id_, shift in moves:
        if id_ in known and SCOPE.since <= day <= SCOPE.until:
            name = {"all": "", "owner": known[id_].owner, "month": str(day)[:7]}[group]
            if not is_in_group(known[id_], group, name or "all"):
                continue
            shifts[name].append(shift)
            moved[name].add(id_)
    found = {each.group: each for each in read_slippage(store, SCOPE, group)}
    assert set(shifts) <= set(found)
    for name, each in found.items():
        assert (each.moves, each.moved) == (len(shifts[name]), moved[name])
        assert each.later == sum(shift > 0 for shift in shifts[name])
        assert each.median_days == (median(shifts[name]) if shifts[name] else None)
        assert each.deals == sum(is_in_group(deal, group, name) for deal in known.values())
        assert len(each.moved) <= each.deals
