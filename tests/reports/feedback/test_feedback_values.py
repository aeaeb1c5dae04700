"""The value at stake behind wishes against plain loops, and the model of each customer."""

import datetime as dt
import random

import pytest

from cardcrm.dates import DayTime
from cardcrm.money import Money
from cardcrm.records import records
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.feedback.feedback_type import FEEDBACK
from cardcrm.records.links import LinkChange
from cardcrm.records.sales import products, sales
from cardcrm.reports.feedback.feedback_values import rank_feedback, rank_products
from cardcrm.reports.lifetime_model.histories import load_histories
from cardcrm.reports.lifetime_model.model_table import choose_model
from cardcrm.reports.value.customer_future import load_customer_future
from cardcrm.reports.value.equity import DISCOUNT, HORIZON_DAYS
from tests.support.simulated_customers import simulate_sales
from tests.support.sold_lines import fill as fill_sales

pytestmark = pytest.mark.engines("sqlite", "postgresql")

TODAY = dt.date(2026, 11, 21)
PRODUCTS = ("Rose", "Vase", "")


def fill(store, seed):
    """Add contacts, sales and feedback at random; return them as plain values."""
    chance = random.Random(seed)
    employer = {}
    for number in range(1, 13):
        org = f"Org {chance.randrange(3)}" if chance.random() < 0.5 else ""
        employer[contacts.add(store, ContactDraft(f"Person {number}", org=org)).id] = org
    orgs = {row[1]: row[0] for row in store.rows("SELECT id, name FROM contact WHERE kind = 'org'")}
    everyone = [*employer, *orgs.values()]
    sold = []
    for _ in range(60):
        who, currency = chance.choice(everyone), chance.choice(("GBP", "GBP", "EUR"))
        amount = chance.choice((1, 1, 1, -1)) * chance.randrange(1, 10**5)
        day = DayTime(TODAY - dt.timedelta(days=chance.randrange(400)))
        sales.sell(store, who, Money(amount, currency), when=day)
        sold.append((who, currency, amount))
    for name in filter(None, PRODUCTS):
        products.add(store, name)
    said = []
    for number in range(1, 16):
        who = chance.sample(everyone, chance.randrange(1, 5))
        texts = {
            "kind": chance.choice(("wish", "complaint")), "product": chance.choice(PRODUCTS),
            "text": f"t{number}", "status": chance.choice(("open", "planned", "done", "declined")),
        }  # fmt: skip
        records.add(store, FEEDBACK, texts, {"supporter": LinkChange(who)})
        said.append((number, texts, who))
    people = {name: [each for each, org in employer.items() if org == name] for name in orgs}
    members = {each: {each} for each in employer}
    members |= {number: {number, *people[name]} for name, number in orgs.items()}
    return said, sold, members


def worth(who, sold, members):
    found = {each for one in who for each in members[one]}
    return sum(amount for one, currency, amount in sold if one in found and currency == "GBP")


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(("kind", "all_statuses"), [("", False), ("", True), ("wish", True)])
def test_values_are_those_of_plain_loops(store, seed, kind, all_statuses):
    said, sold, members = fill(store, seed)
    wanted = [
        (number, texts["product"], len(who), worth(who, sold, members))
        for number, texts, who in said
        if kind in ("", texts["kind"]) and (all_statuses or texts["status"] in ("open", "planned"))
    ]
    found = rank_feedback(store, kind, all_statuses=all_statuses)
    shown = [(each.id, each.product, each.customers, each.revenue.minor) for each in found]
    assert shown == sorted(wanted, key=lambda each: (-each[3], -each[2], each[0]))
    assert all(each.future is None for each in found)
    numbers = {each[0] for each in wanted}
    for product in rank_products(store, kind, all_statuses=all_statuses):
        some = [each for each in said
                if each[0] in numbers and each[1]["product"] == product.product]  # fmt: skip
        who = {one for each in some for one in each[2]}
        kinds = [each[1]["kind"] for each in some]
        assert (product.wishes, product.complaints) == (kinds.count("wish"),
                                                        kinds.count("complaint"))  # fmt: skip
        assert (product.customers, product.revenue.minor) == (
            len(who), worth(who, sold, members),
        )  # fmt: skip


def test_the_future_is_the_sum_of_what_each_card_says(store):
    fill_sales(store, [each._replace(currency="GBP") for each in simulate_sales(1, 60)])
    model = choose_model(store, "GBP", TODAY, load_histories(store, "GBP", TODAY))
    assert model is not None
    records.add(store, FEEDBACK, {"text": "longer"}, {"supporter": LinkChange([1, 2, 5])})
    records.add(store, FEEDBACK, {"text": "shorter"}, {"supporter": LinkChange([2, 9])})
    futures = {
        each: load_customer_future(store, each, "GBP", TODAY, HORIZON_DAYS, DISCOUNT)
        for each in (1, 2, 5, 9)
    }
    by_id = {each.id: each.future.minor for each in rank_feedback(store)}
    assert by_id == {
        1: sum(futures[each].future_value.minor for each in (1, 2, 5)),
        2: sum(futures[each].future_value.minor for each in (2, 9)),
    }
    (whole,) = rank_products(store)
    assert whole.future.minor == sum(each.future_value.minor for each in futures.values())
