"""Write the deals of the sample shop, each with its way through the stages of its pipeline.

The rows are written at once, as by an import: 40 deals with their history take 30 ms.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from cardcrm import dates
from cardcrm.money import parse_percent
from cardcrm.records.contacts.uids import new_uid
from cardcrm.records.deals import pipelines, stages
from cardcrm.records.deals.stage_history import seconds_between
from cardcrm.records.deals.stage_kinds import OPEN
from cardcrm.records.deals.stages import Stage
from cardcrm.records.sales.sale_lines import SaleTotals
from cardcrm.records.sample import sale_rows
from cardcrm.records.sample.deals_data import DEALS, PIPELINES, SampleDeal
from cardcrm.records.sample.story import SampleSale, find_working_day
from cardcrm.store import Store
from cardcrm.text import fold

_NOON = dt.time(12)


class Shop(NamedTuple):
    """The sample so far: its day, and the ids of its contacts and products by their names."""

    store: Store
    today: dt.date
    contacts: Mapping[str, int]
    products: Mapping[str, int]

    def day(self, back: int) -> str:
        """Return the day some days ago."""
        return (self.today - dt.timedelta(days=back)).isoformat()

    def org_of(self, contact_id: int) -> int | None:
        """Return the organization of a person, or None."""
        found: int | None = self.store.value(
            "SELECT org_id FROM contact WHERE id = :id", id=contact_id
        )
        return found


def add_deals(shop: Shop) -> None:
    """Add the pipelines and the deals; those that were won are linked to sales of the shop."""
    pipelines.ensure_default(shop.store)
    for name, drafts in PIPELINES:
        pipelines.add_pipeline(shop.store, name, drafts)
    known = {
        each.name: {stage.name: stage for stage in stages.list_stages(shop.store, each.id)}
        for each in pipelines.list_pipelines(shop.store)
    }
    for sample in DEALS:
        path = [(shop.day(back), known[sample.pipeline][name]) for back, name in sample.path]
        deal_id = shop.store.insert("deal", **_columns(shop, sample, path))
        _write_parts(shop, sample, deal_id, path)


def _columns(shop: Shop, sample: SampleDeal, path: Sequence[tuple[str, Stage]]) -> dict[str, Any]:
    """Return the row of a deal at the end of its path."""
    entered, last = path[-1]
    contact_id = shop.contacts[sample.who]
    org_id = shop.org_of(contact_id)
    amount = price_lines(sample).amount.minor if sample.lines else sample.pounds * 100 or None
    return {
        "uid": new_uid(),
        "title": sample.title,
        "title_key": fold(sample.title),
        "contact_id": contact_id,
        "org_id": org_id,
        "pipeline_id": last.pipeline_id,
        "stage_id": last.id,
        "status": last.kind,
        "amount": amount,
        "currency": "" if amount is None else sale_rows.CURRENCY,
        "own_probability": parse_percent(sample.probability) if sample.probability else None,
        "close_on": None if sample.close is None else shop.day(-sample.close),
        "opened_on": path[0][0],
        "entered_on": entered,
        "closed_on": None if last.kind == OPEN else entered,
        "source": sample.source,
        "competitor": sample.competitor,
        "lost_reason": sample.reason,
        "lost_note": sample.note,
        "owner": _owner(shop, sample),
        "sale_id": None if sample.sale is None else _find_sale(shop, org_id or contact_id, sample),
        "created_at": dates.current_instant(),
    }  # fmt: skip


def _owner(shop: Shop, sample: SampleDeal) -> str:
    return sample.owner or shop.store.author.name


def price_lines(
    sample: SampleDeal,
    lines: Sequence[tuple[str, int]] | None = None,
    discount: int | None = None,
) -> SaleTotals:
    """Return the lines of a deal, or others for it, at the prices of the day of its sale."""
    chosen = sample.lines if lines is None else tuple(lines)
    percent = sample.discount if discount is None else discount
    sold = SampleSale(sample.who, sample.sale or sample.path[-1][0], chosen, discount=percent)
    return sale_rows.total_of(sold)


def _find_sale(shop: Shop, buyer_id: int, sample: SampleDeal) -> int:
    """Return the sale of the shop that a deal became."""
    assert sample.sale is not None
    day = find_working_day(shop.today, sample.sale)
    sql = "SELECT id FROM sale WHERE contact_id = :buyer AND on_date = :day AND amount = :amount"
    amount = price_lines(sample).amount.minor
    found: int = shop.store.value(sql, buyer=buyer_id, day=day.isoformat(), amount=amount)
    return found


def _write_parts(
    shop: Shop, sample: SampleDeal, deal_id: int, path: Sequence[tuple[str, Stage]]
) -> None:
    """Write the history, the lines and the roles of a deal, and its next step."""
    store = shop.store
    store.insert_rows("stage_change", _changes(shop, sample, deal_id, path))
    if sample.lines:
        rows = sale_rows.line_values(price_lines(sample), shop.products)
        store.insert_rows("deal_line", [{"deal_id": deal_id, **each} for each in rows])
    for role, who in sample.roles:
        store.insert("deal_role", deal_id=deal_id, contact_id=shop.contacts[who], role=role)
    if sample.step:
        sql = "SELECT id FROM reminder WHERE text = :text"
        store.update("reminder", store.value(sql, text=sample.step), deal_id=deal_id)


def _changes(
    shop: Shop, sample: SampleDeal, deal_id: int, path: Sequence[tuple[str, Stage]]
) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    before: int | None = None
    for day, stage in path:
        at = dates.to_instant(dt.date.fromisoformat(day), _NOON, shop.store.locale.zone)
        found.append(
            {
                "deal_id": deal_id,
                "from_id": before,
                "to_id": stage.id,
                "at": at,
                "on_date": day,
                "seconds": seconds_between(found[-1]["at"], at) if found else None,
                "author": _owner(shop, sample),
            }
        )
        before = stage.id
    return found
