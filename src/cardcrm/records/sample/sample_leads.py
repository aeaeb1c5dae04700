"""Add the leads of the sample shop, each with its history."""

import datetime as dt
from collections.abc import Mapping

from cardcrm import dates
from cardcrm.records.contacts.uids import new_uid
from cardcrm.records.leads.statuses import CLOSED, NEW
from cardcrm.records.sample.leads_data import LEADS, SampleLead
from cardcrm.store import Store

_DAY_SECONDS = 86_400


def add_leads(store: Store, ids: Mapping[str, int], today: dt.date) -> None:
    """Add the leads of contacts by their names."""
    for sample in LEADS:
        _add(store, sample, ids[sample.who], today)


def _add(store: Store, sample: SampleLead, contact_id: int, today: dt.date) -> None:
    path = [(sample.back, NEW), *sample.path]
    days = [(today - dt.timedelta(days=back), status) for back, status in path]
    last, status = days[-1]
    owner = (sample.owner or store.author.name) if sample.path else ""
    sql = "SELECT id FROM deal WHERE title = :title"
    lead_id = store.insert(
        "lead",
        uid=new_uid(),
        contact_id=contact_id,
        text=sample.text,
        status=status,
        source=sample.source,
        owner=owner,
        received_on=days[0][0].isoformat(),
        received_at=_instant(store, days[0][0], sample.hour),
        closed_on=last.isoformat() if status in CLOSED else None,
        reason=sample.reason,
        deal_id=store.value(sql, title=sample.deal) if sample.deal else None,
    )
    before = None
    for at, (day, each) in enumerate(days):
        seconds = None if before is None else (day - before).days * _DAY_SECONDS
        store.insert(
            "lead_change",
            lead_id=lead_id,
            status=each,
            owner=owner if at else "",
            at=_instant(store, day, sample.hour),
            on_date=day.isoformat(),
            seconds=seconds,
            author=store.author.name,
        )
        before = day


def _instant(store: Store, day: dt.date, hour: int) -> str:
    return dates.to_instant(day, dt.time(hour), store.locale.zone)
