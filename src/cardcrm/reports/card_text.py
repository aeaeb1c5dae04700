"""Lay out a contact as a `Card`."""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from cardcrm import dates
from cardcrm.dates import anniversaries
from cardcrm.dates.anniversaries import age_on, next_anniversary
from cardcrm.money import format_money, format_quantity
from cardcrm.records.contacts.attachments import Media
from cardcrm.records.contacts.contact_points import ContactPoint
from cardcrm.records.contacts.contact_type import CONTACT
from cardcrm.records.contacts.contacts import Address, Anniversary, Contact, Details, Relation
from cardcrm.records.contacts.custom_fields import MERGED_FROM, FieldValue
from cardcrm.records.fields import format_partial_day
from cardcrm.records.partners.partnerships import REGISTERED, Partnership
from cardcrm.reports.card import CardData, ContactValue, Job
from cardcrm.reports.card_sections import build_sections
from cardcrm.sheet import Card
from cardcrm.text import normalize_line, shorten


class Target(NamedTuple):
    """The record that a line of a card shows: its kind, its id and its text.

    The kind is ``contact``, ``point``, ``reminder``, ``alert``, ``interaction`` or ``sale``;
    ``point`` is the kind of a contact point.
    """

    kind: str
    id: int
    text: str
    point: str = ""


class Fact(NamedTuple):
    """A label and a value, with the record they show if there is one.

    The label is empty if it is that of the fact above.
    """

    label: str
    text: str
    target: Target | None = None


_LONGEST_LINE = 80  # characters of an odd vCard property
_OTHER_FIELDS = [
    field for field in CONTACT.fields if field.key in ("role", "language", "timezone", "gender")
]
CONTACT_POINTS = ("phone", "email", "web", "social")  # in the order of use
_MUTUAL = frozenset(
    {"spouse", "partner", "partner of", "sibling", "friend", "colleague", "cousin", "neighbor",
     "neighbour"}
)  # fmt: skip


def build_card(card: CardData, data: dict[str, object], *, all_sales: bool = False) -> Card:
    """Return the full card."""
    contact = card.details.contact
    return Card(
        title=contact.name,
        corner=f"#{contact.id}",
        subtitle=format_role(contact),
        tags=card.details.tags,
        status=(
            ("kind", "organization" if contact.kind == "org" else ""),
            ("stage", contact.stage),
            ("status", format_status(contact)),
            ("MVC", format_membership(contact)),
            ("owner", contact.owner),
            ("claimed by", format_claims(card)),
            ("partner", format_partnerships(card)),
            ("source", contact.source),
        ),
        facts=tuple((each.label, _with_number(each)) for each in build_facts(card)),
        sections=tuple(build_sections(card, all_sales=all_sales)),
        data=data,
    )


def format_role(contact: Contact) -> str:
    """Return a role such as ``head of buying at Acme``."""
    return " at ".join(filter(None, (contact.title, contact.org)))


def format_status(contact: Contact) -> str:
    """Return the status, if it is not active, as most are."""
    return "" if contact.status == "active" else contact.status


def format_membership(contact: Contact) -> str:
    """Return ``member``, as in “MVC member”, for a member of the MVC program."""
    return "member" if contact.mvc_since else ""


def format_claims(card: CardData) -> str:
    """Return the users with a claim, and its last day: “bob until Sun 13 Dec”."""
    return ", ".join(
        f"{each.owner} until {dates.format_day(dt.date.fromisoformat(each.until_on), card.today)}"
        for each in card.claims
    )


def format_partnerships(card: CardData) -> str:
    """Return the agreement of a partner, or who has registered a lead: “Blooms until 28 Feb”."""
    return ", ".join(_format_partnership(each, card.today) for each in card.partnerships)


def _format_partnership(tie: Partnership, today: dt.date) -> str:
    until = tie.until_on and dates.format_day(dt.date.fromisoformat(tie.until_on), today)
    end = f" until {until}" if until else ""
    if tie.role == REGISTERED:
        return f"lead of {tie.partner}{end}"
    return f"{tie.role}, {format_quantity(tie.commission or 0)}%{end}"


# Facts


