"""The sales, statements and scorecards of partners against plain loops over random facts."""

import datetime as dt
import random
import statistics
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

import pytest

from cardcrm.money import Money
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.deals.pipelines import first_pipeline
from cardcrm.reports.partners.partner_sales import read_partner_sales
from cardcrm.reports.partners.scorecard import build_scorecard
from cardcrm.reports.partners.statement import build_statement

pytestmark = pytest.mark.engines("sqlite", "postgresql")

START = dt.date(2026, 1, 1)
LAST = dt.date(2026, 11, 21)
CREATED = "2026-01-01T00:00:00Z"


class World(NamedTuple):
    """The inserted rows as plain dictionaries, by which the oracles decide."""

    firms: dict
    agreements: list
    registrations: list
    referrals: list
    deals: list
    sales: list
    payouts: list


def day(chance, most=320):
    return (START + dt.timedelta(days=chance.randrange(most))).isoformat()


def to_day(text):
    return dt.date.fromisoformat(text)


def fill(store, seed):
    """Insert random facts past all rules, as imports and merges may leave them."""
    chance = random.Random(seed)
    firms = {}
    for number in range(1, 4):
        contacts.add(store, ContactDraft(f"Firm {number}", kind="org"))
        firms[number] = number
    for number in range(4, 16):
        org = chance.choice(("", "Firm 1", "Firm 2", "Firm 3"))
        contacts.add(store, ContactDraft(f"Person {number}", org=org))
        firms[number] = int(org[-1]) if org else number
    world = World(firms, [], [], [], [], [], [])
    partners = (3, 4, 5)
    pipeline = first_pipeline(store).id
    stage = store.value("SELECT min(id) FROM stage WHERE pipeline_id = :id", id=pipeline)

    def insert(table, rows, **columns):
        id_ = store.insert(table, **columns)
        rows.append({"id": id_, **columns})
        return id_

    with store.transaction("test"):
        for number, who in enumerate((3, 4, 5, 3, 4)):
            begin = day(chance)
            insert(
                "partner", world.agreements, uid=f"a{number}", contact_id=who, type="dealer",
                commission=chance.choice((0, 3_333, 10_000, 12_500)), from_on=begin,
                until_on=chance.choice((None, max(begin, day(chance, 400)))), created_at=CREATED,
            )  # fmt: skip
        for number in range(8):
            begin = day(chance)
            until = to_day(begin) + dt.timedelta(days=chance.randrange(90))
            insert(
                "registration", world.registrations, uid=f"r{number}", on_date=begin,
                contact_id=chance.randrange(1, 16), partner_id=chance.choice(partners),
                until_on=str(until), created_at=CREATED,
            )  # fmt: skip
        for contact_id in chance.sample(range(1, 16), 6):
            insert(
                "relation", world.referrals, contact_id=contact_id, kind="referred by",
                other_id=chance.choice([each for each in (*partners, 9) if each != contact_id]),
            )  # fmt: skip
        for number in range(150):
            amount = chance.randrange(0, 9_999)
            insert(
                "sale", world.sales, uid=f"s{number}", contact_id=chance.randrange(1, 16),
                on_date=day(chance), currency=chance.choice(("GBP", "GBP", "GBP", "EUR")),
                amount=-amount if chance.random() < 0.25 else amount,
                tax=chance.choice((None, amount // 6)), cost=chance.choice((None, amount // 2)),
                created_at=CREATED,
            )  # fmt: skip
        sold = [each for each in world.sales if each["amount"] > 0]
        for number, sale in enumerate(chance.sample(sold, 25)):
            opened = day(chance, 100)
            won = number % 5 < 3
            insert(
                "deal", world.deals, uid=f"d{number}", title="Deal", title_key="deal",
                contact_id=sale["contact_id"], pipeline_id=pipeline, stage_id=stage,
                status="won" if won else "lost", opened_on=opened, entered_on=opened,
                closed_on=str(to_day(opened) + dt.timedelta(days=number * 7)),
                sale_id=sale["id"] if won else None, created_at=CREATED,
                partner_id=chance.choice((None, *partners)),
            )  # fmt: skip
        for number in range(6):
            insert(
                "payout", world.payouts, partner_id=world.agreements[number % 5]["id"],
                on_date=day(chance), amount=chance.randrange(1, 5_000),
                currency=chance.choice(("GBP", "GBP", "EUR")),
            )  # fmt: skip
    return world


# The oracle


def agreement_on(world, partner_id, on):
    """Return the agreement in force, the one that began last."""
    found = [
        each
        for each in world.agreements
        if each["contact_id"] == partner_id
        and each["from_on"] <= on
        and (each["until_on"] is None or on <= each["until_on"])
    ]
    return max(found, key=lambda each: (each["from_on"], each["id"]), default=None)


def partner_of(world, sale):
    """Return the partner of a sale above 0 by the three rules, one after the other."""
    for deal in world.deals:
        if deal["sale_id"] == sale["id"] and deal["partner_id"]:
            return deal["partner_id"], "deal"
    firm = world.firms[sale["contact_id"]]
    held = [
        each
        for each in world.registrations
        if world.firms[each["contact_id"]] == firm
        and each["on_date"] <= sale["on_date"] <= each["until_on"]
    ]
    if held:
        return min(held, key=lambda e: (e["on_date"], e["id"]))["partner_id"], "registration"
    partners = {each["contact_id"] for each in world.agreements}
    colleagues = sorted(
        (number for number, of in world.firms.items() if of == firm),
        key=lambda number: (number != sale["contact_id"], number > 3, number),
    )
    for number in colleagues:
        for each in world.referrals:
            if each["contact_id"] == number and each["other_id"] in partners:
                return each["other_id"], "referral"
    return None, ""


def terms_of(world, sale):
    """Return the partner, the rate and the reason of a sale; None if it counts for none."""
    if sale["amount"] < 0:
        earlier = [
            each
            for each in world.sales
            if each["contact_id"] == sale["contact_id"]
            and each["currency"] == sale["currency"]
            and each["amount"] > 0
            and (each["on_date"], each["id"]) < (sale["on_date"], sale["id"])
        ]
        whole = [each for each in earlier if each["amount"] >= -sale["amount"]]
        newest = max(whole or earlier, key=lambda each: (each["on_date"], each["id"]), default=None)
        terms = newest and terms_of(world, newest)
        return terms and (terms[0], terms[1], "refund")
    partner_id, reason = partner_of(world, sale)
    agreement = agreement_on(world, partner_id, sale["on_date"])
    return agreement and (partner_id, agreement["commission"], reason)


def commission_of(sale, rate):
    base = sale["amount"] - (sale["tax"] or 0)
    exact = Decimal(base) * Decimal(rate) / 100_000
    return int(abs(exact).quantize(Decimal(1), ROUND_HALF_UP)) * (1 if exact >= 0 else -1)


def expect_sales(world, partner_id, currency, first, last):
    """Return (id, partner, reason, commission) of each sale that counts."""
    return [
        (sale["id"], terms[0], terms[2], commission_of(sale, terms[1]))
        for sale in sorted(world.sales, key=lambda each: (each["on_date"], each["id"]))
        if sale["currency"] == currency
        and first <= sale["on_date"] <= last
        and (terms := terms_of(world, sale))
        and partner_id in (None, terms[0])
    ]


def paid_to(world, partner_id, currency, first, last):
    owners = {each["id"]: each["contact_id"] for each in world.agreements}
    return sum(
        each["amount"]
        for each in world.payouts
        if owners[each["partner_id"]] == partner_id
        and each["currency"] == currency
        and first <= each["on_date"] <= last
    )


@pytest.mark.parametrize("seed", range(6))
def test_sales_count_as_in_a_plain_loop(store, seed):
    world = fill(store, seed)
    reasons = set()
    for currency in ("GBP", "EUR"):
        for first, last in (("", ""), ("2026-03-01", "2026-08-31")):
            found = read_partner_sales(store, currency, since=first, until=last)
            got = [(each.id, each.partner_id, each.reason, each.commission) for each in found]
            assert got == expect_sales(world, None, currency, first, last or "9999")
            reasons |= {each.reason for each in found}
    assert len(reasons) > 2


@pytest.mark.parametrize("seed", range(3))
def test_a_statement_carries_over_what_is_unpaid(store, seed):
    world = fill(store, seed)
    months = [dt.date(2026, 3, 1), dt.date(2026, 6, 1), LAST + dt.timedelta(days=1)]
    for partner_id in (3, 4, 5):
        before, since = 0, None
        for month in months:
            last = month - dt.timedelta(days=1)
            found = build_statement(store, partner_id, "GBP", since, last)
            first = str(since or "")
            sales = expect_sales(world, partner_id, "GBP", first, str(last))
            paid = paid_to(world, partner_id, "GBP", first, str(last))
            assert found.opening == before
            assert found.earned == Money(sum(each[3] for each in sales), "GBP")
            assert found.paid == Money(paid, "GBP")
            assert found.unpaid.minor == before + found.earned.minor - paid
            assert [each.sale.id for each in found.sales] == [each[0] for each in sales]
            before, since = found.unpaid.minor, month


@pytest.mark.parametrize("seed", range(3))
def test_the_scorecard_is_that_of_a_plain_loop(store, seed):
    world = fill(store, seed)
    since = dt.date(2026, 2, 1)
    first, last = str(since), str(LAST)
    found = build_scorecard(store, "GBP", since, LAST)
    assert {each.id for each in found} == {each["contact_id"] for each in world.agreements}
    assert [each.revenue.minor for each in found] == sorted(
        (each.revenue.minor for each in found), reverse=True
    )
    for score in found:
        deals = [each for each in world.deals if each["partner_id"] == score.id]
        closed = [each for each in deals if first <= each["closed_on"] <= last]
        won = [each for each in closed if each["status"] == "won"]
        dates = [(each["opened_on"], each["closed_on"]) for each in won]
        days = [(to_day(closed) - to_day(opened)).days for opened, closed in dates]
        ids = {each[0] for each in expect_sales(world, score.id, "GBP", first, last)}
        sold = [each for each in world.sales if each["id"] in ids]
        known = [each for each in sold if each["cost"] is not None or each["amount"] < 0]
        earned = expect_sales(world, score.id, "GBP", "", last)
        assert score.leads == sum(
            each["partner_id"] == score.id and first <= each["on_date"] <= last
            for each in world.registrations
        )
        assert score.opened == sum(first <= each["opened_on"] <= last for each in deals)
        assert (score.won, score.lost) == (len(won), len(closed) - len(won))
        assert score.win_rate == (len(won) / len(closed) if closed else None)
        assert score.days_to_close == (statistics.median(days) if days else None)
        assert score.revenue.minor == sum(each["amount"] for each in sold)
        margin = sum(each["amount"] - (each["cost"] or 0) for each in known)
        assert (score.margin and score.margin.minor) == (margin if known else None)
        assert score.commission.minor == sum(each[3] for each in earned if each[0] in ids)
        paid = paid_to(world, score.id, "GBP", "", last)
        assert score.unpaid.minor == sum(each[3] for each in earned) - paid
        assert score.is_active is (agreement_on(world, score.id, last) is not None)


def test_the_refund_of_a_whole_sale_leaves_no_commission(store):
    contacts.add(store, ContactDraft("Blooms"))
    contacts.add(store, ContactDraft("Jane"))
    with store.transaction("test"):
        columns = {"uid": "a", "contact_id": 1, "type": "dealer", "from_on": "2026-01-01"}
        store.insert("partner", **columns, commission=10_000, created_at=CREATED)
        store.insert("relation", contact_id=2, kind="referred by", other_id=1)
        for number, amount in enumerate((333, -333, 5, -5)):
            store.insert(
                "sale", uid=f"s{number}", contact_id=2, on_date=f"2026-02-0{number + 1}",
                currency="GBP", amount=amount, created_at=CREATED,
            )  # fmt: skip
    found = build_statement(store, 1, "GBP", None, LAST)
    assert [each.sale.commission for each in found.sales] == [33, -33, 1, -1]
    assert found.earned == Money(0, "GBP")
