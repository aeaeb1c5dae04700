"""A sample shop to try things in: Petal & Stem, florists in Leeds, busy around today.

Everything goes in the way it would from the shell, through the record functions, in one
transaction. Days are counted from today; nothing is left to chance.
"""

import datetime as dt
from collections.abc import Iterator

from cardcrm import dates
from cardcrm.dates import When
from cardcrm.money import Money
from cardcrm.records.activity import interactions, reminders
from cardcrm.records.contacts import contacts, custom_fields, parts
from cardcrm.records.contacts.drafts import (
    AddressDraft,
    ContactDraft,
    DayDraft,
    PointDraft,
    RelationDraft,
)
from cardcrm.records.query_sql import segments
from cardcrm.records.sales import products, sales
from cardcrm.records.sample.contacts_data import ORGS, PEOPLE, SampleCard
from cardcrm.records.sample.history_data import (
    HISTORY,
    PRODUCTS,
    REFUNDS,
    REMINDERS,
    ROUNDS,
    SALES,
    SEGMENTS,
)
from cardcrm.store import Store

SHOP = "Petal & Stem, Leeds"
KEEPER = "rosa"  # who keeps the sample's cards; undo leaves her work alone
REGION, CURRENCY = "GB", "GBP"


def fill(store: Store) -> None:
    """Write the sample into a new box, all of it or nothing."""
    today = dates.today(store.locale.zone)
    with store.transaction("demo"):
        _make_fields(store)
        ids = _add_cards(store, today)
        for name, sku, price, cost in PRODUCTS:
            products.add(
                store, name, sku=sku, price=Money(price, CURRENCY), cost=Money(cost, CURRENCY)
            )
        _log_history(store, ids, today)
        _sell(store, ids, today)
        _plan(store, ids, today)
        _date_back(store)
        for name, query in SEGMENTS:
            segments.save(store, name, query)


def _make_fields(store: Store) -> None:
    custom_fields.add(store, "favourite flower")
    custom_fields.add(store, "budget", "money")
    custom_fields.add(store, "wedding date", "date")
    custom_fields.add(store, "next fair", "date")


def _add_cards(store: Store, today: dt.date) -> dict[str, int]:
    """All cards; their ids by name. Relations come last, as they name other cards."""
    cards = (*ORGS, *PEOPLE)
    ids = {card.name: contacts.add(store, _draft(card, today)).id for card in cards}
    for card in cards:
        drafts = tuple(RelationDraft(kind, who) for kind, who in card.relations)
        parts.write_parts(store, ids[card.name], ContactDraft(relations=drafts))
    return ids


def _draft(card: SampleCard, today: dt.date) -> ContactDraft:
    points = [PointDraft("phone", f"+44 113 496 0{card.phone}")] if card.phone else []
    points += [PointDraft("email", card.mail)] if card.mail else []
    return ContactDraft(
        name=card.name,
        kind=card.kind,
        nicknames=(card.nickname,) if card.nickname else (),
        org=card.org,
        title=card.title,
        points=tuple(points),
        addresses=(AddressDraft("", card.street, card.city, country="United Kingdom"),),
        days=tuple(_days(card, today)),
        tags=tuple(card.tags.split()),
        note=card.note,
        fields=tuple((name, _field(text, today)) for name, text in card.fields),
        source=card.source,
        stage=card.stage,
        owner=KEEPER if "vip" in card.tags else "",
        every=card.every,
    )


def _days(card: SampleCard, today: dt.date) -> Iterator[DayDraft]:
    for label, told in (("birthday", card.birthday), ("anniversary", card.wedding)):
        if told is not None:
            yield DayDraft(label, _years_back(today + dt.timedelta(days=told[0]), told[1]))


def _years_back(day: dt.date, years: int) -> str:
    """The same day so many years before; the last of February where that year has no 29th."""
    try:
        return day.replace(year=day.year - years).isoformat()
    except ValueError:
        return day.replace(year=day.year - years, day=28).isoformat()


def _field(text: str, today: dt.date) -> str:
    """A custom field's text; ``+45`` is a day so many days from today."""
    return (today + dt.timedelta(days=int(text))).isoformat() if text.startswith("+") else text


def _working_day(today: dt.date, back: int) -> dt.date:
    """The day so long ago, or the Saturday before, as the shop is closed on Sundays."""
    day = today - dt.timedelta(days=back)
    return day - dt.timedelta(days=1) if day.weekday() == 6 else day


def _log_history(store: Store, ids: dict[str, int], today: dt.date) -> None:
    for number, (back, who, kind, direction, text, minutes, outcome) in enumerate(HISTORY):
        hour = dt.time(9 + number % 8, number % 4 * 15) if back else None
        interactions.log(
            store,
            [ids[name] for name in who.split(", ")],
            text,
            kind=kind,
            when=When(_working_day(today, back), hour),
            direction=direction,
            minutes=minutes,
            outcome=outcome,
        )


def _sell(store: Store, ids: dict[str, int], today: dt.date) -> None:
    """Sales in the order of their days, each with a number of the till as its reference."""
    sold = sorted([*_rounds(), *SALES], key=lambda sale: -sale[1])
    for number, (name, back, lines, discount) in enumerate(sold, 1001):
        sales.sell(
            store,
            ids[name],
            None,
            when=When(_working_day(today, back)),
            lines=[
                sales.LineDraft(product, many * 1000, discount=discount * 1000)
                for product, many in lines
            ],
            ref=f"till-{number}",
        )
    for name, back, pence, why in REFUNDS:
        day = When(_working_day(today, back))
        sales.sell(store, ids[name], Money(-pence, CURRENCY), text=why, when=day)


def _rounds() -> Iterator[tuple[str, int, tuple[tuple[str, int], ...], int]]:
    """The standing orders, as single sales."""
    for name, first, last, every, product, many in ROUNDS:
        for back in range(first, last - 1, -every):
            yield name, back, ((product, many),), 0


def _plan(store: Store, ids: dict[str, int], today: dt.date) -> None:
    for ahead, hour, who, text, promise, priority, every in REMINDERS:
        time = None if hour is None else dt.time(hour)
        reminders.add(
            store,
            ids[who],
            text,
            When(today + dt.timedelta(days=ahead), time),
            every=every,
            promise=promise,
            priority=priority,
        )


def _date_back(store: Store) -> None:
    """Let each card be as old as the first thing that happened on it."""
    rows = store.rows(
        "SELECT contact_id, min(day) AS day FROM ("
        "SELECT s.contact_id, s.on_date AS day FROM sale s UNION ALL "
        "SELECT p.contact_id, i.on_date FROM participant p "
        "JOIN interaction i ON i.id = p.interaction_id) happened GROUP BY contact_id"
    )
    for row in rows:
        store.update("contact", row["contact_id"], created_at=f"{row['day']}T08:00:00Z")