def build_facts(card: CardData) -> Iterator[Fact]:
    """Yield the facts about a contact."""
    details = card.details
    for kind in CONTACT_POINTS:
        points = (point for point in details.points if point.kind == kind)
        for number, point in enumerate(points):
            target = Target("point", point.id, point.value, kind)
            yield Fact("" if number else kind, format_contact_point(point), target)
    yield from _label_values("consent", format_consents(card))
    yield from _label_values("away", [format_absence(card)])
    addresses = (format_address(each, card.region) for each in details.addresses)
    yield from _label_values("address", addresses)
    for day in details.days:
        yield Fact(day.label, format_anniversary(day, card.today, details.contact))
    yield from _build_name_facts(details.contact)
    yield from _label_values("known as", [", ".join(details.nicknames)])
    for relation in details.relations:
        target = Target("contact", relation.other_id, relation.other)
        yield Fact(format_relation(relation), relation.other, target)
    for number, job in enumerate(card.jobs):
        target = Target("contact", job.other_id, job.other)
        yield Fact("" if number else "job", format_job(job, details.contact.kind), target)
    yield from _build_other_facts(details.contact)
    for value in _visible_fields(details):
        yield Fact(value.label, value.text)
    yield from _label_values("files", map(format_media, card.media))
    lines = (shorten(normalize_line(line), _LONGEST_LINE) for line in card.vcard_lines)
    yield from _label_values("other", lines)
    yield from build_cadence_facts(card)
    values = [format_value(value, card.today) for value in card.values]
    if card.converted:
        values.append(card.converted.describe(" in all"))
    yield from _label_values("value", values)
    yield from _label_values("note", [details.contact.note])


def _build_name_facts(contact: Contact) -> Iterator[Fact]:
    """Yield the name with all of its parts, where the name to show leaves some out."""
    if contact.prefix or contact.middle or contact.suffix or contact.stated:
        from cardcrm.records.contacts import names  # not needed for most contacts

        label = "person" if contact.kind == "org" else "full name"
        yield from _label_values(label, [names.describe_other_name(contact)])
    yield from _label_values("sorted as", [contact.sort_as])


def _build_other_facts(contact: Contact) -> Iterator[Fact]:
    for field in _OTHER_FIELDS:
        yield from _label_values(field.label, [getattr(contact, field.column)])


def format_consents(card: CardData) -> Iterator[str]:
    """Yield each purpose with its state, and the address where there are several.

    A consent to mail at an address that is opted out has no effect, so that is added.
    """
    several = len({each.address for each in card.consents}) > 1
    refused = {each.key for each in card.details.points if each.opted_out}
    for each in card.consents:
        day = dates.from_instant(each.at, card.zone).date().isoformat()
        state = "" if each.status == "given" else f" {each.status}"
        mark = ", but opted out" if each.status == "given" and each.address in refused else ""
        yield f"{each.purpose}{state} since {day}" + f" ({each.address})" * several + mark


def format_absence(card: CardData) -> str:
    """Return until when a contact is away, as an automatic answer said: ``until Sat 5 Dec``."""
    day = card.away_until
    return f"until {dates.format_day(day, card.today)}" if day else ""


def format_media(media: Media) -> str:
    """Return a photo, logo, sound or key: ``photo image/jpeg, 12 KB``."""
    size = f"{-(-media.size // 1000):,} KB" if media.size else media.uri
    return f"{media.kind} {', '.join(filter(None, (media.type, size)))}"


def _with_number(fact: Fact) -> str:
    """Return the text of a fact, with the number of the contact if it is only a name."""
    target = fact.target
    if target is None or target.kind != "contact" or fact.text != target.text:
        return fact.text
    return f"{fact.text} #{target.id}"


def _visible_fields(details: Details) -> Iterator[FieldValue]:
    """Return the custom fields for people, without the ids of merged contacts."""
    return (value for value in details.fields if value.label != MERGED_FROM)


def _label_values(label: str, values: Iterable[str]) -> Iterator[Fact]:
    """Yield values under one label, which appears beside the first only."""
    for number, value in enumerate(filter(None, values)):
        yield Fact("" if number else label, value)


def format_contact_point(point: ContactPoint) -> str:
    """Return a contact point with its label and any problem."""
    marks = [
        point.label,
        "opted out" if point.opted_out else "",
        "invalid" if point.invalid else "",
    ]
    notes = ", ".join(filter(None, marks))
    return f"{point.value} ({notes})" if notes else point.value


def format_address(address: Address, region: str = "") -> str:
    """Return an address on one line, as its country writes it, or else the ``region``."""
    town = _format_town(address, region)
    place = ", ".join(filter(None, (address.street, town, address.region, address.country)))
    if not place and address.latitude is not None:
        place = f"{address.latitude}, {address.longitude}"
    return f"{place} ({address.label})" if address.label else place


