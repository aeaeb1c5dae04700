"""Return the text of HTML mail as a reader sees it; quoted mail gets ``>`` in front of its lines.

The standard parser takes quadratic time for unfinished markup in Python before 3.11.14, and mail
comes from anyone, so tags are found by one expression that looks at each character once.
"""

import html
import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

_TOKEN = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]*)([^<>]*)>|<[!?][^<>]*>|([^<]+)|<")
_COMMENT_START, _COMMENT_END = "<!--", "-->"
_SPACES = re.compile(r"[ \t\r\n\f]+")
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none", re.IGNORECASE)

_HIDDEN: Final = frozenset(("head", "script", "style", "title", "template", "noscript", "svg"))
_HIDEABLE: Final = frozenset(("div", "span", "td", "tr", "table"))
_PARAGRAPHS: Final = frozenset(
    ("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote", "pre", "hr", "dl")
)
_LINES: Final = frozenset(
    ("div", "tr", "li", "dt", "dd", "section", "article", "header", "footer", "center", "address")
)
MAX_DEPTH: Final = 20  # levels of quotes
_MAX_TOKENS: Final = 200_000  # tags and texts that are read


class _Writer:
    """Lines of text under construction."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.depth = 0
        self.is_pre = False

    def add(self, text: str) -> None:
        """Add text, whose white space counts as one blank except in preformatted text."""
        if self.is_pre:
            first, *others = text.split("\n")
            self.line.append(first)
            for each in others:
                self.end_line()
                self.line.append(each)
            return
        text = _SPACES.sub(" ", text)
        if text[:1] == " " and (not self.line or self.line[-1].endswith(" ")):
            text = text[1:]
        if text:
            self.line.append(text)

    def end_line(self) -> None:
        """End the line, which may be empty."""
        text = "".join(self.line)
        text = text.rstrip() if self.is_pre else text.replace("\u00a0", " ").strip()
        self.lines.append(">" * min(self.depth, MAX_DEPTH) + " " * bool(self.depth) + text)
        self.line.clear()

    def start_block(self, *, is_paragraph: bool) -> None:
        """End the line if it has text; leave an empty one before a paragraph."""
        if any(part.strip() for part in self.line):
            self.end_line()
        self.line.clear()
        if is_paragraph and self.lines and self.lines[-1].strip("> "):
            self.end_line()


def to_text(page: str) -> str:
    """Return the text of a page of HTML."""
    writer = _Writer()
    hidden, nested = "", 0  # the element whose content is not shown, and how often it is open
    for closing, tag, attributes, text in islice(_tokens(page), _MAX_TOKENS):
        if hidden:
            if tag == hidden:
                nested += -1 if closing else 1
            if nested <= 0 or (hidden == "head" and tag == "body"):  # </head> may be left out
                hidden = ""
        elif text:
            writer.add(html.unescape(text))
        elif tag in _HIDDEN or (tag in _HIDEABLE and _HIDDEN_STYLE.search(attributes)):
            if not closing and not attributes.endswith("/"):
                hidden, nested = tag, 1
        else:
            _add_tag(writer, tag, is_closing=bool(closing))
    writer.start_block(is_paragraph=False)
    return "\n".join(writer.lines).strip("\n")


def _tokens(page: str) -> Iterator[tuple[str, str, str, str]]:
    """Yield tags and texts as (``/`` if closing, tag, attributes, text)."""
    for piece in _without_comments(page):
        for found in _TOKEN.finditer(piece):
            closing, tag, attributes, text = found.groups("")
            if tag or text or found[0] == "<":
                yield closing, tag.lower(), attributes, text or ("<" if found[0] == "<" else "")


def _without_comments(page: str) -> Iterator[str]:
    """Yield the pieces of a page between its comments; one that is not closed hides nothing."""
    start = 0
    while (begin := page.find(_COMMENT_START, start)) >= 0:
        end = page.find(_COMMENT_END, begin)
        if end < 0:
            break
        yield page[start:begin]
        start = end + len(_COMMENT_END)
    yield page[start:]


def _add_tag(writer: _Writer, tag: str, *, is_closing: bool) -> None:
    if tag == "br":
        writer.end_line()
    elif tag in ("td", "th"):
        writer.add(" ")
    elif tag in _PARAGRAPHS:
        writer.start_block(is_paragraph=True)
        if tag == "blockquote":
            writer.depth = max(0, writer.depth + (-1 if is_closing else 1))
        elif tag == "pre":
            writer.is_pre = not is_closing
    elif tag in _LINES:
        writer.start_block(is_paragraph=False)
        if tag == "li" and not is_closing:
            writer.add("- ")
