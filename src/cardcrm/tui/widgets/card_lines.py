"""The lines of a contact's card: the name above a red rule, facts, and ruled sections.

A line may have a target: the record that opening, copying or deleting the line means.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

from cardcrm.block_characters import sparkline
from cardcrm.money import Money, format_money
from cardcrm.reports import card_sections, card_text
from cardcrm.reports.alerts.alert_queries import Alert
from cardcrm.reports.card import CardData
from cardcrm.reports.card_text import Target
from cardcrm.reports.revenue import MonthRevenue
from cardcrm.sheet import Line
from cardcrm.text import cell_width, sanitize, shorten
from cardcrm.tui.widgets.line_list import Span

MAX_LINES = 200  # of one text; a note may have ten thousand


class CardLine(NamedTuple):
    """One line of the card, with its target if it has one.

    ``style`` is ``head`` above the red rule, ``rule`` for rules, and ``body`` for other lines.
    """

    spans: tuple[Span, ...]
    target: Target | None = None
    style: str = "body"


def card_lines(
    card: CardData,
    months: tuple[MonthRevenue, ...],
    room: int,
    kind: str,
    alerts: Sequence[Alert] = (),
) -> list[CardLine]:
    """Return all lines of the card; ``kind`` is the timeline's filter."""
    return [
        *head_lines(card, room),
        CardLine((Span("━" * room, "head"),), style="rule"),
        *_facts(card, months, room),
        *_reminders(card, room),
        *_alerts(alerts, room),
        *_timeline(card, room, kind),
        *_sales(card, room),
        *_people(card, room),
    ]


def wrap(text: str, room: int, most: int = MAX_LINES) -> list[str]:
    """Return a text without control characters, wrapped at blanks into lines of ``room`` cells."""
    room = max(room, 4)
    lines: list[str] = []
    for paragraph in sanitize(text, newlines=True).split("\n"):
        lines += _wrap_paragraph(paragraph.expandtabs(4), room)
        if len(lines) > most:
            return [*lines[:most], "…"]
    return lines


def _wrap_paragraph(paragraph: str, room: int) -> Iterator[str]:
    line = ""
    for word in paragraph.split(" "):
        joined = f"{line} {word}" if line else word
        if cell_width(joined) <= room:
            line = joined
            continue
        if line:
            yield line
        *full, line = _pieces(word, room)
        yield from full
    yield line


def _pieces(word: str, room: int) -> list[str]:
    """Return a word in pieces that fit; most words are one piece."""
    if cell_width(word) <= room:
        return [word]
    pieces, start = [], 0
    while start < len(word):
        window = word[start : start + 4 * room]  # a word may be very long
        at = _break_position(window, room)
        pieces.append(window[:at])
        start += at
    return pieces


