"""Join the lines of text in the format *flowed* (RFC 3676)."""

import re

_QUOTE = re.compile(r"(>*) ?(.*)", re.DOTALL)
SIGNATURE = "-- "


def join_flowed(text: str, *, drops_space: bool) -> str:
    """Return a text whose soft line breaks are gone; quoted lines keep their ``>``.

    ``drops_space`` is the parameter DelSp: the blank at the end of a line belongs to the break.
    """
    lines: list[list[str]] = []  # the pieces of each
    is_open, depth = False, ""
    for raw in text.split("\n"):
        found = _QUOTE.fullmatch(raw)
        assert found is not None
        quote, line = found[1], found[2]
        is_soft = line.endswith(" ") and line != SIGNATURE
        if line == SIGNATURE or quote != depth:
            is_open = False
        own = line[:-1] if is_soft and drops_space else line
        if is_open:
            lines[-1].append(own)
        else:
            lines.append([f"{quote} {own}" if quote else own])
        is_open, depth = is_soft, quote
    return "\n".join(map("".join, lines))