def _format_town(address: Address, region: str) -> str:
    """Return the town and the postcode: “Leeds LS1 4AP” or “10115 Berlin”."""
    if not (address.city and address.postcode):
        return address.city or address.postcode
    from cardcrm.records.contacts.countries import is_postcode_first

    parts = address.city, address.postcode
    is_first = is_postcode_first(address.country, region)
    return " ".join(reversed(parts) if is_first else parts)


def format_anniversary(day: Anniversary, today: dt.date, contact: Contact) -> str:
    """Return an anniversary and the years on its next day: ``17 May 1980, 46 in 6 months``.

    The next day is left out for a contact that is deceased or closed.
    """
    written, following = anniversaries.format_anniversary(day.day), next_anniversary(day.day, today)
    if following is None or contact.status != "active":
        return written
    years = age_on(day.day, following)
    return f"{written}, {f'{years} ' if years else ''}{dates.format_relative(following, today)}"


def format_relation(relation: Relation) -> str:
    """Return the kind of a relation, reversed if it was entered on the other contact."""
    kind = relation.kind
    if not relation.inverse or kind in _MUTUAL or kind.endswith(" with"):
        return kind
    for ending, reverse in ((" by", ""), (" of", ""), (" at", " here")):
        if kind.endswith(ending):
            return kind.removesuffix(ending) + reverse
    return f"{kind} of"


def format_job(job: Job, kind: str) -> str:
    """Return a job as a person's card shows it, or the card of an organization."""
    parts = (job.title, job.other) if kind == "person" else (job.other, job.title)
    link = " at " if kind == "person" else ", "
    start, end = map(format_partial_day, (job.start, job.end))
    span = f"{start} to {end}" if start and end else f"until {end}" if end else f"since {start}"
    return link.join(filter(None, parts)) + (f", {span}" if start or end else "")


def build_cadence_facts(card: CardData) -> Iterator[Fact]:
    """Yield the last touch and when the cadence asks for the next, then a later attempt."""
    contact, touch, today = card.details.contact, card.touch, card.today
    parts = [f"every {_count_days(touch.cadence_days)}{touch.reason}"] if touch else []
    if contact.touched_on:
        parts.append(f"last {_format_past(contact.touched_on, today)}")
    elif touch or contact.last_on:
        parts.append("not yet")
    if touch:
        parts.append(_format_next(touch.touch_by, contact.snoozed_until, today))
    if contact.cadence_days == 0:
        parts.append("no cadence wanted")
    untouched = contact.last_on if contact.last_on != contact.touched_on else None
    later = f"{_name_last(card)} {_format_past(untouched, today)}" if untouched else ""
    yield from _label_values("in touch", [", ".join(parts), later])


def _name_last(card: CardData) -> str:
    """Return what the last interaction was, if it did not reach the contact."""
    last_on = card.details.contact.last_on
    found = [each.interaction for each in card.history if each.interaction.on_date == last_on]
    if any(each.no_answer for each in found):
        return "unanswered attempt"
    return "note" if found else "note or attempt"


def _format_past(on: str, today: dt.date) -> str:
    day = dt.date.fromisoformat(on)
    return f"{dates.format_day(day, today)} ({dates.format_relative(day, today)})"


def _format_next(touch_by: str, snoozed_until: str | None, today: dt.date) -> str:
    """Return by when the next touch is wanted, or since when it is late."""
    by = dt.date.fromisoformat(touch_by)
    if by < today:
        return f"losing touch since {dates.format_day(by, today)}"
    verb = "snoozed until" if touch_by == snoozed_until else "next by"
    return f"{verb} {dates.format_day(by, today)}"


def _count_days(count: int) -> str:
    return "day" if count == 1 else f"{count} days"


def format_value(value: ContactValue, today: dt.date) -> str:
    """Return revenue, orders, their average, the day of the first sale, and whether of people."""
    people = "1 person" if value.people == 1 else f"{value.people:,} people"
    return _format_sums(value, today) + (f", with the sales of {people}" if value.people else "")


def _format_sums(value: ContactValue, today: dt.date) -> str:
    amount, paid = format_money(value.revenue), value.revenue.minor
    if not value.orders:
        return f"{amount}: only refunds" if paid else f"{amount}: nothing paid so far"
    orders = f"{value.orders:,} orders since {dates.format_day(value.first, today)}"
    summary = f"{amount} in {'1 order' if value.orders == 1 else orders}"
    if paid <= 0:
        return f"{summary}, {'more than that' if paid else 'all of it'} refunded"
    average = f", {format_money(value.average, code=False)} on average" if value.average else ""
    return summary if value.orders == 1 else f"{summary}{average}"
