"""Find the contacts that are likely to be stored twice."""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import NamedTuple

from cardcrm.records.deduplication.blocks import candidate_pairs
from cardcrm.records.deduplication.profiles import Profile, read_profiles
from cardcrm.records.deduplication.rates import Rates, count_rates
from cardcrm.records.deduplication.scoring import Score, score_pair, to_odds, weigh_rivals
from cardcrm.store import Store
from cardcrm.store.derived_refresh import ignore_progress

DEFAULT_LEAST = 0.7
PAIRS_EACH = 8  # about as many pairs are compared for each contact
_LEAST_RIVAL = 0.1  # a pair of a lower score takes nothing from another one
_LEAST_BITS = 6.0  # contacts with less evidence in common are two
_STEP = 1000  # pairs between two calls that report progress


Ids = tuple[int, int]
Scores = dict[Ids, Score]


class Pair(NamedTuple):
    """Two contacts that may be one; the first has the lower id. ``score`` is from 0 to 1."""

    score: float
    reasons: tuple[str, ...]
    ids: tuple[int, int]
    names: tuple[str, str]


class Progress(NamedTuple):
    """Functions that are called with the contacts that were read, arranged and compared."""

    read: Callable[[int], object]
    arrange: Callable[[int], object]
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
    scores: Scores = {}
    for number, (at, other) in enumerate(candidate_pairs(profiles, progress.arrange)):
        if number % _STEP == 0:
            progress.compare(number)
        first, second = profiles[at], profiles[other]
        if (first.id, second.id) in distinct:
            continue
        score = score_pair(first, second, rates)
        if score.probability >= min(least, _LEAST_RIVAL):
            scores[first.id, second.id] = score
    by_id = {each.id: each for each in profiles} if scores else {}
    wanted = None if ids is None else set(ids)
    pairs = (
        Pair(round(probability, 4), score.reasons, pair, (by_id[pair[0]].name, by_id[pair[1]].name))
        for pair, score, probability in _weigh(scores, by_id, rates)
        if probability >= least and (wanted is None or not wanted.isdisjoint(pair))
    )
    return sorted(pairs, key=lambda pair: (-pair.score, pair.ids))


def _weigh(
    scores: Scores, by_id: Mapping[int, Profile], rates: Rates
) -> Iterator[tuple[Ids, Score, float]]:
    """Yield each pair with its probability, given the others that exclude it.

    If one contact is as near to two others, and those are different, it is only one of them.
    """
    partners: dict[int, list[int]] = {}
    for first, second in scores:
        partners.setdefault(first, []).append(second)
        partners.setdefault(second, []).append(first)
    for (first, second), score in scores.items():
        rivals = 0.0
        for one, other in () if score.is_firm else ((first, second), (second, first)):
            for rival in partners[one]:
                if rival == other or _order(rival, other) in scores:
                    continue
                if score_pair(by_id[rival], by_id[other], rates).bits < _LEAST_BITS:
                    rivals += to_odds(scores[_order(one, rival)].probability)
        yield (first, second), score, weigh_rivals(score.probability, rivals)


def _order(first: int, second: int) -> Ids:
    return (first, second) if first < second else (second, first)


def distinct_pairs(store: Store) -> set[tuple[int, int]]:
    """Return the pairs that are known to be different contacts, the lower id first."""
    rows = store.rows(
        "SELECT contact_id, other_id FROM distinct_pair "
        "UNION SELECT contact_id, other_id FROM relation"
    )
    return {(min(row), max(row)) for row in map(tuple, rows)}
