"""Invented contacts: what they are told to the program, and kept here to evaluate queries on."""

import datetime as dt
from dataclasses import dataclass, field
from random import Random

from cardcrm.dates import DayTime
from cardcrm.domains import email_key
from cardcrm.money import Money
from cardcrm.records import records
from cardcrm.records.activity import interactions, reminders
from cardcrm.records.contacts import contacts, custom_fields, update
from cardcrm.records.contacts.drafts import (
    AddressDraft,
    AnniversaryDraft,
    ContactDraft,
    ContactPointDraft,
    RelationDraft,
)
from cardcrm.records.contacts.job_type import JOB
from cardcrm.records.contacts.uids import new_uid
from cardcrm.records.mail import consents
from cardcrm.records.mail.consent_status import STATUSES
from cardcrm.records.query_sql import cadences, segments
from cardcrm.records.query_sql.snooze_touch import find_touch, snooze_touch
from cardcrm.records.sales import sales
from cardcrm.records.teamwork.claim_type import CLAIM
from cardcrm.records.teamwork.territory_type import TERRITORY
from cardcrm.store import Store

TODAY = dt.date(2026, 11, 21)

GIVEN = (
    "Ann",
    "Jörg",
    "Zoë",
    "José",
    "Łukasz",
    "Bo",
    "Eleanor",
    "Дмитрий",
    "李小龙",
    "สมชาย",
    "Su",
)
FAMILY = (
    "Müller",
    "Maß",
    "O'Brien",
    "Smith",
    "Smithson",
    "Grün",
    "Öztürk",
    "Ng",
    "Muller",
    "Mueller",
    "",
)
NICKS = ("Boss", "J", "Bö", "Jo Jo", "小龙")
ORGS = ("Acme", "Acme Nord", "Österreichische Bäder", "Zürich Works", "日本電気")
TITLES = ("Head of Buying", "Geschäftsführer", "CEO", "Größenplaner")
STREETS = ("5 Mill Lane", "Königstraße 7", "Rue de l'Église 3")
CITIES = ("Leeds", "Leighton", "Köln", "Koeln", "Zürich", "São Paulo", "東京都")
REGIONS = ("Yorkshire", "Baden-Württemberg", "Île-de-France")
POSTCODES = ("LS1 4AP", "50667", "8001")
COUNTRIES = ("England", "Österreich", "España", "Schweiz")
SOURCES = ("fair", "Empfehlung für Jörg", "Web", "Café")
OWNERS = ("ann", "Jörg", "Joerg", "Zoë Smith")
TAGS = ("vip", "cold", "garden-club", "grün", "客户")
KINDS = ("spouse", "friend", "Schwäger")
PURPOSES = ("newsletter", "offers")
EMAILS = (
    "jane@acme.example", "jörg.maß@büro.de", "JOSÉ@example.org", "info@xn--mller-kva.de",
    "a_b@example.org", "info@müller.de",
)  # fmt: skip
PHONES = ("+441134960123", "+33142685300", "+498912345678")
WEBS = ("https://www.müller.de/über", "acme.example/", "http://xn--mller-kva.de", "@jane_doe")
NOTES = ("Allergic to lilies", "Mag Blüten und Bäume", "喜欢绿茶和咖啡", "50% off, call O'Brien")
TEXTS = (
    "asked for a wreath",
    "Angebot fuer Gaerten",
    "Angebot für Gärten geschickt",
    "王小明来电话",
    "sent the catalog",
)
TASKS = ("send quote", "Gutschein für Müller", "call back")
PRODUCTS = ("Rose bouquet", "Größe 5 Kranz", "Wreath")
CURRENCIES = ("GBP", "EUR", "JPY")
CUSTOM = {
    "Shoe size": "number", "Budget": "money", "Renewal": "date", "Hobby": "text", "Level": "choice",
}  # fmt: skip
LEVELS = ("gold", "weiß")
HOBBIES = ("Tennis", "Gärtnern", "書道")
SEGMENTS = {
    "quiet": "-last<60d",
    "mixed": "(tag:vip or -org:acme) -kind:org",
    "deep": "segment:quiet -segment:mixed",
}
TERRITORIES = {"garden": "tag:garden-club", "north": "tag:vip or tag:cold", "quiet": "-last<60d"}
CADENCES = {"tag:vip": 14, "kind:org or tag:vip": 45}  # the cadences that queries give
ROLES = ("Decision maker", "Käufer", "")
ZONES = ("Europe/Berlin", "+01:00", "")
GENDERS = ("female", "male", "")
JOBS = ("Gärtner", "Head of Sales", "")


