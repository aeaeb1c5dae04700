"""Moves of deals between stages, with their history, and the ends of deals: won, lost, reopened.

`deal move` is a quick command, which loads sales only for a deal that is won.
"""

import datetime as dt
from typing import TYPE_CHECKING, Any, NamedTuple

from cardcrm import dates
from cardcrm.errors import ConflictError, UsageError
from cardcrm.records.deals import stages
from cardcrm.records.deals.stage_history import Moment, find_moment, note, refuse_early_close
from cardcrm.records.deals.stage_kinds import LOST, OPEN, WON
from cardcrm.records.deals.stages import Stage
from cardcrm.records.deals.stored_deals import Deal, get
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction

if TYPE_CHECKING:
    from cardcrm.dates import DayTime
    from cardcrm.records.sales.sales import Sale


class Moved(NamedTuple):
    """A deal before and after a move, and the sale that it became or that was removed.

    ``quotes`` are the numbers of the quotes that were canceled or opened again with the deal,
    ``accepted`` is that of the quote that gave a reopened deal its amount and lines.
    """

    before: Deal
    after: Deal
    sale: "Sale | None" = None
    quotes: tuple[str, ...] = ()
    accepted: str = ""
    is_customer_without_sale: bool = False

    @property
    def is_changed(self) -> bool:
        """Return whether the deal is in another stage."""
        return self.before.stage_id != self.after.stage_id


@retry_transaction
def move(
    store: Store,
    deal_id: int,
    stage: str | int,
    *,
    seen: int | None = None,
    when: "DayTime | None" = None,
) -> Moved:
    """Move a deal to a stage, by its name in the pipeline of the deal or by its id.

    A deal that enters a won stage is won, as by `win`. ``seen`` is the stage in which a user saw
    the deal, and ``when`` a moment in the past. Raises NotFoundError for an unknown stage,
    UsageError for what must be known to enter it, and for a deal that is closed; ConflictError if
    another user moved it from ``seen``.
    """
    with store.transaction():
        deal = get(store, deal_id)
        target = _target(store, deal, stage)
        _refuse_other_place(deal, target, seen)
        if target.id == deal.stage_id:
            return Moved(deal, deal)
        if target.kind == LOST:
            raise UsageError(
                "a lost deal needs a reason",
                f"Write cardcrm deal lose {deal_id} --reason pricing",
            )
        if deal.status != OPEN:
            raise UsageError(
                f"deal {deal_id} is {deal.status}", f"To go on: cardcrm deal reopen {deal_id}"
            )
        moment = find_moment(store, when)
        if target.kind == WON:
            return _win(store, deal, target, moment, has_sale=True)
        _enter(store, deal, target, moment)
        return Moved(deal, _placed(store, deal, target, moment))


def _placed(store: Store, deal: Deal, target: Stage, moment: Moment) -> Deal:
    """Return a deal in its new stage; it is read again only where its probability may change."""
    if target.pipeline_id != deal.pipeline_id:
        return get(store, deal.id)
    own = store.value("SELECT own_probability FROM deal WHERE id = :id", id=deal.id)
    chance = target.probability if own is None else own
    return deal._replace(
        stage_id=target.id, stage=target.name, probability=chance, entered_on=moment.day
    )


def _target(store: Store, deal: Deal, stage: str | int) -> Stage:
    if isinstance(stage, int):
        found = stages.get_stage(store, stage)
        if found.retired:
            raise UsageError(f"the stage {found.name} is retired", "Name another stage.")
        return found
    return stages.choose_stage(stages.list_stages(store, deal.pipeline_id), stage)


def _refuse_other_place(deal: Deal, target: Stage, seen: int | None) -> None:
    if seen is not None and deal.stage_id not in (seen, target.id):
        raise ConflictError(
            f"another user moved deal {deal.id} to {deal.stage}",
            "Nothing was changed. Look at it, and move it again if need be.",
        )


def _enter(store: Store, deal: Deal, target: Stage, moment: Moment, **columns: Any) -> None:
    """Write the new stage of a deal, and the change into its history."""
    if target.needs:
        from cardcrm.records.deals.stage_needs import refuse_missing

        refuse_missing(store, deal.id, target)
    if target.kind != OPEN:
        refuse_early_close(moment.day, deal.opened_on, deal.id)
    values = {"stage_id": target.id, "pipeline_id": target.pipeline_id, "status": target.kind}
    store.update("deal", deal.id, **values, entered_on=moment.day, **columns)
    note(store, deal.id, deal.stage_id, target.id, moment)


@retry_transaction
def win(
    store: Store,
    deal_id: int,
    *,
    when: "DayTime | None" = None,
    has_sale: bool = True,
) -> Moved:
    """Close a deal as won; it becomes a sale with its lines, undone together with it.

    Raises ConflictError for a deal that is closed, UsageError for one without an amount.
    """
    with store.transaction():
        deal = get(store, deal_id)
        refuse_closed(deal)
        target = stages.first_of(stages.list_stages(store, deal.pipeline_id), WON)
        return _win(store, deal, target, find_moment(store, when), has_sale=has_sale)


