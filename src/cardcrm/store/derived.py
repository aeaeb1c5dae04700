"""Kept facts: what is written down beside the records so that it need not be reckoned each time.

A card's search text, the text index of interactions and notes, the day of the last interaction with
the day the cadence asks for the next, and each card's sums of sales by currency. `refresh` brings
them up to date for the rows that a transaction touched; `rebuild` makes them all anew.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from itertools import islice
from typing import Any, TypeVar

from cardcrm.store.engine import Engine, Row
from cardcrm.store.table_registry import DirtySet
from cardcrm.text import fold

T = TypeVar("T", int, str)

CHUNK = 500
LEVELS = 8  # of organisations that belong to others


def unheeded() -> None:
    """Nobody wants to stop it."""


def unforeseen(_handfuls: int) -> None:
    """Nobody wants to know how much is left."""


def handfuls(stale: DirtySet) -> int:
    """About how often `refresh` will call ``heed``."""
    kinds = (stale.contacts, stale.texts, stale.notes, stale.touches, stale.sums)
    return sum(-(-len(ids) // CHUNK) for ids in kinds)


def refresh(engine: Engine, stale: DirtySet, heed: Callable[[], None] = unheeded) -> None:
    """Bring the kept facts of touched rows up to date, inside the transaction that touched them.

    ``heed`` is called with every handful of rows.
    """
    if stale.org_names:
        stale.contacts |= _members(engine, stale.org_names)
    if stale.moved:
        stale.touches |= _participants(engine, stale.moved)
    reckoned = stale.contacts | stale.sums | stale.touches
    if engine.is_concurrent and reckoned:
        engine.lock_contacts(reckoned, stale.touches)
    if stale.contacts:
        _index_cards(engine, stale.contacts, heed)
    if stale.texts or stale.notes:
        _index_texts(engine, stale.texts, stale.notes, heed)
    if stale.touches:
        _touch(engine, stale.touches, heed)
    if stale.sums:
        _sum(engine, stale.sums, heed)


def rebuild(engine: Engine) -> None:
    """Make every kept fact anew from the records."""
    engine.search.clear()
    engine.execute("DELETE FROM contact_value", {})
    everything = DirtySet()
    for name, ids in (("contact", everything.contacts), ("interaction", everything.texts)):
        ids.update(row[0] for row in engine.stream(f"SELECT id FROM {name}", {}))
    everything.notes = set(everything.contacts)
    everything.touches = set(everything.contacts)
    everything.sums = set(everything.contacts)
    refresh(engine, everything)


def chunks(
    ids: Iterable[T], heed: Callable[[], None] = unheeded
) -> Iterator[tuple[str, dict[str, T]]]:
    """Ids (or other values) in handfuls, each as text for ``IN (…)`` with its parameters."""
    rest = iter(sorted(ids))
    while handful := list(islice(rest, CHUNK)):
        heed()
        params = {f"i{number}": value for number, value in enumerate(handful)}
        yield ", ".join(f":{name}" for name in params), params


def _members(engine: Engine, orgs: set[int]) -> set[int]:
    """The people who work at these contacts: their search text holds its name."""
    return {
        row[0]
        for marks, params in chunks(orgs)
        for row in engine.rows(f"SELECT id FROM contact WHERE org_id IN ({marks})", params)
    }


def _participants(engine: Engine, interactions: set[int]) -> set[int]:
    return {
        row[0]
        for marks, params in chunks(interactions)
        for row in engine.rows(
            f"SELECT contact_id FROM participant WHERE interaction_id IN ({marks})", params
        )
    }


def search_text(
    name: str, nicknames: Iterable[str], rest: Iterable[str], keys: Iterable[str]
) -> tuple[str, str]:
    """The two parts of a card's search text: its names, and the rest with its points' keys."""
    names = fold("\n".join([name, *nicknames]))
    return names, "\n".join([*(fold(part) for part in rest if part), *keys])


def _index_cards(engine: Engine, ids: set[int], heed: Callable[[], None]) -> None:
    for marks, params in chunks(ids, heed):
        cards = card_texts(engine, marks, params)
        engine.search.write_contacts(cards)
        engine.search.remove(set(params.values()) - {card[0] for card in cards}, ())
        _note_bareness(engine, marks, params)


def _note_bareness(engine: Engine, marks: str, params: Mapping[str, Any]) -> None:
    """A card is bare while it has neither e-mail nor phone; nothing but its name tells it then."""
    engine.execute(
        f"UPDATE contact SET bare = {IS_BARE} WHERE id IN ({marks}) AND bare <> {IS_BARE}", params
    )


# Whether a row of contact is bare: 1 or 0.
IS_BARE = (
    "CASE WHEN EXISTS (SELECT 1 FROM point p WHERE p.contact_id = contact.id "
    "AND p.kind IN ('email', 'phone')) THEN 0 ELSE 1 END"
)


def card_texts(engine: Engine, marks: str, params: Mapping[str, int]) -> list[tuple[int, str, str]]:
    """What the search index has to hold of some cards: id, names, and the rest."""
    cards = engine.rows(
        "SELECT c.id, c.name, c.title, o.name AS org FROM contact c "
        f"LEFT JOIN contact o ON o.id = c.org_id WHERE c.id IN ({marks})",
        params,
    )
    parts: dict[tuple[int, str], list[str]] = {}
    for row in engine.rows(_PARTS.format(marks=marks), params):
        parts.setdefault((row[0], row[1]), []).append(row[3])

    def of(card: int, table: str) -> list[str]:
        return parts.get((card, table), [])

    return [
        (
            card["id"],
            *search_text(
                card["name"],
                of(card["id"], "nickname"),
                (card["org"], card["title"], *of(card["id"], "address")),
                (*of(card["id"], "tag"), *of(card["id"], "point")),
            ),
        )
        for card in cards
    ]


# What is searched of the parts of some cards, those of each in the order they were written.
_PARTS = (
    " UNION ALL ".join(
        f"SELECT contact_id, '{table}' AS part, id, {column} FROM {table} "
        "WHERE contact_id IN ({marks})"
        for table, column in (
            ("nickname", "name"),
            ("address", "city"),
            ("tag", "name"),
            ("point", "value_key"),
        )
    )
    + " ORDER BY 3"
)


def _index_texts(
    engine: Engine, interactions: set[int], noted: set[int], heed: Callable[[], None]
) -> None:
    """Interactions stand in the text index under their id, notes under minus their card's id."""
    for marks, params in chunks(interactions, heed):
        texts = history_texts(engine, marks, params)
        engine.search.write_texts(texts)
        engine.search.remove((), set(params.values()) - {text[0] for text in texts})
    for marks, params in chunks(noted, heed):
        texts = note_texts(engine, marks, params)
        engine.search.write_texts(texts)
        engine.search.remove((), {-card for card in params.values()} - {text[0] for text in texts})


