"""Make seeded databases of any size quickly: insert rows by the thousand, build indexes at the end.

A database is the same on every machine. Its days lie around `TODAY`, where the clock of every
measured program is stopped, so a database can be used for later runs.
"""

import datetime as dt
import random
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import vocabulary
from cardcrm.records.sales.sale_sums import SUMS
from cardcrm.store import migrations
from cardcrm.store.sqlite.engine import SqliteEngine
from cardcrm.store.sqlite.search import SEARCH
from cardcrm.text import fold, fold_non_ascii

FOLDER = Path(__file__).parent / "databases"
TODAY = dt.date(2026, 11, 20)
NOW = f"{TODAY}T12:00"
# A database is made again when the tables, their indexes or this number change.
LAYOUT = f"{zlib.crc32(repr((migrations.MIGRATIONS, SEARCH, 5)).encode()):08x}"
STAMP = "2026-11-01T09:00:00Z"
CHUNK = 5_000


@dataclass(frozen=True)
class Plan:
    """A database: its name, its contacts, and the interactions, reminders and sales of each."""

    name: str
    contacts: int
    interactions: int
    reminders: int
    sales: int
    overdue: float = 0.03  # share of the open reminders; the others are due over the coming year

    @property
    def path(self) -> Path:
        """The path of the database file."""
        return FOLDER / f"{self.name}-{LAYOUT}.db"


# The small database has enough due reminders to fill a screen, so that `due` prints as much in all.
SMALL = Plan("1k", 1_000, 5, 2, 5, overdue=0.4)
MIDDLE = Plan("100k", 100_000, 5, 2, 5)
LARGE = Plan("1m", 1_000_000, 2, 1, 2)
PLANS = (SMALL, MIDDLE, LARGE)

