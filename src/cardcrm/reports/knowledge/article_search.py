"""Find articles by their words, the best first.

Each word counts once if the title has it, and ``n / (n + 1)`` if the text has it ``n`` times. An
article must have all words; where none has, those with some of them are found.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from cardcrm.query import And, Node, Or, Word
from cardcrm.records import records
from cardcrm.records.knowledge.article_type import ARTICLE
from cardcrm.records.query_sql import record_query
from cardcrm.records.records import Selection
from cardcrm.store import Store
from cardcrm.text import fold, shorten

_MAX_ARTICLES: Final = 1_000  # articles that are ranked
_EXCERPT: Final = 120  # cells
_BEFORE: Final = 30  # characters of an excerpt in front of the word


class FoundArticle(NamedTuple):
    """An article that was found: its number, title, and the text around the first word."""

    id: int
    title: str
    excerpt: str
    helped: int
    failed: int
    score: float


class FoundArticles(NamedTuple):
    """The articles that were found, and whether they have all words."""

    articles: list[FoundArticle]
    have_all: bool


def find_articles(store: Store, text: str, most: int = 20) -> FoundArticles:
    """Return the articles that a query finds. Raises UsageError for an invalid query."""
    node = record_query.parse(ARTICLE, text)
    words = [fold(each) for each in _list_words(node)]
    found = _select(store, node, words, most)
    if found or len(words) < 2:
        return FoundArticles(found, have_all=True)
    return FoundArticles(_select(store, _any_word(node), words, most), have_all=False)


def _list_words(node: Node) -> list[str]:
    """Return the words that a query asks for, without those that it excludes."""
    if isinstance(node, Word):
        return [node.text]
    if isinstance(node, And | Or):
        return [word for each in node.nodes for word in _list_words(each)]
    return []


def _any_word(node: Node) -> Node:
    """Return a query of which one word suffices, while its filters still hold."""
    if not isinstance(node, And):
        return node
    words = tuple(each for each in node.nodes if isinstance(each, Word))
    others = tuple(each for each in node.nodes if not isinstance(each, Word))
    return And((Or(words), *others)) if words else node


def _select(store: Store, node: Node, words: Sequence[str], most: int) -> list[FoundArticle]:
    chosen = records.select(store, ARTICLE, Selection(node, sort="-id", limit=_MAX_ARTICLES))
    found = [_rank(each, words) for each in chosen]
    found.sort(key=lambda each: (-round(each.score, 9), each.title, each.id))
    return found[:most]


def _rank(record: records.Record, words: Sequence[str]) -> FoundArticle:
    values = record.values
    title, text = fold(values["title"]), fold(values["text"])
    score = sum((each in title) + _saturate(text.count(each)) for each in words if each)
    excerpt = _cut(values["text"], words)
    return FoundArticle(
        record.id, values["title"], excerpt, values["helped"], values["failed"], score
    )


def _saturate(count: int) -> float:
    return count / (count + 1)


def _cut(text: str, words: Sequence[str]) -> str:
    """Return the text around the first of some words, or its beginning."""
    line = " ".join(text.replace("#", " ").split())
    key = fold(line)
    places = [at for at in (key.find(each) for each in words if each) if at >= 0]
    start = max(0, min(places, default=0) - _BEFORE) if len(key) == len(line) else 0
    start = line.rfind(" ", 0, start) + 1
    return f"{'… ' * bool(start)}{shorten(line[start:], _EXCERPT)}"
