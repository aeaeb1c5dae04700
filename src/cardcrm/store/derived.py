"""Derived data: what is stored beside the records so that it need not be computed each time.

It consists of the search text of each contact, the text index of interactions and notes, the day of
the last interaction with the day on which the cadence asks for the next, and the sums of sales by
currency. `refresh` updates it for the rows that a transaction touched; `rebuild` computes it all.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from itertools import islice
from typing import Any, TypeVar

from cardcrm.store.engine import Engine, Row
from cardcrm.store.table_registry import DirtySet
from cardcrm.text import fold

T = TypeVar("T", int, str)

CHUNK = 500  # rows of a statement
LEVELS = 8  # of organizations that belong to others

Marks = str  # text for IN (…): the names of parameters
Params = Mapping[str, Any]
Progress = Callable[[], None]


def ignore_progress() -> None:
    """Go on."""


def ignore_estimate(_chunks: int) -> None:
    """Go on."""


def count_chunks(dirty: DirtySet) -> int:
    """Return about how often `refresh` will report progress."""
    return sum(-(-len(ids) // CHUNK) for ids, _ in _writers(dirty)) + -(
        -len(dirty.touches) // CHUNK
    )


def refresh(engine: Engine, dirty: DirtySet, on_progress: Progress = ignore_progress) -> None:
    """Update the derived data of dirty rows, inside the transaction that touched them.

    ``on_progress`` is called with every chunk of rows.
    """
    if dirty.org_names:
        dirty.contacts |= _employee_ids(engine, dirty.org_names)
    if dirty.moved:
        dirty.touches |= _participant_ids(engine, dirty.moved)
    written = dirty.contacts | dirty.sums | dirty.touches
    if engine.is_concurrent and written:
        engine.lock_contacts(written, dirty.touches)
    for ids, write in _writers(dirty):
        for marks, params in chunks(ids, on_progress):
            write(engine, marks, params)
    if dirty.touches:
        _write_all_days(engine, dirty.touches, on_progress)


def _writers(
    dirty: DirtySet,
) -> tuple[tuple[set[int], Callable[[Engine, Marks, Mapping[str, int]], None]], ...]:
    """Return the dirty ids with what writes the derived data of a chunk of them."""
    return (
        (dirty.contacts, _write_contacts),
        (dirty.texts, _write_interactions),
        (dirty.notes, _write_notes),
        (dirty.sums, _write_sums),
    )


def rebuild(engine: Engine) -> None:
    """Compute all derived data from the records."""
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
    ids: Iterable[T], on_progress: Progress = ignore_progress
) -> Iterator[tuple[Marks, dict[str, T]]]:
    """Yield ids (or other values) in chunks, each as text for ``IN (…)`` with its parameters."""
    rest = iter(sorted(ids))
    while chunk := list(islice(rest, CHUNK)):
        on_progress()
        params = {f"i{number}": value for number, value in enumerate(chunk)}
        yield ", ".join(f":{name}" for name in params), params


def _employee_ids(engine: Engine, orgs: set[int]) -> set[int]:
    """Return the people who work at organizations: their search text holds its name."""
    return _read_ids(engine, "SELECT id FROM contact WHERE org_id IN ({})", orgs)


def _participant_ids(engine: Engine, interactions: set[int]) -> set[int]:
    sql = "SELECT contact_id FROM participant WHERE interaction_id IN ({})"
    return _read_ids(engine, sql, interactions)


def _read_ids(engine: Engine, sql: str, ids: set[int]) -> set[int]:
    return {
        row[0] for marks, params in chunks(ids) for row in engine.rows(sql.format(marks), params)
    }


# Search text


def search_text(
    name: str, nicknames: Iterable[str], rest: Iterable[str], keys: Iterable[str]
) -> tuple[str, str]:
    """Return the two parts of a contact's search text: its names, and the rest with its keys."""
    names = fold("\n".join([name, *nicknames]))
    return names, "\n".join([*(fold(part) for part in rest if part), *keys])


def _write_contacts(engine: Engine, marks: Marks, params: Mapping[str, int]) -> None:
    texts = contact_texts(engine, marks, params)
    engine.search.write_contacts(texts)
    engine.search.remove(set(params.values()) - {text[0] for text in texts}, ())
    # A contact is bare without email and phone: nothing but the name identifies it.
    engine.execute(
        f"UPDATE contact SET bare = {IS_BARE} WHERE id IN ({marks}) AND bare <> {IS_BARE}", params
    )


# SQL for whether a contact is bare: 1 or 0.
IS_BARE = (
    "CASE WHEN EXISTS (SELECT 1 FROM point p WHERE p.contact_id = contact.id "
    "AND p.kind IN ('email', 'phone')) THEN 0 ELSE 1 END"
)


def contact_texts(
    engine: Engine, marks: Marks, params: Mapping[str, int]
) -> list[tuple[int, str, str]]:
    """Return the search text of some contacts: id, names, and the rest."""
    contacts = engine.rows(
        "SELECT c.id, c.name, c.title, o.name AS org FROM contact c "
        f"LEFT JOIN contact o ON o.id = c.org_id WHERE c.id IN ({marks})",
        params,
    )
    parts: dict[tuple[int, str], list[str]] = {}
    for row in engine.rows(_PARTS.format(marks=marks), params):
        parts.setdefault((row[0], row[1]), []).append(row[3])

    def of(contact: int, table: str) -> list[str]:
        return parts.get((contact, table), [])

    return [
        (
            row["id"],
            *search_text(
                row["name"],
                of(row["id"], "nickname"),
                (row["org"], row["title"], *of(row["id"], "address")),
                (*of(row["id"], "tag"), *of(row["id"], "point")),
            ),
        )
        for row in contacts
    ]