_HEAD = (
    "uid", "stage", "status", "name_order", "prefix", "given", "middle", "family", "suffix",
    "created_at",
    "updated_at",
)  # fmt: skip


@dataclass
class Sale:
    """A sale: ``amount`` in minor units; a refund is negative."""

    day: dt.date
    amount: int
    currency: str
    cost: int | None
    product: str


@dataclass
class Reminder:
    """A reminder; the day stands for one with a time as well."""

    text: str
    day: dt.date
    promise: bool
    is_open: bool


@dataclass
class Person:
    """A contact as the evaluator sees it."""

    id: int
    draft: ContactDraft
    org: "Person | None" = None
    relations: list[str] = field(default_factory=list)  # kinds, whichever side stores them
    custom: dict[str, str] = field(default_factory=dict)
    history: list[tuple[dt.date, str]] = field(default_factory=list)
    touches: list[dt.date] = field(default_factory=list)
    snoozed: dt.date | None = None
    joined: dt.date | None = None  # the most valuable customers
    jobs: list[tuple[str, str]] = field(default_factory=list)  # title and organization
    consents: dict[tuple[str, str], str] = field(default_factory=dict)  # of all addresses
    claims: list[tuple[str, dt.date]] = field(default_factory=list)  # user and last day
    partners: list[str] = field(default_factory=list)  # names of those who brought the contact
    asked: list[dt.date] = field(default_factory=list)  # for a testimonial
    reminders: list[Reminder] = field(default_factory=list)
    sales: list[Sale] = field(default_factory=list)
    people: "list[Person]" = field(default_factory=list)
    head: dict[str, str] = field(default_factory=dict)  # what the program gave it
    scores: tuple[int, int, int] | None = None  # RFM, in the default currency


def _some(random: Random, options: tuple[str, ...], chance: float = 0.5) -> str:
    return random.choice(options) if random.random() < chance else ""


def _few(random: Random, options: tuple[str, ...], most: int = 2) -> tuple[str, ...]:
    return tuple(random.sample(options, random.randint(0, most)))


def _day(random: Random, least: int, most: int) -> dt.date:
    near = random.random() < 0.3
    days = random.choice((-30, -7, -1, 0, 7, 30)) if near else random.randint(least, most)
    return TODAY + dt.timedelta(days=max(least, min(most, days)))


def _birthday(random: Random) -> tuple[AnniversaryDraft, ...]:
    days = ("1990-03-06", "--03-06", "2000-02-29", "1985-11-25", "--12-05", "1990-11-21")
    day = _some(random, days, 0.6)
    return (AnniversaryDraft("birthday", day),) if day else ()


def _custom(random: Random) -> dict[str, str]:
    values = {
        "Shoe size": _some(random, ("38", "41.5", "1200")),
        "Budget": _some(random, ("500", "1,000", "500 EUR", "5000 JPY")),
        "Renewal": _day(random, -60, 60).isoformat() if random.random() < 0.5 else "",
        "Hobby": _some(random, HOBBIES),
        "Level": _some(random, LEVELS),
    }
    return {label: value for label, value in values.items() if value}


def _draft(random: Random, kind: str, name: str, org: str, custom: dict[str, str]) -> ContactDraft:
    points = [("email", each) for each in _few(random, EMAILS)]
    points += [("phone", each) for each in _few(random, PHONES, 1)]
    points += [("social" if "@" in each else "web", each) for each in _few(random, WEBS, 1)]
    addresses = [
        AddressDraft(
            "", _some(random, STREETS), random.choice(CITIES), _some(random, REGIONS),
            _some(random, POSTCODES), _some(random, COUNTRIES),
            *random.choice((("", ""), ("53.8", "-1.55"), ("-33.9", "18.4"), ("0.0", "0.0"))),
        )
        for _ in range(random.randint(0, 2))
    ]  # fmt: skip
    return ContactDraft(
        name=name, kind=kind, org=org, nicknames=_few(random, NICKS, 1),
        title=_some(random, TITLES) if kind == "person" else "",
        points=tuple(ContactPointDraft(*each, opted_out=random.random() < 0.2) for each in points),
        addresses=tuple(dict.fromkeys(addresses)), days=_birthday(random), tags=_few(random, TAGS),
        note=_some(random, NOTES), source=_some(random, SOURCES), owner=_some(random, OWNERS),
        every=_some(random, ("30d", "7d", "90d", "never")), fields=tuple(custom.items()),
        role=random.choice(ROLES), language=random.choice(("de", "en-GB", "")),
        timezone=random.choice(ZONES), gender=random.choice(GENDERS),
        stage=random.choice(("lead", "prospect", "partner")),
        status=random.choice(("active", "active", "active", "deceased", "closed")),
    )  # fmt: skip


