"""Make the database of a large shop, on which the reports are measured.

1,000,000 customers with 5,000,000 sales and 1,000,000 sale lines over four years. Customers come
and go as the models of buying assume: each buys at a rate of its own and may stop after any
purchase. Sales are stored in the order of their days, as a shop records them. To keep the file
small, contacts have no contact points and the search index is empty.
"""

import datetime as dt
import random
import time
import zlib
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import vocabulary
from bench.databases import FOLDER, LAYOUT, STAMP, TODAY, touch_organizations
from cardcrm.records.sales.sale_sums import SUMS
from cardcrm.store.sqlite.engine import SqliteEngine
from cardcrm.text import fold, fold_non_ascii

SHOP_LAYOUT = f"{zlib.crc32(f'{LAYOUT} 2'.encode()):08x}"  # changes when this module does
DAYS = 4 * 365
START = TODAY - dt.timedelta(days=DAYS - 1)
CHUNK = 20_000
PRODUCTS = 320
TAX_RATE = 20_000  # thousandths of a percent
CHANNELS = ("shop", "shop", "shop", "online", "online", "phone", "fair")
CATEGORIES = ("flowers", "plants", "gifts", "cards", "tools", "seeds", "pots", "services")
KINDS = ("call", "call", "mail", "mail", "mail", "message", "visit", "meeting", "note")
OWNERS = ("ann", "ben", "cleo", "")
# The share of the usual purchases in each month of the year.
SEASON = (0.6, 0.7, 0.8, 0.9, 1.0, 0.8, 0.6, 0.5, 0.7, 0.8, 0.9, 1.0)


@dataclass(frozen=True)
class Shop:
    """A shop: its number of customers and of sales, and the share of purchases with lines."""

    name: str
    customers: int
    sales: int
    with_lines: float = 0.103  # of two lines on average

    @property
    def path(self) -> Path:
        """The path of the database file."""
        return FOLDER / f"shop-{self.name}-{SHOP_LAYOUT}.db"


LARGE = Shop("1m", 1_000_000, 5_000_000)
SMALL = Shop("10k", 10_000, 50_000)


def ensure(shop: Shop = LARGE, report: Any = print) -> Path:
    """Return the path of a shop's database, which is made if it is missing."""
    if not shop.path.exists():
        FOLDER.mkdir(exist_ok=True)
        report(f"making a shop of {shop.customers:,} customers with {shop.sales:,} sales ...")
        start = time.perf_counter()
        part = shop.path.with_suffix(".part")
        for old in FOLDER.glob(f"{part.name}*"):
            old.unlink()
        make(shop, part)
        part.rename(shop.path)
        size = shop.path.stat().st_size / 2**20
        report(f"  {time.perf_counter() - start:.0f} s, {size:,.0f} MiB")
    return shop.path


def make(shop: Shop, path: Path) -> None:
    """Fill a new database at a path."""
    engine = SqliteEngine(path, create=True)
    for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -300000"):
        engine.rows(f"PRAGMA {pragma}", {})
    engine.begin()
    indexes = engine.rows(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL", {}
    )
    for row in indexes:
        engine.execute(f"DROP INDEX {row['name']}", {})
    writer = _Writer(engine)
    generator = ShopGenerator(shop, writer)
    generator.products()
    generator.contacts()
    generator.sales()
    writer.flush()
    for row in indexes:
        engine.execute(row["sql"], {})
    SUMS.fill(engine)
    touch_organizations(engine)
    engine.execute("ANALYZE", {})
    engine.commit()
    engine.rows("PRAGMA journal_mode = WAL", {})
    engine.close()


class _Writer:
    """Collects rows and inserts them by the thousand."""

    def __init__(self, engine: SqliteEngine) -> None:
        self.engine = engine
        self.columns: dict[str, list[str]] = {}
        self.pending: dict[str, list[tuple[Any, ...]]] = {}

    def open(self, table: str, columns: str) -> "list[tuple[Any, ...]]":
        """Return the list that takes the rows of a table."""
        self.columns[table] = columns.split()
        return self.pending.setdefault(table, [])

    def flush(self) -> None:
        """Insert all rows."""
        for table, rows in self.pending.items():
            self.engine.insert_with_ids(table, self.columns[table], rows)
            rows.clear()


