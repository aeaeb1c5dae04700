"""Read a word that must be one of a few, and name the nearest one for any other."""

from collections.abc import Iterable, Mapping, Sequence

from cardcrm.errors import UsageError
from cardcrm.text import find_similar


def parse_choice(
    text: str, choices: Sequence[str], what: str, other_names: Mapping[str, str] = {}
) -> str:
    """Return the choice that a text names, in any case. Raises UsageError, with all choices.

    ``what`` is the noun of the message: unknown ranking “revenu”; ``other_names`` lead to choices.
    """
    word = " ".join(text.strip().lower().split())
    word = other_names.get(word, word)
    if word not in choices:
        raise unknown_choice(text, choices, what, other_names)
    return word


def unknown_choice(
    text: str, choices: Sequence[str], what: str, other_names: Iterable[str] = ()
) -> UsageError:
    """Return the error for a text that is not a choice, with the nearest one and all of them."""
    like = find_similar(text.strip().lower(), (*choices, *other_names), limit=1)
    hint = f"Did you mean {like[0]}? " if like else ""
    return UsageError(f"unknown {what} “{text.strip()}”", f"{hint}Use {', '.join(choices)}.")