def _win(store: Store, deal: Deal, target: Stage, moment: Moment, *, has_sale: bool) -> Moved:
    sale = sell(store, deal, moment.day) if has_sale else None
    sale_id = sale.id if sale else None
    quotes = _close(store, deal, target, moment, sale_id=sale_id)
    return Moved(deal, get(store, deal.id), sale, quotes)


def _close(
    store: Store, deal: Deal, target: Stage, moment: Moment, **columns: Any
) -> tuple[str, ...]:
    """Write the last stage of a deal; cancel its open quotes, and return their numbers."""
    from cardcrm.records.quotes.quote_closing import cancel_open

    _enter(store, deal, target, moment, closed_on=moment.day, **columns)
    return cancel_open(store, deal.id, moment.day)


def sell(store: Store, deal: Deal, on: str) -> "Sale":
    """Record the sale of a deal that is won on a day. Raises UsageError for one without amount."""
    from cardcrm.records.deals.deal_lines import lines_of
    from cardcrm.records.sales import sales

    if deal.amount is None:
        raise UsageError(
            f"deal {deal.id} has no amount",
            f"Add it: cardcrm deal edit {deal.id} --amount AMOUNT, or win it with --no-sale.",
        )
    drafts = [sales.draft_of(each) for each in lines_of(store, deal.id)]
    day = dates.DayTime(dt.date.fromisoformat(on))
    amount = None if drafts else deal.amount
    sale, _ = sales.sell(store, deal.contact_id, amount, lines=drafts, text=deal.title, when=day)
    return sale


def refuse_closed(deal: Deal) -> None:
    """Raise ConflictError for a deal that is won or lost already."""
    if deal.status != OPEN:
        sale = f" (sale {deal.sale_id})" if deal.sale_id else ""
        raise ConflictError(
            f"deal {deal.id} is {deal.status} already{sale}",
            f"To open it again: cardcrm deal reopen {deal.id}",
        )


@retry_transaction
def lose(
    store: Store,
    deal_id: int,
    reason: str,
    *,
    note: str = "",
    competitor: str = "",
    when: "DayTime | None" = None,
) -> Moved:
    """Close a deal as lost, for one of the reasons of `deal_type.REASONS`.

    Raises UsageError for another reason or none, and ConflictError for a deal that is closed.
    """
    from cardcrm.records.deals.deal_type import DEAL, REASON

    if not reason.strip():
        raise UsageError(
            "a lost deal needs a reason", f"Use --reason: {', '.join(REASON.choices)}."
        )
    columns = DEAL.normalize(
        lost_reason=reason, lost_note=note or None, competitor=competitor or None
    )
    with store.transaction():
        deal = get(store, deal_id)
        refuse_closed(deal)
        target = stages.first_of(stages.list_stages(store, deal.pipeline_id), LOST)
        moment = find_moment(store, when)
        quotes = _close(store, deal, target, moment, **columns)
        return Moved(deal, get(store, deal_id), quotes=quotes)


@retry_transaction
def reopen(store: Store, deal_id: int, stage: str = "") -> Moved:
    """Open a closed deal again, in a stage or in that which it was closed from.

    The sale that it became is removed, and its quotes are open again. Raises ConflictError for a
    deal that is open.
    """
    from cardcrm.records.quotes.quote_closing import find_accepted, reopen_closed
    from cardcrm.records.references import remove_row
    from cardcrm.records.sales import sales

    with store.transaction():
        deal = get(store, deal_id)
        if deal.status == OPEN:
            raise ConflictError(f"deal {deal_id} is open", "To move it: cardcrm deal move ID STAGE")
        known = [each for each in stages.list_stages(store, deal.pipeline_id) if each.kind == OPEN]
        target = stages.choose_stage(known, stage) if stage else _last_open(store, deal, known)
        sale = sales.get(store, deal.sale_id) if deal.sale_id else None
        cleared = {"closed_on": None, "lost_reason": "", "lost_note": "", "sale_id": None}
        _enter(store, deal, target, find_moment(store, None), **cleared)
        if sale is not None:
            remove_row(store, "sale", sale.id)
        accepted = find_accepted(store, deal_id)
        quotes = reopen_closed(store, deal_id)
        lone = sale is not None and sales.is_customer_without_sale(store, deal.contact_id)
        return Moved(deal, get(store, deal_id), sale, quotes, accepted, lone)


def _last_open(store: Store, deal: Deal, known: list[Stage]) -> Stage:
    """Return the last open stage that a deal was in, or the first one of its pipeline."""
    by_id = {each.id: each for each in known}
    merged = stages.merged_stages(store)
    sql = "SELECT from_id FROM stage_change WHERE deal_id = :id ORDER BY id DESC"
    for row in store.rows(sql, id=deal.id):
        stage_id = merged.get(row[0], row[0])
        if stage_id in by_id:
            return by_id[stage_id]
    return stages.first_of(known, OPEN)


def merge_stage(store: Store, from_id: int, to_id: int) -> None:
    """Merge a stage that is removed into another one of its kind, with its deals.

    No deal moves by that: the history keeps the former stage, and the days in it count on.
    """
    target = stages.get_stage(store, to_id)
    for row in store.rows("SELECT id FROM deal WHERE stage_id = :id ORDER BY id", id=from_id):
        store.update("deal", row[0], stage_id=target.id, pipeline_id=target.pipeline_id)
    store.update("stage", from_id, merged_id=target.id)
