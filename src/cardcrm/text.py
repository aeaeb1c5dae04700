"""Normalize text for comparison and storage, and sanitize it for display.

Stored text is kept as written, without control characters. Displayed text loses everything that
could move the cursor, change colors or reverse the direction of letters.
"""

import re
from collections.abc import Iterable

# Letters without a decomposition in Unicode that are often typed without their stroke, and
# punctuation that keyboards and word processors write in several ways.
_FOLDED = str.maketrans(
    {
        "ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ı": "i", "ŋ": "n",
        "æ": "ae", "œ": "oe", "þ": "th",
        "‘": "'", "’": "'", "ʼ": "'", "“": '"', "”": '"',
        "‐": "-", "–": "-", "—": "-", "−": "-",
        "\u00ad": "", "\u200b": "", "\u200c": "", "\u200d": "", "\u200e": "", "\u200f": "",
        "\u2060": "", "\ufeff": "",
    }
)  # fmt: skip

# Patterns for rare text stay strings, so that re compiles them at their first use, not at a start.

# Text that controls a terminal, in the order of matching: escape sequences and invisible characters
# (dropped), then other control characters and lone surrogates (shown as �).
_ESCAPES = (
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    # Another beginning ends the text of a sequence, or many of them would take quadratic time.
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x90\x98\x9c-\x9f]*(?:\x07|\x1b\\|\x9c)"
)
_HIDDEN = "\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
_LETTER = r"[^\x00-\u02ff\u061c\u180e\u2000-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
_JOINERS = f"(?<!{_LETTER})[\u200c\u200d]|[\u200c\u200d](?!{_LETTER})"
_DROPPED = f"{_ESCAPES}|[{_HIDDEN}\U000e0000-\U000e0fff]|{_JOINERS}"
_REPLACED = "[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]"
_UNSAFE = f"(?P<drop>{_DROPPED})|{_REPLACED}"
_NEWLINE = "\r\n?|[\n\v\f\x85\u2028\u2029]"

# Controls that are never stored: escape sequences and overrides of the direction of text (dropped),
# then other control characters. Invisible characters stay, as some scripts and emoji need them.
_CONTROL_TEXT = f"{_ESCAPES}|[\u202a-\u202e\u2066-\u2069]"
_CONTROLS = "[\x00-\x1f\x7f-\x9f\u2028\u2029]"
_CONTROLS_IN_BLOCK = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]"
_NOT_IN_LINE = f"{_CONTROL_TEXT}|{_CONTROLS}"
_NOT_IN_BLOCK = f"{_CONTROL_TEXT}|{_CONTROLS_IN_BLOCK}|[\r\x85\u2028\u2029]"
_SURROGATES = "[\ud800-\udfff]"
# Characters that start a formula in some spreadsheet; full-width ones do so in those of East Asia.
FORMULA_STARTS = frozenset("=+-@\t\r\n＝＋－＠")
_NOT_DIGITS = re.compile(r"[^0-9]+")
_MAYBE_WIDE = re.compile("[^\x00-\u02ff]")


def fold(text: str) -> str:
    """Return the comparison key of a text: ``Müller`` gives ``muller``."""
    if not text.isprintable():
        text = _replace_controls(text)
    if text.isascii():
        return " ".join(text.lower().split())
    import unicodedata

    lowered = unicodedata.normalize("NFKD", text).casefold()
    parts = unicodedata.normalize("NFKD", lowered.translate(_FOLDED))
    bare = "".join(char for char in parts if not unicodedata.combining(char))
    return " ".join(bare.split())


_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "ae", "Ö": "oe", "Ü": "ue"})


def fold_umlauts(text: str) -> str:
    """Return the key of a text with ae for ä, as Germans type it; "" for a text without any."""
    if text.isascii():
        return ""
    composed = _compose(text)
    spelled = composed.translate(_UMLAUTS)
    return fold(spelled) if spelled != composed else ""


def list_spellings(text: str) -> list[str]:
    """Return the keys that a typed text stands for: ``Müller`` gives ``muller`` and ``mueller``."""
    return list(filter(None, (fold(text), fold_umlauts(text))))


def contract_umlauts(key: str) -> str:
    """Return a key with a for ae, o for oe and u for ue, as `fold` writes umlauts."""
    return re.sub("([aou])e", r"\1", key)


def fold_non_ascii(text: str) -> str:
    """Return the key of a line with other letters than ASCII; "" for another line.

    The key of a line in ASCII is the line in lower case, which SQL can compute itself.
    """
    return "" if text.isascii() else fold(text)


def sanitize(text: str, *, newlines: bool = False) -> str:
    """Return text that is safe for a terminal; line ends become `` ⏎ `` unless ``newlines``.

    Escape sequences, bidirectional controls and invisible characters are dropped; other controls
    and lone surrogates become �. Joiners stay in scripts that need them.
    """
    if text.isprintable():
        return text
    if newlines:
        return re.sub(_UNSAFE, _replace_unsafe, re.sub(_NEWLINE, "\n", text))
    if not re.search(_NEWLINE, text):
        return re.sub(_UNSAFE, _replace_unsafe, text)
    lines = (re.sub(_UNSAFE, _replace_unsafe, line).strip() for line in re.split(_NEWLINE, text))
    return " ⏎ ".join(line for line in lines if line)