def history_texts(engine: Engine, marks: str, params: Mapping[str, int]) -> list[tuple[int, str]]:
    """What the search index has to hold of some interactions."""
    rows = engine.rows(f"SELECT id, text, outcome FROM interaction WHERE id IN ({marks})", params)
    return [(row[0], fold(f"{row[1]}\n{row[2]}".strip())) for row in rows]


def note_texts(engine: Engine, marks: str, params: Mapping[str, int]) -> list[tuple[int, str]]:
    """What the search index has to hold of the notes on some cards, under minus their ids."""
    rows = engine.rows(f"SELECT -id, note FROM contact WHERE id IN ({marks})", params)
    return [(row[0], fold(row[1])) for row in rows if row[1]]


def _touch(engine: Engine, ids: set[int], heed: Callable[[], None]) -> None:
    """People first: what was said to them was said to the organisation they work at, and so to one
    that this belongs to. Those that belong to each other must come to an end.
    """
    orgs = _write_touches(engine, ids, heed, of_all=True)
    for _ in range(LEVELS):
        orgs = _write_touches(engine, orgs, heed)


def _write_touches(
    engine: Engine, ids: set[int], heed: Callable[[], None], *, of_all: bool = False
) -> set[int]:
    """Write what is different now; the organisations of those cards, or else ``of_all``."""
    orgs: set[int] = set()
    for marks, params in chunks(ids, heed):
        rows = _talked(engine, marks, params)
        changed = [row for row in rows if _day(row) != (row["last_on"], row["touch_on"])]
        engine.execute_many(
            "UPDATE contact SET last_on = :last_on, touch_on = :touch_on WHERE id = :id",
            [
                {"id": row["id"], "last_on": last_on, "touch_on": touch_on}
                for row, (last_on, touch_on) in zip(changed, map(_day, changed), strict=True)
            ],
        )
        orgs.update(row["org_id"] for row in (rows if of_all else changed) if row["org_id"])
    return orgs


