"""Turn the figures of a month into things to do, each with the command that does it."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from cardcrm.money import Money, format_money
from cardcrm.reports.insights.insight import Insight
from cardcrm.store import Store

_MOST_CALLS = 5


class ToDo(NamedTuple):
    """A thing to do, with the command that does it."""

    text: str
    command: str
    contact_id: int | None = None


def list_to_dos(store: Store, insights: Mapping[str, Insight], today: str) -> list[ToDo]:
    """Return what to do next: promises first, then calls, then offers."""
    return [
        *_list_promises(store, today),
        *_list_calls(insights["customers_at_risk"]),
        *_list_thanks(insights["customers_won"]),
        *_list_offers(insights["product_pairs"]),
    ]


def _list_promises(store: Store, today: str) -> Iterator[ToDo]:
    count = store.value(
        "SELECT count(*) FROM reminder WHERE done_at IS NULL AND promise = 1 AND due_on < :today",
        today=today,
    )
    if count:
        word = "promise is" if count == 1 else "promises are"
        yield ToDo(f"{count:,} {word} overdue", "cardcrm due")


def _list_calls(insight: Insight) -> Iterator[ToDo]:
    for row in insight.rows[:_MOST_CALLS]:
        amount = row["value_at_risk"]
        assert isinstance(amount, Money)
        yield ToDo(
            f"Call {row['name']}: {row['reason']}; at risk {format_money(amount)}",
            f"cardcrm remind {row['id']} call --due mon",
            _id(row),
        )


def _list_thanks(insight: Insight) -> Iterator[ToDo]:
    for row in insight.rows[:3]:
        yield ToDo(
            f"Thank {row['name']} for the first order",
            f"cardcrm remind {row['id']} thank for the first order --due mon",
            _id(row),
        )


def _list_offers(insight: Insight) -> Iterator[ToDo]:
    # More baskets with the other product lack this one than the other way round.
    for row in insight.rows[:1]:
        yield ToDo(
            f"Offer {row['product']} to those who buy {row['other_product']}",
            "cardcrm report baskets",
        )


def _id(row: Mapping[str, Any]) -> int:
    return int(row["id"])
