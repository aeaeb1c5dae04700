"""The amount among the free words of `sell`."""

import re
from collections.abc import Sequence

from cardcrm.errors import CardError
from cardcrm.money import Money, parse_money

# Currency codes that are also words of daily business: in lower case they are text.
_AMBIGUOUS_CODES = frozenset(
    ("all", "bam", "bob", "cad", "cop", "cup", "gel", "mad", "mop", "nad", "pen", "ron", "rub")
) | {"sos", "top", "try"}


def split_amount(
    words: Sequence[str], currency: str, *, required: bool
) -> tuple[Money | None, str]:
    """Return the amount at the start of the words, if there is one, and the remaining text.

    The currency may be a word of its own beside the figures. Raises UsageError if an amount is
    ``required`` and missing, or if the first word is a malformed amount.
    """
    if not words:
        return None, ""
    if len(words) > 1 and _is_amount_and_currency(words[0], words[1], currency):
        return parse_money(" ".join(words[:2]), currency, negative=True), " ".join(words[2:])
    try:
        amount = parse_money(words[0], currency, negative=True)
    except CardError:
        if required or _looks_like_money(words[0]):
            raise
        return None, " ".join(words)
    return amount, " ".join(words[1:])


def _is_amount_and_currency(first: str, second: str, default: str) -> bool:
    """Return whether one of two words is an amount and the other its currency."""
    figures, mark = (first, second) if re.search(r"[0-9]", first) else (second, first)
    if not _looks_like_money(figures) or re.search(r"[0-9]", mark):
        return False
    if mark.lower() in _AMBIGUOUS_CODES and mark.isalpha() and not mark.isupper():
        return mark.upper() == default and mark.lower() not in ("all", "top", "try")
    try:
        parse_money(f"1 {mark}", default)
    except CardError:
        return False
    return True


def _looks_like_money(word: str) -> bool:
    """Return whether a word consists of figures and signs, so that it is not meant as text."""
    return re.fullmatch(r"[^\w\s]{0,3}[0-9][0-9.,' ]*[^\w\s]{0,2}", word) is not None
