"""The index card as lines: tab, head over a red rule, facts and ruled parts, with what each names.

A line may hold a target: what enter, copy and open mean there.
"""

from collections.abc import Iterable, Iterator
from itertools import zip_longest
from typing import NamedTuple

from cardcrm.reports import card_text
from cardcrm.reports.card import FullCard
from cardcrm.reports.revenue import Month
from cardcrm.sheet import Line
from cardcrm.text import clean, shorten, width
from cardcrm.tui.widgets.charts import spark
from cardcrm.tui.widgets.line_list import Span

LONGEST = 200  # lines of one text that are shown; a note may have ten thousand
_KINDS = {"phone": "phone", "email": "e-mail", "web": "web", "social": "social"}


class Target(NamedTuple):
    """What a line names: kind ``card``, ``point``, ``reminder``, ``interaction``, ``sale`` or
    ``text``; the id of the thing, its text, and the contact point's kind.
    """

    kind: str
    id: int
    text: str
    point: str = ""


class CardLine(NamedTuple):
    """One line inside the card: its spans, and its target if it has one.

    ``style`` is ``body`` for a written line, ``head`` for those above the red rule, ``rule`` for
    the rules themselves.
    """

    spans: tuple[Span, ...]
    target: Target | None = None
    style: str = "body"


def card_lines(card: FullCard, months: tuple[Month, ...], room: int, kind: str) -> list[CardLine]:
    """All lines of the card in so many cells; ``kind`` is the timeline's filter."""
    return [
        *_head(card, room),
        CardLine((Span("━" * room, "head"),), style="rule"),
        *_facts(card, months, room),
        *_to_do(card, room),
        *_timeline(card, room, kind),
        *_sales(card, room),
        *_people(card, room),
    ]


def wrap(text: str, room: int) -> list[str]:
    """Foreign text made safe and broken into lines of so many cells, at blanks where there are."""
    room = max(room, 4)
    lines: list[str] = []
    for paragraph in clean(text, newlines=True).split("\n"):
        lines += _broken(paragraph.expandtabs(4), room)
        if len(lines) > LONGEST:
            return [*lines[:LONGEST], "…"]
    return lines


def _broken(paragraph: str, room: int) -> Iterator[str]:
    line = ""
    for word in paragraph.split(" "):
        joined = f"{line} {word}" if line else word
        if width(joined) <= room:
            line = joined
            continue
        if line:
            yield line
        *full, line = _pieces(word, room)
        yield from full
    yield line


def _pieces(word: str, room: int) -> list[str]:
    """A word in pieces that fit; most words are one."""
    if width(word) <= room:
        return [word]
    pieces, start = [], 0
    while start < len(word):
        ahead = word[start : start + 4 * room]  # not all of it: it may be very long
        at = _break(ahead, room)
        pieces.append(ahead[:at])
        start += at
    return pieces