def fill(store: Store, seed: int, size: int) -> list[Person]:
    """Tell the program some contacts with a history; return them as the evaluator sees them."""
    random = Random(seed)
    _add_fields(store)
    people = [_add_org(store, random, name) for name in ORGS]
    _put_under(store, people)
    for _ in range(size):
        people.append(_add_person(store, random, people))
    for each in people:
        _add_history(store, random, each)
    for name, query in SEGMENTS.items():
        segments.save(store, name, query)
    for query, span in CADENCES.items():
        cadences.set_rule(store, query, span)
    for name, query in TERRITORIES.items():
        records.add(store, TERRITORY, {"name": name, "query": query, "owner": "ann"})
    for each in people:
        _add_later(store, random, each)
    _add_consents(store, random, people)
    _add_partners(store, random, people)
    for each in people:
        row = store.row("SELECT * FROM contact WHERE id = :id", id=each.id)
        each.head = {name: row[name] for name in _HEAD}
    return people


def _add_fields(store: Store) -> None:
    for label, type_ in CUSTOM.items():
        custom_fields.add(store, label, type_, LEVELS if type_ == "choice" else ())


def _add_org(store: Store, random: Random, name: str) -> Person:
    custom = _custom(random)
    draft = _draft(random, "org", name, "", custom)
    return Person(contacts.add(store, draft).id, draft, custom=custom)


def _put_under(store: Store, orgs: list[Person]) -> None:
    """Let the first organizations belong to each other, three levels deep."""
    for child, parent in zip(orgs[1:3], orgs[:2], strict=True):
        draft = ContactDraft(relations=(RelationDraft("works at", str(parent.id)),))
        update.edit(store, [child.id], update.Edit(additions=draft))
        child.org = parent
        parent.people.append(child)


def _add_person(store: Store, random: Random, people: list[Person]) -> Person:
    custom = _custom(random)
    name = f"{random.choice(GIVEN)} {random.choice(FAMILY)}".strip()
    org = random.choice(people[: len(ORGS)]) if random.random() < 0.5 else None
    draft = _draft(random, "person", name, org.draft.name if org else "", custom)
    other = random.choice(people) if random.random() < 0.3 else None
    kind = random.choice(KINDS)
    if other:
        draft = draft._replace(relations=(RelationDraft(kind, str(other.id)),))
    person = Person(contacts.add(store, draft).id, draft, org, custom=custom)
    if org:
        org.people.append(person)
    if other:
        person.relations.append(kind)
        other.relations.append(kind)
    return person


def _add_history(store: Store, random: Random, person: Person) -> None:
    for _ in range(random.randint(0, 2)):
        day, text = _day(random, -200, 0), random.choice(TEXTS)
        kind, no_answer = random.choice(("call", "call", "note")), random.random() < 0.2
        interactions.log(
            store, [person.id], text, kind=kind, when=DayTime(day), no_answer=no_answer
        )
        person.history.append((day, text))
        if kind == "call" and not no_answer:
            person.touches.append(day)
    for _ in range(random.choice((0, 0, 1, 3))):
        person.reminders.append(_add_reminder(store, random, person))
    for _ in range(random.choice((0, 0, 1, 2, 4))):
        person.sales.append(_add_sale(store, random, person))


