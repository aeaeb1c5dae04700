"""Add the plants that customers rent from the sample shop, with their care, and contracts."""

import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple

from cardcrm import dates
from cardcrm.records import records, registry
from cardcrm.records.sample.story import HOTEL, SOLICITORS
from cardcrm.store import Store


class SampleAsset(NamedTuple):
    """A plant in place since some days, and the days since its last care."""

    who: str
    product: str
    serial: str
    place: str
    since: int
    every: str
    serviced: int


class SampleContract(NamedTuple):
    """A contract that began some days ago, and the place of its asset, if it has one."""

    who: str
    text: str
    back: int
    price: str
    per: str
    product: str = ""
    asset: int | None = None
    renewal: str = ""
    notice: str = ""
    days: int = 0


ASSETS = (
    SampleAsset(HOTEL, "Potted orchid", "PO-21", "lobby", 300, "6m", 30),
    SampleAsset(SOLICITORS, "Potted orchid", "PO-17", "reception desk", 400, "6m", 60),
    SampleAsset("Bramble Kitchen", "Herb pot", "HP-3", "window", 200, "3m", 20),
)

CONTRACTS = (
    SampleContract(HOTEL, "Lobby flowers every week", 200, "145", "visit",
                   product="Lobby arrangement", renewal="12m", notice="3m"),
    SampleContract(SOLICITORS, "Reception flowers and care of the orchid", 330, "130", "month",
                   asset=1, days=400),
)  # fmt: skip


def add_assets(store: Store, ids: Mapping[str, int]) -> None:
    """Add the assets and the contracts of contacts by their names."""
    today = dates.today(store.locale.zone)
    asset, contract = registry.record_type("asset"), registry.record_type("contract")

    def day(back: int) -> str:
        return (today - dt.timedelta(days=back)).isoformat()

    added = [
        records.add(store, asset, {
            "contact": f"#{ids[each.who]}", "product": each.product, "serial": each.serial,
            "place": each.place, "since": day(each.since), "service_every": each.every,
            "serviced": day(each.serviced),
        }).id
        for each in ASSETS
    ]  # fmt: skip
    for each in CONTRACTS:
        records.add(store, contract, {
            "contact": f"#{ids[each.who]}", "text": each.text, "start": day(each.back),
            "price": each.price, "per": each.per, "product": each.product,
            "asset": "" if each.asset is None else f"#{added[each.asset]}",
            "renewal": each.renewal, "notice": each.notice,
            "end": day(each.back - each.days) if each.days else "",
        })  # fmt: skip