def _break(word: str, room: int) -> int:
    """Where to break a word that is too long: an e-mail address before its @, another address at
    a sign between its parts, and what has none where the room ends.
    """
    most = _fitting(word, room)
    if most == len(word):
        return most
    at = word.find("@", 1, most + 1)
    if at > 0 and width(word[at:]) <= room:
        return at
    signs = (n for n in range(most, max(most // 2, 1), -1) if _is_joint(word, n))
    return next(signs, most)


def _is_joint(word: str, at: int) -> bool:
    """Whether two parts of an address meet there: before a dot or @, behind other signs."""
    return word[at] in ".@?&#" or word[at - 1] in "/-_=+,;:"


def _fitting(word: str, room: int) -> int:
    """How many letters of a word fit into so many cells; one at least."""
    cells = 0
    for at, letter in enumerate(word):
        cells += width(letter)
        if cells > room:
            return max(at, 1)
    return len(word)


# the head


def _head(card: FullCard, room: int) -> Iterator[CardLine]:
    contact = card.details.contact
    number = f"#{contact.id}"
    name = shorten(clean(contact.name), room - len(number) - 2)
    gap = " " * (room - width(name) - len(number))
    yield CardLine((Span(name, "title"), Span(gap), Span(number, "dim")), style="head")
    role = card_text.role_words(contact)
    if role:
        target = Target("card", contact.org_id, contact.org) if contact.org_id else None
        yield CardLine((Span(shorten(clean(role), room)),), target, "head")
    status = [
        "organisation" if contact.kind == "org" else "",
        contact.stage,
        f"owner {contact.owner}" if contact.owner else "",
        contact.source,
    ]
    yield from _with_tags(" · ".join(filter(None, map(clean, status))), card.details.tags, room)


def _with_tags(status: str, tags: Iterable[str], room: int) -> Iterator[CardLine]:
    """Stage and owner to the left, tags to the right where they fit, else below."""
    shown = " ".join(f"[{clean(tag)}]" for tag in tags)
    gap = room - width(status) - width(shown)
    if gap >= 2 or not shown:
        spans = (Span(status, "dim"), Span(" " * max(gap, 0)), Span(shown, "tag"))
        yield CardLine(spans, style="head")
        return
    yield CardLine((Span(shorten(status, room), "dim"),), style="head")
    for line in wrap(shown, room):
        yield CardLine((Span(line, "tag"),), style="head")


# the facts


def _facts(card: FullCard, months: tuple[Month, ...], room: int) -> Iterator[CardLine]:
    rows = list(_told(card))
    label_room = _widest(line for label, _, _ in rows for line in wrap(label, max(10, room // 3)))
    for label, value, target in rows:
        style = "link" if target is not None else ""
        yield from _labelled(label, value, label_room, room, target, style)
        if label == "worth":
            yield from _spark(months, label_room, room)


def _spark(months: tuple[Month, ...], label_room: int, room: int) -> Iterator[CardLine]:
    """The revenue of the months since the first sale among them."""
    amounts = [month.revenue.minor for month in months]
    while amounts and amounts[0] <= 0:
        del amounts[0]
    amounts = amounts[-max(room - label_room - 14, 1) :]
    if len(amounts) > 1:
        note = f"  {len(amounts)} months"
        lead = Span(" " * (label_room + 2))
        yield CardLine((lead, Span(spark(amounts), "good"), Span(note, "dim")))


def _labelled(
    label: str, value: str, label_room: int, room: int, target: Target | None, style: str
) -> Iterator[CardLine]:
    """A label in a column of its own, its value beside it; both are wrapped."""
    labels, texts = wrap(label, label_room), wrap(value, room - label_room - 2)
    for number, (name, line) in enumerate(zip_longest(labels, texts, fillvalue="")):
        start = name + " " * (label_room - width(name) + 2)
        yield CardLine((Span(start, "dim"), Span(line, style)), target if not number else None)


def _told(card: FullCard) -> Iterator[tuple[str, str, Target | None]]:
    """Label, value and target of every fact."""
    details = card.details
    yield from _points(card)
    for number, address in enumerate(details.addresses):
        yield "" if number else "address", card_text.address_words(address), None
    for day in details.days:
        yield day.label, card_text.yearly_words(day, card.today), None
    if details.nicknames:
        yield "known as", ", ".join(details.nicknames), None
    for relation in details.relations:
        target = Target("card", relation.other_id, relation.other)
        yield card_text.relation_label(relation), relation.other, target
    for value in card_text.shown_fields(details):
        yield value.label, value.text, None
    for label, text in card_text.cadence_facts(card):
        yield label, text, None
    for number, worth in enumerate(card.worth):
        yield "" if number else "worth", card_text.worth_words(worth, card.today), None
    if details.contact.note:
        yield "note", details.contact.note, None


def _points(card: FullCard) -> Iterator[tuple[str, str, Target | None]]:
    for kind, label in _KINDS.items():
        points = (point for point in card.details.points if point.kind == kind)
        for number, point in enumerate(points):
            target = Target("point", point.id, point.value, kind)
            yield "" if number else label, card_text.point_words(point), target


# the ruled parts


def _section(title: str, room: int, note: str = "") -> CardLine:
    tail = f" {note} " if note else ""
    line = "─" * max(room - width(title) - width(tail) - 4, 0)
    spans = (
        Span("─ ", "rule"), Span(title, "section"), Span(f" {line}", "rule"), Span(tail, "dim"),
        Span("─", "rule"),
    )  # fmt: skip
    return CardLine(spans, style="rule")


def _to_do(card: FullCard, room: int) -> Iterator[CardLine]:
    if not card.reminders:
        return
    yield _section("To do", room)
    told = [(each, card_text.reminder_line(each, card)) for each in card.reminders]
    days = _widest(line.when for _, line in told)
    for reminder, line in told:
        target = Target("reminder", reminder.id, reminder.text)
        style = {"red": "late", "yellow": "soon"}.get(line.style, "")
        aligned = line._replace(when=line.when.ljust(days))
        yield from _entry(aligned, room, target, style, mark_room=1)


def _entry(
    line: Line, room: int, target: Target | None, style: str = "", mark_room: int = 0
) -> Iterator[CardLine]:
    """A line of a section: mark and day, the text wrapped below each other, its note at the end."""
    when = shorten(line.when, room - 4)
    start = (line.mark.ljust(mark_room) + " " if line.mark else "") + when + "  "
    indent = len(start)
    if indent > room // 2:  # a narrow card: the text goes below
        yield CardLine((Span(start, style or "dim"),), target)
        start, indent, target = "  ", 2, None
    texts = wrap(line.text, room - indent)
    for number, text in enumerate(texts):
        lead = Span(start, style or "dim") if not number else Span(" " * indent)
        spans = [lead, Span(text)]
        note = clean(line.note)
        if number == len(texts) - 1 and note:
            if indent + width(text) + 2 + width(note) <= room:
                spans.append(Span(f"  {note}", "dim"))
            else:
                yield CardLine(tuple(spans), target if not number else None)
                for rest in wrap(note, room - indent):
                    yield CardLine((Span(" " * indent), Span(rest, "dim")))
                return
        yield CardLine(tuple(spans), target if not number else None)


def _timeline(card: FullCard, room: int, kind: str) -> Iterator[CardLine]:
    if not card.history and not kind:
        return
    what = f"{kind}s only" if kind else ""
    yield _section("Timeline", room, f"{what} {card.history_count:,}".strip())
    told = [(each, card_text.happening_line(each, card)) for each in card.history]
    days, kinds = _widest(line.when for _, line in told), _widest(line.mark for _, line in told)
    for happening, line in told:
        target = Target("interaction", happening.interaction.id, happening.interaction.text)
        start = f"{line.when:{days}}  {line.mark:{kinds}}"
        yield from _entry(Line("", start, line.text, "", line.note), room, target)
    left = card.history_count - len(card.history)
    if left > 0:
        yield CardLine((Span(f"… {left:,} before", "dim"),))
    if not card.history:
        yield CardLine((Span(f"no {kind}s yet", "dim"),))


def _widest(texts: Iterable[str]) -> int:
    return max(map(width, texts), default=0)


def _sales(card: FullCard, room: int) -> Iterator[CardLine]:
    if not card.sales:
        return
    yield _section("Sales", room, f"{card.sales_count:,}")
    shown = [card_text.sale_line(each, card.today) for each in card.sales]
    days, amounts = _widest(line.mark for line in shown), _widest(line.when for line in shown)
    for bought, line in zip(card.sales, shown, strict=True):
        start = f"{line.mark:{days}}  {line.when:>{amounts}}"
        target = Target("sale", bought.sale.id, f"{line.when} {line.text}".strip())
        yield from _entry(Line("", start, line.text, "", line.note), room, target)
    left = card.sales_count - len(card.sales)
    if left > 0:
        yield CardLine((Span(f"… {left:,} before", "dim"),))


def _people(card: FullCard, room: int) -> Iterator[CardLine]:
    if not card.people:
        return
    yield _section("People", room, f"{len(card.people):,}")
    for each in card.people:
        title = f"  {clean(each.title)}" if each.title else ""
        name = shorten(clean(each.name), room)
        spans = (Span(name, "link"), Span(shorten(title, max(room - width(name), 0)), "dim"))
        yield CardLine(spans, Target("card", each.id, each.name))
