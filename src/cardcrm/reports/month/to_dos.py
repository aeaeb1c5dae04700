"""Turn the figures of a month into things to do, each with the command that does it.

The list leaves out customers who have bought or were reached after the month, and those who have a
reminder for it.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple

from cardcrm.money import Money, format_money
from cardcrm.records.activity.win_back import PREFIX
from cardcrm.reports.insights.insight import Insight, View
from cardcrm.store import Store
from cardcrm.store.store import placeholders

_MOST_CALLS = 5
_MOST_THANKS = 3
_CALL = "call"
_THANK = "thank for the first order"


class ToDo(NamedTuple):
    """A thing to do, with the command that does it."""

    text: str
    command: str
    contact_id: int | None = None


def list_to_dos(store: Store, view: View, insights: Mapping[str, Insight]) -> list[ToDo]:
    """Return what to do after the span of a view: promises first, then calls, then offers."""
    risks, new = insights["customers_at_risk"], insights["customers_won"]
    calls = list(_list_calls(_without(risks.rows, _find_done(store, view, risks, _CALL, PREFIX))))
    thanks = list(_list_thanks(_without(new.rows, _find_done(store, view, new, _THANK))))
    return [
        *_list_promises(store, view),
        *calls[:_MOST_CALLS],
        *thanks[:_MOST_THANKS],
        *_list_offers(insights["product_pairs"]),
    ]


def _without(rows: Iterable[Mapping[str, Any]], ids: set[int]) -> Iterator[Mapping[str, Any]]:
    return (row for row in rows if row["id"] not in ids)


def _find_done(store: Store, view: View, insight: Insight, *texts: str) -> set[int]:
    """Return the contacts of an insight with a sale, a touch or such a reminder since.

    A reminder counts if its text begins like one of ``texts`` and it is open, or was added since
    the first day of the span.
    """
    if not insight.contacts:
        return set()
    marks, params = placeholders(insight.contacts, "i")
    begins = " OR ".join(f"lower(r.text) LIKE :text{at}" for at in range(len(texts)))
    rows = store.rows(
        "SELECT r.contact_id AS id FROM reminder r "
        f"WHERE r.contact_id IN ({marks}) AND ({begins}) "
        "AND (r.done_at IS NULL OR r.created_at >= :first) "
        "UNION SELECT s.contact_id FROM sale s "
        f"WHERE s.contact_id IN ({marks}) AND s.amount > 0 AND s.on_date > :last "
        "AND s.on_date <= :today "
        "UNION SELECT c.id FROM contact c "
        f"WHERE c.id IN ({marks}) AND c.touched_on > :last",
        first=view.first.isoformat(),
        last=view.last.isoformat(),
        today=view.today.isoformat(),
        **params,
        **{f"text{at}": f"{text.strip()}%" for at, text in enumerate(texts)},
    )
    return {row["id"] for row in rows}


def _list_promises(store: Store, view: View) -> Iterator[ToDo]:
    count = store.value(
        "SELECT count(*) FROM reminder WHERE done_at IS NULL AND promise = 1 "
        "AND due_on <= :last AND due_on < :today",
        last=view.last.isoformat(),
        today=view.today.isoformat(),
    )
    if count:
        word = "promise is" if count == 1 else "promises are"
        yield ToDo(f"{count:,} {word} overdue", "cardcrm due")


def _list_calls(rows: Iterable[Mapping[str, Any]]) -> Iterator[ToDo]:
    for row in rows:
        amount = row["value_at_risk"]
        assert isinstance(amount, Money)
        yield ToDo(
            f"Call {row['name']}: buys {row['reason']}; at risk {format_money(amount)}",
            f"cardcrm remind {row['id']} {_CALL} --due mon",
            row["id"],
        )


def _list_thanks(rows: Iterable[Mapping[str, Any]]) -> Iterator[ToDo]:
    for row in rows:
        yield ToDo(
            f"Thank {row['name']} for the first order",
            f"cardcrm remind {row['id']} {_THANK} --due mon",
            row["id"],
        )


def _list_offers(insight: Insight) -> Iterator[ToDo]:
    """Yield the offer of the first pair that some buyers of the more frequent product lack."""
    lacking = (row for row in insight.rows if row["confidence"] < 1)
    for row in islice(lacking, 1):
        yield ToDo(
            f"Offer {row['other_product']} to buyers of {row['product']}: "
            f"{1 - row['confidence']:.0%} of their baskets lack it",
            "cardcrm report baskets",
        )
