"""Lay out a contact in brief: the card for the minute before a call."""

import datetime as dt
from collections.abc import Iterator, Sequence

from cardcrm.dates.anniversaries import next_anniversary
from cardcrm.money import format_money
from cardcrm.records.contacts.contacts import Anniversary
from cardcrm.reports.alerts.alert_data import describe_alert
from cardcrm.reports.alerts.alert_queries import Alert
from cardcrm.reports.card import CardData
from cardcrm.reports.card_sections import (
    build_deal_line,
    build_invoice_line,
    build_reminder_line,
    build_sale_line,
    build_timeline_line,
    describe_wait,
)
from cardcrm.reports.card_text import (
    Fact,
    build_cadence_facts,
    format_anniversary,
    format_claims,
    format_contact_point,
    format_membership,
    format_partnerships,
    format_role,
    format_status,
    format_value,
)
from cardcrm.reports.leads.active_leads import describe_request
from cardcrm.sheet import Card, Line, Section
from cardcrm.text import cell_width, shorten

_SOON = 30  # days; a birthday within them is mentioned before a call
# One less for each further fact (attempt, lead, deal, unpaid invoice, alert) but one.
_MAX_REMINDERS = 3
MAX_ALERTS = 1
_MAX_NOTE = (
    115,
    62,
)  # cells of a note, without an alert and with one, which takes one of two lines


def build_brief_card(
    card: CardData,
    data: dict[str, object],
    alerts: Sequence[Alert] = (),
    best_hour: str | None = None,
) -> Card:
    """Return the card for the minute before a call, at most 23 lines of 80 cells.

    An alert gives way to a lead, a deal and an unpaid invoice together. ``best_hour`` is the hour
    at which the contact answers calls best, if that is known.
    """
    contact = card.details.contact
    name = shorten(contact.name, 50)
    further = sum(map(bool, (card.leads, card.deals, _describe_unpaid(card))))
    shown = alerts[:MAX_ALERTS] if further < _MAX_REMINDERS else ()
    further += len(shown) + len(list(build_cadence_facts(card))[1:])
    return Card(
        title=name,
        corner=f"#{contact.id}",
        subtitle=shorten(format_role(contact), 70),
        tags=_fit_tags(card.details.tags, 74 - cell_width(name)),
        status=(
            ("stage", contact.stage),
            ("status", format_status(contact)),
            ("MVC", format_membership(contact)),
            ("owner", shorten(contact.owner, 30)),
            ("claimed by", shorten(format_claims(card), 40)),
            ("partner", shorten(format_partnerships(card), 40)),
        ),
        facts=(
            *(
                (each.label, each.text)
                for each in _build_brief_facts(card, _MAX_NOTE[further > 0], best_hour)
            ),
            *(("alert", describe_alert(each, 62)) for each in shown),
        ),
        sections=tuple(
            filter(
                None,
                (
                    _build_brief_reminders(card, _MAX_REMINDERS - max(0, further - 1)),
                    _build_recent_section(card),
                ),
            )
        ),
        data=data,
    )


def _fit_tags(tags: Sequence[str], cells: int) -> tuple[str, ...]:
    """Return the tags that fit beside the name, and the number of further tags."""
    shown: list[str] = []
    for tag in tags:
        cells -= cell_width(tag) + 3  # the brackets and a space
        reserved = 0 if len(shown) == len(tags) - 1 else 5  # for the number of further tags
        if cells < reserved:
            return (*shown, f"+{len(tags) - len(shown)}")
        shown.append(tag)
    return tuple(shown)


def _build_brief_reminders(card: CardData, most: int) -> Section | None:
    count = len(card.reminders)
    if not count:
        return None
    first = sorted(card.reminders, key=lambda each: not each.promise)[:most]
    # With few reminders, the first may use the lines that the others leave.
    room = [54 + 51 * (most - len(first)), *([54] * (len(first) - 1))]
    lines = tuple(
        _cut_line(build_reminder_line(each, card, brief=True), cells)
        for each, cells in zip(first, room, strict=True)
    )
    return Section("To do" if count <= most else f"To do: {most} of {count}", lines)


