"""Search by scanning contacts in the order of their names.

A query that finds many of a million contacts would take seconds to collect and sort. Scanning from
the front shows the first results in milliseconds and continues as long as they are wanted. Where
hardly a contact matches, all contacts with the rarest word are checked instead.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from time import monotonic
from typing import Any, NamedTuple

from cardcrm.records.contacts.listing import fetch_summaries
from cardcrm.records.query_sql.contact_query import compile_query
from cardcrm.records.search.filters import Filter
from cardcrm.records.search.result_page import START, Position, ResultPage
from cardcrm.records.search.word_filter import CHUNK, chunks, with_words, words_in_texts
from cardcrm.store import Query, Store
from cardcrm.store.engine import Row
from cardcrm.store.search_sql import PREFIX_END, short_word_condition
from cardcrm.store.store import placeholders
from cardcrm.store.word_match import MIN_LENGTH

FIRST_TIME = 0.012  # seconds of the first scan
LATER_TIME = 0.04  # seconds of each further scan, between which newer input is answered
FIRST_STEP, LAST_STEP = 250, 4_000  # contacts whose conditions are checked by one query
LONG_STEP = 20_000  # contacts of a query where the conditions are known, or on a server
REMOTE_CHUNK = 1_000  # contacts whose texts are read together from a server
MANY = 30  # results of the first scan that promise many more
MAX_CANDIDATES = 4_000  # contacts of a rare word that are checked
CANDIDATE_CHUNK = 500  # candidates checked by one query


class ScannedChunk(NamedTuple):
    """Contacts checked together, the ids of those that match, and where the scan continues.

    ``after`` is None at the end of the scan.
    """

    positions: Sequence[Position]
    matches: Collection[int]
    after: Position | None


def scan(
    store: Store,
    filter_: Filter,
    size: int,
    after: Position = START,
    duration: float = FIRST_TIME,
    is_wanted: Callable[[], bool] = lambda: True,
    within: str = "",
) -> ResultPage:
    """Return up to ``size`` results after a position, or those found within ``duration`` seconds.

    The scan ends early when it is no longer wanted. ``within`` is a table with the ids of all
    contacts that meet the conditions, where that is known. Raises UsageError.
    """
    end = monotonic() + duration
    scanned = _scan_chunks(store, filter_, after, within)
    return collect_page(store, scanned, size, lambda: monotonic() < end and is_wanted())


def collect_page(
    store: Store, scanned: Iterable[ScannedChunk], size: int, should_continue: Callable[[], bool]
) -> ResultPage:
    """Return the first matches of a scan; stop it after a chunk when it should not continue."""
    found: list[int] = []
    for chunk in scanned:
        for position in chunk.positions:
            if position[1] in chunk.matches:
                found.append(position[1])
                if len(found) == size:
                    return ResultPage(fetch_summaries(store, found), position)
        if chunk.after is None or not should_continue():
            return ResultPage(fetch_summaries(store, found), chunk.after)
    return ResultPage(fetch_summaries(store, found), None)


def _scan_chunks(
    store: Store, filter_: Filter, after: Position, within: str
) -> Iterator[ScannedChunk]:
    """Yield the contacts after a position in their order, with a chunk at the end of each step."""
    in_texts = words_in_texts(store, filter_.words)
    in_sql = [w for w in filter_.words if len(w) < MIN_LENGTH and w not in in_texts]
    in_python = [word for word in filter_.words if word not in in_sql]
    step_filter = Filter(tuple(in_sql), filter_.conditions)
    # A round trip to a server takes longer than checking the contacts of a step.
    is_remote = store.engine.is_remote
    step, max_step = (LAST_STEP, LONG_STEP) if within or is_remote else (FIRST_STEP, LAST_STEP)
    last: Position | None = after
    while last is not None:
        matches, last = _scan_step(store, step_filter, last, step, within)
        for chunk in chunks(matches, REMOTE_CHUNK if is_remote else CHUNK):
            held = with_words(store, [id_ for _, id_ in chunk], in_python, in_texts)
            yield ScannedChunk(chunk, held, chunk[-1])
        yield ScannedChunk((), (), last)
        step = min(2 * step, max_step)


def scan_candidates(store: Store, filter_: Filter, size: int) -> ResultPage | None:
    """Return the first ``size`` results by checking all contacts with a rare word.

    None if no word is rare.
    """
    ids = (
        store.engine.search.candidate_ids(filter_.words, MAX_CANDIDATES) if filter_.words else None
    )
    if ids is None:
        return None
    positions = sorted(_matching_positions(store, filter_, ids))
    contacts = fetch_summaries(store, [id_ for _, id_ in positions[:size]])
    return ResultPage(contacts, positions[size - 1] if len(positions) > size else None)


def _matching_positions(store: Store, filter_: Filter, ids: Sequence[int]) -> Iterator[Position]:
    """Yield the positions of those contacts that match a filter."""
    where, params = compile_query(store, filter_.conditions, per_row=True)
    in_texts = words_in_texts(store, filter_.words)
    for chunk in chunks(ids, MAX_CANDIDATES if store.engine.is_remote else CANDIDATE_CHUNK):
        marks, names = placeholders(chunk, "i")
        rows = store.rows(
            f"SELECT c.sort_key, c.id FROM contact c WHERE c.id IN ({marks}) AND ({where})",
            **params,
            **names,
        )
        held = with_words(store, [row[1] for row in rows], filter_.words, in_texts)
        yield from ((row[0], row[1]) for row in rows if row[1] in held)


def _scan_step(
    store: Store, filter_: Filter, after: Position, step: int, within: str
) -> tuple[list[Position], Position | None]:
    """Return matches among the next ``step`` contacts, and the last one scanned if more follow."""
    where, params = _step_conditions(store, filter_, is_checked=bool(within))
    following = (
        "FROM contact WHERE (sort_key, id) > (:after_key, :after_id) ORDER BY sort_key, id LIMIT "
    )
    params |= {"after_key": after[0], "after_id": after[1], "step": step}
    source, alias = f"(SELECT id, sort_key {following} :step) AS c", "c"
    # Whole contacts are read only for conditions on them: checking 4,000 contacts for a tag takes
    # 7 ms without them and 32 ms with them.
    if re.search(r"\bc\.(?!id\b)", " ".join(where)):
        source = source.removesuffix("c") + "w JOIN contact c ON c.id = w.id"
        alias = "w"
    if within:
        where = [f"{alias}.id IN (SELECT id FROM {within})", *where]
    sql = f"SELECT c.sort_key, c.id FROM {source} WHERE {' AND '.join(where)} "
    skipped = {"after_key": after[0], "after_id": after[1], "skip": step - 1}
    matches, last = store.fetch_many(
        [
            Query(f"{sql}ORDER BY c.sort_key, c.id", params, _positions),
            Query(f"SELECT sort_key, id {following} 1 OFFSET :skip", skipped, _positions),
        ]
    )
    return matches, next(iter(last), None)


def _positions(rows: Iterable[Row]) -> list[Position]:
    return [(row[0], row[1]) for row in rows]


def _step_conditions(
    store: Store, filter_: Filter, *, is_checked: bool
) -> tuple[list[str], dict[str, Any]]:
    """Return SQL for short words and, unless these are checked, for the conditions of a filter."""
    where = [short_word_condition(f"low{n}", f"high{n}") for n in range(len(filter_.words))]
    params: dict[str, Any] = {f"low{n}": word for n, word in enumerate(filter_.words)}
    params |= {f"high{n}": word + PREFIX_END for n, word in enumerate(filter_.words)}
    if is_checked:
        return where, params
    condition, more = compile_query(store, filter_.conditions, per_row=True)
    return [f"({condition})", *where], params | more
