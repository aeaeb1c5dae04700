"""Measure the screen in a pseudo-terminal: when it shows what, and how much memory it takes.

Every figure is of the whole program, from the key (or the start of the process) to the last byte
of the answer. The columns of the two scroll bars do not count: their thumbs shrink while more of a
list is read.
"""

import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.databases import Plan
from bench.in_process import COMMON, RARE
from bench.measure import Line, command, environment, percentile, report
from bench.shell import open_database
from bench.terminal import LINES, TIMEOUT, Frame, Lines, Terminal, time_to_show
from cardcrm.reports.insights.insight_list import INSIGHTS
from cardcrm.tui.screens.contacts import SEARCHING

PAINT = 1.5
MEMORY = 1.3
TYPED = 50.0
MOVED = 50.0
FLIPPED = 30.0

BARE = [sys.executable, str(Path(__file__).with_name("bare_app.py"))]
# Columns of a screen of 100, without those of the two scroll bars: on Today, and on the contacts.
TODAY = (slice(0, 54), slice(55, 99))
LIST, CARD = CONTACTS = (slice(0, 44), slice(45, 99))
TYPING = slice(0, 60)  # of the line with the search box; the count of contacts is to its right
BODY = slice(3, LINES - 1)  # lines below the search box and the tabs
# Seconds without output after which the screen is idle; it shows a notice for longer work.
OPENED, QUIET = 0.7, 0.25
FILTERS = ("tag:vip ", "city:leeds ")
BOTH = "stage:customer tag:school "
WRITTEN = ("tag:vip", "city:leeds", "stage:customer", "kind:org", "source:web")
NAMES = 6
STARTS = 9  # runs of each start, whose median hardly changes with more


def select_first_page(lines: Lines) -> object:
    """Return the first page without its scroll bars, which move when the rest of it is read."""
    return [[line[columns] for columns in TODAY] for line in lines]


def _all(lines: Lines) -> object:
    """Return the whole page of contacts without its scroll bars."""
    return [[line[columns] for columns in CONTACTS] for line in lines]


def _list(lines: Lines) -> object:
    """Return the list and the search box, without the count, which comes later."""
    return lines[1][TYPING], [line[LIST] for line in lines[BODY]]


def _card(lines: Lines) -> object:
    """Return the card."""
    return [line[CARD] for line in lines[BODY]]


@dataclass
class Start:
    """A program that is started many times: ms to its first full screen, and MiB by then."""

    words: Sequence[str]
    database: Path
    times: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)

    def run(self) -> None:
        """Start it once and wait for the first screen."""
        terminal = Terminal(self.words, environment(self.database))
        try:
            shown = terminal.wait_for_output(OPENED)
            taken = time_to_show(terminal.started, shown, select_first_page)
            assert taken is not None, "nothing was shown"
            self.times.append(taken)
            self.memory.append(terminal.memory().get("VmRSS", 0.0))
        finally:
            terminal.close()


def measure(plans: Sequence[Plan], runs: int) -> list[Line]:
    """Measure the first screen against a bare app, memory by database size, and every key."""
    small, large = plans[0], plans[-1]
    plans = (small, large)
    starts = {plan.name: Start(command("tui"), plan.path) for plan in plans}
    bare = Start(BARE, small.path)
    runs = min(runs, STARTS)
    for number in range(runs + 1):
        report(f"  start {number} of {runs}")
        for start in (bare, *starts.values()):
            start.run()
            if not number:
                start.times.clear()
                start.memory.clear()
    days = {plan.name: _day(plan, share=1 if plan is large else 3) for plan in plans}
    return [
        *(_painted(plan, starts[plan.name], bare) for plan in plans),
        _paint_insights(large, starts[large.name], runs),
        *_grown(small, large, starts, days),
        *days[large.name].lines(large),
    ]


def _painted(plan: Plan, start: Start, bare: Start) -> Line:
    ratio = statistics.median(
        cardcrm_times / floor for cardcrm_times, floor in zip(start.times, bare.times, strict=True)
    )
    return Line(
        f"first full screen, {plan.contacts:,} contacts, against a bare Textual app",
        statistics.median(start.times),
        statistics.median(bare.times),
        PAINT,
        paired=ratio,
    )


def time_first_paint(database: Path, key: str, text: str, quiet: float) -> float:
    """Return the milliseconds from the key of a page until the page shows a text.

    The key is pressed after ``quiet`` seconds without output, when Today has read its rows.
    """
    terminal = Terminal(command("tui"), environment(database))
    try:
        terminal.wait_for_output(quiet)
        since = terminal.press(key)
        shown = terminal.wait_until_idle(quiet)
        return 1000 * (next(at for at, lines in shown if text in "".join(lines)) - since)
    finally:
        terminal.close()


def _paint_insights(plan: Plan, today: Start, runs: int) -> Line:
    """Return a line on the first paint of the insights, before any picture is computed."""
    times = [time_first_paint(plan.path, "5", INSIGHTS[0].title, OPENED) for _ in range(runs)]
    return Line(
        f"first paint of the insights, {plan.contacts:,} contacts, against that of Today",
        statistics.median(times),
        statistics.median(today.times),
        PAINT,
    )


