"""The lines of the desk beside the list of the day, as many as there is room for."""

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from cardcrm.block_characters import bar
from cardcrm.dates.date_parts import MONTHS
from cardcrm.money import Money
from cardcrm.reports.desk.desk import Desk
from cardcrm.reports.desk.month_to_date import MonthToDate, same_day_before
from cardcrm.reports.desk.next_days import DayLoad
from cardcrm.reports.desk.progress import Progress
from cardcrm.reports.desk.recent_changes import RecentChanges, describe_author
from cardcrm.reports.desk.stage_totals import StageTotal
from cardcrm.text import cell_width as width_of
from cardcrm.tui.widgets.amounts import format_whole
from cardcrm.tui.widgets.card_lines import wrap
from cardcrm.tui.widgets.line_list import Span, fit

_LABEL = 11  # cells of the label of a line
_DAY = 3  # cells of a day
_NAME = 20  # cells of a stage at most
_COUNT = 6
_BAR = 12
_AMOUNT = 15
_MOST_IN_DAY = 99
_MOST_AUTHORS = 4
_SATURDAY = 5

Line = list[Span]
Section = list[Line]


def draw(desk: Desk, width: int, height: int) -> list[Line]:
    """Return the lines for a size: with less room shorter sections, then no gaps between them."""
    for is_short in (False, True):
        sections = [each for each in _sections(desk, width - 1, is_short=is_short) if each]
        lines = _join(sections, gap=1)
        if len(lines) <= height:
            return lines
    return _join(sections, gap=0)[:height]


def _join(sections: Sequence[Section], gap: int) -> list[Line]:
    lines: list[Line] = []
    for section in sections:
        lines += [[]] * gap if lines else []
        lines += section
    return lines


def _sections(desk: Desk, width: int, *, is_short: bool) -> Iterator[Section]:
    yield list(_draw_days(desk.days, width))
    yield _draw_progress(desk.progress, width)
    yield list(_draw_revenue(desk.revenue, desk.today, width))
    yield from _draw_stages(desk.stages, width, is_short=is_short)
    yield list(_draw_changes(desk.changes, width, most=1 if is_short else 2))


def _heading(title: str, width: int, note: str = "") -> Line:
    rest = f" {note}" if note else ""
    rule = "─" * max(width - width_of(title) - width_of(rest) - 2, 0)
    return [Span(f" {title} ", "section"), Span(f"{rule}{rest}", "dim")]


# the next days


def _draw_days(days: Sequence[DayLoad], width: int) -> Iterator[Line]:
    yield _heading(f"Next {len(days)} days", width)
    yield _day_line("", days, [f"{each.day:%a}"[:2] for each in days], is_head=True)
    yield _day_line("", days, [f"{each.day.day}" for each in days], is_head=True)
    counts = (
        ("follow-ups", [each.reminders for each in days]),
        ("promises", [each.promises for each in days]),
        ("deals", [each.closes for each in days]),
        ("invoices", [each.invoices for each in days]),
    )
    for label, numbers in counts:
        if any(numbers):
            yield _day_line(label, days, list(map(_format_count, numbers)))
    if not any(any(numbers) for _, numbers in counts):
        yield [Span(" Nothing is planned.", "dim")]


def _format_count(number: int) -> str:
    if number > _MOST_IN_DAY:
        return f"{_MOST_IN_DAY}+"
    return f"{number}" if number else "·"


def _day_line(
    label: str, days: Sequence[DayLoad], texts: Sequence[str], *, is_head: bool = False
) -> Line:
    """Return a line with a text for each day: weekends are dim, and today stands out."""
    spans = [Span(fit(f" {label}", _LABEL), "dim")]
    for number, (each, text) in enumerate(zip(days, texts, strict=True)):
        style = "dim" if each.day.weekday() >= _SATURDAY or text == "·" else ""
        if is_head and not number:
            style = "title"
        spans.append(Span(f"{text:>{_DAY}}", style))
    return spans


# today, and this month


def _draw_progress(progress: Progress, width: int) -> Section:
    if not progress.planned:
        return []
    text = f" {progress.done:,} of {progress.planned:,}"
    room = width - _LABEL - width_of(text)
    filled = bar(progress.done / progress.planned, room).rstrip()
    rest = "·" * (room - len(filled))
    return [
        [
            Span(fit(" Done today", _LABEL + 1), "section"),
            Span(filled, "good"),
            Span(rest[:-1], "dim"),
            Span(text),
        ]
    ]


