"""Trees of referrals and advocates against slow plain walks."""

import datetime as dt
import random

import pytest

from cardcrm.errors import UsageError
from cardcrm.money import Money
from cardcrm.records import records
from cardcrm.records.contacts import contacts, merge, writer
from cardcrm.records.contacts.drafts import ContactDraft, RelationDraft
from cardcrm.records.partners.testimonial_type import TESTIMONIAL
from cardcrm.records.sales import sales
from cardcrm.reports.partners.advocates import find_advocates
from cardcrm.reports.partners.referrals import build_referrals
from tests.support.sales import replace_sales

pytestmark = pytest.mark.engines("sqlite", "postgresql")

TODAY = dt.date(2026, 11, 21)


def refer(store, contact_id, other_id):
    with store.transaction():
        drafts = [RelationDraft("referred by", f"#{other_id}")]
        writer.add_relations(store, contact_id, drafts)


def fill(store, seed):
    """Return the referrers, payments and firms of 20 contacts."""
    chance = random.Random(seed)
    orgs = {1: None, 2: None}
    for number in (1, 2):
        contacts.add(store, ContactDraft(f"Firm {number}", kind="org"))
    for number in range(3, 21):
        org = chance.choice((None, None, 1, 2))
        contacts.add(store, ContactDraft(f"Person {number}", org=f"Firm {org}" if org else ""))
        orgs[number] = org
    brought_by = {}
    for number in chance.sample(range(1, 21), 12):
        others = [each for each in range(1, 21) if each != number]
        other = chance.choice(others)
        try:
            refer(store, number, other)
        except UsageError:
            continue
        brought_by[number] = other
    paid = dict.fromkeys(range(1, 21), 0)
    for _ in range(40):
        number, minor = chance.randrange(1, 21), chance.randrange(1, 500)
        sales.sell(store, number, Money(minor, "GBP"))
        paid[number] += minor
    return brought_by, paid, orgs


def below(brought_by, number):
    """Return all whom a contact brought, directly or through others."""
    direct = [each for each, other in brought_by.items() if other == number]
    return direct + [deeper for each in direct for deeper in below(brought_by, each)]


def owner_of(number, members, orgs):
    """Return the member of a tree for whom the sales of a contact count."""
    if number in members:
        return number
    org = orgs[number]
    if org in members:
        return org
    firm = org or number
    colleagues = [each for each in sorted(members) if orgs[each] == firm]
    return colleagues[0] if colleagues else None


@pytest.mark.parametrize("seed", range(5))
def test_branches_are_worth_what_a_plain_walk_finds(store, seed):
    brought_by, paid, orgs = fill(store, seed)
    members = {*brought_by, *brought_by.values()}
    value = dict.fromkeys(members, 0)
    for number, minor in paid.items():
        owner = owner_of(number, members, orgs)
        if owner is not None:
            value[owner] += minor
    found = build_referrals(store, "GBP")
    assert found.circles == ()
    assert sorted(each.id for each in found.rows) == sorted(members)
    for each in found.rows:
        branch = below(brought_by, each.id)
        assert each.value.minor == value[each.id]
        assert each.worth.minor == sum(value[other] for other in branch)
        assert (each.direct, each.all_brought) == (
            sum(other == each.id for other in brought_by.values()),
            len(branch),
        )
        assert each.referrer_id == brought_by.get(each.id)
    path = []
    for each in found.rows:  # each row is below the one who brought it
        del path[each.depth :]
        assert (path[-1] if path else None) == each.referrer_id
        path.append(each.id)
    one = next(each for each in found.rows if each.all_brought)
    part = build_referrals(store, "GBP", one.id).rows
    assert sorted(each.id for each in part) == sorted([one.id, *below(brought_by, one.id)])


def test_a_circle_is_refused_and_one_left_by_a_merge_is_cut(store):
    for name in ("Ann", "Bob", "Cy", "Dee"):
        contacts.add(store, ContactDraft(name))
    refer(store, 2, 1)
    refer(store, 3, 2)
    with pytest.raises(UsageError, match="Ann brought Cy, so Cy did not bring Ann") as error:
        refer(store, 1, 3)
    assert '--remove "referred by=2"' in error.value.hint
    refer(store, 1, 4)
    merge.merge(store, 3, 4)
    found = build_referrals(store, "GBP")
    assert found.circles == (1,)
    assert [(each.name, each.depth) for each in found.rows] == [("Ann", 0), ("Bob", 1), ("Cy", 2)]


def add_case(store, number, contact_id, rating=None, back=5, *, is_open=False):
    at = f"{TODAY - dt.timedelta(days=back)}T12:00:00Z"
    with store.transaction("test"):
        store.insert(
            "service_case", uid=f"c{number}", contact_id=contact_id, text="x", type="question",
            priority="normal", status="new" if is_open else "solved", opened_at=at,
            solved_at=None if is_open else at, rating=rating, rated_at=at if rating else None,
        )  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_advocates_are_those_of_a_plain_loop(store, seed, monkeypatch):
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-21T20:00")
    chance = random.Random(seed)
    rows = [
        (chance.randrange(12), TODAY - dt.timedelta(days=chance.randrange(150)),
         chance.choice((-50, 100, 200, 300)), chance.choice(("GBP", "GBP", "EUR")))
        for _ in range(60)
    ]  # fmt: skip
    ids = replace_sales(store, rows)
    rated = {who: chance.choice((None, 1, 3, 4, 5)) for who in ids}
    days = {who: chance.randrange(120) for who in ids}
    opened = {who for who in ids if chance.random() < 0.15}
    asked = {who for who in ids if chance.random() < 0.15}
    for number, (who, contact_id) in enumerate(ids.items()):
        add_case(store, number, contact_id, rated[who], days[who])
        if who in opened:
            add_case(store, 100 + number, contact_id, is_open=True)
        if who in asked:
            records.add(store, TESTIMONIAL, {"contact": f"#{contact_id}"})
    expected = []
    for who, contact_id in ids.items():
        mine = [row for row in rows if row[0] == who]
        orders = [row for row in mine if row[2] > 0]
        refunds = [row for row in mine if row[2] < 0 and (TODAY - row[1]).days <= 90]
        is_bad = rated[who] is not None and rated[who] <= 2
        if len(orders) < 3 or refunds or is_bad or who in opened | asked:
            continue
        since = (TODAY - max(row[1] for row in orders)).days
        praised = rated[who] is not None and rated[who] >= 4 and days[who] <= 60
        if 7 <= since <= 60 or praised:
            pounds = sum(row[2] for row in mine if row[3] == "GBP")
            expected.append((-pounds, contact_id, len(orders), rated[who] if praised else None))
    found = [
        (-each.revenue.minor, each.id, each.orders, each.rating)
        for each in find_advocates(store, TODAY)
    ]
    assert found == sorted(expected)
