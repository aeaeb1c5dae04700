"""Suggestions for a case as a list."""

from collections.abc import Sequence

from cardcrm.reports.knowledge.case_suggestions import Suggestion
from cardcrm.sheet import Cell, Column, Numbers, Phrases, Sheet

_MOST_WORDS = 6


def list_suggestions(found: Sequence[Suggestion]) -> Sheet:
    """Return suggestions with their scores and reasons."""
    columns = (
        Column("noun", "what"),
        Column("id", "id", "right"),
        Column("title", "title", wide=True, wrapped=True),
        Column("score", "score", "right"),
        Column("words", "words", wide=True),
        Column("similar_cases", "cases", wide=True),
        Column("helped_count", "helped", "right"),
    )
    return Sheet(columns, [_row(each) for each in found])


def _row(each: Suggestion) -> tuple[Cell, ...]:
    words, cases = Phrases(each.words[:_MOST_WORDS]), Numbers(each.cases)
    score = round(each.score, 2)
    return each.noun, each.id, each.title, score, words, cases, each.helped