def _grown(
    small: Plan, large: Plan, starts: dict[str, Start], days: dict[str, "Day"]
) -> list[Line]:
    """Return lines on the memory of the process, and its part not shared with other programs."""
    sizes = f"{large.contacts:,} against {small.contacts:,} contacts"
    if small is large:
        return []
    opened_ = [statistics.median(starts[plan.name].memory) for plan in (large, small)]
    worked = [days[plan.name].memory for plan in (large, small)]
    own = [f"{each.get('Pss_Anon', 0.0):.1f}" for each in worked]
    return [
        Line(f"memory (MiB) on opening, {sizes}", *opened_, MEMORY),
        Line(
            f"largest memory (MiB) in a day's work, {sizes}",
            worked[0].get("VmHWM", 0.0),
            worked[1].get("VmHWM", 0.0),
            MEMORY,
            note=f"of its own, without files mapped into it, at the end: {own[0]} and {own[1]}",
        ),
    ]


@dataclass
class Day:
    """The work of a day: for each kind of key the times (ms) until the screen showed the result."""

    times: dict[str, list[float]] = field(default_factory=dict)
    whole: dict[str, list[float]] = field(default_factory=dict)
    memory: dict[str, float] = field(default_factory=dict)

    def press(
        self, terminal: Terminal, label: str, keys: str, part: Callable[[Lines], object]
    ) -> None:
        """Press keys and wait until the screen is idle."""
        since = terminal.press(keys)
        shown = _wait_for_answer(terminal)
        taken, whole = time_to_show(since, shown, part), time_to_show(since, shown, _all)
        if taken is not None and whole is not None:
            self.times.setdefault(label, []).append(taken)
            self.whole.setdefault(label, []).append(whole)

    def lines(self, plan: Plan) -> list[Line]:
        """Return one line for each kind of key."""
        bounds = {"flip": FLIPPED, "letter": TYPED}
        return [
            Line(
                f"{label}, p95, {plan.contacts:,} contacts",
                percentile(times, 0.95),
                None,
                bounds.get(label.split()[0], MOVED),
                "ms",
                f"{len(times)} keys, median {statistics.median(times):.0f}, worst "
                f"{max(times):.0f}; card and all p95 {percentile(self.whole[label], 0.95):.0f}",
            )
            for label, times in self.times.items()
        ]


def _wait_for_answer(terminal: Terminal) -> list[Frame]:
    """Return every state of the screen until the answer is complete.

    Raises TimeoutError for an answer that does not come, so that no fault hangs the benchmark.
    """
    end = time.perf_counter() + TIMEOUT
    shown = terminal.wait_until_idle(QUIET)
    while SEARCHING in terminal.screen.lines[1]:
        if time.perf_counter() > end:
            raise TimeoutError(f"the screen still shows “{SEARCHING}” after {TIMEOUT:.0f} s")
        shown += terminal.wait_until_idle(QUIET)
    return shown


def _day(plan: Plan, share: int) -> Day:
    """Search, page and flip through the contacts of a database that the system has in memory.

    ``share`` is 3 for a third of the searches, where only the memory is measured: fewer searches
    can only make the growth with the size of the database look larger.
    """
    day = Day()
    _read_through(plan.path)
    terminal = Terminal(command("tui"), environment(plan.path))
    try:
        terminal.wait_for_output(OPENED)
        terminal.press("2")
        terminal.wait_until_idle(OPENED)
        for label, texts in _texts(plan).items():
            report(f"  {label}, {plan.contacts:,} contacts")
            for lead, text in texts[::share]:
                _search(terminal, day, label, lead, text)
        report(f"  pages and cards, {plan.contacts:,} contacts")
        _leaf(terminal, day)
        day.memory = terminal.memory()
    finally:
        terminal.close()
    return day


def _read_through(path: Path) -> None:
    """Read a file once, so that later reads come from memory as in a day's work."""
    with path.open("rb") as database:
        while database.read(1 << 24):
            pass


def _texts(plan: Plan) -> dict[str, list[tuple[str, str]]]:
    """Return the searches: words entered beforehand, and words typed letter by letter."""
    pick = random.Random(11)
    with open_database(plan.path) as store:
        sql = "SELECT name FROM contact WHERE id = :id"
        names = [store.value(sql, id=pick.randint(1, plan.contacts)) for _ in range(NAMES)]
    return {
        "letter typed in a name or rare word": [("", text) for text in (*RARE[:3], *names)],
        "letter typed in a common word": [("", text) for text in COMMON[:5]],
        "letter typed after a filter": [
            *((lead, text) for lead in FILTERS for text in ("order", names[0])),
            (BOTH, "order"),
            ("city:leeds ", "york"),
        ],
        "letter typed in a filter": [("", text) for text in WRITTEN],
    }


def _search(terminal: Terminal, day: Day, label: str, lead: str, text: str) -> None:
    """Type a text letter by letter into an empty search box."""
    terminal.press("/")
    terminal.wait_until_idle(QUIET)
    if lead:
        terminal.press(lead)
        _wait_for_answer(terminal)
    for letter in text:
        day.press(terminal, label, letter, _list)
    terminal.press("\x1b")
    _wait_for_answer(terminal)


def _leaf(terminal: Terminal, day: Day) -> None:
    """Press page down, end, letters of the alphabet, and next card."""
    page, end, home = "\x1b[6~", "\x1b[F", "\x1b[H"
    for _ in range(20):
        day.press(terminal, "page down", page, _list)
    for _ in range(4):
        day.press(terminal, "end and back to the beginning", end, _list)
        day.press(terminal, "end and back to the beginning", home, _list)
    for letter in "SBMSAWSKSZS":
        day.press(terminal, "jump to a letter such as S", letter, _list)
    for _ in range(30):
        day.press(terminal, "flip to the next card", "]", _card)
