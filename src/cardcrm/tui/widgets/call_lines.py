"""The lines of a card in call mode: the number, what is due, the deal, the sales, the last words.

On a wide card the last words are beside the rest.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from cardcrm import dates
from cardcrm.records.activity.reminders import Reminder
from cardcrm.records.deals.stored_deals import Deal
from cardcrm.reports import card_sections, card_text
from cardcrm.reports.calls.call_facts import CallFacts, PhoneNumber
from cardcrm.reports.calls.call_score import describe_opening
from cardcrm.reports.card import CardData
from cardcrm.text import cell_width, sanitize
from cardcrm.tui.call_reading import CallView
from cardcrm.tui.call_session import CallResult, CallTask
from cardcrm.tui.widgets.card_lines import (
    CardLine,
    entry_lines,
    head_lines,
    section_line,
    sparkline_lines,
    widest,
    wrap,
)
from cardcrm.tui.widgets.line_list import Span

if TYPE_CHECKING:
    from cardcrm.sheet import Line

SIDE_BY_SIDE = 96  # cells of a card from which on the last words are beside the rest
_LABELS = 8  # cells of the labels, with the blank behind them
_MOST_STEPS = 4
_MOST_DEALS = 3
_GAP = "   "


class Row(NamedTuple):
    """A labeled text of the card, and its style."""

    label: str
    text: str
    style: str = ""


def call_lines(
    view: CallView, task: CallTask, result: CallResult | None, room: int
) -> list[CardLine]:
    """Return the lines of the card of a contact."""
    if view.screen_card is None or view.facts is None:
        return []
    card = view.screen_card.card
    news = [*filter(None, (view.news, f"Done: {result.words}" if result else ""))]
    top = [
        *head_lines(card, room),
        CardLine((Span("━" * room, "head"),), style="rule"),
        *(CardLine((Span(line, "late"),)) for each in news for line in wrap(each, room)),
    ]
    is_wide = room >= SIDE_BY_SIDE
    left_room = (room - len(_GAP)) // 2 if is_wide else room
    left = list(_lay_out_rows(_list_rows(card, view.facts, task), left_room))
    left += _bought(view, left_room)
    words = list(_last_words(card, room - left_room - len(_GAP) if is_wide else room))
    if not is_wide:
        return [*top, *left, *words]
    return [*top, *_beside(left, words, left_room)]


def _beside(
    left: Sequence[CardLine], right: Sequence[CardLine], left_room: int
) -> Iterator[CardLine]:
    """Yield the lines of two columns."""
    for one, other in zip_longest(left, right, fillvalue=CardLine(())):
        used = sum(cell_width(span.text) for span in one.spans)
        gap = Span(" " * (left_room - used) + _GAP)
        yield CardLine((*one.spans, gap, *other.spans) if other.spans else one.spans)


def _lay_out_rows(rows: Iterator[Row], room: int) -> Iterator[CardLine]:
    """Yield labeled texts; a label that repeats the one above is left out."""
    last = ""
    for label, text, style in rows:
        shown = "" if label == last else label
        for number, line in enumerate(wrap(text, room - _LABELS)):
            lead = "" if number else shown
            spans = (Span(f"{lead:{_LABELS}}", "dim"), Span(line, style))
            yield CardLine(spans)
        last = label


def _list_rows(card: CardData, facts: CallFacts, task: CallTask) -> Iterator[Row]:
    yield from _list_numbers(card, facts)
    yield Row(
        "time", describe_time(facts, card.details.contact.timezone), "soon" * bool(facts.opens)
    )
    yield from (Row("team", each, "soon") for each in facts.colleagues)
    if task.reason:
        yield Row("why", task.reason)
    yield from (Row("to do", *_step(each, card, facts)) for each in card.reminders[:_MOST_STEPS])
    if len(card.reminders) > _MOST_STEPS:
        yield Row("to do", f"… {len(card.reminders) - _MOST_STEPS:,} more", "dim")
    for deal in card.deals[:_MOST_DEALS]:
        yield Row(f"deal {deal.id}"[: _LABELS - 1], _describe_deal(deal, card))
    if len(card.deals) > _MOST_DEALS:
        yield Row("", f"… {len(card.deals) - _MOST_DEALS:,} more deals", "dim")
    for each in card.invoices[:1]:
        line = card_sections.build_invoice_line(each, card)
        style = "late" if line.style else ""
        yield Row("unpaid", f"{line.text}, {line.when}, {line.note}", style)


def _list_numbers(card: CardData, facts: CallFacts) -> Iterator[Row]:
    """Yield the numbers to ring, then those not to ring; without one, the email address."""
    yield from (Row("call", _describe_number(each), "title") for each in facts.to_call)
    for each in facts.numbers:
        if not each.is_usable:
            why = "opted out: don't call" if each.is_opted_out else "wrong number"
            yield Row("no call", f"{_describe_number(each)} ({why})", "late")
    if not facts.to_call:
        mails = [each for each in card.details.points if each.kind == "email"]
        if not facts.numbers:
            yield Row("call", "no phone number", "late")
        yield from (Row("mail", card_text.format_contact_point(each)) for each in mails)


def _describe_number(number: PhoneNumber) -> str:
    return "  ".join(filter(None, (number.value, number.label, number.org)))


def describe_time(facts: CallFacts, zone: str) -> str:
    """Return the time where the contact is, and whether it is open."""
    there = f" there ({zone})" if zone else ""
    if facts.opens is not None:
        state = f"closed until {describe_opening(facts.opens, facts.local)}"
        state += "" if facts.hours else " by usual hours"
    else:
        state = "open now" if facts.hours else ""
    hours = f" ({facts.hours})" if facts.hours else ""
    return f"{facts.local:%a %H:%M}{there}{', ' if state else ''}{state}{hours}"


def _step(reminder: Reminder, card: CardData, facts: CallFacts) -> tuple[str, str]:
    """Return a reminder and its style; the one that the call is about says so."""
    line = card_sections.build_reminder_line(reminder, card, brief=True)
    is_about = facts.about is not None and facts.about.id == reminder.id
    mark = f"{'▸' if is_about else ' '} {'! ' if reminder.promise else ''}"
    style = {"red": "late", "yellow": "soon"}.get(line.style, "")
    return f"{mark}{line.text} · {line.when}, {line.note.partition(', promised')[0]}", style


def _describe_deal(deal: Deal, card: CardData) -> str:
    line = card_sections.build_deal_line(deal, card)
    steps = [each for each in card.reminders if each.deal_id == deal.id]
    step = f"next: {steps[0].text}" if steps else "no next step"
    return f"{line.text}: {line.when}, {line.note.rpartition(', ')[0]}; {step}"


def _bought(view: CallView, room: int) -> Iterator[CardLine]:
    """Yield the value of the contact, its spark line and its last sale."""
    assert view.screen_card is not None
    card = view.screen_card.card
    values = [Row("bought", card_text.format_value(each, card.today)) for each in card.values[:1]]
    yield from _lay_out_rows(iter(values), room)
    yield from sparkline_lines(view.screen_card.months, _LABELS - 2, room)
    if card.sales:
        line = card_sections.build_sale_line(card.sales[0], card.today)
        sale = Row("sale", f"{line.mark}  {line.when}  {line.text}".rstrip())
        yield from _lay_out_rows(iter([sale]), room)


def _last_words(card: CardData, room: int) -> Iterator[CardLine]:
    """Yield the last interactions, the newest first."""
    yield section_line("Last words", room, f"{card.history_count:,}")
    if not card.history:
        yield CardLine((Span("none yet", "dim"),))
        return
    lines: list[Line] = [
        card_sections.build_timeline_line(each, card, brief=True) for each in card.history
    ]
    days, kinds = widest(line.when for line in lines), widest(line.mark for line in lines)
    for line in lines:
        start = f"{line.when:{days}}  {line.mark:{kinds}}"
        yield from entry_lines(start, line, room, None)


def describe_due(due: dates.DayTime, today: dt.date) -> str:
    """Return the day of a step, with its time if it has one."""
    return dates.format_day(due.day, today) + (f" {due.time:%H:%M}" if due.time else "")


def finish_lines(texts: Sequence[str], room: int) -> list[CardLine]:
    """Return the lines of the last card: the first text is its title."""
    first, *others = texts
    title = [CardLine((Span(line, "title"),), style="head") for line in wrap(first, room)]
    rule = CardLine((Span("━" * room, "head"),), style="rule")
    rest = [CardLine((Span(line),)) for each in others for line in wrap(sanitize(each), room)]
    return [*title, rule, *rest]
