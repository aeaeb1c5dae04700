"""The amount among the free words of `sell`."""

import re
from collections.abc import Sequence

from cardcrm.errors import CardcrmError, UsageError
from cardcrm.money import Money, parse_money
from cardcrm.text import quote

# Currency codes that are also words of daily business: in lower case they are text.
_AMBIGUOUS_CODES = frozenset(
    ("all", "bam", "bob", "cad", "cop", "cup", "gel", "mad", "mop", "nad", "pen", "ron", "rub")
) | {"sos", "top", "try"}


def split_amount(
    words: Sequence[str], currency: str, *, required: bool
) -> tuple[Money | None, str]:
    """Return the amount at the start of the words, if there is one, and the remaining text.

    The currency may be a word of its own beside the figures. Raises UsageError if an amount is
    ``required`` and missing, or if the first word is a malformed amount or a quantity.
    """
    if not words:
        return None, ""
    _refuse_quantity(" ".join(words))
    words = _join_thousands(words)
    if len(words) > 1 and _is_amount_and_currency(words[0], words[1], currency):
        return parse_money(" ".join(words[:2]), currency, negative=True), " ".join(words[2:])
    try:
        amount = parse_money(words[0], currency, negative=True)
    except CardcrmError:
        if required or _looks_like_money(words[0]):
            raise
        return None, " ".join(words)
    _refuse_second_amount(words)
    return amount, " ".join(words[1:])


def _refuse_quantity(text: str) -> None:
    """Raise UsageError for a line of products in place of an amount, as in ``2 x rose``."""
    if re.fullmatch(r"[0-9][0-9.,]* ?[x×*] \S.*", text):
        line = text if "@" in text else f"{text} @ PRICE"
        raise UsageError(
            f"“{text}” starts with a quantity, not with an amount",
            f'Write --line "{line}"; the price may be left out if the catalog has one.',
        )


def _refuse_second_amount(words: Sequence[str]) -> None:
    """Raise UsageError for figures alone after the amount, as in ``10 20``."""
    if len(words) > 1 and all(map(_looks_like_money, words)):
        first, rest = words[0], " ".join(words[1:])
        raise UsageError(
            f"ambiguous amount {quote(' '.join(words))}: {first} for “{rest}”, "
            f"or {first} pieces at {rest}",
            f'Write {first} --product "{rest}", or --product NAME --qty {first} --price {rest}.',
        )


def _join_thousands(words: Sequence[str]) -> Sequence[str]:
    """Return the words with an amount in one word that spaces have split: ``1 234,56``.

    Raises UsageError for ``1 234``, which may be an amount of 1 for 234 of something.
    """
    start = _find_first_figures(words)
    if not re.fullmatch(r"[^0-9]{0,4}[1-9][0-9]{0,2}", words[start]):
        return words
    end = start + 1
    while end < len(words) and re.fullmatch(r"[0-9]{3}", words[end]):
        end += 1
    if end < len(words) and re.fullmatch(r"[0-9]{3}[.,][0-9]{1,3}\D{0,3}", words[end]):
        return [*words[:start], " ".join(words[start : end + 1]), *words[end + 1 :]]
    if end == start + 1:
        return words
    joined, rest = "".join(words[start:end]), " ".join(words[start + 1 :])
    raise UsageError(
        f"ambiguous amount {quote(' '.join(words[start:end]))}: {joined}, "
        f"or {words[start]} for “{rest}”",
        f"Write {joined}, or {words[start]}.00 before the text.",
    )


def _find_first_figures(words: Sequence[str]) -> int:
    """Return the place of the figures among the first two words; a currency may come first."""
    return 1 if len(words) > 1 and not re.search(r"[0-9]", words[0]) and len(words[0]) <= 4 else 0


def refuse_split_options(text: str, *values: str) -> None:
    """Raise UsageError where a text has the end of an option that a space has split.

    ``--cost 1 234,56`` gives the option 1, and 234,56 to the text.
    """
    rest = re.search(r"(?:^| )([0-9]{3}[.,][0-9]{1,2})(?: |$)", text)
    for value in values:
        if rest and re.fullmatch(r"[^0-9]?[1-9][0-9]{0,2}", value):
            raise UsageError(
                f"“{rest[1]}” may belong to the option {value}",
                f'Put it in quotes, as "{value} {rest[1]}", or leave it out.',
            )


def _is_amount_and_currency(first: str, second: str, default: str) -> bool:
    """Return whether one of two words is an amount and the other its currency."""
    figures, mark = (first, second) if re.search(r"[0-9]", first) else (second, first)
    if not _looks_like_money(figures) or re.search(r"[0-9]", mark):
        return False
    if mark.lower() in _AMBIGUOUS_CODES and mark.isalpha() and not mark.isupper():
        return mark.upper() == default and mark.lower() not in ("all", "top", "try")
    try:
        parse_money(f"1 {mark}", default)
    except CardcrmError:
        return False
    return True


def _looks_like_money(word: str) -> bool:
    """Return whether a word consists of figures and signs, so that it is not meant as text."""
    return re.fullmatch(r"[^\w\s]{0,3}[0-9][0-9.,' ]*[^\w\s]{0,2}", word) is not None
