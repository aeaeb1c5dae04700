"""Tell the story of Petal & Stem in its sales over three years, for reports to find.

Days are counted back from today, seasons follow the calendar, and nothing is random.

- **The best customer** is The Aire Grand Hotel, a lobby arrangement every week. Its margin
  shrinks: the price stays, and its cost rises from 52 to 69 pounds in three steps.
- **The dying favorite** is Kirkgate Playhouse, second by revenue: two reception arrangements every
  week for more than two years, then one at growing intervals, and nothing for 190 days.
- **The rising star** is Lantern Coffee, a customer since 300 days: the orders grow and their
  intervals shrink, from a month to a week; in the last 90 days it buys the most of all.
- **The season**: in December most customers buy a Christmas wreath, and the hotel, the playhouse
  and the solicitors decorate. Valentine's Day sells roses, Mother's Day seasonal bouquets.
- **A pair of products**: four of five who buy a potted orchid buy orchid feed with it.
- **A price rise**: 210 days ago the seasonal bouquet went from 24 to 28 pounds.
- **A promotion**: potted orchids were 20% cheaper for a fortnight, 126 to 113 days ago.
- **A lapsed group**: the eight customers tagged ``market`` bought at a stall on the market, and
  none of them since the shop gave it up 425 days ago.
- **Channels**: shop, phone, market (until then), and web, which opened 800 days ago and grows.
- **Subscriptions**: twenty customers tagged ``subscription`` pay for flowers each month. Many leave
  early, few leave late; seven of them still pay.
- **A product that is bought once**: eight customers bought a dried flower kit, none of them again.
- Herb pots are the only product without tax (0%); all other prices contain 20%.
"""

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

from cardcrm.records.sample.customers_data import (
    CAFE,
    KITS,
    MARKET,
    PLAYHOUSE,
    SUBSCRIBERS,
    WALK_INS,
    SampleCustomer,
    SampleSubscriber,
)
from cardcrm.records.sample.history_data import SALES

HOTEL, SOLICITORS, PLANNER = (
    "The Aire Grand Hotel", "Calder & Finch Solicitors", "Whitcombe Weddings",
)  # fmt: skip
_YEARS = 4
_LONGEST = 1130  # days back
_MONTH = 30


class SampleSale(NamedTuple):
    """A sale: to whom, how many days back, what, through which channel, at which discount."""

    name: str
    back: int
    lines: tuple[tuple[str, int], ...]
    channel: str = "shop"
    discount: int = 0  # percent


# Standing orders: name, first and last day back, days between, product, how many, channel.
_ROUNDS = (
    (HOTEL, 1130, 4, 7, "Lobby arrangement", 1, "phone"),
    (SOLICITORS, 1125, 5, 14, "Reception arrangement", 1, "phone"),
    ("Bramble Kitchen", 330, 10, 28, "Table flowers", 8, "phone"),
    ("Margaret Sykes", 1121, 1, 14, "Seasonal bouquet", 1, "shop"),
    ("Peter Mallinson", 1130, 20, 30, "Hand-tied roses", 1, "shop"),
    ("St Aidan's Church", 1120, 40, 60, "Reception arrangement", 2, "phone"),
    ("Hargreave Funerals", 1130, 12, 26, "Funeral wreath", 1, "phone"),
    ("Fatima Rahmani", 300, 35, 44, "Seasonal bouquet", 1, "shop"),
    ("Chloe Barraclough", 280, 48, 58, "Seasonal bouquet", 1, "web"),
    ("Agnes Pickersgill", 838, 21, 43, "Potted orchid", 1, "phone"),
    ("Yusuf Karim", 370, 70, 75, "Hand-tied roses", 1, "shop"),
    ("Stanisław Zięba", 260, 60, 50, "Seasonal bouquet", 1, "shop"),
    ("Wendy Applegarth", 745, 250, 33, "Seasonal bouquet", 1, "shop"),
    ("Tom Calder", 724, 2, 361, "Hand-tied roses", 2, "phone"),
    (PLAYHOUSE, 1128, 302, 7, "Reception arrangement", 2, "phone"),
)
_PLAYHOUSE_ENDS = (284, 258, 226, 190)
_CAFE_STARTS = (300, 268, 240, 215, 193, 174, 158, 144, 132, 121, 111, 102, 94)

# Weddings of the years before those in `SALES`: month, day.
_WEDDINGS = ((5, 23), (6, 20), (7, 18), (8, 15), (9, 12))
_OLDEST_SINGLE = 402


def find_working_day(today: dt.date, back: int) -> dt.date:
    """Return a past day, or the Saturday before it, as the shop is closed on Sundays."""
    day = today - dt.timedelta(days=back)
    return day - dt.timedelta(days=1) if day.weekday() == 6 else day


def list_sales(today: dt.date) -> list[SampleSale]:
    """Return all sales, the oldest first."""
    found = [
        *_rounds(), *_playhouse(), *_cafe(), *_regulars(), *_subscriptions(), *_weddings(today),
        *_seasons(today),
        *(SampleSale(name, back, lines, way, less) for name, back, lines, less, way in SALES),
        *(SampleSale(name, back, (("Dried flower kit", 1),), "web") for name, back in KITS),
    ]  # fmt: skip
    return _with_feed(sorted(found, key=lambda sale: (-sale.back, sale.name)))


