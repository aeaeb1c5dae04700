"""The costs of campaigns against a plain sum."""

import random

import pytest

from cardcrm.money import Money
from cardcrm.records import records
from cardcrm.records.campaigns.campaign_type import CAMPAIGN, CAMPAIGN_COST
from cardcrm.records.references import remove_row
from cardcrm.reports.campaigns.campaign_costs import load_costs
from cardcrm.store import integrity, journal

pytestmark = pytest.mark.engines("sqlite", "postgresql")


def add_cost(store, campaign, amount, currency="GBP"):
    texts = {"campaign": f"#{campaign}", "amount": f"{amount / 100:.2f} {currency}"}
    return records.add(store, CAMPAIGN_COST, texts).id


@pytest.fixture
def campaigns(store):
    for name in ("spring", "autumn", "free"):
        records.add(store, CAMPAIGN, {"name": name, "segment": "all"})
    return store


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_sums_are_those_of_a_plain_loop(campaigns, seed):
    chance = random.Random(seed)
    spent = [
        (chance.choice((1, 2)), chance.randrange(1, 10**6), chance.choice(("GBP", "GBP", "EUR")))
        for _ in range(30)
    ]
    for each in spent:
        add_cost(campaigns, *each)
    revenue = Money(chance.randrange(10**7), "GBP")
    for campaign in (1, 2):
        own = sum(amount for who, amount, code in spent if (who, code) == (campaign, "GBP"))
        other = sum(amount for who, amount, code in spent if (who, code) == (campaign, "EUR"))
        found = load_costs(campaigns, campaign)
        assert (found.amount, found.others) == (Money(own, "GBP"), (Money(other, "EUR"),))
        assert found.subtract_from(revenue).minor == revenue.minor - own
        assert found.compute_return(revenue) == pytest.approx(revenue.minor / own - 1)
    assert load_costs(campaigns, 3) is None


def test_costs_in_other_currencies_alone_have_no_return(campaigns):
    add_cost(campaigns, 1, 500, "EUR")
    found = load_costs(campaigns, 1)
    assert found.amount == Money(0, "GBP")
    assert found.compute_return(Money(100, "GBP")) is None


def test_costs_go_with_their_campaign_and_come_back_with_it(campaigns):
    add_cost(campaigns, 1, 500)
    with campaigns.transaction("rm"):
        remove_row(campaigns, "campaign", 1)
    assert campaigns.count_rows("campaign_cost") == 0
    journal.undo(campaigns)
    assert load_costs(campaigns, 1).amount == Money(500, "GBP")
    assert integrity.check_database(campaigns, lambda _words: None) == []