COLUMNS = {
    "contact": (
        "id uid kind name given family given_key family_key name_key sort_key org_id title "
        "title_key note source stage owner cadence_days created_at updated_at last_on touched_on "
        "touch_by"
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


def ensure(plan: Plan, report: Callable[[str], None] = print) -> Path:
    """Return the path of a plan's database, which is made if it is missing."""
    if not plan.path.exists():
        FOLDER.mkdir(exist_ok=True)
        report(f"making a database of {plan.contacts:,} contacts ...")
        start = time.perf_counter()
        part = plan.path.with_suffix(".part")
        for old in FOLDER.glob(f"{part.name}*"):
            old.unlink()
        make(plan, part)
        part.rename(plan.path)
        size = plan.path.stat().st_size / 2**20
        report(f"  {time.perf_counter() - start:.0f} s, {size:,.0f} MiB")
    return plan.path


def make(plan: Plan, path: Path) -> None:
    """Fill a new database at a path."""
    engine = SqliteEngine(path, create=True)
    for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -300000"):
        engine.rows(f"PRAGMA {pragma}", {})
    engine.begin()
    indexes = _drop_indexes(engine)
    _settings(engine)
    generator = RowGenerator(plan)
    for numbers in _chunks(plan.contacts):
        _write(engine, generator, numbers)
    for sql in indexes:
        engine.execute(sql, {})
    SUMS.fill(engine)
    touch_organizations(engine)
    engine.commit()
    engine.rows("PRAGMA journal_mode = WAL", {})
    engine.close()


def _chunks(cards: int) -> Iterator[range]:
    for start in range(1, cards + 1, CHUNK):
        yield range(start, min(start + CHUNK, cards + 1))


def _drop_indexes(engine: SqliteEngine) -> list[str]:
    """Drop the indexes for the bulk insert; return the statements that make them again."""
    found = engine.rows(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL", {}
    )
    for row in found:
        engine.execute(f"DROP INDEX {row['name']}", {})
    return [row["sql"] for row in found]


def _settings(engine: SqliteEngine) -> None:
    for name, value in (("region", "GB"), ("currency", "GBP")):
        engine.insert("setting", {"name": name, "value": value})
    for number, name in enumerate(vocabulary.PRODUCTS, 1):
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


def _write(engine: SqliteEngine, generator: "RowGenerator", numbers: Iterable[int]) -> None:
    generator.clear()
    for number in numbers:
        generator.contact(number)
    for table, made in generator.rows.items():
        rows = made
        columns = COLUMNS[table].split()
        if table == "contact" and "bare" in engine.column_names(table):
            columns, rows = [*columns, "bare"], [(*row, 0) for row in rows]  # all have addresses
        engine.insert_with_ids(table, columns, rows)
    engine.search.write_contacts(generator.search_texts)
    engine.search.write_texts(generator.texts)


def touch_organizations(engine: SqliteEngine) -> None:
    """Set the last touch of organizations to the latest touch of the people who work there."""
    for column in ("last_on", "touched_on"):
        engine.execute(
            f"UPDATE contact SET {column} = (SELECT max(m.{column}) FROM contact m "
            "WHERE m.org_id = contact.id OR m.id = contact.id) WHERE kind = 'org'",
            {},
        )
    engine.execute(
        "UPDATE contact SET touch_by = date(touched_on, '+' || cadence_days || ' days') "
        "WHERE kind = 'org' AND touched_on IS NOT NULL",
        {},
    )


class RowGenerator:
    """Generates the rows of one contact after the other, always the same rows for one plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.rand = random.Random(plan.contacts).random
        self.days = [(TODAY - dt.timedelta(days=back)).isoformat() for back in range(3 * 365)]
        self.future_days = [(TODAY + dt.timedelta(days=days)).isoformat() for days in range(400)]
        self.orgs = max(plan.contacts // 20, 1)
        self.org_names: dict[int, str] = {}
        self.keys: dict[str, str] = {}
        self.last = dict.fromkeys(COLUMNS, 0)
        self.clear()

    def clear(self) -> None:
        """Start a new chunk."""
        self.rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in COLUMNS}
        self.search_texts: list[tuple[int, str, str]] = []
        self.texts: list[tuple[int, str]] = []

    def pick(self, choices: Sequence[Any]) -> Any:
        """Return any of the choices."""
        return choices[int(self.rand() * len(choices))]

    def pick_skewed(self, choices: Sequence[Any]) -> Any:
        """Return one of the choices, the first ones far more often."""
        return choices[int(self.rand() ** 2 * len(choices))]

    def add(self, table: str, *values: Any) -> int:
        """Add a row and return its id."""
        number = self.last[table] = self.last[table] + 1
        self.rows[table].append((number, *values))
        return number

    def fold(self, text: str) -> str:
        """Return a folded text from a cache, as the texts repeat."""
        key = self.keys.get(text)
        if key is None:
            key = self.keys[text] = fold(text)
        return key

    def contact(self, number: int) -> None:
        """Generate a contact with all its records; the first twentieth are organizations."""
        org_id = None
        given = family = title = ""
        if number <= self.orgs:
            name = f"{self.pick(vocabulary.FAMILY)} {self.pick(vocabulary.TRADES)}"
            self.org_names[number] = name
        else:
            given, family = self.pick_skewed(vocabulary.GIVEN), self.pick_skewed(vocabulary.FAMILY)
            name = f"{given} {family}"
            if self.rand() < 0.6:
                org_id = int(self.rand() * self.orgs) + 1
                title = self.pick(vocabulary.TITLES).replace("\xa0", " ")
        found = self._parts(number, name, org_id, title)
        name_key = f"{self.fold(given)} {self.fold(family)}" if given else fold(name)
        sort_key = f"{self.fold(family)} {self.fold(given)}" if given else name_key
        self.search_texts.append((number, name_key, "\n".join(found)))
        note = (
            f"{self.pick(vocabulary.TEXTS)} {self.pick(vocabulary.RARE)}"
            if self.rand() < 0.5
            else ""
        )
        if note:
            self.texts.append((-number, note.lower()))
        last, touched = self._history(number)
        cadence = int(self.pick((30, 60, 90, 180, 365))) if number % 3 == 0 else None
        self.last["contact"] = number - 1
        self.add(
            "contact", _uid(1, number), "org" if number <= self.orgs else "person", name, given,
            family, fold_non_ascii(given), fold_non_ascii(family), name_key, sort_key, org_id,
            title, title, note, self.pick(vocabulary.SOURCES),
            self.pick(vocabulary.STAGES), "ann" if number % 4 == 0 else "", cadence, STAMP, STAMP,
            last, touched, _touch_day(touched or STAMP[:10], cadence),
        )  # fmt: skip
        self._reminders(number)
        self._sales(number)

    def _parts(self, number: int, name: str, org_id: int | None, title: str) -> list[str]:
        """Add contact points, tags, city and birthday; return their words for the search index."""
        city = self.pick_skewed(vocabulary.CITIES)
        tags = sorted({self.pick_skewed(vocabulary.TAGS) for _ in range(1 + number % 3)})
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

    def _history(self, number: int) -> tuple[str | None, str | None]:
        """Add interactions and return the days of the last, and of the last touch."""
        last = touched = None
        for _ in range(self.plan.interactions):
            day = self.pick_skewed(self.days)
            text = f"{self.pick(vocabulary.TEXTS)} {self.pick(vocabulary.RARE)}"
            kind = self.pick(vocabulary.KINDS)
            last = max(last or day, day)
            if kind != "note":
                touched = max(touched or day, day)
            row = self.add(
                "interaction", _uid(2, self.last["interaction"]), kind, "out", day,
                f"{day}T10:00:00Z", "", text, "ann", STAMP,
            )  # fmt: skip
            self.add("participant", row, number)
            self.texts.append((row, text.lower()))
        return last, touched

    def _reminders(self, number: int) -> None:
        for _ in range(self.plan.reminders):
            chance = self.rand()
            if chance < 0.1 * self.plan.overdue:
                due, done = self.days[1 + int(self.rand() * 30)], None
            elif chance < 0.1:
                due, done = self.pick(self.future_days), None
            else:
                due = self.pick(self.days)
                done = f"{due}T15:00:00Z"
            self.add(
                "reminder", _uid(3, self.last["reminder"]), number, self.pick(vocabulary.TODO), due,
                int(self.rand() < 0.1), STAMP, done,
            )  # fmt: skip

    def _sales(self, number: int) -> None:
        for _ in range(self.plan.sales):
            product = 1 + int(self.rand() ** 2 * len(vocabulary.PRODUCTS))
            price, quantity = 500 + 250 * (product % 40), 1 + int(self.rand() ** 4 * 20)
            amount, cost = price * quantity, price // 2 * quantity
            row = self.add(
                "sale", _uid(4, self.last["sale"]), number, self.pick_skewed(self.days), "GBP",
                amount, cost, vocabulary.PRODUCTS[product - 1], "ann", STAMP,
            )  # fmt: skip
            self.add("sale_line", row, product, quantity * 1000, price, price // 2, 0, amount)


def _uid(kind: int, number: int) -> str:
    return f"{number:08x}-000{kind}-4000-8000-000000000000"


_TOUCH_DAYS: dict[tuple[str, int], str] = {}


def _touch_day(day: str, cadence: int | None) -> str | None:
    if cadence is None:
        return None
    found = _TOUCH_DAYS.get((day, cadence))
    if found is None:
        later = dt.date.fromisoformat(day) + dt.timedelta(days=cadence)
        found = _TOUCH_DAYS[day, cadence] = later.isoformat()
    return found
