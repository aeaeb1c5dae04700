"""Count who has a wish or complaint about a product, and what these customers are worth.

The value at stake is what the customers have paid so far in the currency of the firm, and what the
stored model of customer lifetime value expects of them in the next five years, discounted as for
customer equity. An organization counts with its people, and each contact once, also where several
of the supporters belong together.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final, NamedTuple

from cardcrm import dates
from cardcrm.money import Money
from cardcrm.records.feedback.feedback_type import ACTIVE, COMPLAINT, WISH
from cardcrm.reports.lifetime_model.forecasts import Horizon, forecast_lists
from cardcrm.reports.lifetime_model.histories import load_some_histories
from cardcrm.reports.lifetime_model.model_table import load_recent_model
from cardcrm.reports.value.equity import DISCOUNT, HORIZON_DAYS
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks

NO_PRODUCT: Final = ""


class FeedbackValue(NamedTuple):
    """Feedback with the number of its customers and their value.

    ``future`` is None without a stored model.
    """

    id: int
    kind: str
    product: str
    text: str
    status: str
    customers: int
    revenue: Money
    future: Money | None


class ProductValue(NamedTuple):
    """A product with its wishes and complaints, and the customers who have any of them."""

    product: str
    wishes: int
    complaints: int
    customers: int
    revenue: Money
    future: Money | None


class _Feedback(NamedTuple):
    id: int
    kind: str
    product: str
    text: str
    status: str


class _Values(NamedTuple):
    """The values of contacts by their ids, in minor units; no futures without a model."""

    members: Mapping[int, AbstractSet[int]]
    revenue: Mapping[int, int]
    futures: Mapping[int, int] | None
    currency: str

    def sum_up(self, supporters: Iterable[int]) -> tuple[Money, Money | None]:
        """Return the revenue and the future value of contacts with their members."""
        ids = {each for who in supporters for each in self.members[who]}
        revenue = sum(self.revenue.get(each, 0) for each in ids)
        if self.futures is None:
            return Money(revenue, self.currency), None
        future = sum(self.futures.get(each, 0) for each in ids)
        return Money(revenue, self.currency), Money(future, self.currency)


def rank_feedback(
    store: Store, kind: str = "", *, all_statuses: bool = False
) -> list[FeedbackValue]:
    """Return feedback of a kind or of both, the most valuable first.

    Feedback that is done or declined is left out, unless ``all_statuses`` are wanted.
    """
    found = _read_feedback(store, kind, all_statuses=all_statuses)
    supporters = _read_supporters(store, {each.id for each in found})
    values = _read_values(store, {who for ids in supporters.values() for who in ids})
    feedback_values = [
        FeedbackValue(*each, len(supporters[each.id]), *values.sum_up(supporters[each.id]))
        for each in found
    ]
    return sorted(feedback_values, key=lambda each: (-_worth(each), -each.customers, each.id))


def rank_products(
    store: Store, kind: str = "", *, all_statuses: bool = False
) -> list[ProductValue]:
    """Return the products that feedback is about, the most valuable first."""
    found = _read_feedback(store, kind, all_statuses=all_statuses)
    supporters = _read_supporters(store, {each.id for each in found})
    values = _read_values(store, {who for ids in supporters.values() for who in ids})
    by_product: dict[str, list[_Feedback]] = defaultdict(list)
    for each in found:
        by_product[each.product].append(each)
    feedback_values = [
        _sum_product(name, some, supporters, values) for name, some in by_product.items()
    ]
    return sorted(feedback_values, key=lambda each: (-_worth(each), -each.customers, each.product))


def _sum_product(
    name: str,
    found: Sequence[_Feedback],
    supporters: Mapping[int, AbstractSet[int]],
    values: _Values,
) -> ProductValue:
    who = {contact for each in found for contact in supporters[each.id]}
    kinds = [each.kind for each in found]
    counts = (kinds.count(WISH), kinds.count(COMPLAINT), len(who))
    return ProductValue(name, *counts, *values.sum_up(who))


def _worth(value: FeedbackValue | ProductValue) -> int:
    """Return the minor units by which feedback_values are ranked: past and future together."""
    return value.revenue.minor + (value.future.minor if value.future else 0)


def _read_feedback(store: Store, kind: str, *, all_statuses: bool) -> list[_Feedback]:
    sql = (
        "SELECT f.id, f.kind, coalesce(p.name, '') AS product, f.text, f.status FROM feedback f "
        "LEFT JOIN product p ON p.id = f.product_id ORDER BY f.id"
    )
    rows = (_Feedback(*row) for row in store.rows(sql))
    return [
        each
        for each in rows
        if (not kind or each.kind == kind) and (all_statuses or each.status in ACTIVE)
    ]


def _read_supporters(store: Store, ids: AbstractSet[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for marks, params in chunks(ids):
        sql = f"SELECT feedback_id, contact_id FROM supporter WHERE feedback_id IN ({marks})"
        for feedback_id, contact_id in store.rows(sql, **params):
            found[feedback_id].add(contact_id)
    return found


def _read_values(store: Store, supporters: AbstractSet[int]) -> _Values:
    currency = store.locale.currency
    members = _read_members(store, supporters)
    ids = sorted({each for some in members.values() for each in some})
    revenue: dict[int, int] = {}
    for marks, params in chunks(ids):
        sql = (
            "SELECT contact_id, revenue FROM contact_value WHERE currency = :currency "
            f"AND own = 1 AND contact_id IN ({marks})"
        )
        revenue |= {row[0]: int(row[1]) for row in store.rows(sql, currency=currency, **params)}
    today = dates.today(store.locale.zone)
    return _Values(members, revenue, _find_futures(store, ids, currency, today), currency)


def _read_members(store: Store, supporters: AbstractSet[int]) -> dict[int, set[int]]:
    """Return each supporter with those who belong to it, at any depth."""
    found: dict[int, set[int]] = {each: {each} for each in supporters}
    for marks, params in chunks(supporters):
        sql = (
            "WITH RECURSIVE below(top, id) AS "
            f"(SELECT c.id, c.id FROM contact c WHERE c.id IN ({marks}) "
            "UNION SELECT b.top, m.id FROM below b JOIN contact m ON m.org_id = b.id) "
            "SELECT top, id FROM below"
        )
        for top, contact_id in store.rows(sql, **params):
            found[top].add(contact_id)
    return found


def _find_futures(
    store: Store, ids: Sequence[int], currency: str, today: dt.date
) -> dict[int, int] | None:
    """Return what the stored model expects of contacts, None without a recent model."""
    model = load_recent_model(store, currency, today)
    if model is None:
        return None
    histories = load_some_histories(store, currency, today, ids)
    if not histories.customers:
        return {}
    horizon = Horizon.build(HORIZON_DAYS, DISCOUNT / 100_000)
    found = forecast_lists(model, histories, horizon).future_value
    return dict(zip(histories.ids, found, strict=True))
