"""Suggest articles, answers and solved cases for a case.

A case is described by its request, its product and what the customer said later. An article or
answer scores the coverage of these words (see `text_match`), and, up to 1, that of the similar
solved cases in which it was of use. The score of an article is multiplied by 1/2 plus
``(helped + 1) / (helped + failed + 2)``: by 1 without votes, and at most by 1.5.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from cardcrm.records.knowledge.answer_type import ANSWER
from cardcrm.records.knowledge.article_type import ARTICLE
from cardcrm.records.query_sql.predicates import QueryContext
from cardcrm.records.query_sql.text_predicates import compare_text, key_sql
from cardcrm.records.record_type import RecordType
from cardcrm.records.service import cases
from cardcrm.reports.knowledge.text_match import MOST_WORDS, cover, find_stems, find_words, weigh
from cardcrm.store import Store
from cardcrm.store.store import placeholders
from cardcrm.text import shorten

LEAST_SCORE: Final = 0.15
_LEAST_SIMILAR: Final = 0.3  # coverage of a similar case
_MAX_SIMILAR: Final = 10  # cases
_MAX_SOLVED: Final = 5_000  # latest solved cases that are compared
_MAX_TEXTS: Final = 1_000  # articles or answers
_MAX_LETTERS: Final = 4_000  # of a text
_MAX_SAID: Final = 20  # latest messages of the customer
_TITLE: Final = 100  # cells
_FIELDS: Final = r"\{[{%].*?[%}]\}"  # of an answer


class Suggestion(NamedTuple):
    """An article, answer or solved case that may help, and why."""

    noun: str
    id: int
    title: str
    score: float
    words: tuple[str, ...]
    cases: tuple[int, ...] = ()
    helped: int = 0
    failed: int = 0


class _Text(NamedTuple):
    """An article, answer or case with the stems of its words."""

    noun: str
    id: int
    title: str
    stems: frozenset[str]
    helped: int = 0
    failed: int = 0


def suggest(store: Store, case_id: int, most: int = 5) -> list[Suggestion]:
    """Return the best suggestions of each noun, the best ones first. Raises NotFoundError."""
    words = find_words(_describe(store, case_id), MOST_WORDS)
    solved = _list_solved(store, case_id)
    used = _list_uses(store)
    texts = [
        each for type_ in (ARTICLE, ANSWER) for each in _list_texts(store, type_, list(words), used)
    ]
    total = _count(store, "article") + _count(store, "answer") + len(solved)
    weights = weigh(words, (each.stems for each in (*texts, *solved)), total)
    similar = _find_similar(weights, solved)
    found = [_score(each, weights, similar, used) for each in texts]
    found += [_score(each, weights, {}, {}) for each in solved if each.id in similar]
    shown = _best(found, most)
    return [each._replace(words=tuple(map(words.__getitem__, each.words))) for each in shown]


def _best(found: Iterable[Suggestion], most: int) -> list[Suggestion]:
    """Return the best of each noun in one order."""
    ordered = sorted(
        (each for each in found if each.score >= LEAST_SCORE),
        key=lambda each: (-round(each.score, 9), each.noun, each.id),
    )
    places: Counter[str] = Counter()
    best = []
    for each in ordered:
        places[each.noun] += 1
        if places[each.noun] <= most:
            best.append(each)
    return best


def _describe(store: Store, case_id: int) -> str:
    """Return the request of a case with its product, and what the customer said later."""
    text = cases.get(store, case_id).text
    sql = "SELECT p.name FROM service_case r JOIN product p ON p.id = r.product_id WHERE r.id = :id"
    product = store.value(sql, id=case_id) or ""
    said = store.rows(
        "SELECT text FROM interaction WHERE case_id = :id AND direction = 'in' "
        "ORDER BY id DESC LIMIT :most",
        id=case_id,
        most=_MAX_SAID,
    )
    return "\n".join([text, product, *(row[0][:_MAX_LETTERS] for row in said)])


def _list_solved(store: Store, case_id: int) -> list[_Text]:
    """Return the latest solved cases but this one."""
    sql = (
        "SELECT id, text FROM service_case WHERE solved_at IS NOT NULL AND merged_id IS NULL "
        "AND id <> :id ORDER BY id DESC LIMIT :most"
    )
    rows = store.rows(sql, id=case_id, most=_MAX_SOLVED)
    return [_make_text("case", row[0], row[1], row[1]) for row in rows]


def _make_text(noun: str, id_: int, title: str, text: str, *votes: int) -> _Text:
    shown = shorten(" ".join(title.split()), _TITLE)
    words = re.sub(_FIELDS, " ", text) if noun == ANSWER.name else text
    return _Text(noun, id_, shown, find_stems(words[:_MAX_LETTERS]), *votes)


def _list_uses(store: Store) -> dict[tuple[str, int], set[int]]:
    """Return the cases in which each article and answer was of use."""
    sql = (
        "SELECT 'article', article_id, case_id FROM article_link "
        "UNION ALL SELECT 'answer', answer_id, case_id FROM answer_use"
    )
    found: dict[tuple[str, int], set[int]] = {}
    for noun, row_id, case_id in store.rows(sql):
        found.setdefault((noun, row_id), set()).add(case_id)
    return found


def _list_texts(
    store: Store, type_: RecordType, words: Sequence[str], used: Mapping[tuple[str, int], Any]
) -> list[_Text]:
    """Return the articles or answers with one of the words, and those of use in a case."""
    ctx = QueryContext(store, alias="r")
    conditions = [
        compare_text(ctx, key_sql("r", field), ":", word.removesuffix("y"))  # -y stands for -ies
        for field in type_.searched
        for word in words
    ]
    ids = sorted(row_id for noun, row_id in used if noun == type_.name)[-_MAX_TEXTS:]
    marks, params = placeholders(ids, "u")
    conditions += [f"r.id IN ({marks})"] * bool(ids)
    if not conditions:
        return []
    title = type_.title_column
    sql = (
        f"SELECT r.id, r.{title}, substr(r.text, 1, {_MAX_LETTERS}), {_vote_columns(type_)} "
        f"FROM {type_.table_name} r WHERE {' OR '.join(conditions)} "
        "ORDER BY r.id DESC LIMIT :most"
    )
    rows = store.rows(sql, **ctx.params, **params, most=_MAX_TEXTS)
    return [
        _make_text(type_.name, id_, title, f"{title}\n{text}", helped, failed)
        for id_, title, text, helped, failed in map(tuple, rows)
    ]


def _vote_columns(type_: RecordType) -> str:
    """Return SQL for how often a text helped, and how often it did not."""
    fields = [type_.field(each) for each in ("helped", "failed")]
    return ", ".join(each.value_sql("r") if each is not None else "0" for each in fields)


def _count(store: Store, table: str) -> int:
    return int(store.value(f"SELECT count(*) FROM {table}"))


def _find_similar(weights: Mapping[str, float], solved: Sequence[_Text]) -> dict[int, float]:
    """Return the most similar solved cases with their coverage."""
    found = [(cover(weights, each.stems), each.id) for each in solved]
    near = sorted((each for each in found if each[0] >= _LEAST_SIMILAR), reverse=True)
    return {case_id: share for share, case_id in near[:_MAX_SIMILAR]}


def _score(
    text: _Text,
    weights: Mapping[str, float],
    similar: Mapping[int, float],
    used: Mapping[tuple[str, int], set[int]],
) -> Suggestion:
    in_cases = sorted(used.get((text.noun, text.id), set()) & similar.keys())
    shared = min(1.0, sum(similar[each] for each in in_cases))
    factor = 0.5 + (text.helped + 1) / (text.helped + text.failed + 2)
    score = (cover(weights, text.stems) + shared) * factor
    words = tuple(sorted(weights.keys() & text.stems, key=lambda each: (-weights[each], each)))
    return Suggestion(
        text.noun, text.id, text.title, score, words, tuple(in_cases), text.helped, text.failed
    )