def _build_recent_section(card: CardData) -> Section | None:
    lines = [build_timeline_line(each, card, brief=True) for each in card.history[:3]]
    cut = [_cut_line(line, 54 if at else 105) for at, line in enumerate(lines)]
    return Section("Recent", tuple(cut)) if lines else None


def _cut_line(line: Line, cells: int) -> Line:
    """Return the line cut to ``cells``; the text is shortened before the note."""
    text = " ".join(line.text.split())
    note = shorten(line.note, cells // 2)
    return Line(line.mark, line.when, shorten(text, cells - len(note) - 2), line.style, note)


def _build_brief_facts(card: CardData, note_cells: int, best_hour: str | None) -> Iterator[Fact]:
    points = [point for point in card.details.points if not point.invalid]
    for kind in ("phone", "email"):
        mine = [format_contact_point(point) for point in points if point.kind == kind][:2]
        if mine:
            best = f"; answers best at {best_hour}" if best_hour and kind == "phone" else ""
            yield Fact(kind, shorten(", ".join(mine), 64 - len(best)) + best)
    for day in card.details.days:
        is_active = card.details.contact.status == "active"
        if day.label == "birthday" and is_active and _is_soon(day, card.today):
            yield Fact(day.label, format_anniversary(day, card.today, card.details.contact))
    for fact in build_cadence_facts(card):
        yield fact._replace(text=shorten(fact.text, 64))
    if card.values:
        others = "".join(f" + {format_money(value.revenue)}" for value in card.values[1:])
        yield Fact("value", shorten(format_value(card.values[0], card.today) + others, 64))
    orders = [each for each in card.sales if each.sale.amount.minor > 0] or card.sales
    for entry in orders[:1]:
        line = build_sale_line(entry, card.today)
        yield Fact("bought", shorten(f"{line.text} for {line.when}, {line.mark}", 62))
    yield from _build_open_facts(card)
    if card.details.contact.note:
        yield Fact("note", shorten(" ".join(card.details.contact.note.split()), note_cells))


def _build_open_facts(card: CardData) -> Iterator[Fact]:
    """Yield the open leads, the open deals and the overdue invoices."""
    if card.leads:
        yield Fact("lead", _describe_leads(card))
    if card.deals:
        yield Fact("deal", _describe_deals(card))
    if unpaid := _describe_unpaid(card):
        yield Fact("unpaid", unpaid)


def _describe_leads(card: CardData) -> str:
    """Return the newest lead, and the number of further ones."""
    lead = card.leads[0]
    more = f" + {len(card.leads) - 1} more" if len(card.leads) > 1 else ""
    rest = f"; {describe_wait(lead, card.today)}{more}"
    request = describe_request(lead.text) or "no text"
    return f"{lead.status}: {shorten(request, 62 - len(lead.status) - len(rest))}{rest}"


def _describe_deals(card: CardData) -> str:
    """Return the deal that closes next, and the number of further ones."""
    line = build_deal_line(card.deals[0], card)
    more = f" + {len(card.deals) - 1} more" if len(card.deals) > 1 else ""
    notes = line.note.rpartition(", ")[0]
    return shorten(f"{line.when}: {line.text}, {notes}", 64 - len(more)) + more


def _describe_unpaid(card: CardData) -> str:
    """Return the overdue invoice that was due first, and the number of further ones."""
    late = [each for each in card.invoices if each.due_on < card.today.isoformat()]
    if not late:
        return ""
    line = build_invoice_line(late[0], card)
    more = f" + {len(late) - 1} more" if len(late) > 1 else ""
    return shorten(f"{line.when}: {line.text}, {line.note}", 64 - len(more)) + more


def _is_soon(day: Anniversary, today: dt.date) -> bool:
    following = next_anniversary(day.day, today)
    return following is not None and (following - today).days <= _SOON