def _replace_unsafe(match: re.Match[str]) -> str:
    if match["drop"] is not None:
        return ""
    return " " if match[0] == "\t" else "�"


def normalize_line(text: str) -> str:
    """Normalize a one-line field: composed, trimmed, without controls and line ends."""
    if not text:
        return ""  # most fields of an import
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    return " ".join(_replace_controls(_compose(text)).split())


def _replace_controls(text: str) -> str:
    """Return a text without escape sequences, and with a blank for every other control."""
    return re.sub(_CONTROLS, " ", re.sub(_CONTROL_TEXT, "", text))


def normalize_block(text: str) -> str:
    """Normalize a multi-line field: LF line ends, no controls except tab."""
    lines = drop_controls(_compose(text)).split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def is_clean(text: str, *, newlines: bool = False) -> bool:
    """Return whether a stored text has no control characters, line ends and tabs aside."""
    if text.isprintable():
        return True
    return re.search(_NOT_IN_BLOCK if newlines else _NOT_IN_LINE, text) is None


def _compose(text: str) -> str:
    """Return Unicode normal form C, with � for lone surrogates, which cannot be stored."""
    if text.isascii():
        return text
    import unicodedata

    return unicodedata.normalize("NFC", re.sub(_SURROGATES, "�", text))


def drop_controls(text: str) -> str:
    """Return a text with LF line ends, and without controls other than tabs."""
    if text.isprintable():
        return text
    return re.sub(_NEWLINE, "\n", re.sub(f"{_CONTROL_TEXT}|{_CONTROLS_IN_BLOCK}", "", text))


def cell_width(text: str) -> int:
    """Return the number of terminal cells that a text takes."""
    if text.isascii() or not _MAYBE_WIDE.search(text):
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def is_narrow(text: str) -> bool:
    """Return whether every character takes one cell, so that ``len`` is the width."""
    return text.isascii() or not _MAYBE_WIDE.search(text)


def with_article(noun: str) -> str:
    """Return a noun with “a” or “an” in front; one that begins with u is spoken like “user”."""
    return f"an {noun}" if noun[:1] in "aeio" else f"a {noun}"


def pluralize(count: int, noun: str) -> str:
    """Return a count with its noun, as in “1 contact” or “1,200 contacts”."""
    return f"{count:,} {noun}{'s' * (count != 1)}"


def shorten(text: str, cells: int) -> str:
    """Return text in at most ``cells`` terminal cells, with … in place of a cut end."""
    if cell_width(text) <= cells:
        return text
    if cells <= 0:
        return ""
    kept = text[: cells - 1]
    while cell_width(kept) > cells - 1:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def find_similar(
    word: str, known: Iterable[str], limit: int = 3, *, least: float = 0.6
) -> list[str]:
    """Return up to ``limit`` names that are similar to ``word``, the best first.

    ``least`` is the share of letters in common, from 0 to 1.
    """
    import difflib

    by_key = {fold(name): name for name in known}
    return [by_key[key] for key in difflib.get_close_matches(fold(word), by_key, limit, least)]


def extract_digits(text: str) -> str:
    """Return the digits of a text, those of any script as ASCII digits."""
    return _NOT_DIGITS.sub("", text if text.isascii() else to_ascii_digits(text))


def drop_mobile_digit(digits: str) -> str:
    """Return the digits of a number without the 1 or 9 that marks it as a mobile one.

    The 1 of Mexican and the 9 of Argentine mobile numbers are written or not, at will.
    """
    is_marked = len(digits) == 13 and digits.startswith(("521", "549"))
    return digits[:2] + digits[3:] if is_marked else digits


def to_ascii_digits(text: str) -> str:
    """Return a text with ASCII digits, signs and spaces in place of those of other scripts."""
    if text.isascii():
        return text
    import unicodedata

    plain = unicodedata.normalize("NFKC", text)
    return "".join(_to_ascii(char) for char in plain)


def _to_ascii(char: str) -> str:
    import unicodedata

    if char.isdecimal():
        return str(unicodedata.decimal(char))
    return "-" if unicodedata.category(char) == "Pd" or char == "\u2212" else char


def capitalize_first(text: str) -> str:
    """Return a text with its first letter as a capital, and the others as they are."""
    return text[:1].upper() + text[1:]


def quote(text: str, limit: int = 40) -> str:
    """Return text in quotes, cut to ``limit`` characters, with control characters escaped."""
    shown = repr(text if len(text) <= limit else text[: limit - 1] + "…")
    return f"“{shown[1:-1]}”"


def join_command(words: Iterable[str]) -> str:
    """Return the words of a command line, with quotes where a shell needs them."""
    return " ".join(map(_quote_word, words))


def _quote_word(word: str) -> str:
    if word and all(char.isalnum() or char in "_@%+=:,./-" for char in word):
        return word
    if any(char in word for char in "'\"$`\\!"):
        import shlex  # most words need no escapes

        return shlex.quote(word)
    return f'"{word}"'
