"""Add the partners of the sample shop: agreements, registered leads, payouts and a testimonial."""

import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple

from cardcrm.records import records, registry
from cardcrm.store import Store


class SamplePartner(NamedTuple):
    """A partner with an agreement that began some days ago; the deals are named by their titles."""

    who: str
    type: str
    commission: str
    back: int
    text: str
    deals: tuple[str, ...] = ()


PARTNERS = (
    SamplePartner("Callum Drysdale", "affiliate", "5%", 300, "Shows our flowers in his pictures",
        ("Barn wedding at Ripley", "Barraclough wedding", "Oyelaran wedding", "Morita wedding")),
    SamplePartner("The Aire Grand Hotel", "agent", "8%", 400, "Recommends us for weddings",
        ("Fairfax wedding", "Dearden wedding")),
)  # fmt: skip

# partner, lead, days back, days of protection, what it is about
_REGISTRATIONS = (
    ("Callum Drysdale", "Amara Nwosu", 20, 90, "pictures of the ceremony in October"),
    ("The Aire Grand Hotel", "Rosie Tattersall", 150, 90, "asked for the river room"),
)
_PAYOUT = ("Callum Drysdale", 30, "25", "for the spring")  # partner, days back, pounds, note
_TESTIMONIAL = ("Margaret Sykes", 200, "Fresh on every Friday since they opened.")


def add_partners(store: Store, ids: Mapping[str, int], today: dt.date) -> None:
    """Add the partners and what they brought."""
    for sample in PARTNERS:
        _add_partner(store, sample, ids[sample.who], today)
    registration = registry.record_type("registration")
    for partner, lead, back, days, text in _REGISTRATIONS:
        begin = today - dt.timedelta(days=back)
        until = begin + dt.timedelta(days=days)
        texts = {"partner": f"#{ids[partner]}", "contact": f"#{ids[lead]}", "text": text}
        records.add(store, registration, {**texts, "on": str(begin), "until": str(until)})
    who, back, pounds, note = _PAYOUT
    sql = "SELECT id FROM partner WHERE contact_id = :id"
    payout = {"partner": f"#{store.value(sql, id=ids[who])}", "amount": f"{pounds} GBP"}
    day = today - dt.timedelta(days=back)
    records.add(store, registry.record_type("payout"), {**payout, "on": str(day), "text": note})
    who, back, text = _TESTIMONIAL
    asked, answered = (today - dt.timedelta(days=each) for each in (back, back - 2))
    texts = {"contact": f"#{ids[who]}", "asked": str(asked), "answered": str(answered)}
    testimonial = registry.record_type("testimonial")
    records.add(store, testimonial, {**texts, "text": text, "public": "yes"})


def _add_partner(store: Store, sample: SamplePartner, contact_id: int, today: dt.date) -> None:
    begin = today - dt.timedelta(days=sample.back)
    texts = {"contact": f"#{contact_id}", "type": sample.type, "commission": sample.commission}
    partner = registry.record_type("partner")
    records.add(store, partner, {**texts, "from": str(begin), "text": sample.text})
    for title in sample.deals:
        deal_id = store.value("SELECT id FROM deal WHERE title = :title", title=title)
        store.update("deal", deal_id, partner_id=contact_id)
