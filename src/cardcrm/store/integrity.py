"""Whether a box is sound: the file itself, its search index, and every kept fact reckoned anew."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cardcrm.store import derived, table_registry
from cardcrm.store.base import Store
from cardcrm.store.engine import Engine, transaction

Progress = Callable[[str], None]
Marks = tuple[str, dict[str, int]]


@dataclass(frozen=True)
class Finding:
    """Something wrong; ``mends`` says whether making the kept facts anew puts it right."""

    area: str
    words: str
    mends: bool


def check(store: Store, progress: Progress) -> list[Finding]:
    """Everything that is wrong in a box; empty when it is sound. ``progress`` hears each step.

    Others may go on working: all is read as it was at one moment.
    """
    engine = store.engine
    found: list[Finding] = []
    progress("the file" if engine.name == "sqlite" else "the tables")
    found += [Finding("file", words, mends=False) for words in engine.problems()]
    if found:
        return found  # what is read from a damaged file tells nothing
    found += [Finding("index", words, mends=True) for words in engine.index_problems()]
    with engine.snapshot():
        progress("what belongs together")
        found += _orphans(engine)
        found += _lonely(engine)
        found += _empty(engine)
        if not any(finding.area == "index" for finding in found):
            progress("the search index")
            found += _index(engine)
        progress("the days of the last contact, and the sums of sales")
        found += _sums(engine)
    return found


def repair(store: Store) -> None:
    """Make every kept fact anew from the records; what people wrote stays as it is."""
    with transaction(store.engine):
        derived.rebuild(store.engine)


def _orphans(engine: Engine) -> list[Finding]:
    return [
        Finding("rows", f"{table} {row_id} belongs to a {parent} that is not there", mends=False)
        for table, row_id, parent in engine.orphans()
    ]


def _lonely(engine: Engine) -> list[Finding]:
    rows = engine.rows(
        "SELECT i.id FROM interaction i WHERE NOT EXISTS "
        "(SELECT 1 FROM participant p WHERE p.interaction_id = i.id) ORDER BY i.id",
        {},
    )
    ids = [row[0] for row in rows]
    return list(_told("rows", "interaction", "without a contact", ids, mends=False))


def _empty(engine: Engine) -> Iterator[Finding]:
    """Find the rows in which a required column is empty."""
    for table in table_registry.all_tables().values():
        for column in table.required:
            rows = engine.rows(
                f"SELECT id FROM {table.name} WHERE {column} IS NULL "
                f"OR CAST({column} AS TEXT) = '' ORDER BY id",
                {},
            )
            ids = [row[0] for row in rows]
            what = f"without {column.removesuffix('_id')}"
            yield from _told("rows", table.name, what, ids, mends=False)


def _index(engine: Engine) -> list[Finding]:
    cards = _differing(
        _by_id(engine, "SELECT id FROM contact"),
        lambda marks: derived.card_texts(engine, *marks),
        lambda marks: _indexed(engine, engine.card_index, marks),
    )
    texts = _differing(
        _by_id(engine, "SELECT id FROM interaction"),
        lambda marks: derived.history_texts(engine, *marks),
        lambda marks: _indexed(engine, engine.text_index, marks),
    )
    notes = _differing(
        _by_id(engine, "SELECT id FROM contact"),
        lambda marks: derived.note_texts(engine, *marks),
        lambda marks: _indexed(engine, engine.text_index, _negative(marks)),
    )
    return [
        *_told("index", "card", "with stale search text", cards, mends=True),
        *_told("index", "interaction", "with stale search text", texts, mends=True),
        *_told("index", "note", "with stale search text", notes, mends=True),
        *_told("index", "row", "in the index of what is gone", _stray(engine), mends=True),
    ]


def _indexed(engine: Engine, sql: str, marks: Marks) -> list[tuple[Any, ...]]:
    rows = engine.rows(f"SELECT * FROM ({sql}) x WHERE id IN ({marks[0]})", marks[1])
    return [tuple(row) for row in rows]


def _negative(marks: Marks) -> Marks:
    return marks[0], {name: -value for name, value in marks[1].items()}


def _stray(engine: Engine) -> list[int]:
    """Entries of the search index whose card or interaction is gone."""
    rows = engine.rows(
        f"SELECT id FROM ({engine.card_index}) x WHERE id NOT IN (SELECT id FROM contact) "
        f"UNION ALL SELECT id FROM ({engine.text_index}) y "
        "WHERE id NOT IN (SELECT id FROM interaction UNION ALL SELECT -id FROM contact)",
        {},
    )
    return [row[0] for row in rows]


def _sums(engine: Engine) -> list[Finding]:
    days = _differing(
        _by_id(engine, "SELECT id FROM contact"),
        lambda marks: derived.touches(engine, *marks),
        lambda marks: [
            tuple(row)
            for row in engine.rows(
                f"SELECT id, last_on, touch_on FROM contact WHERE id IN ({marks[0]})", marks[1]
            )
        ],
    )
    everyone = "SELECT id FROM contact UNION SELECT contact_id FROM contact_value"
    sums = _differing(
        _by_id(engine, everyone),
        lambda marks: [
            tuple(row) for row in engine.rows(derived.SUMS.format(marks=marks[0]), marks[1])
        ],
        lambda marks: [
            tuple(row)
            for row in engine.rows(
                f"SELECT {derived.SUM_COLUMNS} FROM contact_value WHERE contact_id IN ({marks[0]})",
                marks[1],
            )
        ],
    )
    return [
        *_told("kept", "card", "with a wrong day of last contact", days, mends=True),
        *_told("kept", "card", "with wrong sums of sales", sums, mends=True),
    ]


def _by_id(engine: Engine, sql: str) -> Iterable[int]:
    return [row[0] for row in engine.stream(sql, {})]


def _differing(
    ids: Iterable[int],
    reckoned: Callable[[Marks], Iterable[tuple[Any, ...]]],
    written: Callable[[Marks], Iterable[tuple[Any, ...]]],
) -> list[int]:
    """The ids for which what is reckoned anew is not what is written down."""
    wrong: set[int] = set()
    for marks in derived.chunks(ids):
        for row in set(reckoned(marks)) ^ set(written(marks)):
            wrong.add(abs(row[0]))
    return sorted(wrong)


def _told(area: str, thing: str, what: str, ids: list[int], *, mends: bool) -> Iterator[Finding]:
    """One finding for all rows with the same thing wrong, naming the first few."""
    if not ids:
        return
    shown = ", ".join(map(str, ids[:5])) + (", …" if len(ids) > 5 else "")
    yield Finding(area, f"{len(ids):,} {thing}{'s' * (len(ids) != 1)} {what}: {shown}", mends)


def counts(store: Store) -> Mapping[str, int]:
    """How many rows each table that people care about has."""
    return {
        name: int(store.value(f"SELECT count(*) FROM {table}"))
        for name, table in (
            ("cards", "contact"),
            ("interactions", "interaction"),
            ("reminders", "reminder"),
            ("sales", "sale"),
            ("journal steps", "step"),
        )
    }
