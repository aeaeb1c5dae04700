"""What stands on a card: all that is known of a contact as a Card, in full or in brief."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from cardcrm import dates
from cardcrm.date_parser import MONTHS
from cardcrm.money import format_money, format_quantity
from cardcrm.records.activity.reminders import Reminder
from cardcrm.records.contacts import merged_ids
from cardcrm.records.contacts.contact_points import ContactPoint
from cardcrm.records.contacts.contacts import Address, Anniversary, Contact, Details, Relation
from cardcrm.records.contacts.custom_fields import FieldValue
from cardcrm.reports.card import Bought, FullCard, Happening, Worth
from cardcrm.sheet import Card, Line, Section, Style
from cardcrm.text import shorten, width

Fact = tuple[str, str]

_SOON = 30  # days: a birthday nearer than this is worth a word in a call
_MOST_TODO = 3
MOST_SALES = 5
_DIRECTIONS = {"in": "incoming", "out": "outgoing", "": ""}
_POINTS = {"phone": "phone", "email": "e-mail", "web": "web", "social": "social"}
_MUTUAL = frozenset(
    {"spouse", "partner", "partner of", "sibling", "friend", "colleague", "cousin", "neighbour"}
)


def whole(card: FullCard, data: dict[str, object], *, all_sales: bool = False) -> Card:
    """The card with all that is on it."""
    contact = card.details.contact
    sections = (_to_do(card), _timeline(card), _sales(card, all_sales=all_sales), _people(card))
    return Card(
        title=contact.name,
        corner=f"#{contact.id}",
        subtitle=role_words(contact),
        tags=card.details.tags,
        status=(
            ("kind", "organisation" if contact.kind == "org" else ""),
            ("stage", contact.stage),
            ("owner", contact.owner),
            ("source", contact.source),
        ),
        facts=tuple(_facts(card)),
        sections=tuple(section for section in sections if section),
        data=data,
    )


def brief(card: FullCard, data: dict[str, object]) -> Card:
    """What to know in the minute before a call: never more than 23 lines of 80 cells."""
    contact = card.details.contact
    name = shorten(contact.name, 50)
    return Card(
        title=name,
        corner=f"#{contact.id}",
        subtitle=shorten(role_words(contact), 70),
        tags=_few_tags(card.details.tags, 74 - width(name)),
        status=(("stage", contact.stage), ("owner", shorten(contact.owner, 30))),
        facts=tuple(_brief_facts(card)),
        sections=tuple(filter(None, (_brief_to_do(card), _last_said(card)))),
        data=data,
    )


def _few_tags(tags: Sequence[str], cells: int) -> tuple[str, ...]:
    """As many tags as stand beside the name, and how many more there are."""
    shown: list[str] = []
    for tag in tags:
        cells -= width(tag) + 3  # its brackets and a blank
        if cells < (0 if len(shown) == len(tags) - 1 else 5):  # room for how many more
            return (*shown, f"+{len(tags) - len(shown)}")
        shown.append(tag)
    return tuple(shown)


def role_words(contact: Contact) -> str:
    """``head of buying at Acme``."""
    return " at ".join(filter(None, (contact.title, contact.org)))


# the facts


def _facts(card: FullCard) -> Iterator[Fact]:
    details = card.details
    for kind, label in _POINTS.items():
        yield from _labelled(
            label, (point_words(point) for point in details.points if point.kind == kind)
        )
    yield from _labelled("address", map(address_words, details.addresses))
    for day in details.days:
        yield day.label, yearly_words(day, card.today)
    yield from _labelled("known as", [", ".join(details.nicknames)])
    for relation in details.relations:
        yield relation_label(relation), f"{relation.other} #{relation.other_id}"
    for value in shown_fields(details):
        yield value.label, value.text
    yield from cadence_facts(card)
    yield from _labelled("worth", [worth_words(worth, card.today) for worth in card.worth])
    yield from _labelled("note", [details.contact.note])


def shown_fields(details: Details) -> Iterator[FieldValue]:
    """The custom fields for people; by what merged cards were known is for programs alone."""
    return (value for value in details.fields if value.label != merged_ids.LABEL)


def _labelled(label: str, values: Iterable[str]) -> Iterator[Fact]:
    """Values under one label, which stands beside the first alone."""
    for number, value in enumerate(filter(None, values)):
        yield "" if number else label, value


def point_words(point: ContactPoint) -> str:
    """A contact point with its label and what is wrong with it."""
    marks = [
        point.label,
        "opted out" if point.opted_out else "",
        "no longer valid" if point.invalid else "",
    ]
    told = ", ".join(filter(None, marks))
    return f"{point.value} ({told})" if told else point.value


def address_words(address: Address) -> str:
    """An address in one line."""
    town = " ".join(filter(None, (address.city, address.postcode)))
    place = ", ".join(filter(None, (address.street, town, address.region, address.country)))
    return f"{place} ({address.label})" if address.label else place


def yearly_words(day: Anniversary, today: dt.date) -> str:
    """``17 May 1980, 46 in 6 months``: the day, and the years it makes when it comes next."""
    year, month, number = day.day[:-6], int(day.day[-5:-3]), int(day.day[-2:])
    written = f"{number} {MONTHS[month - 1]}" + (f" {year}" if year != "-" else "")
    following = dates.next_yearly(day.day, today)
    years = dates.age_on(day.day, following)
    return f"{written}, {f'{years} ' if years else ''}{dates.ago(following, today)}"


def relation_label(relation: Relation) -> str:
    """The kind as it reads on this card: where it was written on the other one, turned round."""
    kind = relation.kind
    if not relation.inverse or kind in _MUTUAL or kind.endswith(" with"):
        return kind
    for ending, turned in ((" by", ""), (" of", ""), (" at", " here")):
        if kind.endswith(ending):
            return kind.removesuffix(ending) + turned
    return f"{kind} of"


def cadence_facts(card: FullCard) -> Iterator[Fact]:
    """When they were last in touch, and when the cadence asks for the next time."""
    contact, today = card.details.contact, card.today
    told = [f"every {_days(contact.cadence_days)}" if contact.cadence_days else ""]
    if contact.last_on:
        last = dt.date.fromisoformat(contact.last_on)
        told.append(f"last {dates.show_day(last, today)} ({dates.ago(last, today)})")
    elif contact.cadence_days:
        told.append("never yet")
    if contact.touch_on:
        by = dt.date.fromisoformat(contact.touch_on)
        told.append(
            ("losing touch since " if by < today else "again by ") + dates.show_day(by, today)
        )
    yield from _labelled("in touch", [", ".join(filter(None, told))])


def _days(count: int) -> str:
    return "day" if count == 1 else f"{count} days"


# what is open


def _to_do(card: FullCard) -> Section | None:
    lines = tuple(reminder_line(each, card) for each in card.reminders)
    return Section("To do", lines) if lines else None


def _brief_to_do(card: FullCard) -> Section | None:
    count = len(card.reminders)
    if not count:
        return None
    first = sorted(card.reminders, key=lambda each: not each.promise)[:_MOST_TODO]
    # Where few are open, the first may say more, in the lines that the others leave.
    room = [54 + 51 * (_MOST_TODO - len(first)), *([54] * (len(first) - 1))]
    lines = tuple(
        _cut(reminder_line(each, card, brief=True), cells)
        for each, cells in zip(first, room, strict=True)
    )
    return Section("To do" if count <= _MOST_TODO else f"To do: {_MOST_TODO} of {count}", lines)


def reminder_line(reminder: Reminder, card: FullCard, *, brief: bool = False) -> Line:
    """A reminder: when, what, and how late; in brief without its rule and number."""
    day, time = dates.kept_when(reminder.due_on, reminder.due_at, card.zone)
    late = day < card.today
    when = dates.show_day(day, card.today) + (f" {time:%H:%M}" if time else "")
    notes = [
        _late(day, card.today) if late else dates.ago(day, card.today),
        "promised" if reminder.promise else "",
    ]
    if not brief:
        notes += [
            _rule(reminder.rule),
            f"priority {reminder.priority}" if reminder.priority else "",
            f"for {reminder.owner}" if reminder.owner else "",
            f"#{reminder.id}",
        ]
    style: Style = "red" if late else "yellow" if day == card.today else ""
    mark = "!" if reminder.promise else "-"
    return Line(mark, when, reminder.text, style, _joined(notes))


def _joined(notes: Iterable[str]) -> str:
    return ", ".join(filter(None, notes))


def _late(day: dt.date, today: dt.date) -> str:
    days = (today - day).days
    return "1 day late" if days == 1 else f"{days} days late"


def _rule(rule: str) -> str:
    if not rule:
        return ""
    from cardcrm.recurrence import describe_every

    return describe_every(rule)


# what was said


def _timeline(card: FullCard) -> Section | None:
    if not card.history:
        return None
    left = card.history_count - len(card.history)
    note = f"and {left:,} before; --all shows them" if left else ""
    return Section(
        "Timeline", tuple(happening_line(each, card) for each in card.history), note=note
    )


def _last_said(card: FullCard) -> Section | None:
    lines = [happening_line(each, card, brief=True) for each in card.history[:3]]
    cut = [_cut(line, 54 if at else 105) for at, line in enumerate(lines)]
    return Section("Last said", tuple(cut)) if lines else None


def happening_line(happening: Happening, card: FullCard, *, brief: bool = False) -> Line:
    """An interaction: its kind, when, what was said and who else took part."""
    told = happening.interaction
    day = dt.date.fromisoformat(told.on_date)
    others = [name for id_, name in happening.people if id_ != card.details.contact.id]
    notes = [
        dates.ago(day, card.today),
        _DIRECTIONS[told.direction],
        told.outcome,
        f"with {_and(others)}" if others else "",
    ]
    if not brief:
        notes += [f"{told.minutes} min" if told.minutes else "", f"#{told.id}"]
    return Line(told.kind, dates.show_day(day, card.today), told.text, "", _joined(notes))


def _and(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _cut(line: Line, cells: int) -> Line:
    """The line with text and note in so many cells, the text giving way before the note."""
    text = " ".join(line.text.split())
    note = shorten(line.note, cells // 2)
    return Line(line.mark, line.when, shorten(text, cells - len(note) - 2), line.style, note)


# what was bought


def _sales(card: FullCard, *, all_sales: bool) -> Section | None:
    if not card.sales:
        return None
    shown = card.sales if all_sales else card.sales[:MOST_SALES]
    left = card.sales_count - len(shown)
    note = f"and {left:,} before; --all shows them" if left else ""
    wide = max(len(format_money(each.sale.amount)) for each in shown)
    return Section("Sales", tuple(sale_line(each, card.today, wide) for each in shown), note=note)


def sale_line(bought: Bought, today: dt.date, wide: int = 0) -> Line:
    """Day, amount (set to the right in ``wide`` cells) and what was bought."""
    sale = bought.sale
    day = dt.date.fromisoformat(sale.on_date)
    what = ", ".join(_quantity(line.quantity) + line.product for line in bought.lines)
    notes = [
        dates.ago(day, today),
        "refund" if sale.amount.minor < 0 else "",
        sale.text if what and sale.text not in (what, _products(bought)) else "",
        f"ref {sale.ref}" if sale.ref else "",
        f"#{sale.id}",
    ]
    amount = format_money(sale.amount).rjust(wide)
    return Line(dates.show_day(day, today), amount, what or sale.text, "", _joined(notes))


def _products(bought: Bought) -> str:
    """What a sale is called where nobody named it."""
    return ", ".join(line.product for line in bought.lines)


def _quantity(thousandths: int) -> str:
    return "" if thousandths == 1000 else f"{format_quantity(thousandths)} × "


def worth_words(worth: Worth, today: dt.date) -> str:
    """Revenue, orders, the average order, and since when; or why there is none."""
    told, paid = format_money(worth.revenue), worth.revenue.minor
    if not worth.orders:
        return f"{told}: nothing bought, but paid back" if paid else f"{told}: nothing paid so far"
    orders = f"{worth.orders:,} orders since {dates.show_day(worth.first, today)}"
    told = f"{told} in {'1 order' if worth.orders == 1 else orders}"
    if paid <= 0:
        return f"{told}, {'more than that' if paid else 'all of it'} paid back"
    average = f", {format_money(worth.average, code=False)} on average" if worth.average else ""
    return told if worth.orders == 1 else f"{told}{average}"


def _people(card: FullCard) -> Section | None:
    lines = tuple(Line("", f"#{each.id}", each.name, "", each.title) for each in card.people)
    return Section("People", lines) if lines else None


# in brief


def _brief_facts(card: FullCard) -> Iterator[Fact]:
    points = [point for point in card.details.points if not point.invalid]
    for kind in ("phone", "email"):
        mine = [point_words(point) for point in points if point.kind == kind][:2]
        if mine:
            yield _POINTS[kind], shorten(", ".join(mine), 64)
    for day in card.details.days:
        if day.label == "birthday" and _near(day, card.today):
            yield day.label, yearly_words(day, card.today)
    for label, text in cadence_facts(card):
        yield label, shorten(text, 64)
    if card.worth:
        others = "".join(f" + {format_money(worth.revenue)}" for worth in card.worth[1:])
        yield "worth", shorten(worth_words(card.worth[0], card.today) + others, 64)
    orders = [each for each in card.sales if each.sale.amount.minor > 0] or card.sales
    for bought in orders[:1]:
        line = sale_line(bought, card.today)
        yield "bought", shorten(f"{line.text} for {line.when}, {line.mark}", 62)
    if card.details.contact.note:
        yield "note", shorten(" ".join(card.details.contact.note.split()), 115)


def _near(day: Anniversary, today: dt.date) -> bool:
    return (dates.next_yearly(day.day, today) - today).days <= _SOON