class ShopGenerator:
    """Generates the rows of a shop, always the same rows for one shop."""

    def __init__(self, shop: Shop, writer: _Writer) -> None:
        self.shop = shop
        self.writer = writer
        self.source = random.Random(shop.customers)
        self.rand = self.source.random
        self.days = [START + dt.timedelta(days=number) for number in range(DAYS)]
        self.names = [day.isoformat() for day in self.days]
        self.season = [SEASON[day.month - 1] for day in self.days]
        self.prices = [
            round(self.source.lognormvariate(3.0, 0.9) * 20) * 5 for _ in range(PRODUCTS)
        ]
        # Customers spend at a level of their own, and each purchase varies around it.
        self.levels = [self.source.lognormvariate(8.0, 0.8) for _ in range(1021)]
        self.factors = [self.source.gammavariate(6.0, 1 / 6.0) for _ in range(4093)]

    def products(self) -> None:
        """Write the settings and the products: the same name in each size is a family."""
        self.writer.open("setting", "id name value").extend(
            [(1, "region", "GB"), (2, "currency", "GBP")]
        )
        rows = self.writer.open("product", "id name name_key price cost currency category tax_rate")
        for number, price in enumerate(self.prices):
            base = vocabulary.PRODUCTS[number % len(vocabulary.PRODUCTS)]
            name = f"{base} {number // len(vocabulary.PRODUCTS) + 1}"
            category = CATEGORIES[number % len(CATEGORIES)]
            rows.append(
                (number + 1, name, fold(name), price, round(price * 0.6), "GBP", category, TAX_RATE)
            )
        self.writer.flush()

    def contacts(self) -> None:
        """Write the contacts, of whom the first twentieth are organizations."""
        rows = self.writer.open(
            "contact",
            "id uid kind name given family given_key family_key name_key sort_key org_id source "
            "stage owner cadence_days created_at updated_at last_on touched_on touch_by created_on "
            "bare",
        )
        parts = {
            "address": self.writer.open(
                "address", "id contact_id city city_key country country_key"
            ),
            "tag": self.writer.open("tag", "id contact_id name"),
            "yearly_day": self.writer.open("yearly_day", "id contact_id label day month_day"),
            "interaction": self.writer.open(
                "interaction",
                "id uid kind direction on_date at text author created_at no_answer outcome",
            ),
            "participant": self.writer.open("participant", "id interaction_id contact_id"),
            "reminder": self.writer.open(
                "reminder", "id uid contact_id text due_on promise created_at done_at"
            ),
        }
        for numbers in _chunks(self.shop.customers):
            for number in numbers:
                rows.append(self._contact(number, parts))
            self.writer.flush()

    def _contact(self, number: int, parts: dict[str, list[tuple[Any, ...]]]) -> tuple[Any, ...]:
        rand = self.rand
        orgs = max(self.shop.customers // 20, 1)
        given = family = ""
        org_id = None
        if number <= orgs:
            name = f"{_skewed(rand(), vocabulary.FAMILY)} {_pick(rand(), vocabulary.TRADES)}"
        else:
            given = _skewed(rand(), vocabulary.GIVEN)
            family = _skewed(rand(), vocabulary.FAMILY)
            name = f"{given} {family}"
            if rand() < 0.2:
                org_id = 1 + int(rand() * orgs)
        city = _skewed(rand(), vocabulary.CITIES)
        parts["address"].append((number, number, city, city.lower(), "GB", "gb"))
        parts["tag"].append((number, number, _skewed(rand(), vocabulary.TAGS)))
        if number % 5 == 0:
            day = f"{1940 + int(rand() * 65)}-{1 + number // 5 % 12:02}-{1 + number // 60 % 28:02}"
            parts["yearly_day"].append((number // 5, number, "birthday", day, day[5:]))
        if number % 20 == 0:
            self._reminder(number, parts["reminder"])
        touch = self._interaction(number, parts) if number % 2 == 0 else None
        last, touched = touch or (None, None)
        key, sort = fold(name), fold(f"{family} {given}" if given else name)
        return (
            number, _uid(1, number), "org" if number <= orgs else "person", name, given, family,
            fold_non_ascii(given), fold_non_ascii(family), key, sort, org_id,
            _pick(rand(), vocabulary.SOURCES), "customer", OWNERS[number % len(OWNERS)], None,
            STAMP, STAMP, last, touched, None, STAMP[:10], 0,
        )  # fmt: skip

    def _interaction(
        self, number: int, parts: dict[str, list[tuple[Any, ...]]]
    ) -> tuple[str, str | None]:
        """Add an interaction; return its day, and the day of the touch that it is."""
        rand = self.rand
        row, kind = number // 2, _pick(rand(), KINDS)
        day = self.names[int(rand() ** 0.5 * DAYS)]
        unanswered = int(kind == "call" and rand() < 0.35)
        parts["interaction"].append((
            row, _uid(2, row), kind, "in" if rand() < 0.3 else "out", day,
            f"{day}T{8 + int(rand() * 11):02}:{int(rand() * 60):02}:00Z",
            _pick(rand(), vocabulary.TEXTS), OWNERS[number % 3], STAMP, unanswered,
            "no answer" if unanswered else "",
        ))  # fmt: skip
        parts["participant"].append((row, row, number))
        return day, None if kind == "note" or unanswered else day

    def _reminder(self, number: int, rows: list[tuple[Any, ...]]) -> None:
        row, day = number // 20, self.names[int(self.rand() * DAYS)]
        rows.append(
            (row, _uid(3, row), number, _pick(self.rand(), vocabulary.TODO), day, 0, STAMP,
             f"{day}T15:00:00Z")
        )  # fmt: skip

    def sales(self) -> None:
        """Write the sales in the order of their days; one in 33 is a refund of an earlier one."""
        refunds = self.shop.sales // 33
        keys = self._purchases(self.shop.sales - refunds)
        sales = self.writer.open(
            "sale", "id uid contact_id on_date currency amount cost text author created_at channel "
            "tax tax_rate",
        )  # fmt: skip
        lines = self.writer.open(
            "sale_line", "id sale_id product_id quantity price cost discount amount tax tax_rate"
        )
        due: dict[int, list[tuple[int, int]]] = defaultdict(list)
        today = written = line = 0
        for place, key in enumerate(keys, 1):
            day, contact = divmod(key, 1 << 24)
            while today < day:
                written += self._refunds(due.pop(today, ()), today, written, sales)
                today += 1
            written += 1
            amount, cost, tax, bought = self._basket(contact)
            sales.append(self._sale(written, contact, day, amount, cost, tax))
            for values in bought:
                line += 1
                lines.append((line, written, *values))
            if place % 32 == 0 and refunds:
                refunds -= 1
                due[min(day + 1 + place // 32 % 20, DAYS - 1)].append((contact, amount))
            if len(sales) >= CHUNK:
                self.writer.flush()
        for day in sorted(due):
            written += self._refunds(due[day], day, written, sales)

    def _purchases(self, wanted: int) -> Sequence[int]:
        """Return the day and the contact of each purchase as one number, in their order."""
        first, later = array("Q"), array("Q")
        for contact in range(1, self.shop.customers + 1):
            days = self._buying_days()
            first.append(next(days) << 24 | contact)
            later.extend(day << 24 | contact for day in days)
        wanted -= len(first)
        while len(later) < wanted:  # a further purchase of any customer after the first one
            day, contact = divmod(first[int(self.rand() * len(first))], 1 << 24)
            later.append((day + int(self.rand() * (DAYS - day))) << 24 | contact)
        while len(later) > wanted:
            place = int(self.rand() * len(later))
            later[place] = later[-1]
            later.pop()
        return sorted([*first, *later])

    def _buying_days(self) -> Iterator[int]:
        """Yield the days on which a customer buys, as numbers from the start."""
        rand, wait = self.rand, self.source.expovariate
        day = float(int(rand() * DAYS))
        yield int(day)
        rate = self.source.gammavariate(0.8, 1 / 40)  # purchases a day
        leaves = rand() ** 2.6  # the chance to stop after a purchase
        while rand() >= leaves:
            day += max(wait(rate), 1.0) if rate > 1e-6 else DAYS
            if day >= DAYS:
                return
            if rand() < self.season[int(day)]:
                yield int(day)

    def _sale(
        self, number: int, contact: int, day: int, amount: int, cost: int | None, tax: int
    ) -> tuple[Any, ...]:
        return (
            number, _uid(4, number), contact, self.names[day], "GBP", amount, cost,
            "refund" if amount < 0 else "", OWNERS[contact % 3], STAMP,
            CHANNELS[(contact * 7 + number) % len(CHANNELS)], tax, TAX_RATE,
        )  # fmt: skip

    def _refunds(
        self, found: Iterable[tuple[int, int]], day: int, last: int, sales: list[tuple[Any, ...]]
    ) -> int:
        count = 0
        for count, (contact, amount) in enumerate(found, 1):
            sale = self._sale(last + count, contact, day, -amount, None, -_tax(amount))
            sales.append(sale)
        return count

    def _basket(self, contact: int) -> tuple[int, int | None, int, list[tuple[int, ...]]]:
        """Return amount, cost and tax of a purchase, and its lines."""
        rand = self.rand
        if rand() >= self.shop.with_lines:
            factor = self.factors[int(rand() * len(self.factors))]
            amount = max(int(self.levels[contact % len(self.levels)] * factor), 50)
            return amount, None if rand() < 0.02 else amount * 6 // 10, _tax(amount), []
        product = int(rand() ** 2 * PRODUCTS)
        lines = [self._line(product)]
        if rand() < 0.6:  # most often with its neighbor in the catalog
            lines.append(self._line(product ^ 1 if rand() < 0.5 else int(rand() ** 2 * PRODUCTS)))
            if rand() < 0.65:
                lines.append(self._line(int(rand() ** 2 * PRODUCTS)))
        cost = sum(line[1] * line[3] // 1000 for line in lines)
        return sum(line[5] for line in lines), cost, sum(line[6] for line in lines), lines

    def _line(self, product: int) -> tuple[int, ...]:
        """Return product, quantity, price, cost, discount, amount, tax and tax rate of a line."""
        price, quantity = self.prices[product], 1 + int(self.rand() ** 4 * 6)
        discount = 10_000 if quantity >= 5 else 0
        amount = (price * quantity * (100_000 - discount) + 50_000) // 100_000
        return (
            product + 1, quantity * 1000, price, round(price * 0.6), discount, amount,
            _tax(amount), TAX_RATE,
        )  # fmt: skip


def _tax(amount: int) -> int:
    """Return the tax that an amount contains, halves up."""
    return (amount * TAX_RATE * 2 + 100_000 + TAX_RATE) // (2 * (100_000 + TAX_RATE))


def _chunks(count: int) -> Iterator[range]:
    for start in range(1, count + 1, CHUNK):
        yield range(start, min(start + CHUNK, count + 1))


def _pick(chance: float, choices: Sequence[Any]) -> Any:
    return choices[int(chance * len(choices))]


def _skewed(chance: float, choices: Sequence[Any]) -> Any:
    """Return one of the choices, the first ones far more often."""
    return choices[int(chance * chance * len(choices))]


def _uid(kind: int, number: int) -> str:
    return f"{number:08x}-000{kind}-4000-8000-000000000000"
