"""Times within one process: what the screen and shell completion wait for at every key."""

import contextlib
import random
import statistics
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.databases import TODAY, Plan
from bench.measure import MISSING, Line, percentile, time_call
from bench.shell import open_database
from cardcrm.errors import CardcrmError
from cardcrm.records.contacts.resolve import resolve
from cardcrm.records.search.prefix import search
from cardcrm.store import Store

SEARCH, WHO, DUE = 16.0, 2.0, 20.0  # ms
VALUE = 1.5  # times the bare sum
SAMPLE = 120  # contacts named in each way
COMMON = ("order", "invoice", "leeds", "example.com", "order discount", "leeds order", "jane order")
POINTS = ("email", "phone")
RARE = ("xylophone", "wisteria", "hampton", "qwerty", "müller", "o'brien", "zoë wynyard")


def measure_lookups(place: Path | str, size: str, runs: int) -> list[Line]:
    """Measure search, WHO and `due` on any database."""
    with open_database(place) as store:
        return [*_search(store, size, runs), *_who(store, size, runs), _due(store, size, runs)]


def measure(plan: Plan, runs: int) -> list[Line]:
    """Measure every line of this module on one database."""
    with open_database(plan.path) as store:
        size = f"{plan.contacts:,} contacts"
        return [
            *_search(store, size, runs),
            *_who(store, size, runs),
            _due(store, size, runs),
            *_value(store, plan, runs),
        ]


def _texts_to_type(store: Store) -> list[str]:
    """Return texts to type: names from the whole database, words, an email and a phone number."""
    pick = random.Random(7)
    largest = store.value("SELECT max(id) FROM contact")
    sql = "SELECT name FROM contact WHERE id = :id"
    names = [store.value(sql, id=pick.randint(1, largest)) for _ in range(36)]
    return [*RARE, *filter(None, names), *(_point(store, each, largest // 3) for each in POINTS)]


def _point(store: Store, kind: str, card: int) -> str:
    return str(
        store.value(
            "SELECT value FROM point WHERE contact_id = :id AND kind = :kind", id=card, kind=kind
        )
    )


def _search(store: Store, size: str, runs: int) -> list[Line]:
    groups = {
        "first letters": [text[:1] for text in _texts_to_type(store)],
        "further letters": [
            text[:end] for text in _texts_to_type(store) for end in range(2, len(text) + 1)
        ],
        "common words, letter by letter": [
            text[:end] for text in COMMON for end in range(1, len(text) + 1)
        ],
    }
    lines = []
    for name, texts in groups.items():
        times = _times(store, texts, max(runs // 3, 2))
        worst = max(times, key=lambda text: times[text])
        p95 = percentile(list(times.values()), 0.95)
        note = f"median {statistics.median(times.values()):.2f}, worst {times[worst]:.1f} ({worst})"
        label = f"search as you type, p95, {name}, {size}"
        lines.append(Line(label, p95, None, SEARCH, "ms", note))
    return lines


def _times(store: Store, texts: Sequence[str], runs: int) -> dict[str, float]:
    """Return the median time of each text; the texts take turns."""
    times: dict[str, list[float]] = {text: [] for text in texts}
    for _ in range(runs):
        for text, taken in times.items():
            taken.append(time_call(lambda text=text: search(store, text)))
    return {text: statistics.median(taken) for text, taken in times.items()}


def _who(store: Store, size: str, runs: int) -> list[Line]:
    """Measure each way of naming a contact, over contacts from all parts of the database."""
    largest = store.value("SELECT max(id) FROM contact")
    cards = range(largest // SAMPLE, largest, largest // SAMPLE)
    names = [store.value("SELECT name FROM contact WHERE id = :id", id=number) for number in cards]
    ways = {
        "id": [str(number) for number in cards],
        "email": [_point(store, "email", number) for number in cards],
        "phone": [_point(store, "phone", number) for number in cards],
        "full name": [name for name in names if _names_one(store, name)],
        "part of a name": [
            part for name in names if _names_one(store, part := _unique_part(store, name))
        ],
        "part of several names": [name[:-2] for name in names if not _names_one(store, name[:-2])],
    }
    return [
        _who_line(store, f"WHO by {way}, p95, {size}", texts, runs) for way, texts in ways.items()
    ]


def _who_line(store: Store, label: str, texts: Sequence[str], runs: int) -> Line:
    def asked(text: str) -> None:
        with contextlib.suppress(CardcrmError):
            resolve(store, text)

    times = {text: _median(lambda text=text: asked(text), max(runs // 3, 3)) for text in texts}
    worst = max(times, key=lambda text: times[text])
    note = (
        f"{len(times)} contacts, median {statistics.median(times.values()):.2f}, "
        f"worst {times[worst]:.1f} ({worst})"
    )
    return Line(label, percentile(list(times.values()), 0.95), None, WHO, "ms", note)


def _names_one(store: Store, text: str) -> bool:
    try:
        resolve(store, text)
    except CardcrmError:
        return False
    return True


def _unique_part(store: Store, name: str) -> str:
    """Return the shortest prefixes of a name's words that still name one contact."""
    given, _, family = name.rpartition(" ")
    for length in range(3, max(len(given), len(family)) + 1):
        part = f"{given[:length]} {family[:length]}"
        try:
            resolve(store, part)
        except CardcrmError:
            continue
        return part
    return name


def _median(action: Callable[[], object], runs: int) -> float:
    return statistics.median(time_call(action) for _ in range(runs))


def _due(store: Store, size: str, runs: int) -> Line:
    label = f"due, {size}"
    try:
        from cardcrm.reports import due
    except ImportError:
        return Line(label, note=MISSING)
    return Line(label, _median(lambda: due.build_digest(store, TODAY), runs), None, DUE, "ms")


def _value(store: Store, plan: Plan, runs: int) -> list[Line]:
    label = f"value, top 20 of {plan.contacts * plan.sales:,} sales, against the bare sum"
    try:
        from cardcrm.reports.value import customer_ranking
    except ImportError:
        return [Line(label, note=MISSING)]
    bare = (
        "SELECT contact_id, sum(amount) AS paid FROM sale WHERE currency = 'GBP' "
        "GROUP BY contact_id ORDER BY paid DESC LIMIT 20"
    )
    cardcrm_times: list[float] = []
    floor: list[float] = []
    for _ in range(max(runs // 3, 3)):
        floor.append(time_call(lambda: store.rows(bare)))
        cardcrm_times.append(time_call(lambda: customer_ranking.build_report(store, "GBP", TODAY)))
    return [Line(label, statistics.median(cardcrm_times), statistics.median(floor), VALUE)]
