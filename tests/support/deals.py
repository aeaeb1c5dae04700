"""Databases of deals for reports: rows of a test instead of commands."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.deals import pipelines, stages
from cardcrm.store import Store

CREATED = "2024-01-01T00:00:00Z"
KINDS = {"Won": "won", "Lost": "lost"}


@dataclass(frozen=True)
class TestDeal:
    """A deal by the days on which it entered the stages of the default pipeline."""

    __test__ = False

    path: Sequence[tuple[str, dt.date]]
    amount: int | None = None
    currency: str = "EUR"
    probability: int | None = None
    close: dt.date | None = None
    owner: str = "ann"
    source: str = ""
    reason: str = ""

    @property
    def stage(self) -> str:
        """The stage that it is in."""
        return self.path[-1][0]

    @property
    def status(self) -> str:
        """Open, won or lost."""
        return KINDS.get(self.stage, "open")

    @property
    def opened(self) -> dt.date:
        """The day on which it was opened."""
        return self.path[0][1]

    @property
    def closed(self) -> dt.date | None:
        """The day on which it was won or lost."""
        return None if self.status == "open" else self.path[-1][1]


def stage_ids(store: Store) -> Mapping[str, int]:
    """Return the stages of the default pipeline by their names."""
    pipeline = pipelines.first_pipeline(store)
    return {each.name: each.id for each in stages.list_stages(store, pipeline.id)}


def replace_deals(store: Store, deals: Sequence[TestDeal]) -> int:
    """Replace all deals; return their contact, “Customer 0”."""
    ids, pipeline = stage_ids(store), pipelines.first_pipeline(store)
    who = store.value("SELECT id FROM contact WHERE name = 'Customer 0'")
    with store.transaction("test"), store.unrecorded():
        for table in ("stage_change", "deal"):
            for row in store.rows(f"SELECT id FROM {table} ORDER BY id"):
                store.delete(table, row[0])
        if who is None:
            who = contacts.add(store, ContactDraft("Customer 0")).id
        columns = [
            {
                "uid": f"deal-{number}",
                "title": f"Deal {number}",
                "title_key": f"deal {number}",
                "contact_id": who,
                "pipeline_id": pipeline.id,
                "stage_id": ids[each.stage],
                "status": each.status,
                "amount": each.amount,
                "currency": "" if each.amount is None else each.currency,
                "own_probability": each.probability,
                "close_on": each.close and each.close.isoformat(),
                "opened_on": each.opened.isoformat(),
                "entered_on": each.path[-1][1].isoformat(),
                "closed_on": each.closed and each.closed.isoformat(),
                "owner": each.owner,
                "source": each.source,
                "lost_reason": each.reason,
                "created_at": CREATED,
            }
            for number, each in enumerate(deals)
        ]
        store.insert_rows("deal", columns)
        found = [row[0] for row in store.rows("SELECT id FROM deal ORDER BY id")]
        store.insert_rows(
            "stage_change",
            [
                row
                for id_, each in zip(found, deals, strict=True)
                for row in _changes(id_, each, ids)
            ],
        )
    return int(who)


def _changes(deal_id: int, deal: TestDeal, ids: Mapping[str, int]) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    before: tuple[str, dt.date] | None = None
    for name, day in deal.path:
        rows.append(
            {
                "deal_id": deal_id,
                "from_id": ids[before[0]] if before else None,
                "to_id": ids[name],
                "at": f"{day}T12:00:00Z",
                "on_date": day.isoformat(),
                "seconds": (day - before[1]).days * 86_400 if before else None,
                "author": deal.owner,
            }
        )
        before = (name, day)
    return rows
