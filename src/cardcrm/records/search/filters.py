"""Split a query into the words to search for and the conditions besides."""

from typing import NamedTuple

from cardcrm.query import And, Node, Not, Or, Term, Word
from cardcrm.store.word_match import search_word
from cardcrm.text import fold_umlauts

# Fields that the search index alone answers, or that stand for whole queries.
_INDEXED_FIELDS = frozenset({"note", "text", "segment"})


class Filter(NamedTuple):
    """A query split into words that a contact must contain, and its other conditions."""

    words: tuple[str, ...]
    conditions: And


def split_query(node: Node) -> Filter:
    """Split any query; its conditions may need the search index.

    A word with an umlaut is a condition, because it stands for two spellings.
    """
    nodes = node.nodes if isinstance(node, And) else (node,)
    texts = [each.text for each in nodes if isinstance(each, Word) and not fold_umlauts(each.text)]
    conditions = [each for each in nodes if not isinstance(each, Word) or fold_umlauts(each.text)]
    return Filter(tuple(filter(None, map(search_word, texts))), And(tuple(conditions)))


def scannable_filter(node: Node) -> Filter | None:
    """Split a query whose conditions can be checked contact by contact; None for any other."""
    filter_ = split_query(node)
    return None if any(map(needs_index, filter_.conditions.nodes)) else filter_


def needs_index(node: Node) -> bool:
    """Return whether words, or conditions like them, are in alternatives or exclusions."""
    if isinstance(node, And | Or):
        return any(map(needs_index, node.nodes))
    if isinstance(node, Not):
        return needs_index(node.node)
    return isinstance(node, Word) or (isinstance(node, Term) and node.field in _INDEXED_FIELDS)
