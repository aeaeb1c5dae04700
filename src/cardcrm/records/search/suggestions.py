"""Suggest what a query that finds nothing may have meant."""

from collections.abc import Sequence

from cardcrm.query import Term, unparse
from cardcrm.records.contacts.query_fields import FILTERS
from cardcrm.records.contacts.similar_names import find_similar_names
from cardcrm.records.query_sql import value_completion
from cardcrm.records.query_sql.segments import is_segment
from cardcrm.store import Store
from cardcrm.text import find_similar, fold

_KEYWORDS = frozenset({"and", "or", "not"})


def suggest_query(store: Store, words: Sequence[str]) -> str:
    """Return a question with a similar query, for one that matches nothing; or an empty text.

    The suggestion replaces a filter value that no contact has, or names similar contacts.
    """
    for word, following in zip(words, [*words[1:], ""], strict=False):
        field, colon, value = word.partition(":")
        if word.startswith("@") and len(word) > 1:
            is_known = is_segment(store, word[1:])  # and empty
            return "" if is_known else f"no segment is named {word[1:]}"
        if colon and not value and following and field.lower() in FILTERS:
            return f"did you mean {field}:{following}, without a space?"
        known = value_completion.list_values(store, field.lower()) if colon and value else []
        similar = find_similar(value, known, limit=1) if fold(value) not in known else []
        if similar:
            return f"did you mean {unparse(Term(field.lower(), ':', similar[0]))}?"
    searched = [word.strip('"') for word in words if _is_searched(word)]
    names = find_similar_names(store, " ".join(searched)) if searched else []
    typed = set(fold(" ".join(searched)).split())
    if not names or any(typed <= set(fold(name).split()) for name in names):
        return ""
    return f"did you mean {', '.join(names)}?"


def _is_searched(word: str) -> bool:
    """Return whether a part of a query is a word, and not a filter, a joint or a negation."""
    is_plain = not any(sign in word for sign in ":<>=(") and not word.startswith("-")
    return is_plain and word.lower() not in _KEYWORDS
