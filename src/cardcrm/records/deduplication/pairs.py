"""Find the contacts that are likely to be stored twice."""

from collections.abc import Callable, Collection
from typing import NamedTuple

from cardcrm.records.deduplication.blocks import candidate_pairs
from cardcrm.records.deduplication.profiles import Profile, read_profiles
from cardcrm.records.deduplication.rates import count_rates
from cardcrm.records.deduplication.scoring import Score, score_pair
from cardcrm.store import Store
from cardcrm.store.derived_refresh import ignore_progress

DEFAULT_LEAST = 0.7
_STEP = 1000  # pairs between two calls that report progress


class Pair(NamedTuple):
    """Two contacts that may be one; the first has the lower id. ``score`` is from 0 to 1."""

    score: float
    reasons: tuple[str, ...]
    ids: tuple[int, int]
    names: tuple[str, str]


class Progress(NamedTuple):
    """Functions that are called with the contacts that were read, indexed and compared."""

    read: Callable[[int], object]
    index: Callable[[int], object]
    compare: Callable[[int], object]


def _ignore(_count: int) -> None:
    ignore_progress()


SILENT = Progress(_ignore, _ignore, _ignore)


def find_pairs(
    store: Store,
    *,
    ids: Collection[int] | None = None,
    least: float = DEFAULT_LEAST,
    progress: Progress = SILENT,
) -> list[Pair]:
    """Return the pairs of contacts with at least a score, the likeliest first.

    With ``ids``, one contact of each pair is among them. Pairs that a user has said are different,
    and those with a relation, such as spouses, are left out.
    """
    profiles = read_profiles(store, progress.read)
    rates = count_rates(profiles)
    distinct = distinct_pairs(store)
    wanted = None if ids is None else set(ids)
    found = []
    for number, (at, other) in enumerate(candidate_pairs(profiles, progress.index)):
        if number % _STEP == 0:
            progress.compare(number)
        first, second = profiles[at], profiles[other]
        if wanted is not None and wanted.isdisjoint((first.id, second.id)):
            continue
        score = score_pair(first, second, rates)
        if score.probability >= least and (first.id, second.id) not in distinct:
            found.append(_pair(first, second, score))
    return sorted(found, key=lambda pair: (-pair.score, pair.ids))


def _pair(first: Profile, second: Profile, score: Score) -> Pair:
    ids, names = (first.id, second.id), (first.name, second.name)
    return Pair(round(score.probability, 4), score.reasons, ids, names)


def distinct_pairs(store: Store) -> set[tuple[int, int]]:
    """Return the pairs that are known to be different contacts, the lower id first."""
    rows = store.rows(
        "SELECT contact_id, other_id FROM distinct_pair "
        "UNION SELECT contact_id, other_id FROM relation"
    )
    return {(min(row), max(row)) for row in map(tuple, rows)}
