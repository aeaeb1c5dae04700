"""Choose the members of the MVC program: the best customers who are not lost.

Ranked are active contacts by what they bought themselves. A customer who is likely lost by a proven
model is passed over and named: care comes too late, and the next best one gains by it. The model is
fitted if it is stale. A customer who is likely lost by the own habit alone is chosen, and named.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cardcrm import dates
from cardcrm.choices import parse_choice
from cardcrm.errors import UsageError
from cardcrm.reports.lifetime_model.model_table import load_or_fit
from cardcrm.reports.value.customer_verdicts import load_verdicts
from cardcrm.reports.value.verdict import BY_MODEL, LOST, Verdict
from cardcrm.store import Store

# The figures by which the best customers are chosen, and the condition on those who have one.
MEASURES = {
    "revenue": ("v.revenue", "v.revenue > 0"),
    "margin": ("v.margin", "v.margin IS NOT NULL AND v.margin > 0"),
}
FUTURE = "future"
FUTURE_DAYS = 3653
_PAGE = 200  # customers that are judged together at least


class Choice(NamedTuple):
    """The customers that are chosen, the best first, and the better ones that are passed over.

    Of those that are chosen, the ``doubtful`` are likely lost by their habit.
    """

    chosen: list[int]
    passed_over: list[int]
    doubtful: list[int]


class Share(NamedTuple):
    """A number of customers, or a share of them in thousandths of a percent."""

    number: int = 0
    thousandths: int = 0

    def of(self, count: int) -> int:
        """Return how many of ``count`` customers these are; a part of one counts as one."""
        return min(self.number or -(-count * self.thousandths // 100_000), count)


def parse_share(text: str) -> Share:
    """Return a share such as ``20%`` or a number such as ``50``. Raises UsageError."""
    from cardcrm.money import parse_percent, parse_whole_number

    word = text.strip()
    share = (
        Share(thousandths=parse_percent(word.removesuffix("%")))
        if word.endswith("%")
        else Share(number=parse_whole_number(word, "number of customers"))
    )
    if not (0 < share.thousandths <= 100_000 or share.number > 0):
        raise UsageError(f"invalid share “{text}”", "Write 20%, or a number of customers: 50.")
    return share


def choose_best(store: Store, currency: str, share: Share, by: str = "revenue") -> Choice:
    """Return the best customers that a proven model does not call lost. Raises UsageError.

    The figure must be known and above 0; ids break ties. The ``share`` is one of all customers with
    such a figure.
    """
    by = parse_choice(by, [*MEASURES, FUTURE], "measure")
    ranked = _rank_by_future(store, currency) if by == FUTURE else _rank(store, currency, by)
    wanted = share.of(len(ranked))
    today = dates.today(store.locale.zone)
    load_or_fit(store, currency, today)
    choice = Choice([], [], [])
    for page in _divide(ranked, max(wanted, _PAGE)):
        verdicts = load_verdicts(store, page, today)
        for each in page:
            if len(choice.chosen) == wanted:
                return choice
            _decide(choice, each, verdicts.get(each))
    return choice


def _decide(choice: Choice, contact_id: int, verdict: Verdict | None) -> None:
    """Add a customer to those chosen or passed over."""
    is_lost = verdict is not None and verdict.state == LOST
    if verdict is not None and is_lost and verdict.basis == BY_MODEL:
        choice.passed_over.append(contact_id)
        return
    choice.chosen.append(contact_id)
    if is_lost:
        choice.doubtful.append(contact_id)


def _divide(ids: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))


def _rank(store: Store, currency: str, by: str) -> list[int]:
    """Return the customers with a figure above 0, the best first."""
    column, condition = MEASURES[by]
    rows = store.rows(
        "SELECT v.contact_id FROM contact_value v JOIN contact c ON c.id = v.contact_id "
        f"WHERE v.currency = :currency AND v.own = 1 AND c.status = 'active' AND {condition} "
        f"ORDER BY {column} DESC, v.contact_id",
        currency=currency,
    )
    return [row["contact_id"] for row in rows]


def _rank_by_future(store: Store, currency: str) -> list[int]:
    """Return the customers by the discounted value that the model expects in ten years."""
    from cardcrm.reports.lifetime_model.predictions import predict

    today = dates.today(store.locale.zone)
    active = {row["id"] for row in store.rows("SELECT id FROM contact WHERE status = 'active'")}
    found = [
        (-each.future_value.minor, each.contact_id)
        for each in predict(store, currency, today, FUTURE_DAYS)
        if each.future_value.minor > 0 and each.contact_id in active
    ]
    return [contact_id for _, contact_id in sorted(found)]
