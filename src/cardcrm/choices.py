"""Choose one of some words as a user types them; an unknown word is refused with the nearest."""

from collections.abc import Iterable, Mapping

from cardcrm.errors import UsageError
from cardcrm.text import find_similar, quote


def parse_choice(
    what: str, word: str, choices: Iterable[str], other_names: Mapping[str, str] = {}
) -> str:
    """Return the choice that a word names, whatever its case. Raises UsageError for another word.

    ``what`` says what is chosen, such as “period”; ``other_names`` lead to choices.
    """
    known = tuple(choices)
    name = " ".join(word.strip().lower().split())
    name = other_names.get(name, name)
    if name not in known:
        raise unknown_choice(what, word, known, other_names)
    return name


def unknown_choice(
    what: str, word: str, choices: Iterable[str], other_names: Iterable[str] = ()
) -> UsageError:
    """Return the error for a word that is not a choice, with the nearest and with all choices."""
    known = tuple(choices)
    like = find_similar(word.strip().lower(), (*known, *other_names), limit=1)
    nearest = f"Did you mean {like[0]}? " if like else ""
    return UsageError(f"unknown {what} {quote(word)}", f"{nearest}Use {', '.join(known)}.")
