"""The screen in a real pseudo-terminal: what stands on it, and when, and how much memory it takes.

Every figure is of the whole program, from the key (or the start of the process) to the last byte
that the terminal gets of what was asked for. The columns of the two scroll bars do not count: their
thumbs shrink when more of a list has been read.
"""

import random
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.boxes import Plan
from bench.inside import COMMON, RARE
from bench.measure import Line, command, environment, percentile
from bench.shell import opened
from bench.terminal import LINES, Drawing, Terminal, reached
from cardcrm.tui.screens.contacts import SEARCHING

PAINT = 1.5
MEMORY = 1.3
TYPED = 50.0
MOVED = 50.0
FLIPPED = 30.0

BARE = [sys.executable, str(Path(__file__).with_name("bare.py"))]
LIST, CARD = slice(0, 44), slice(45, 99)  # columns of a screen of 100
TYPING = slice(0, 60)  # of the line with the search box; the number of cards stands to the right
BODY = slice(3, LINES - 1)  # lines below the search box and the tabs
# Seconds in which nothing more comes; what takes longer, the screen says by then.
OPENED, QUIET = 0.7, 0.25
FILTERS = ("tag:vip ", "city:leeds ")
BOTH = "stage:customer tag:school "
WRITTEN = ("tag:vip", "city:leeds", "stage:customer", "kind:org", "source:web")
NAMES = 6


def _all(drawing: Drawing) -> object:
    """The whole screen."""
    return [line[LIST] + line[CARD] for line in drawing]


def _list(drawing: Drawing) -> object:
    """The list and the search box; the number of cards comes when they are counted."""
    return drawing[1][TYPING], [line[LIST] for line in drawing[BODY]]


def _card(drawing: Drawing) -> object:
    """The card."""
    return [line[CARD] for line in drawing[BODY]]


@dataclass
class Start:
    """A program that is started again and again: ms to its first full screen, MiB then."""

    words: Sequence[str]
    box: Path
    times: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)

    def run(self) -> None:
        """Start it once."""
        terminal = Terminal(self.words, environment(self.box))
        try:
            shown = terminal.appear(OPENED)
            taken = reached(terminal.started, shown, _all)
            assert taken is not None, "nothing was shown"
            self.times.append(taken)
            self.memory.append(terminal.memory().get("VmRSS", 0.0))
        finally:
            terminal.close()


def measure(plans: Sequence[Plan], runs: int) -> list[Line]:
    """The first screen against a bare app, memory by the size of the box, and every key."""
    small, large = plans[0], plans[-1]
    plans = (small, large)
    starts = {plan.name: Start(command("tui"), plan.path) for plan in plans}
    bare = Start(BARE, small.path)
    for number in range(runs + 1):
        for start in (bare, *starts.values()):
            start.run()
            if not number:
                start.times.clear()
                start.memory.clear()
    days = {plan.name: _day(plan) for plan in plans}
    return [
        *(_painted(plan, starts[plan.name], bare) for plan in plans),
        *_grown(small, large, starts, days),
        *days[large.name].lines(large),
    ]


def _painted(plan: Plan, start: Start, bare: Start) -> Line:
    ratio = statistics.median(
        ours / floor for ours, floor in zip(start.times, bare.times, strict=True)
    )
    return Line(
        f"first full screen, {plan.cards:,} cards, against a bare Textual app",
        statistics.median(start.times),
        statistics.median(bare.times),
        PAINT,
        paired=ratio,
    )


def _grown(
    small: Plan, large: Plan, starts: dict[str, Start], days: dict[str, "Day"]
) -> list[Line]:
    """Memory of the process with all it has read; of it, what is not shared with other programs."""
    sizes = f"{large.cards:,} against {small.cards:,} cards"
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
    """What was done on one screen: for each kind of key the times (ms) of the part it is about."""

    times: dict[str, list[float]] = field(default_factory=dict)
    whole: dict[str, list[float]] = field(default_factory=dict)
    memory: dict[str, float] = field(default_factory=dict)

    def press(
        self, terminal: Terminal, what: str, keys: str, part: Callable[[Drawing], object]
    ) -> None:
        """Press and wait until all has come to rest."""
        since = terminal.press(keys)
        shown = _settled(terminal)
        taken, whole = reached(since, shown, part), reached(since, shown, _all)
        if taken is not None and whole is not None:
            self.times.setdefault(what, []).append(taken)
            self.whole.setdefault(what, []).append(whole)

    def lines(self, plan: Plan) -> list[Line]:
        """One line a kind of key."""
        bounds = {"flip": FLIPPED, "letter": TYPED}
        return [
            Line(
                f"{what}, p95, {plan.cards:,} cards",
                percentile(times, 0.95),
                None,
                bounds.get(what.split()[0], MOVED),
                "ms",
                f"{len(times)} keys, median {statistics.median(times):.0f}, worst "
                f"{max(times):.0f}; card and all p95 {percentile(self.whole[what], 0.95):.0f}",
            )
            for what, times in self.times.items()
        ]


def _settled(terminal: Terminal) -> list[tuple[float, Drawing]]:
    """What was shown until the answer stands there."""
    shown = terminal.settle(QUIET)
    while SEARCHING in terminal.glass.drawing[1]:
        shown += terminal.settle(QUIET)
    return shown


def _day(plan: Plan) -> Day:
    """Search, leaf and flip through the cards of a box, which is in memory by then."""
    day = Day()
    _read_through(plan.path)
    terminal = Terminal(command("tui"), environment(plan.path))
    try:
        terminal.appear(OPENED)
        terminal.press("2")
        terminal.settle(OPENED)
        for what, texts in _texts(plan).items():
            for lead, text in texts:
                _search(terminal, day, what, lead, text)
        _leaf(terminal, day)
        day.memory = terminal.memory()
    finally:
        terminal.close()
    return day


def _read_through(path: Path) -> None:
    """What one works with all day comes from memory, not from the disk."""
    with path.open("rb") as box:
        while box.read(1 << 24):
            pass


def _texts(plan: Plan) -> dict[str, list[tuple[str, str]]]:
    """What is searched for: words put there beforehand, and those that are typed."""
    pick = random.Random(11)
    with opened(plan.path) as store:
        sql = "SELECT name FROM contact WHERE id = :id"
        names = [store.value(sql, id=pick.randint(1, plan.cards)) for _ in range(NAMES)]
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


def _search(terminal: Terminal, day: Day, what: str, lead: str, text: str) -> None:
    """Type a text letter by letter into an empty search box."""
    terminal.press("/")
    terminal.settle(QUIET)
    if lead:
        terminal.press(lead)
        _settled(terminal)
    for letter in text:
        day.press(terminal, what, letter, _list)
    terminal.press("\x1b")
    _settled(terminal)


def _leaf(terminal: Terminal, day: Day) -> None:
    """Pages, the end, letters, and card after card."""
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
