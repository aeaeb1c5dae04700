"""Add the deals of the sample shop, each with its way through the stages of its pipeline."""

import datetime as dt
from collections.abc import Mapping

from cardcrm.dates import DayTime
from cardcrm.records.deals import deals, moves, pipelines, stages
from cardcrm.records.deals.deals import Role
from cardcrm.records.sales.sale_lines import parse_line
from cardcrm.records.sample.deals_data import DEALS, PIPELINES, SampleDeal
from cardcrm.store import Store

_NOON = dt.time(12)


def add_deals(store: Store, ids: Mapping[str, int], today: dt.date, currency: str) -> None:
    """Add the pipelines and the deals of contacts by their names.

    The sales of deals that were won are among those of the shop.
    """
    pipelines.ensure_default(store)
    for name, drafts in PIPELINES:
        pipelines.add_pipeline(store, name, drafts)
    for sample in DEALS:
        _add(store, sample, ids, today, currency)


def _add(
    store: Store, sample: SampleDeal, ids: Mapping[str, int], today: dt.date, currency: str
) -> None:
    (opened, first), *path = [(today - dt.timedelta(days=back), name) for back, name in sample.path]
    texts = {
        "title": sample.title,
        "contact": f"#{ids[sample.who]}",
        "pipeline": sample.pipeline,
        "stage": first,
        "amount": f"{sample.pounds} {currency}" if sample.pounds else "",
        "own_probability": sample.probability,
        "close": "" if sample.close is None else str(today + dt.timedelta(days=sample.close)),
        "opened": opened.isoformat(),
        "source": sample.source,
        "competitor": sample.competitor,
        "owner": sample.owner or store.author.name,
    }
    lines = [parse_line(each, currency) for each in sample.lines]
    roles = [Role(ids[who], role) for role, who in sample.roles]
    deal_id = deals.add(store, texts, lines=lines, roles=roles).record.id
    _walk(store, deal_id, sample, path)
    if sample.step:
        sql = "SELECT id FROM reminder WHERE text = :text"
        store.update("reminder", store.value(sql, text=sample.step), deal_id=deal_id)


def _walk(store: Store, deal_id: int, sample: SampleDeal, path: list[tuple[dt.date, str]]) -> None:
    for day, name in path:
        when = DayTime(day, _NOON)
        if name == "Won":
            moves.win(store, deal_id, when=when, has_sale=False)
        elif name == "Lost":
            moves.lose(store, deal_id, sample.end, when=when)
        else:
            pipeline = pipelines.find_pipeline(store, sample.pipeline)
            stage = stages.choose_stage(stages.list_stages(store, pipeline.id), name)
            moves.move(store, deal_id, stage.id, when=when)