def _draw_revenue(rows: Sequence[MonthToDate], today: dt.date, width: int) -> Iterator[Line]:
    if not rows:
        return
    before = same_day_before(today)
    month = MONTHS[before.month - 1][:3]
    days = f"{month} 1–{before.day}" if before.day > 1 else f"{month} 1"
    yield _heading(f"Revenue in {MONTHS[today.month - 1]}", width)
    for each in rows:
        yield [
            Span(fit(_format_amount(each.revenue), _AMOUNT + 1, right=True), "bold"),
            Span(f"   {days}: ", "dim"),
            Span(fit(format_whole(each.before), _AMOUNT - 4)),
            _format_change(each.change),
        ]


def _format_change(change: float | None) -> Span:
    if change is None:
        return Span("")
    percent = round(100 * change)
    sign, style = ("▲", "good") if percent > 0 else ("▼", "late") if percent < 0 else ("=", "dim")
    return Span(f"{sign} {abs(percent):,}%", style)


# the open deals


class _Group(NamedTuple):
    """Some open deals under a name."""

    name: str
    deals: int
    amounts: Sequence[Money]


def _draw_stages(stages: Sequence[StageTotal], width: int, *, is_short: bool) -> Iterator[Section]:
    """Yield the deals of each pipeline by stage, or those of all pipelines in a line each."""
    if not stages:
        return
    pipelines = [(name, list(each)) for name, each in groupby(stages, lambda each: each.pipeline)]
    if is_short and len(pipelines) > 1:
        groups = [_add_up(name, each) for name, each in pipelines]
        heading = _heading("Open deals", width, f"{sum(each.deals for each in stages):,}")
        yield [heading, *_draw_groups(groups, _Columns.of(groups, width))]
        return
    columns = _Columns.of([_Group(each.stage, each.deals, ()) for each in stages], width)
    for name, each in pipelines:
        title = "Open deals" if len(pipelines) == 1 else f"Open deals · {name}"
        groups = [_Group(part.stage, part.deals, part.amounts) for part in each]
        heading = _heading(title, width, f"{sum(part.deals for part in each):,}")
        yield [heading, *_draw_groups(groups, columns)]


def _add_up(name: str, stages: Sequence[StageTotal]) -> _Group:
    sums: dict[str, int] = {}
    for amount in (each for stage in stages for each in stage.amounts):
        sums[amount.currency] = sums.get(amount.currency, 0) + amount.minor
    amounts = [Money(minor, currency) for currency, minor in sorted(sums.items())]
    return _Group(name, sum(each.deals for each in stages), amounts)


class _Columns(NamedTuple):
    """The cells for names and bars, and the number of deals that the longest bar stands for."""

    name: int
    bar: int
    most: int

    @classmethod
    def of(cls, groups: Sequence[_Group], width: int) -> "_Columns":
        """Return the columns of all groups that are one below the other."""
        longest = max(width_of(each.name) for each in groups) + 1
        name = max(min(longest, _NAME), _LABEL)
        room = max(width - name - _COUNT - _AMOUNT - 3, 1)
        return cls(name, min(room, _BAR), max(each.deals for each in groups))


def _draw_groups(groups: Sequence[_Group], columns: _Columns) -> Iterator[Line]:
    for each in groups:
        first, *others = [_format_amount(amount) for amount in each.amounts] or [""]
        yield [
            Span(fit(f" {each.name}", columns.name), ""),
            Span(f"{each.deals:>{_COUNT},}", "bold"),
            Span(fit(first, _AMOUNT + 1, right=True) + "  ", ""),
            Span("━" * max(round(columns.bar * each.deals / columns.most), 1), "tag"),
        ]
        for text in others:
            yield [Span(fit(text, columns.name + _COUNT + _AMOUNT + 1, right=True))]


def _format_amount(amount: Money) -> str:
    return f"{format_whole(amount)} {amount.currency}"


# the changes


def _draw_changes(changes: RecentChanges, width: int, most: int) -> Iterator[Line]:
    if not changes.authors:
        return
    yield _heading("Since yesterday", width, "the latest changes" if changes.has_more else "")
    for each in changes.authors[:_MOST_AUTHORS]:
        name = "you" if each.is_me else each.author
        label = fit(f" {name}", max(_LABEL, min(width_of(name) + 2, 2 * _LABEL)))
        room = width - width_of(label)
        lines = wrap(describe_author(each), room)
        shown = [*lines[: most - 1], fit(" ".join(lines[most - 1 :]), room)]
        for number, text in enumerate(shown):
            yield [Span(" " * width_of(label) if number else label, "bold"), Span(text)]
    if rest := len(changes.authors[_MOST_AUTHORS:]):
        yield [Span(f" and {rest:,} more {'user' if rest == 1 else 'users'}", "dim")]
