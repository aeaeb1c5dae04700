"""Seeded boxes of any size, made quickly: rows go in by the thousand, indexes are built at the end.

A box is the same on every machine. Its days lie around `TODAY`, at which the clock of everything
that is measured is stopped, so a box can be kept and used again.
"""

import datetime as dt
import random
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import words
from cardcrm.store import migrations
from cardcrm.store.sqlite.engine import SqliteEngine
from cardcrm.store.sqlite.search import SEARCH
from cardcrm.text import fold

FOLDER = Path(__file__).parent / "boxes"
TODAY = dt.date(2026, 11, 20)
NOW = f"{TODAY}T12:00"
# A box is made anew when the tables, their indexes or this number have changed.
LAYOUT = f"{zlib.crc32(repr((migrations.MIGRATIONS, SEARCH, 4)).encode()):08x}"
STAMP = "2026-11-01T09:00:00Z"
CHUNK = 5_000


@dataclass(frozen=True)
class Plan:
    """A box: its name, how many cards, and how much history, reminders and sales each has."""

    name: str
    cards: int
    interactions: int
    reminders: int
    sales: int
    overdue: float = 0.03  # share of the open reminders; the others are due over the coming year

    @property
    def path(self) -> Path:
        """Where the box is kept."""
        return FOLDER / f"{self.name}-{LAYOUT}.db"


# The small box has as much to be done as fits on a screen, so that `due` prints as much in all.
SMALL = Plan("1k", 1_000, 5, 2, 5, overdue=0.4)
MIDDLE = Plan("100k", 100_000, 5, 2, 5)
LARGE = Plan("1m", 1_000_000, 2, 1, 2)
PLANS = (SMALL, MIDDLE, LARGE)

COLUMNS = {
    "contact": (
        "id uid kind name given family name_key sort_key org_id title title_key note source stage "
        "owner cadence_days created_at updated_at last_on touch_on"
    ),
    "point": "id contact_id kind value value_key",
    "address": "id contact_id city city_key country",
    "yearly_day": "id contact_id label day month_day",
    "tag": "id contact_id name",
    "interaction": "id uid kind direction on_date at outcome text author created_at",
    "participant": "id interaction_id contact_id",
    "reminder": "id uid contact_id text due_on promise created_at done_at",
    "sale": "id uid contact_id on_date currency amount cost text author created_at",
    "sale_line": "id sale_id product_id quantity price cost discount amount",
}


def ready(plan: Plan, say: Callable[[str], None] = print) -> Path:
    """The box of a plan, made if it is not there yet."""
    if not plan.path.exists():
        FOLDER.mkdir(exist_ok=True)
        say(f"making a box of {plan.cards:,} cards ...")
        start = time.perf_counter()
        part = plan.path.with_suffix(".part")
        for stale in FOLDER.glob(f"{part.name}*"):
            stale.unlink()
        make(plan, part)
        part.rename(plan.path)
        size = plan.path.stat().st_size / 2**20
        say(f"  {time.perf_counter() - start:.0f} s, {size:,.0f} MiB")
    return plan.path


def make(plan: Plan, path: Path) -> None:
    """Fill a new box at a path."""
    engine = SqliteEngine(path, create=True)
    for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -300000"):
        engine.rows(f"PRAGMA {pragma}", {})
    engine.begin()
    indexes = _drop_indexes(engine)
    _settings(engine)
    maker = Maker(plan)
    for numbers in _handfuls(plan.cards):
        _write(engine, maker, numbers)
    for sql in indexes:
        engine.execute(sql, {})
    _sum_sales(engine)
    _touch_employers(engine)
    engine.commit()
    engine.rows("PRAGMA journal_mode = WAL", {})
    engine.close()


def _handfuls(cards: int) -> Iterator[range]:
    for start in range(1, cards + 1, CHUNK):
        yield range(start, min(start + CHUNK, cards + 1))


def _drop_indexes(engine: SqliteEngine) -> list[str]:
    """Take the indexes off while rows pour in; the statements that make them again."""
    found = engine.rows(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL", {}
    )
    for row in found:
        engine.execute(f"DROP INDEX {row['name']}", {})
    return [row["sql"] for row in found]


