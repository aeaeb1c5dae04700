"""Remove quoted mail and signatures from the text of a mail.

Quoted mail is a run of lines that begin with ``>``, the line that introduces it, and everything
below a header block or a line that says “Original Message”. The signature is what follows a line
``-- ``. A text that is nothing but quoted mail stays as it is, and so does forwarded mail.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from cardcrm.formats.mbox.quote_words import (
    BARE_INTRODUCTION,
    EVIDENCE,
    FORWARD_SUBJECT,
    FORWARDED,
    INTRODUCTION,
    LABEL_FROM,
    ORIGINAL,
    OTHER_LABELS,
    SENT_FROM,
    TIME,
)

_QUOTED = re.compile(r"[ \t]{0,3}[>＞]")
_RULE = re.compile(r"[-_=*\s]{5,}")
_MAX_INTRODUCTION: Final = 4  # lines over which an introduction may be wrapped
_MAX_LENGTH: Final = 500  # characters of one
_MAX_MARKER: Final = 200  # characters of a line such as “Original Message”
# Mail comes from anyone. Comparing a line with all introductions takes up to 1.3 ms.
_MAX_LINES: Final = 5_000  # of a mail; of further ones only those that begin with > are quoted
_MAX_COMPARED: Final = 200  # introductions of a mail; further ones stay
_BLOCK: Final = 8  # lines of a header block, in which addresses may be wrapped


def remove_quotes(text: str, subject: str = "") -> str:
    """Return what the sender of a mail wrote."""
    lines = text.split("\n")
    is_forward = FORWARD_SUBJECT.match(subject) is not None
    own = _remove_signature(_own_lines(lines, is_forward=is_forward))
    return _join(_remove_last_line(own)) or _join(own) or _join(lines)


def _own_lines(lines: Sequence[str], *, is_forward: bool) -> list[str]:
    """Return the lines that are not quoted."""
    own: list[str] = []
    budget = iter(range(_MAX_COMPARED))
    is_changed = False  # since the last quotation
    for at, line in enumerate(lines[:_MAX_LINES]):
        if _is_marker(line, FORWARDED):
            return [*own, *lines[at:]]
        if _QUOTED.match(line):
            is_changed = is_changed and _drop_introduction(own, budget)
            continue
        if _is_marker(line, ORIGINAL) or _is_header_block(lines, at):
            return [*own, *lines[at:]] if is_forward else _without_rule(own)
        if _ends_unmarked_introduction(lines, at, budget):
            return own
        if line.strip() or not own or own[-1].strip():  # of several empty lines only one
            own.append(line)
            is_changed = True
    return [*own, *(line for line in lines[_MAX_LINES:] if not _QUOTED.match(line))]


def _collapse(line: str) -> str:
    """Return the start of a line, of several blanks only one: patterns take them in two ways."""
    return " ".join(line[:_MAX_LENGTH].split())


def _is_marker(line: str, pattern: re.Pattern[str]) -> bool:
    text = _collapse(line)
    return len(text) <= _MAX_MARKER and pattern.fullmatch(text) is not None


def _is_header_block(lines: Sequence[str], at: int) -> bool:
    """Return whether two further labels follow a line such as “From: Jane”."""
    if not LABEL_FROM.match(_collapse(lines[at])):
        return False
    following: list[str] = []
    for line in lines[at + 1 : at + 1 + _BLOCK]:
        if not line.strip() and following:
            break
        following.append(_collapse(line))
    found = sum(any(label.match(line) for line in following) for label in OTHER_LABELS)
    return found >= 2


def _ends_unmarked_introduction(lines: Sequence[str], at: int, budget: Iterator[int]) -> bool:
    """Return whether an introduction starts here and no line after it is marked with ``>``."""
    for count in range(1, _MAX_INTRODUCTION + 1):
        piece = lines[at : at + count]
        if len(piece) < count or not piece[-1].strip():
            return False
        if _ends_with_colon(piece[-1]) and _is_sure_introduction(piece, budget):
            rest = (lines[each] for each in range(at + count, len(lines)))
            following = next((line for line in rest if line.strip()), None)
            return following is not None and not _QUOTED.match(following)
    return False


def _is_sure_introduction(lines: Sequence[str], budget: Iterator[int]) -> bool:
    """Return whether lines introduce mail that is not marked, and are not what a person wrote.

    They have a time or an address, as programs write; without a known first word they have both.
    """
    text = _join_introduction(lines)
    signs = (TIME.search(text) is not None) + ("@" in text)
    return (signs > 0 and _is_introduction(text, INTRODUCTION, budget)) or (
        signs > 1 and _is_introduction(text, BARE_INTRODUCTION, budget)
    )


def _ends_with_colon(line: str) -> bool:
    return line.rstrip()[-1:] in (":", "：")


def _join_introduction(lines: Sequence[str]) -> str:
    """Return lines as one; an empty text if one of them is empty, or they are too long."""
    if sum(map(len, lines)) > 2 * _MAX_LENGTH:
        return ""
    words = [line.split() for line in lines]
    text = " ".join(" ".join(each) for each in words)
    return text if all(words) and len(text) <= _MAX_LENGTH else ""


def _is_introduction(text: str, pattern: re.Pattern[str], budget: Iterator[int]) -> bool:
    return (
        EVIDENCE.search(text) is not None
        and next(budget, None) is not None
        and pattern.fullmatch(text) is not None
    )


def _drop_introduction(own: list[str], budget: Iterator[int]) -> bool:
    """Remove the introduction at the end of the lines before a quotation, with the blank lines.

    Return whether there was one.

    One that begins with a known word is looked for over several lines first, so that the name on
    the last of them is not taken for the beginning.
    """
    end = len(own)
    while end and not own[end - 1].strip():
        end -= 1
    if not end or not _ends_with_colon(own[end - 1]):
        return False
    counts = range(1, min(_MAX_INTRODUCTION, end) + 1)
    for pattern, order in ((INTRODUCTION, reversed(counts)), (BARE_INTRODUCTION, counts)):
        for count in order:
            text = _join_introduction(own[end - count : end])
            if _is_introduction(text, pattern, budget):
                del own[_start_of_line(own, end - count) :]
                return True
    return False


def _start_of_line(own: Sequence[str], at: int) -> int:
    """Return where an introduction starts that was wrapped before its address."""
    is_wrapped = at > 0 and own[at].lstrip().startswith("<") and own[at - 1].strip()
    return at - 1 if is_wrapped else at


def _without_rule(own: list[str]) -> list[str]:
    """Return lines without the dashes or underscores above quoted mail."""
    end = len(own)
    while end and (not own[end - 1].strip() or _RULE.fullmatch(own[end - 1])):
        end -= 1
    return own[:end]


def _remove_signature(lines: Sequence[str]) -> Sequence[str]:
    """Return the lines above the line that starts a signature."""
    for at, line in enumerate(lines):
        if line[:2] == "--" and _starts_signature(lines, at):
            return lines[:at]
    return lines


def _remove_last_line(lines: Sequence[str]) -> Sequence[str]:
    """Return lines without the last one if a telephone has put it there."""
    end = next((at for at in range(len(lines), 0, -1) if lines[at - 1].strip()), 0)
    is_added = end and SENT_FROM.fullmatch(lines[end - 1][:_MAX_LENGTH])
    return lines[: end - 1] if is_added else lines


_MAX_SIGNATURE: Final = 12  # lines below a line of two dashes without the blank


def _starts_signature(lines: Sequence[str], at: int) -> bool:
    line = lines[at]
    is_end = at > 0 and len(lines) - at - 1 <= _MAX_SIGNATURE
    return line.rstrip("\r") in ("-- ", "--\u00a0") or (line == "--" and is_end)


def _join(lines: Sequence[str]) -> str:
    """Return lines as text, of several empty lines only one."""
    clean = [line.rstrip() for line in lines]
    kept = [line for at, line in enumerate(clean) if line or (at and clean[at - 1])]
    return "\n".join(kept).strip("\n")
