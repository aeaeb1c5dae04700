"""Deals are added with their lines, the roles of people and the next step."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from cardcrm.errors import UsageError
from cardcrm.records import records
from cardcrm.records.deals.deal_type import DEAL
from cardcrm.records.deals.stage_kinds import LOST, WON
from cardcrm.records.deals.stored_deals import unknown_deal
from cardcrm.records.records import Record
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction
from cardcrm.store.store import placeholders

if TYPE_CHECKING:
    from cardcrm.dates import DayTime
    from cardcrm.records.activity.reminders import Reminder
    from cardcrm.records.deals.stages import Stage
    from cardcrm.records.sales.sale_lines import LineDraft
    from cardcrm.records.sales.sales import Sale


class Role(NamedTuple):
    """The role of a person in a deal: decision maker, evaluator, champion or blocker."""

    contact_id: int
    role: str


class Step(NamedTuple):
    """The next step of a deal, which becomes a reminder."""

    text: str
    due: "DayTime"
    promise: bool = False


class Added(NamedTuple):
    """A new deal, the reminder of its next step, and the sale of one that is won."""

    record: Record
    reminder: "Reminder | None" = None
    sale: "Sale | None" = None


@retry_transaction
def add(
    store: Store,
    texts: Mapping[str, str],
    *,
    lines: "Sequence[LineDraft]" = (),
    roles: Sequence[Role] = (),
    step: Step | None = None,
) -> Added:
    """Add a deal from typed texts by the keys of its fields; the lines add up to its amount.

    One that is added as won becomes a sale, as by `moves.win`. Raises UsageError, also for what
    must be known to enter the stage, and NotFoundError.
    """
    from cardcrm.records.deals import deal_lines
    from cardcrm.records.deals.stage_needs import refuse_missing
    from cardcrm.records.deals.stages import get_stage

    with store.transaction():
        record = records.add(store, DEAL, texts)
        if lines:
            deal_lines.write_lines(store, record.id, lines, record.values["amount"])
        for each in dict.fromkeys(roles):
            store.insert("deal_role", deal_id=record.id, **each._asdict())
        reminder = add_step(store, record.id, step) if step else None
        stage = get_stage(store, record.columns["stage_id"])
        refuse_missing(store, record.id, stage, is_new=True)
        sale = _close(store, record.id, stage, record.columns["lost_reason"])
    return Added(records.get(store, DEAL, record.id), reminder, sale)


def _close(store: Store, deal_id: int, stage: "Stage", reason: str) -> "Sale | None":
    """Record the sale of a new deal that is won, and demand the reason of one that is lost."""
    from cardcrm.records.deals.moves import sell
    from cardcrm.records.deals.stored_deals import get

    if stage.kind == LOST and not reason:
        raise UsageError("a lost deal needs a reason", "Add it: --reason pricing")
    if stage.kind != WON:
        return None
    deal = get(store, deal_id)
    if deal.amount is None:
        raise UsageError("a won deal needs an amount", "Add it: --amount AMOUNT")
    sale = sell(store, deal, deal.closed_on or deal.entered_on)
    store.update("deal", deal_id, sale_id=sale.id)
    return sale


def add_step(store: Store, deal_id: int, step: Step) -> "Reminder":
    """Add a reminder for the next step of a deal, for its contact and owner."""
    from cardcrm.records.activity import reminders

    with store.transaction():
        row = store.row("SELECT contact_id, owner FROM deal WHERE id = :id", id=deal_id)
        if row is None:
            raise unknown_deal(deal_id)
        return reminders.add(
            store,
            row["contact_id"],
            step.text,
            step.due,
            promise=step.promise,
            owner="" if row["owner"] == store.author.name else row["owner"],
            deal_id=deal_id,
        )


def set_roles(store: Store, deal_id: int, roles: Sequence[Role], gone: Sequence[int] = ()) -> bool:
    """Add roles to a deal, and remove those of the people who are ``gone``."""
    with store.transaction():
        sql = "SELECT id, contact_id, role FROM deal_role WHERE deal_id = :id"
        known = {Role(row[1], row[2]): row[0] for row in store.rows(sql, id=deal_id)}
        new = [each for each in dict.fromkeys(roles) if each not in known]
        for each in new:
            store.insert("deal_role", deal_id=deal_id, **each._asdict())
        removed = [row_id for role, row_id in known.items() if role.contact_id in gone]
        for row_id in removed:
            store.delete("deal_role", row_id)
    return bool(new or removed)


class OpenDeal(NamedTuple):
    """An open deal by its number, title and contact."""

    id: int
    title: str
    contact: str


def without_step(store: Store, ids: Collection[int]) -> list[OpenDeal]:
    """Return those of some deals that are open and have no open reminder."""
    marks, params = placeholders(sorted(ids), "i")
    sql = (
        "SELECT d.id, d.title, c.name FROM deal d JOIN contact c ON c.id = d.contact_id "
        f"WHERE d.id IN ({marks}) AND d.status = 'open' AND NOT EXISTS "
        "(SELECT 1 FROM reminder r WHERE r.deal_id = d.id AND r.done_at IS NULL) ORDER BY d.id"
    )
    return [OpenDeal(*row) for row in store.rows(sql, **params)]