def _break_position(word: str, room: int) -> int:
    """Return where to break a word that is too long.

    An email address is broken before its @, another address at punctuation, any other word where
    the room ends.
    """
    most = _count_fitting(word, room)
    if most == len(word):
        return most
    at = word.find("@", 1, most + 1)
    if at > 0 and cell_width(word[at:]) <= room:
        return at
    joints = (n for n in range(most, max(most // 2, 1), -1) if _is_joint(word, n))
    return next(joints, most)


def _is_joint(word: str, at: int) -> bool:
    """Return whether a break reads well: before a dot or @, after other punctuation."""
    return word[at] in ".@?&#" or word[at - 1] in "/-_=+,;:"


def _count_fitting(word: str, room: int) -> int:
    """Return how many characters of a word fit; at least one."""
    cells = 0
    for at, letter in enumerate(word):
        cells += cell_width(letter)
        if cells > room:
            return max(at, 1)
    return len(word)


# the head


def head_lines(card: CardData, room: int) -> Iterator[CardLine]:
    """Yield the name, the role, and the status with the tags."""
    contact = card.details.contact
    number = f"#{contact.id}"
    name = shorten(sanitize(contact.name), room - len(number) - 2)
    gap = " " * (room - cell_width(name) - len(number))
    yield CardLine((Span(name, "title"), Span(gap), Span(number, "dim")), style="head")
    role = card_text.format_role(contact)
    if role:
        target = Target("contact", contact.org_id, contact.org) if contact.org_id else None
        yield CardLine((Span(shorten(sanitize(role), room)),), target, "head")
    status = [
        "organization" if contact.kind == "org" else "",
        contact.stage,
        card_text.format_status(contact),
        "MVC member" if contact.mvc_since else "",
        f"owner {contact.owner}" if contact.owner else "",
        f"claimed by {claimed}" if (claimed := card_text.format_claims(card)) else "",
        contact.source,
    ]
    yield from _with_tags(" · ".join(filter(None, map(sanitize, status))), card.details.tags, room)


def _with_tags(status: str, tags: Iterable[str], room: int) -> Iterator[CardLine]:
    """Yield status and tags in one line if both fit, else the tags below."""
    shown = " ".join(f"[{sanitize(tag)}]" for tag in tags)
    gap = room - cell_width(status) - cell_width(shown)
    if gap >= 2 or not shown:
        spans = (Span(status, "dim"), Span(" " * max(gap, 0)), Span(shown, "tag"))
        yield CardLine(spans, style="head")
        return
    yield CardLine((Span(shorten(status, room), "dim"),), style="head")
    for line in wrap(shown, room):
        yield CardLine((Span(line, "tag"),), style="head")


# the facts


def _facts(card: CardData, months: tuple[MonthRevenue, ...], room: int) -> Iterator[CardLine]:
    rows = list(card_text.build_facts(card))
    label_room = widest(line for label, _, _ in rows for line in wrap(label, max(10, room // 3)))
    for label, value, target in rows:
        style = "link" if target is not None else ""
        yield from labeled_lines(label, value, label_room, room, target, style)
        if label == "value":
            yield from sparkline_lines(months, label_room, room)


def sparkline_lines(
    months: tuple[MonthRevenue, ...], label_room: int, room: int
) -> Iterator[CardLine]:
    """Yield the revenue by month since the first sale."""
    amounts = [month.revenue.minor for month in months]
    while amounts and amounts[0] <= 0:
        del amounts[0]
    amounts = amounts[-max(room - label_room - 14, 1) :]
    if len(amounts) > 1:
        note = f"  {len(amounts)} months"
        lead = Span(" " * (label_room + 2))
        yield CardLine((lead, Span(sparkline(amounts), "good"), Span(note, "dim")))


def labeled_lines(
    label: str, value: str, label_room: int, room: int, target: Target | None, style: str
) -> Iterator[CardLine]:
    """Yield a label and its value beside it, both wrapped."""
    labels, texts = wrap(label, label_room), wrap(value, room - label_room - 2)
    for number, (name, line) in enumerate(zip_longest(labels, texts, fillvalue="")):
        start = name + " " * (label_room - cell_width(name) + 2)
        yield CardLine((Span(start, "dim"), Span(line, style)), target if not number else None)


# the sections


def section_line(title: str, room: int, note: str = "") -> CardLine:
    """Return the heading of a section."""
    tail = f" {note} " if note else ""
    line = "─" * max(room - cell_width(title) - cell_width(tail) - 4, 0)
    spans = (
        Span("─ ", "rule"), Span(title, "section"), Span(f" {line}", "rule"), Span(tail, "dim"),
        Span("─", "rule"),
    )  # fmt: skip
    return CardLine(spans, style="rule")


def _reminders(card: CardData, room: int) -> Iterator[CardLine]:
    if not card.reminders:
        return
    yield section_line("To do", room)
    lines = [card_sections.build_reminder_line(each, card) for each in card.reminders]
    days = widest(line.when for line in lines)
    for each, line in zip(card.reminders, lines, strict=True):
        target = Target("reminder", each.id, each.text)
        style = {"red": "late", "yellow": "soon"}.get(line.style, "dim")
        yield from entry_lines(f"{line.mark} {line.when:{days}}", line, room, target, style)


def _alerts(alerts: Sequence[Alert], room: int) -> Iterator[CardLine]:
    if not alerts:
        return
    yield section_line("Alerts", room)
    kinds = widest(each.kind for each in alerts)
    for each in alerts:
        value = format_money(Money(each.amount, each.currency))
        line = Line("", "", each.what, "", f"{value}, A{each.id}")
        target = Target("alert", each.id, each.what)
        yield from entry_lines(f"{each.kind:{kinds}}", line, room, target)


def _timeline(card: CardData, room: int, kind: str) -> Iterator[CardLine]:
    if not card.history and not kind:
        return
    filter_ = f"{kind}s only" if kind else ""
    yield section_line("Timeline", room, f"{filter_} {card.history_count:,}".strip())
    lines = [card_sections.build_timeline_line(each, card) for each in card.history]
    days, kinds = widest(line.when for line in lines), widest(line.mark for line in lines)
    for each, line in zip(card.history, lines, strict=True):
        target = Target("interaction", each.interaction.id, each.interaction.text)
        yield from entry_lines(f"{line.when:{days}}  {line.mark:{kinds}}", line, room, target)
    yield from _older(card.history_count - len(card.history))
    if not card.history:
        yield CardLine((Span(f"no {kind}s yet", "dim"),))


def _sales(card: CardData, room: int) -> Iterator[CardLine]:
    if not card.sales:
        return
    yield section_line("Sales", room, f"{card.sales_count:,}")
    lines = [card_sections.build_sale_line(each, card.today) for each in card.sales]
    days, amounts = widest(line.mark for line in lines), widest(line.when for line in lines)
    for each, line in zip(card.sales, lines, strict=True):
        target = Target("sale", each.sale.id, f"{line.when} {line.text}".strip())
        yield from entry_lines(f"{line.mark:{days}}  {line.when:>{amounts}}", line, room, target)
    yield from _older(card.sales_count - len(card.sales))


def widest(texts: Iterable[str]) -> int:
    """Return the cells of the widest text, 0 for none."""
    return max(map(cell_width, texts), default=0)


def _older(count: int) -> Iterator[CardLine]:
    if count > 0:
        yield CardLine((Span(f"… {count:,} older", "dim"),))


def entry_lines(
    start: str, line: Line, room: int, target: Target | None, style: str = "dim"
) -> Iterator[CardLine]:
    """Yield a section's entry: its start, the wrapped text beside it, and its note at the end."""
    start = shorten(start, room - 2) + "  "
    indent = len(start)
    if indent > room // 2:  # a narrow card: the text goes below
        yield CardLine((Span(start, style),), target)
        start, indent, target = "  ", 2, None
    *texts, last = wrap(line.text, room - indent)
    note = sanitize(line.note)
    has_room = indent + cell_width(last) + 2 + cell_width(note) <= room
    rows: list[tuple[Span, ...]] = [(Span(text),) for text in (*texts, last)]
    if note and has_room:
        rows[-1] = (Span(last), Span(f"  {note}", "dim"))
    elif note:
        rows += [(Span(rest, "dim"),) for rest in wrap(note, room - indent)]
    for number, spans in enumerate(rows):
        lead = Span(" " * indent) if number else Span(start, style)
        yield CardLine((lead, *spans), None if number else target)


def _people(card: CardData, room: int) -> Iterator[CardLine]:
    if not card.employees:
        return
    yield section_line("People", room, f"{len(card.employees):,}")
    for each in card.employees:
        title = f"  {sanitize(each.title)}" if each.title else ""
        name = shorten(sanitize(each.name), room)
        spans = (Span(name, "link"), Span(shorten(title, max(room - cell_width(name), 0)), "dim"))
        yield CardLine(spans, Target("contact", each.id, each.name))
