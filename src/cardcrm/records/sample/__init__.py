"""A sample shop to try things with: Petal & Stem, florists in Leeds, busy around today.

Everything is written in one transaction: contacts, reminders and products by the record functions
that the shell uses, sales, deals, quotes and invoices as rows. Days are counted from today, and
nothing is random. `story` tells what happened in the shop, for reports to find.
"""

import datetime as dt
from collections.abc import Iterator

from cardcrm import dates
from cardcrm.dates import DayTime
from cardcrm.money import Money
from cardcrm.records.activity import interactions, reminders
from cardcrm.records.contacts import contacts, custom_fields, writer
from cardcrm.records.contacts.drafts import (
    AddressDraft,
    AnniversaryDraft,
    ContactDraft,
    ContactPointDraft,
    RelationDraft,
)
from cardcrm.records.query_sql import segments
from cardcrm.records.sales import products, sales
from cardcrm.records.sample import sale_rows, story
from cardcrm.records.sample.catalog_data import PRODUCTS
from cardcrm.records.sample.contacts_data import ORGS, PEOPLE, SampleContact
from cardcrm.records.sample.conversations_data import CONVERSATIONS, SampleTalk
from cardcrm.records.sample.customers_data import (
    CAFE,
    MARKET,
    PLAYHOUSE,
    SUBSCRIBERS,
    WALK_INS,
    SampleCustomer,
    SampleSubscriber,
)
from cardcrm.records.sample.history_data import HISTORY, NO_ANSWER, REFUNDS, REMINDERS, SEGMENTS
from cardcrm.records.sample.places_data import find_pin
from cardcrm.records.sample.sample_assets import add_assets
from cardcrm.records.sample.sample_cases import add_cases
from cardcrm.records.sample.sample_deals import Shop, add_deals
from cardcrm.records.sample.sample_feedback import add_dunning, add_feedback
from cardcrm.records.sample.sample_knowledge import add_knowledge
from cardcrm.records.sample.sample_leads import add_leads
from cardcrm.records.sample.sample_mail import receive
from cardcrm.records.sample.sample_partners import add_partners
from cardcrm.records.sample.sample_quotes import add_quotes
from cardcrm.records.sample.sample_templates import add_templates
from cardcrm.records.sample.story import find_working_day
from cardcrm.store import Store

SHOP = "Petal & Stem, Leeds"
USER = "rosa"  # the author of the sample; undo leaves her work alone
_PARTNER = "milo"  # keeps the customers of the web shop
REGION, CURRENCY = "GB", "GBP"


def fill(store: Store) -> None:
    """Fill a new database with the sample, all of it or nothing."""
    today = dates.today(store.locale.zone)
    with store.transaction("demo"):
        _make_fields(store)
        ids = _add_contacts(store, today)
        catalog = _add_products(store)
        _log_history(store, ids, today)
        _sell(store, ids, catalog, today)
        _plan(store, ids, today)
        for name, query in SEGMENTS:
            segments.save(store, name, query)
        shop = Shop(store, today, ids, catalog)
        add_deals(shop)
        add_leads(store, ids, today)
        add_quotes(shop)
        add_knowledge(store, add_cases(store, ids, catalog))
        add_assets(store, ids)
        add_partners(store, ids, today)
        add_feedback(store, ids)
        add_dunning(store)
        receive(store, today)
        add_templates(store)
        _backdate(store)


def _make_fields(store: Store) -> None:
    custom_fields.add(store, "favourite flower")
    custom_fields.add(store, "budget", "money")
    custom_fields.add(store, "wedding date", "date")
    custom_fields.add(store, "next fair", "date")


def _add_products(store: Store) -> dict[str, int]:
    """Add the catalog, and return its ids by name."""
    return {
        each.name: products.add(
            store,
            each.name,
            sku=each.sku,
            category=each.category,
            price=Money(each.price, CURRENCY),
            cost=Money(each.cost, CURRENCY),
            tax_rate=each.tax * 1000,
        ).id
        for each in PRODUCTS
    }


def _more_customers() -> Iterator[SampleContact]:
    """Yield the contacts that are known by what they buy."""
    yield SampleContact(PLAYHOUSE, "190", "foyer@kirkgateplayhouse.example.com", kind="org",
        street="5 Vicar Lane", tags="contract", source="referral",
        note="Foyer flowers for the weekly premiere.")  # fmt: skip
    yield SampleContact(CAFE, "191", "hello@lanterncoffee.example.com", kind="org",
        street="12 Duncan Street", tags="restaurant", source="web", owner=_PARTNER)  # fmt: skip
    for place, walk_in in enumerate(WALK_INS):
        yield _customer(walk_in, f"{200 + place}", "shop", "walk-in")
    for place, gone in enumerate(MARKET):
        yield _customer(gone, f"{220 + place}", "market", "market", stage="lapsed")
    for place, each in enumerate(SUBSCRIBERS):
        yield _customer(each, f"{230 + place}", "subscription newsletter", "web", owner=_PARTNER)


def _customer(
    each: SampleCustomer | SampleSubscriber,
    phone: str,
    tags: str,
    source: str,
    *,
    stage: str = "customer",
    owner: str = "",
) -> SampleContact:
    mail = f"{each.name.lower().replace(' ', '.')}@example.com"
    return SampleContact(
        each.name, phone, mail, city=each.city, tags=tags, source=source, stage=stage, owner=owner
    )


