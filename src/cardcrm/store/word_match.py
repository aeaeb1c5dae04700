"""Decide whether a contact contains a word: the reference for every search.

A word of at least `MIN_LENGTH` letters finds a contact by any part of its names, organization,
title, city, tags or contact points, a phone number in any notation, and by the beginning of a word
in its note or interactions. A shorter word finds it by the beginning of its name, by a tag or
nickname of that name, or by a whole word in those texts. All texts and words are folded (see
`text.fold`). Text in a script without spaces, such as Chinese, is found by any part of it, and a
German ä by ``a`` as well as by ``ae``.

The engines answer the same question from their indexes; the tests hold all of them to
`contains_word`.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from cardcrm.text import drop_mobile_digit, extract_digits, fold, fold_umlauts

MIN_LENGTH = 3  # trigrams need it, and shorter beginnings would find too much


# The letters of scripts without spaces between words: Thai, Lao, Burmese, Khmer, kana, Han.
_UNSPACED = (
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
# Follows each of these letters in documents and words, so that one letter has a trigram and is a
# word of its own. Stored text has no control characters.
_AFTER = "\x01\x02"


def search_word(text: str) -> str:
    """Return a text in the form in which documents hold it."""
    return text.lower().strip() if text.isascii() and " " not in text else _spread(fold(text))


def _spread(key: str) -> str:
    """Return a key whose letters of scripts without spaces are words of their own."""
    return key if key.isascii() else re.sub(f"{_UNSPACED}(?!{_AFTER})", rf"\g<0>{_AFTER}", key)


def field_document(text: str) -> str:
    """Return what is indexed of the fields of a contact: the text in each form it is found by."""
    key = fold(text)
    if text.isascii():
        return key
    return "\n".join(dict.fromkeys(filter(None, (key, fold_umlauts(text), _spread(key)))))


def text_document(text: str) -> str:
    """Return what is indexed of a note or interaction."""
    if text.isascii():
        return fold(text)
    umlauts = " ".join(filter(None, map(fold_umlauts, text.split())))
    return f"{_spread(fold(text))}\n{umlauts}".strip()


class StoredTexts(NamedTuple):
    """The texts that are stored for one contact and searched.

    ``names`` and ``rest`` are its columns in the contact index, ``bodies`` its note and
    interactions in the text index.
    """

    names: str
    rest: str = ""
    name_keys: Sequence[str] = ()
    tags: Sequence[str] = ()
    bodies: Sequence[str] = ()
    nicknames: Sequence[str] = ()


def contains_word(texts: StoredTexts, word: str) -> bool:
    """Return whether a contact contains a word."""
    return is_on_contact(texts, word) or any(is_in_text(body, word) for body in texts.bodies)


def is_on_contact(texts: StoredTexts, word: str) -> bool:
    """Return whether a word is in the fields of a contact, leaving its texts aside."""
    if len(word) < MIN_LENGTH:
        if word in texts.tags or word in texts.nicknames:
            return True
        return any(key.startswith(word) for key in texts.name_keys)
    return any(form in texts.names or form in texts.rest for form in notations(word))


def is_in_text(body: str, word: str) -> bool:
    """Return whether a note or interaction contains a word, or one that begins with it."""
    pattern = text_pattern(word)
    return pattern is not None and pattern.search(body) is not None


def text_pattern(word: str, *, is_prefix: bool | None = None) -> re.Pattern[str] | None:
    """Return the pattern of texts with a word; None for a word without letters and digits.

    With ``is_prefix`` a longer word may begin with it; by default that is so for a word of at least
    `MIN_LENGTH` letters.
    """
    parts = split_words(word)
    if not parts:
        return None
    is_prefix = len(word) >= MIN_LENGTH if is_prefix is None else is_prefix
    # The indexes split words at an underscore, which is part of a word to `re`.
    end = "" if is_prefix else r"(?![^\W_])"
    return re.compile(r"(?<![^\W_])" + r"[\W_]+".join(map(re.escape, parts)) + end)


def split_words(text: str) -> list[str]:
    """Return the words that the text index makes of a text: ``o'brien`` is two."""
    return re.findall(r"[^\W_]+", text)


def notations(word: str) -> list[str]:
    """Return a word, and its digits where it looks like a phone number.

    Numbers are stored in international form, so the zeros or the (0) of national form go.
    """
    bare = word.replace("(0)", "")
    if bare.strip("0123456789+()-./ "):
        return [word]
    number = phone_digits(bare)
    return [word, number] if len(number) >= MIN_LENGTH else [word]


def phone_digits(number: str) -> str:
    """Return the digits by which a phone number, or a part of one, is found in its stored form."""
    return drop_mobile_digit(extract_digits(number.replace("(0)", "")).lstrip("0"))