# The searched columns of the parts of some contacts, in the order in which they were added.
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


def _write_interactions(engine: Engine, marks: Marks, params: Mapping[str, int]) -> None:
    texts = interaction_texts(engine, marks, params)
    engine.search.write_texts(texts)
    engine.search.remove((), set(params.values()) - {text[0] for text in texts})


def _write_notes(engine: Engine, marks: Marks, params: Mapping[str, int]) -> None:
    """Write notes into the text index under the negated id of their contact."""
    texts = note_texts(engine, marks, params)
    engine.search.write_texts(texts)
    engine.search.remove(
        (), {-contact for contact in params.values()} - {text[0] for text in texts}
    )


def interaction_texts(
    engine: Engine, marks: Marks, params: Mapping[str, int]
) -> list[tuple[int, str]]:
    """Return the search text of some interactions."""
    rows = engine.rows(f"SELECT id, text, outcome FROM interaction WHERE id IN ({marks})", params)
    return [(row[0], fold(f"{row[1]}\n{row[2]}".strip())) for row in rows]


def note_texts(engine: Engine, marks: Marks, params: Mapping[str, int]) -> list[tuple[int, str]]:
    """Return the search text of the notes of some contacts, under their negated ids."""
    rows = engine.rows(f"SELECT -id, note FROM contact WHERE id IN ({marks})", params)
    return [(row[0], fold(row[1])) for row in rows if row[1]]


# Days of interactions


def _write_all_days(engine: Engine, ids: set[int], on_progress: Progress) -> None:
    """Write the days of contacts, then those of their organizations, level by level.

    An interaction with a person counts for the organization too. Organizations that belong to each
    other in a circle end after some levels.
    """
    orgs = _write_days(engine, ids, on_progress, of_all=True)
    for _ in range(LEVELS):
        orgs = _write_days(engine, orgs, on_progress)


def _write_days(
    engine: Engine, ids: set[int], on_progress: Progress, *, of_all: bool = False
) -> set[int]:
    """Write changed days; return the organizations of those contacts, or ``of_all``."""
    orgs: set[int] = set()
    for marks, params in chunks(ids, on_progress):
        rows = _read_days(engine, marks, params)
        changed = [row for row in rows if _days_of(row) != (row["last_on"], row["touch_on"])]
        engine.execute_many(
            "UPDATE contact SET last_on = :last_on, touch_on = :touch_on WHERE id = :id",
            [
                {"id": row["id"], "last_on": last_on, "touch_on": touch_on}
                for row, (last_on, touch_on) in zip(changed, map(_days_of, changed), strict=True)
            ],
        )
        orgs.update(row["org_id"] for row in (rows if of_all else changed) if row["org_id"])
    return orgs


def contact_days(
    engine: Engine, marks: Marks, params: Mapping[str, int]
) -> list[tuple[int, str | None, str | None]]:
    """Return the day of each contact's last interaction, and that of the next by its cadence.

    An interaction with a person counts for the organization that the person works at. A contact
    with a cadence and without interactions counts from the day on which it was added.
    """
    return [(row["id"], *_days_of(row)) for row in _read_days(engine, marks, params)]


def _read_days(engine: Engine, marks: Marks, params: Mapping[str, int]) -> list[Row]:
    """Return contacts with their stored days, and what these are computed from."""
    return engine.rows(
        "SELECT c.id, c.org_id, c.cadence_days, c.created_at, c.last_on, c.touch_on, "
        "max(i.on_date) AS talked_on, "
        "(SELECT max(m.last_on) FROM contact m WHERE m.org_id = c.id) AS people_on FROM contact c "
        "LEFT JOIN participant p ON p.contact_id = c.id "
        "LEFT JOIN interaction i ON i.id = p.interaction_id WHERE c.id IN "
        f"({marks}) GROUP BY c.id, c.org_id, c.cadence_days, c.created_at, c.last_on, c.touch_on",
        params,
    )


def _days_of(row: Row) -> tuple[str | None, str | None]:
    """Return the day of the last interaction and that of the next, from a row of `_read_days`."""
    last_on = max(row["talked_on"] or "", row["people_on"] or "") or None
    return last_on, _touch_on(last_on or row["created_at"], row["cadence_days"])


def _touch_on(since: str, cadence_days: int | None) -> str | None:
    if not cadence_days:
        return None
    try:
        return (date.fromisoformat(since[:10]) + timedelta(days=cadence_days)).isoformat()
    except OverflowError:
        return None


# Sums of sales

# Refunds lower the revenue and do not count as orders. The first and last sale are those of money
# paid, or refunds where there are no others. The margin is known only if every sale has a cost; a
# refund without a cost returned no goods, so it lowers the margin by its whole amount.
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


def _write_sums(engine: Engine, marks: Marks, params: Mapping[str, int]) -> None:
    engine.execute(f"DELETE FROM contact_value WHERE contact_id IN ({marks})", params)
    engine.execute(f"INSERT INTO contact_value ({SUM_COLUMNS}) {SUMS.format(marks=marks)}", params)
