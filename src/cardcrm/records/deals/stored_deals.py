"""Deals as they are stored, each with the names of its contact, pipeline and stage."""

from typing import Any, NamedTuple

from cardcrm.errors import NotFoundError
from cardcrm.money import Money
from cardcrm.records.deals.deal_sql import probability_sql
from cardcrm.store import Query, Store


class Deal(NamedTuple):
    """An opportunity in a pipeline.

    ``probability`` is its own or that of its stage, in thousandths of a percent. Days are local
    ISO days; ``entered_on`` is that on which it came into its stage.
    """

    id: int
    title: str
    contact_id: int
    contact: str
    org_id: int | None
    pipeline_id: int
    pipeline: str
    stage_id: int
    stage: str
    status: str
    amount: Money | None
    probability: int
    close_on: str | None
    opened_on: str
    entered_on: str
    closed_on: str | None
    owner: str
    lost_reason: str
    sale_id: int | None


SELECT = (
    "SELECT d.id, d.title, d.contact_id, c.name AS contact, d.org_id, d.pipeline_id, "
    "p.name AS pipeline, d.stage_id, g.name AS stage, d.status, d.amount, d.currency, "
    f"{probability_sql('d')} AS probability, d.close_on, d.opened_on, d.entered_on, d.closed_on, "
    "d.owner, d.lost_reason, d.sale_id FROM deal d JOIN contact c ON c.id = d.contact_id "
    "JOIN pipeline p ON p.id = d.pipeline_id JOIN stage g ON g.id = d.stage_id"
)


def to_deal(row: Any) -> Deal:
    """Return a row of `SELECT` as a deal."""
    values = {name: row[name] for name in Deal._fields if name != "amount"}
    minor = row["amount"]
    return Deal(**values, amount=None if minor is None else Money(minor, row["currency"]))


def get(store: Store, deal_id: int) -> Deal:
    """Return one deal. Raises NotFoundError."""
    row = store.row(f"{SELECT} WHERE d.id = :id", id=deal_id)
    if row is None:
        raise unknown_deal(deal_id)
    return to_deal(row)


def unknown_deal(deal_id: int) -> NotFoundError:
    """Return the error for the number of no deal."""
    return NotFoundError(f"unknown deal {deal_id}", "To see all: cardcrm deal list --all")


def contact_query(contact_id: int) -> Query[list[Deal]]:
    """Build the query for the open deals of a contact or an organization, the next close first."""
    return Query(
        # Each half reads its own index; with OR, the index of all open deals might be read.
        f"{SELECT} WHERE d.id IN (SELECT o.id FROM deal o WHERE o.contact_id = :id "
        "AND o.status = 'open' UNION SELECT o.id FROM deal o WHERE o.org_id = :id "
        "AND o.status = 'open') ORDER BY d.close_on IS NULL, d.close_on, d.id",
        {"id": contact_id},
        lambda rows: [to_deal(row) for row in rows],
    )
