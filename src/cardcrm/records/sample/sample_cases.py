"""Add the cases of the sample shop, each with its history, and two service levels."""

import datetime as dt
from collections.abc import Mapping

from cardcrm import dates
from cardcrm.records import records, registry
from cardcrm.records.contacts.uids import new_uid
from cardcrm.records.sample.cases_data import CASES, SampleCase
from cardcrm.records.service.case_status import DONE, NEW
from cardcrm.store import Store

_HOURS = "mon-sat 9:00-17:30"


def add_cases(store: Store, ids: Mapping[str, int], catalog: Mapping[str, int]) -> list[int]:
    """Add the service levels, and the cases of contacts by their names; return the cases."""
    sla = registry.record_type("sla")
    vip = {"name": "vip", "next": "2h", "solve": "12h", "group": "tag:vip"}
    for texts in (vip, {"name": "desk", "next": "8h", "solve": "24h"}):
        records.add(store, sla, {**texts, "hours": _HOURS})
    today = dates.today(store.locale.zone)
    added: list[int] = []
    for sample in CASES:
        cause = None if sample.cause is None else added[sample.cause]
        added.append(
            _add(store, sample, ids[sample.who], catalog.get(sample.product), cause, today)
        )
    return added


def _add(
    store: Store,
    sample: SampleCase,
    contact_id: int,
    product_id: int | None,
    cause_id: int | None,
    today: dt.date,
) -> int:
    def instant(back: int, hour: int) -> str:
        return dates.to_instant(today - dt.timedelta(days=back), dt.time(hour), store.locale.zone)

    path = [(sample.back, sample.hour, NEW), *sample.path]
    moments = [(instant(back, hour), status) for back, hour, status in path]
    at, status = moments[-1]
    solved = next((each for each, word in moments if word in DONE), None)
    case_id = store.insert(
        "service_case",
        uid=new_uid(),
        contact_id=contact_id,
        text=sample.text,
        type=sample.type,
        priority=sample.priority,
        status=status,
        product_id=product_id,
        owner=(sample.owner or store.author.name) if sample.path else "",
        channel=sample.channel,
        opened_at=moments[0][0],
        solved_at=solved,
        cause_id=cause_id,
        rating=sample.rating,
        opinion=sample.opinion,
        rated_at=at if sample.rating else None,
        author=store.author.name,
    )
    for moment, word in moments:
        store.insert(
            "case_change", case_id=case_id, status=word, at=moment, author=store.author.name
        )
    return case_id