def touches(
    engine: Engine, marks: str, params: Mapping[str, int]
) -> list[tuple[int, str | None, str | None]]:
    """The day of each card's last interaction, and the day by which its cadence wants the next.

    An organisation is spoken with when anybody who works there is. A card with a cadence and no
    interaction counts from the day it was made.
    """
    return [(row["id"], *_day(row)) for row in _talked(engine, marks, params)]


def _talked(engine: Engine, marks: str, params: Mapping[str, int]) -> list[Row]:
    """Cards with what is kept of them, and what tells when somebody talked with them."""
    return engine.rows(
        "SELECT c.id, c.org_id, c.cadence_days, c.created_at, c.last_on, c.touch_on, "
        "max(i.on_date) AS talked_on, "
        "(SELECT max(m.last_on) FROM contact m WHERE m.org_id = c.id) AS people_on FROM contact c "
        "LEFT JOIN participant p ON p.contact_id = c.id "
        "LEFT JOIN interaction i ON i.id = p.interaction_id WHERE c.id IN "
        f"({marks}) GROUP BY c.id, c.org_id, c.cadence_days, c.created_at, c.last_on, c.touch_on",
        params,
    )


def _day(row: Row) -> tuple[str | None, str | None]:
    """The day of the last interaction and that of the next, of a row of `_talked`."""
    last_on = max(row["talked_on"] or "", row["people_on"] or "") or None
    return last_on, _touch_on(last_on or row["created_at"], row["cadence_days"])


def _touch_on(since: str, cadence_days: int | None) -> str | None:
    if not cadence_days:
        return None
    try:
        return (date.fromisoformat(since[:10]) + timedelta(days=cadence_days)).isoformat()
    except OverflowError:
        return None


# Sales by card and currency: refunds lower the revenue and are no orders of their own. First and
# last sale are those of money paid; of refunds only where there is nothing else. The margin is
# known only where every sale names its cost; a refund without one brought no goods back, so it
# lowers the margin by all of its amount.
SUMS = (
    "SELECT contact_id, currency, sum(amount), "
    "CASE WHEN sum(CASE WHEN cost IS NULL AND amount >= 0 THEN 1 ELSE 0 END) = 0 "
    "THEN sum(amount) - coalesce(sum(cost), 0) END, "
    "sum(CASE WHEN amount > 0 THEN 1 ELSE 0 END), "
    "coalesce(min(CASE WHEN amount > 0 THEN on_date END), min(on_date)), "
    "coalesce(max(CASE WHEN amount > 0 THEN on_date END), max(on_date)) "
    "FROM sale WHERE contact_id IN ({marks}) GROUP BY contact_id, currency"
)
SUM_COLUMNS = "contact_id, currency, revenue, margin, orders, first_on, last_on"


def _sum(engine: Engine, ids: set[int], heed: Callable[[], None]) -> None:
    for marks, params in chunks(ids, heed):
        engine.execute(f"DELETE FROM contact_value WHERE contact_id IN ({marks})", params)
        engine.execute(
            f"INSERT INTO contact_value ({SUM_COLUMNS}) {SUMS.format(marks=marks)}", params
        )
