"""The digest of what is due, as words: for the terminal, for cron's mail and for a notification.

Each entry is made so that the call can be made from it alone: when and how late, who and what, how
to reach them and what was said last. Names and what is to be done are wrapped, never cut; only the
last note is shortened, to what one more line holds.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from cardcrm import dates
from cardcrm.text import clean, shorten
from cardcrm.text import width as cell_width

if TYPE_CHECKING:
    from cardcrm.reports.due import Day, Digest, Lost, Part, Task
    from cardcrm.reports.due_contacts import Callee, Last

PIPE_WIDTH = 80
_WIDEST = 120
_LEAST_NOTE = 24  # cells that the last note gets on the line of the phone number
_BOLD, _DIM, _RED, _YELLOW = "1", "2", "1;31", "1;33"


class Entry(NamedTuple):
    """One thing that is due, in safe words. ``number`` is what `done` takes; ``extra`` follows what
    is to be done, in brackets.
    """

    when: str
    who: str
    what: str
    extra: str
    reach: str
    last: str
    number: str = ""
    promise: bool = False


class Block(NamedTuple):
    """A part of the digest with its head; ``more`` says what is not shown."""

    title: str
    entries: tuple[Entry, ...]
    more: str = ""
    late: bool = False


def blocks(digest: "Digest") -> list[Block]:
    """The parts that hold anything, in the order in which they matter."""
    today = digest.date
    labels = {day.label for day in digest.days.rows}
    days = "Birthdays" if labels == {"birthday"} else "Days to remember"
    coming = "Tomorrow" if digest.ahead == 1 else f"Coming {digest.ahead} days"
    found = (
        _block("Overdue", digest.overdue, [_task(each, today) for each in digest.overdue.rows]),
        _block("Today", digest.today, [_task(each, today) for each in digest.today.rows]),
        _block(coming, digest.coming, [_task(each, today) for each in digest.coming.rows]),
        _block(
            "Losing touch", digest.losing_touch, [_lost(e, today) for e in digest.losing_touch.rows]
        ),
        _block(days, digest.days, [_day(each, today) for each in digest.days.rows]),
    )
    return [block for block in found if block.entries]


def _block(title: str, part: "Part[Any]", entries: Sequence[Entry]) -> Block:
    rest = part.total - len(entries)
    more = f"… and {'' if part.exact else 'more than '}{rest:,} more" if rest else ""
    return Block(f"{title} ({_number(part)})", tuple(entries), more, late=title == "Overdue")


def _number(part: "Part[Any]") -> str:
    return f"{part.total:,}" if part.exact else f"more than {part.total:,}"


def _task(task: "Task", today: dt.date) -> Entry:
    extra = [f"priority {task.priority}"] if task.priority else []
    if task.owner:
        extra.append(f"for {clean(task.owner)}")
    if task.rule:
        from cardcrm.recurrence import describe_every

        extra.append(describe_every(task.rule))
    return Entry(
        _when(task, today),
        _who(task.contact),
        clean(task.text),
        ", ".join(extra),
        _reach(task.contact),
        last_words(task.last, today),
        str(task.id),
        task.promise,
    )


def _when(task: "Task", today: dt.date) -> str:
    if task.due_on < today:
        return _late(task.due_on, today)
    at = f"{task.time:%H:%M}" if task.time else ""
    if task.due_on == today:
        return at or "today"
    return f"{_soon(task.due_on, today)} {at}".rstrip()


def _late(day: dt.date, today: dt.date) -> str:
    if day == today:
        return "today"
    return dates.ago(day, today).replace("yesterday", "1 day ago").replace(" ago", " late")


def _soon(day: dt.date, today: dt.date) -> str:
    return dates.ago(day, today) if (day - today).days < 2 else dates.show_day(day, today)


def _lost(lost: "Lost", today: dt.date) -> Entry:
    wanted = f"every {lost.cadence_days} days" if lost.cadence_days != 1 else "every day"
    return Entry(
        _late(lost.touch_on, today),
        _who(lost.contact),
        "",
        wanted,
        _reach(lost.contact),
        last_words(lost.last, today),
    )


def _day(day: "Day", today: dt.date) -> Entry:
    what = clean(day.label)
    if day.age:
        what += f", turns {day.age}" if day.label == "birthday" else f", {day.age} years"
    return Entry(
        _soon(day.on, today),
        _who(day.contact),
        what,
        "",
        _reach(day.contact),
        last_words(day.last, today),
    )


def _who(callee: "Callee") -> str:
    return clean(callee.name) + (f" ({clean(callee.org)})" if callee.org else "")


def _reach(callee: "Callee") -> str:
    return clean(callee.phone or callee.email) or "no phone or mail"


def last_words(last: "Last | None", today: dt.date) -> str:
    """The last contact in words: ``call 24 Oct (4 weeks ago): asked for a quote``."""
    if last is None:
        return "no contact yet"
    away = dates.ago(last.on, today)
    day = dates.show_day(last.on, today)
    if last.on.year == today.year:
        day = day.partition(" ")[2]  # without the weekday, which tells nothing here
    when = away if (today - last.on).days < 2 else f"{day} ({away})"
    text = clean(last.text)
    return f"{last.kind} {when}" + (f": {text}" if text else "")


def subject(digest: "Digest") -> str:
    """The digest in one line: ``2 overdue, 3 today``."""
    parts = (
        (digest.overdue, "overdue"),
        (digest.today, "today"),
        (digest.coming, "coming"),
        (digest.losing_touch, "losing touch"),
        (digest.days, "birthday" if digest.days.total == 1 else "birthdays"),
    )
    if any(day.label != "birthday" for day in digest.days.rows):
        parts = (*parts[:-1], (digest.days, "to remember"))
    return ", ".join(f"{_number(part)} {words}" for part, words in parts if part.rows)


def text(digest: "Digest", *, color: bool = False, width: int = 0) -> str:
    """The digest for a terminal of so many columns, or for a pipe (0), laid out for 80 then."""
    return "\n".join(_Pen(blocks(digest), color, width or PIPE_WIDTH).lines(digest)) + "\n"


Words = list[tuple[str, str]]  # each with its style


def _cells(text: str) -> int:
    """The cells that a text takes; our own … must not cost the loading of Rich."""
    return cell_width(text.replace("…", "."))


def _shortened(text: str, room: int) -> str:
    return text if _cells(text) <= room else shorten(text.replace(" …", ""), room)


def _parted(text: str, room: int) -> tuple[str, str]:
    """As many whole words as there is room for, and the rest; a word longer than that is cut."""
    if _cells(text) <= room:
        return text, ""
    end = text.rfind(" ", 0, room + 1)
    while end > 0 and _cells(text[:end]) > room:
        end = text.rfind(" ", 0, end)
    return (text[:end], text[end + 1 :]) if end > 0 else (_shortened(text, room), "")


class _Pen:
    """Draws a digest. Numbers, marks and times stand in columns of their own."""

    def __init__(self, found: Sequence[Block], color: bool, cells: int) -> None:
        self.blocks = found
        self.color = color
        self.cells = min(cells, _WIDEST)
        entries = [entry for block in found for entry in block.entries]
        self.number = max((len(entry.number) for entry in entries), default=0)
        self.when = max((len(entry.when) for entry in entries), default=0)
        self.hang = self.number + 5  # below the times, so that the last note has room
        self.indent = self.hang + self.when + 2

    def paint(self, text: str, codes: str) -> str:
        return f"\x1b[{codes}m{text}\x1b[0m" if codes and self.color else text

    def lines(self, digest: "Digest") -> Iterator[str]:
        """Every line of the digest."""
        day = dates.show_day(digest.date, digest.date)
        yield self.paint(f"{day} {digest.date.year}: {subject(digest)}", _BOLD)
        for block in self.blocks:
            yield ""
            yield self.paint(block.title, _RED if block.late else _BOLD)
            for entry in block.entries:
                yield from self.entry(entry, late=block.late)
            if block.more:
                yield self.paint("  " + block.more, _DIM)
        if any(entry.promise for block in self.blocks for entry in block.entries):
            yield ""
            yield self.paint("! was promised", _DIM)

    def entry(self, entry: Entry, *, late: bool) -> Iterator[str]:
        mark = self.paint("!", _YELLOW) if entry.promise else " "
        when = self.paint(entry.when.ljust(self.when), _RED if late else "")
        start = f"  {entry.number.rjust(self.number)} {mark} {when}  "
        who = entry.who + (":" if entry.what else "")
        words = [(word, _BOLD) for word in who.split()] + [(w, "") for w in entry.what.split()]
        if entry.extra:
            words += [(word, _DIM) for word in f"({entry.extra})".split()]
        for at, line in enumerate(self.wrapped(words)):
            yield (start if at == 0 else " " * self.indent) + line
        for line in self.reach(entry):
            yield " " * self.hang + line

    def reach(self, entry: Entry) -> Iterator[str]:
        """How to reach them and the last contact, on one line where it fits, else on two."""
        room = max(self.cells - self.hang, _LEAST_NOTE)
        left = room - _cells(entry.reach) - 3
        if left >= min(_LEAST_NOTE, _cells(entry.last)):
            first, rest = _parted(entry.last, left)
            yield entry.reach + self.paint(" · " + first, _DIM)
        else:
            rest = entry.last
            yield entry.reach
        if rest:
            yield self.paint(_shortened(rest, room), _DIM)

    def wrapped(self, words: Words) -> Iterator[str]:
        """Words in lines as wide as there is room; a word longer than that stands alone."""
        room = max(self.cells - self.indent, _LEAST_NOTE)
        if sum(_cells(word) + 1 for word, _ in words) <= room + 1:
            yield self.joined(words)
            return
        line: Words = []
        used = 0
        for word, style in words:
            needed = _cells(word) + bool(line)
            if line and used + needed > room:
                yield self.joined(line)
                line, used, needed = [], 0, _cells(word)
            line.append((word, style))
            used += needed
        yield self.joined(line)

    def joined(self, words: Iterable[tuple[str, str]]) -> str:
        runs = groupby(words, key=lambda pair: pair[1])
        return " ".join(self.paint(" ".join(word for word, _ in run), style) for style, run in runs)