def _with_feed(sold: list[SampleSale]) -> list[SampleSale]:
    """Add orchid feed to four of five sales of an orchid."""
    orchids = 0
    for at, sale in enumerate(sold):
        if any(product == "Potted orchid" for product, _ in sale.lines):
            orchids += 1
            if orchids % 5:
                sold[at] = sale._replace(lines=(*sale.lines, ("Orchid feed", 1)))
    return sold


def _rounds() -> Iterator[SampleSale]:
    """Yield the standing orders as single sales."""
    for name, first, last, every, product, many, channel in _ROUNDS:
        for back in range(first, last - 1, -every):
            yield SampleSale(name, back, ((product, many),), channel)


def _playhouse() -> Iterator[SampleSale]:
    for back in _PLAYHOUSE_ENDS:
        yield SampleSale(PLAYHOUSE, back, (("Reception arrangement", 1),), "phone")


def _cafe() -> Iterator[SampleSale]:
    for number, back in enumerate((*_CAFE_STARTS, *range(87, 2, -7))):
        lines = [("Table flowers", 4 + number // 2)]
        if number >= 8:
            lines.append(("Reception arrangement", 1))
        yield SampleSale(CAFE, back, tuple(lines), "web")


def _regulars() -> Iterator[SampleSale]:
    """Yield what customers buy in the shop and on the market, a little early or late."""
    for channel, customers in (("shop", WALK_INS), ("market", MARKET)):
        for place, each in enumerate(customers):
            for number, back in enumerate(range(each.first, each.last, -each.every)):
                day = back + _vary(place, number)
                if day > each.last and not (channel == "shop" and number % 9 == 8):
                    product = each.products[number % len(each.products)]
                    yield SampleSale(each.name, day, ((product, 1),), channel)


def _vary(place: int, number: int) -> int:
    """Return by how many days a purchase is earlier (above 0) or later than its turn."""
    return (place * 7 + number * 5) % 7 - 3


def _subscriptions() -> Iterator[SampleSale]:
    for each in SUBSCRIBERS:
        for back in _payments(each):
            yield SampleSale(each.name, back, (("Flower subscription", 1),), "web")


def _payments(each: SampleSubscriber) -> range:
    """Return the days back on which a subscriber pays."""
    last = each.first - _MONTH * (each.months - 1) if each.months else 0
    return range(each.first, max(last, 1) - 1, -_MONTH)


def _weddings(today: dt.date) -> Iterator[SampleSale]:
    for back in _on_days(today, _WEDDINGS):
        if back > _OLDEST_SINGLE:
            lines = (("Bridal bouquet", 1), ("Buttonhole", 8), ("Table flowers", 12))
            yield SampleSale(PLANNER, back, lines, "phone", 5)


def _on_days(today: dt.date, days: tuple[tuple[int, int], ...]) -> Iterator[int]:
    """Yield how far back some days since the first sale are, the first year first."""
    for year in range(today.year - _YEARS, today.year + 1):
        for month, day in days:
            back = (today - dt.date(year, month, day)).days
            if 1 <= back <= _LONGEST:
                yield back


def _seasons(today: dt.date) -> Iterator[SampleSale]:
    """Yield what is sold for Valentine's Day, Mother's Day and Christmas."""
    customers = [*WALK_INS, *MARKET]
    for place, each in enumerate(customers):
        channel = "shop" if place < len(WALK_INS) else "market"
        for day, product in (
            ((2, 13 - place % 4), "Hand-tied roses"),
            ((3, 8 + place % 9), "Seasonal bouquet"),
            ((12, 2 + place * 5 % 19), "Christmas wreath"),
        ):
            many = 2 if product == "Christmas wreath" and place % 3 == 0 else 1
            for back in _on_days(today, (day,)):
                if _buys(each, back):
                    yield SampleSale(each.name, back, ((product, many),), channel)
    yield from _christmas(today)


def _buys(each: SampleCustomer, back: int) -> bool:
    return each.first > back > each.last


def _christmas(today: dt.date) -> Iterator[SampleSale]:
    """Yield what organizations and subscribers buy in December."""
    for back in _on_days(today, ((12, 4),)):
        yield SampleSale(
            HOTEL, back, (("Table flowers", 40), ("Lobby arrangement", 2)), "phone", 10
        )
    for back in _on_days(today, ((12, 8),)):
        if back > _PLAYHOUSE_ENDS[0]:
            yield SampleSale(PLAYHOUSE, back, (("Table flowers", 20),), "phone")
    for back in _on_days(today, ((12, 10),)):
        lines = (("Christmas wreath", 6), ("Reception arrangement", 2))
        yield SampleSale(SOLICITORS, back, lines, "phone")
    for place, each in enumerate(SUBSCRIBERS):
        paid = _payments(each)
        for back in _on_days(today, ((12, 3 + place * 7 % 17),)):
            if paid[0] > back > paid[-1]:
                yield SampleSale(each.name, back, (("Christmas wreath", 1),), "web")