def _add_contacts(store: Store, today: dt.date) -> dict[str, int]:
    """Add the contacts, then their relations, and return their ids by name."""
    samples = (*ORGS, *PEOPLE, *_more_customers())
    ids = {sample.name: contacts.add(store, _draft(sample, today)).id for sample in samples}
    for sample in samples:
        drafts = tuple(RelationDraft(kind, who) for kind, who in sample.relations)
        writer.add_relations(store, ids[sample.name], drafts)
    return ids


def _address(sample: SampleContact) -> AddressDraft:
    latitude, longitude = find_pin(sample.city, int(sample.phone or 0))
    country = "United Kingdom"
    return AddressDraft("", sample.street, sample.city, "", "", country, latitude, longitude)


def _draft(sample: SampleContact, today: dt.date) -> ContactDraft:
    points = [ContactPointDraft("phone", f"+44 113 496 0{sample.phone}")] if sample.phone else []
    points += [ContactPointDraft("email", sample.mail)] if sample.mail else []
    return ContactDraft(
        name=sample.name,
        kind=sample.kind,
        nicknames=(sample.nickname,) if sample.nickname else (),
        org=sample.org,
        title=sample.title,
        points=tuple(points),
        addresses=(_address(sample),),
        days=tuple(_days(sample, today)),
        tags=tuple(sample.tags.split()),
        note=sample.note,
        fields=tuple((name, _field(text, today)) for name, text in sample.fields),
        source=sample.source,
        stage=sample.stage,
        owner=USER if "vip" in sample.tags else sample.owner,
        every=sample.every,
    )


def _days(sample: SampleContact, today: dt.date) -> Iterator[AnniversaryDraft]:
    for label, told in (("birthday", sample.birthday), ("anniversary", sample.wedding)):
        if told is not None:
            yield AnniversaryDraft(label, _years_back(today + dt.timedelta(days=told[0]), told[1]))


def _years_back(day: dt.date, years: int) -> str:
    """Return a day some years earlier; 28 February where that year has no 29th."""
    try:
        return day.replace(year=day.year - years).isoformat()
    except ValueError:
        return day.replace(year=day.year - years, day=28).isoformat()


def _field(text: str, today: dt.date) -> str:
    """Return the text of a custom field; ``+45`` is the day 45 days from today."""
    return (today + dt.timedelta(days=int(text))).isoformat() if text.startswith("+") else text


def _log_history(store: Store, ids: dict[str, int], today: dt.date) -> None:
    for number, (back, who, kind, direction, text, minutes, outcome) in enumerate(HISTORY):
        talk = SampleTalk(
            back, 9 + number % 8, number % 4 * 15, who, kind, direction, text, minutes, outcome
        )
        _log(store, ids, today, talk)
    for talk in CONVERSATIONS:
        _log(store, ids, today, talk)


def _log(store: Store, ids: dict[str, int], today: dt.date, talk: SampleTalk) -> None:
    hour = dt.time(talk.hour, talk.minute) if talk.back else None
    is_answered = talk.outcome != NO_ANSWER
    logged = interactions.log(
        store,
        [ids[name] for name in talk.who.split(", ")],
        talk.text,
        kind=talk.kind,
        when=DayTime(find_working_day(today, talk.back), hour),
        direction=talk.direction,
        minutes=talk.minutes,
        outcome=talk.outcome if is_answered else "",
        no_answer=not is_answered,
    )
    if talk.author:
        store.update("interaction", logged.id, author=talk.author)


def _sell(store: Store, ids: dict[str, int], catalog: dict[str, int], today: dt.date) -> None:
    """Add the sales in the order of their days, and the refunds."""
    sold = story.list_sales(today)
    days = {sale.back: find_working_day(today, sale.back) for sale in sold}
    sale_rows.load(store, sold, ids, catalog, days)
    for name, back, pence, why in REFUNDS:
        day = DayTime(find_working_day(today, back))
        amount = Money(-pence, CURRENCY)
        sales.sell(store, ids[name], amount, text=why, when=day, channel="phone", tax_rate=20_000)


def _plan(store: Store, ids: dict[str, int], today: dt.date) -> None:
    for ahead, hour, who, text, promise, priority, every in REMINDERS:
        time = None if hour is None else dt.time(hour)
        reminders.add(
            store,
            ids[who],
            text,
            DayTime(today + dt.timedelta(days=ahead), time),
            every=every,
            promise=promise,
            priority=priority,
        )


def _backdate(store: Store) -> None:
    """Set the creation time of each contact to the first thing that happened with it."""
    rows = store.rows(
        "SELECT contact_id, min(day) AS day FROM ("
        "SELECT s.contact_id, s.on_date AS day FROM sale s UNION ALL "
        "SELECT p.contact_id, i.on_date FROM participant p "
        "JOIN interaction i ON i.id = p.interaction_id) happened GROUP BY contact_id"
    )
    for row in rows:
        store.update("contact", row["contact_id"], **_creation(row["day"]))


def _creation(day: str) -> dict[str, str]:
    return {"created_at": f"{day}T08:00:00Z", "created_on": day}
