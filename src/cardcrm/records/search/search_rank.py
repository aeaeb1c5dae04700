"""Rank how well a text matches what was typed."""

from enum import IntEnum


class Rank(IntEnum):
    """The kinds of match, the best first."""

    NUMBER = 0  # the number of the record
    WHOLE = 1  # all of the text
    BEGIN = 2  # the beginning of the text
    WORDS = 3  # the beginnings of its words
    PART = 4  # any part of it
    ELSEWHERE = 5  # in another text, or in the name of the contact
    SIMILAR = 6


def rank_text(text: str, typed: str) -> Rank:
    """Return how a folded text matches; one that lacks a word was found by something else."""
    if text == typed:
        return Rank.WHOLE
    if text.startswith(typed):
        return Rank.BEGIN
    words, known = typed.split(), text.split()
    if all(any(each.startswith(word) for each in known) for word in words):
        return Rank.WORDS
    return Rank.PART if all(word in text for word in words) else Rank.ELSEWHERE