def _settings(engine: SqliteEngine) -> None:
    for name, value in (("region", "GB"), ("currency", "GBP")):
        engine.insert("setting", {"name": name, "value": value})
    for number, name in enumerate(words.PRODUCTS, 1):
        price = 500 + 250 * (number % 40)
        engine.insert(
            "product",
            {
                "name": name,
                "name_key": fold(name),
                "price": price,
                "cost": price // 2,
                "currency": "GBP",
            },
        )


def _write(engine: SqliteEngine, maker: "Maker", numbers: Iterable[int]) -> None:
    maker.clear()
    for number in numbers:
        maker.card(number)
    for table, made in maker.rows.items():
        rows = made
        columns = COLUMNS[table].split()
        if table == "contact" and "bare" in engine.columns(table):
            columns, rows = [*columns, "bare"], [(*row, 0) for row in rows]  # all have addresses
        engine.insert_many(table, columns, rows)
    engine.index_cards(maker.cards)
    engine.index_texts(maker.texts)


def _sum_sales(engine: SqliteEngine) -> None:
    engine.execute(
        "INSERT INTO contact_value "
        "(contact_id, currency, revenue, margin, orders, first_on, last_on) "
        "SELECT contact_id, currency, sum(amount), sum(amount) - sum(cost), "
        "sum(CASE WHEN amount > 0 THEN 1 ELSE 0 END), min(on_date), max(on_date) "
        "FROM sale GROUP BY contact_id, currency",
        {},
    )


def _touch_employers(engine: SqliteEngine) -> None:
    """An organisation is spoken with when anybody who works there is."""
    engine.execute(
        "UPDATE contact SET last_on = (SELECT max(m.last_on) FROM contact m "
        "WHERE m.org_id = contact.id OR m.id = contact.id) WHERE kind = 'org'",
        {},
    )
    engine.execute(
        "UPDATE contact SET touch_on = date(last_on, '+' || cadence_days || ' days') "
        "WHERE kind = 'org' AND last_on IS NOT NULL",
        {},
    )


