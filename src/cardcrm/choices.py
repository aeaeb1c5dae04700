"""Read a word that must be one of a few, and name the nearest one for any other."""

from collections.abc import Sequence

from cardcrm.errors import UsageError
from cardcrm.text import find_similar


def parse_choice(text: str, choices: Sequence[str], what: str) -> str:
    """Return the choice that a text names, in any case. Raises UsageError, with all choices.

    ``what`` is the noun of the message: unknown ranking “revenu”.
    """
    word = text.strip().lower()
    if word in choices:
        return word
    like = find_similar(word, choices, limit=1)
    hint = f"Did you mean {like[0]}? " if like else ""
    raise UsageError(f"unknown {what} “{text.strip()}”", f"{hint}Use {', '.join(choices)}.")