def _add_later(store: Store, random: Random, person: Person) -> None:
    """Snooze a contact, and add jobs of a person."""
    day = _day(random, 0, 60)
    if random.random() < 0.3 and find_touch(store, person.id):
        snooze_touch(store, person.id, day)
        person.snoozed = day
    if random.random() < 0.4:
        person.joined = _day(random, -400, 0)
        with store.transaction():
            store.update("contact", person.id, mvc_since=person.joined.isoformat())
    if random.random() < 0.4:
        person.claims.append((random.choice(OWNERS), _day(random, -30, 30)))
        _add_claim(store, person.id, *person.claims[0])
    while person.draft.kind == "person" and random.random() < 0.3:
        title, org = random.choice(JOBS), random.choice(ORGS)
        records.add(store, JOB, {"contact": str(person.id), "org": org, "title": title})
        person.jobs.append((title, org))


def _add_consents(store: Store, random: Random, people: list[Person]) -> None:
    """Record consents; contacts that share an address share its states."""
    known: dict[tuple[str, str], str] = {}  # by address and purpose, the newest
    for person in people:
        person.consents = known
        for address in email_keys(person):
            if random.random() < 0.6:
                purpose, status = random.choice(PURPOSES), random.choice(STATUSES)
                consents.record(store, person.id, purpose, status, addresses=[address])
                known[address, purpose] = status


def _add_partners(store: Store, random: Random, people: list[Person]) -> None:
    """Let the first organizations be partners who registered or referred contacts."""
    partners, created = people[:2], "2026-10-01T00:00:00Z"
    with store.transaction():
        for each in partners:
            columns = {"contact_id": each.id, "type": "dealer", "from_on": "2026-01-01"}
            store.insert("partner", uid=new_uid(), **columns, created_at=created)
        for person in people[2:]:
            partner = random.choice(partners)
            if random.random() < 0.2:
                columns = {"contact_id": person.id, "partner_id": partner.id}
                days = {"on_date": "2026-01-01", "until_on": "2026-03-01"}
                store.insert("registration", uid=new_uid(), **columns, **days, created_at=created)
                person.partners.append(partner.draft.name)
            if random.random() < 0.2:
                columns = {"contact_id": person.id, "other_id": partner.id}
                store.insert("relation", kind="referred by", **columns)
                person.partners.append(partner.draft.name)
                person.relations.append("referred by")
                partner.relations.append("referred by")
            if random.random() < 0.3:
                person.asked.append(_day(random, -400, 0))
                asked = person.asked[0].isoformat()
                store.insert("testimonial", uid=new_uid(), contact_id=person.id, asked_on=asked)


def email_keys(person: Person, *, usable: bool = False) -> list[str]:
    """Return the keys of the email addresses of a contact; ``usable`` ones are not opted out."""
    points = [each for each in person.draft.points if each.kind == "email"]
    refused = {email_key(each.value) for each in points if each.opted_out and usable}
    return [key for each in points if (key := email_key(each.value)) not in refused]


def _add_claim(store: Store, contact_id: int, user: str, until: dt.date) -> None:
    """Claim a contact; the claim may have ended, which the program refuses for a new one."""
    columns = CLAIM.normalize(contact_id=contact_id, owner=user, until_on=until.isoformat())
    with store.transaction():
        store.insert("claim", uid=new_uid(), **columns, created_at="2026-10-01T00:00:00Z")


def _add_reminder(store: Store, random: Random, person: Person) -> Reminder:
    time = dt.time(14, 30) if random.random() < 0.3 else None
    made = Reminder(
        random.choice(TASKS), _day(random, -30, 90), random.random() < 0.5, random.random() < 0.8
    )
    added = reminders.add(
        store, person.id, made.text, DayTime(made.day, time), promise=made.promise
    )
    if not made.is_open:
        reminders.done(store, added.id)
    return made


def _add_sale(store: Store, random: Random, person: Person) -> Sale:
    currency = random.choice(CURRENCIES)
    amount = random.choice((100_000, 50_000, 1_000, 120_050, -1_000))
    cost = random.choice((None, 30_000, 0))
    sold = Sale(_day(random, -400, 0), amount, currency, cost, _some(random, PRODUCTS, 0.4))
    if amount < 0:
        sold.product = ""
    lines = (sales.LineDraft(sold.product),) if sold.product else ()
    costs = None if cost is None else Money(cost, currency)
    sales.sell(
        store, person.id, Money(amount, currency), when=DayTime(sold.day), cost=costs, lines=lines
    )
    return sold