class Maker:
    """Makes the rows of one card after the other, always the same ones for the same plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.rand = random.Random(plan.cards).random
        self.days = [(TODAY - dt.timedelta(days=back)).isoformat() for back in range(3 * 365)]
        self.ahead = [(TODAY + dt.timedelta(days=days)).isoformat() for days in range(400)]
        self.orgs = max(plan.cards // 20, 1)
        self.org_names: dict[int, str] = {}
        self.keys: dict[str, str] = {}
        self.last = dict.fromkeys(COLUMNS, 0)
        self.clear()

    def clear(self) -> None:
        """Start a new handful."""
        self.rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in COLUMNS}
        self.cards: list[tuple[int, str, str]] = []
        self.texts: list[tuple[int, str]] = []

    def pick(self, choices: Sequence[Any]) -> Any:
        """Any of them."""
        return choices[int(self.rand() * len(choices))]

    def skewed(self, choices: Sequence[Any]) -> Any:
        """One of them, those in front far more often."""
        return choices[int(self.rand() ** 2 * len(choices))]

    def add(self, table: str, *values: Any) -> int:
        """Add a row; its id."""
        number = self.last[table] = self.last[table] + 1
        self.rows[table].append((number, *values))
        return number

    def fold(self, text: str) -> str:
        """A folded text, remembered, as the same words come up over and over."""
        key = self.keys.get(text)
        if key is None:
            key = self.keys[text] = fold(text)
        return key

    def card(self, number: int) -> None:
        """A card with all that is on it; the first twentieth are organisations."""
        org_id = None
        given = family = title = ""
        if number <= self.orgs:
            name = f"{self.pick(words.FAMILY)} {self.pick(words.TRADES)}"
            self.org_names[number] = name
        else:
            given, family = self.skewed(words.GIVEN), self.skewed(words.FAMILY)
            name = f"{given} {family}"
            if self.rand() < 0.6:
                org_id = int(self.rand() * self.orgs) + 1
                title = self.pick(words.TITLES).replace("\xa0", " ")
        found = self._parts(number, name, org_id, title)
        name_key = f"{self.fold(given)} {self.fold(family)}" if given else fold(name)
        sort_key = f"{self.fold(family)} {self.fold(given)}" if given else name_key
        self.cards.append((number, name_key, "\n".join(found)))
        note = f"{self.pick(words.SAID)} {self.pick(words.RARE)}" if self.rand() < 0.5 else ""
        if note:
            self.texts.append((-number, note.lower()))
        last = self._history(number)
        cadence = int(self.pick((30, 60, 90, 180, 365))) if number % 3 == 0 else None
        self.last["contact"] = number - 1
        self.add(
            "contact", _uid(1, number), "org" if number <= self.orgs else "person", name, given,
            family, name_key, sort_key, org_id, title, title, note, self.pick(words.SOURCES),
            self.pick(words.STAGES), "ann" if number % 4 == 0 else "", cadence, STAMP, STAMP, last,
            _later(last or STAMP[:10], cadence),
        )  # fmt: skip
        self._reminders(number)
        self._sales(number)

    def _parts(self, number: int, name: str, org_id: int | None, title: str) -> list[str]:
        """Write points, tags, place and birthday; what the search index holds of them."""
        city = self.skewed(words.CITIES)
        tags = sorted({self.skewed(words.TAGS) for _ in range(1 + number % 3)})
        mail = f"{fold(name).replace(' ', '.')}.{number}@example.com"
        phone = f"44{1_000_000_000 + number * 7919 % 9_000_000_000}"
        self.add("point", number, "email", mail, mail)
        self.add("point", number, "phone", f"+{phone[:2]} {phone[2:5]} {phone[5:]}", phone)
        self.add("address", number, city, city.lower(), "United Kingdom")
        for tag in tags:
            self.add("tag", number, tag)
        if number % 5 == 0:
            day = f"{1940 + number % 65}-{1 + number // 5 % 12:02}-{1 + number // 60 % 28:02}"
            self.add("yearly_day", number, "birthday", day, day[5:])
        org = fold(self.org_names[org_id]) if org_id else ""
        return [*filter(None, (org, title, city.lower())), *tags, mail, phone]

    def _history(self, number: int) -> str | None:
        """Write interactions; the day of the last."""
        last = None
        for _ in range(self.plan.interactions):
            day = self.skewed(self.days)
            text = f"{self.pick(words.SAID)} {self.pick(words.RARE)}"
            last = max(last or day, day)
            row = self.add(
                "interaction", _uid(2, self.last["interaction"]), self.pick(words.KINDS), "out",
                day, f"{day}T10:00:00Z", "", text, "ann", STAMP,
            )  # fmt: skip
            self.add("participant", row, number)
            self.texts.append((row, text.lower()))
        return last

    def _reminders(self, number: int) -> None:
        for _ in range(self.plan.reminders):
            chance = self.rand()
            if chance < 0.1 * self.plan.overdue:
                due, done = self.days[1 + int(self.rand() * 30)], None
            elif chance < 0.1:
                due, done = self.pick(self.ahead), None
            else:
                due = self.pick(self.days)
                done = f"{due}T15:00:00Z"
            self.add(
                "reminder", _uid(3, self.last["reminder"]), number, self.pick(words.TODO), due,
                int(self.rand() < 0.1), STAMP, done,
            )  # fmt: skip

    def _sales(self, number: int) -> None:
        for _ in range(self.plan.sales):
            product = 1 + int(self.rand() ** 2 * len(words.PRODUCTS))
            price, many = 500 + 250 * (product % 40), 1 + int(self.rand() ** 4 * 20)
            amount, cost = price * many, price // 2 * many
            row = self.add(
                "sale", _uid(4, self.last["sale"]), number, self.skewed(self.days), "GBP", amount,
                cost, words.PRODUCTS[product - 1], "ann", STAMP,
            )  # fmt: skip
            self.add("sale_line", row, product, many * 1000, price, price // 2, 0, amount)


def _uid(kind: int, number: int) -> str:
    return f"{number:08x}-000{kind}-4000-8000-000000000000"


_LATER: dict[tuple[str, int], str] = {}


def _later(day: str, cadence: int | None) -> str | None:
    if cadence is None:
        return None
    found = _LATER.get((day, cadence))
    if found is None:
        later = dt.date.fromisoformat(day) + dt.timedelta(days=cadence)
        found = _LATER[day, cadence] = later.isoformat()
    return found
