"""The filter language: parse text into a frozen tree, and write a tree as text.

``plumber city:leeds -tag:vip (org:acme or value>1000)``: words search, ``field:value`` filters, and
adjacent terms are joined by *and*. Values stay text; the code that compiles a query reads them as
dates or amounts.
"""

import re
from collections.abc import Collection
from typing import Final, Literal, NamedTuple, NoReturn

from cardcrm import text as words
from cardcrm.errors import UsageError

# Nodes are named tuples: defining a dataclass takes 0.5 ms. As tuples are equal by their content,
# the last field of a node with others in it tells its type.


class Word(NamedTuple):
    """Text to search for; it may have spaces if it was quoted or is a phone number."""

    text: str


_FILLED = ("any", "none")  # words for a field with or without a value


class Term(NamedTuple):
    """``field op value`` with op one of ``: = < <= > >=``; an empty value means *no value*.

    In quotes *any* and *none* are values of their own, which ``is_literal`` says.
    """

    field: str
    op: str
    value: str
    is_literal: bool = False


class Not(NamedTuple):
    """Matches what ``node`` does not match."""

    node: "Node"
    type: Literal["not"] = "not"


class And(NamedTuple):
    """Matches what every one of ``nodes`` matches; everything without nodes."""

    nodes: tuple["Node", ...]
    type: Literal["and"] = "and"


class Or(NamedTuple):
    """Matches what any one of ``nodes`` matches."""

    nodes: tuple["Node", ...]
    type: Literal["or"] = "or"


Node = Word | Term | Not | And | Or
ALL: Final = And(())


def has_field(node: Node, name: str) -> bool:
    """Return whether a query filters by a field anywhere."""
    if isinstance(node, Term):
        return node.field == name
    if isinstance(node, Not):
        return has_field(node.node, name)
    return not isinstance(node, Word) and any(has_field(each, name) for each in node.nodes)


MAX_LENGTH: Final = 10_000
MAX_DEPTH: Final = 50

# Patterns stay strings, so that re compiles only those that a query needs: all take 1 ms.
_SPACE = r"\s*"
_BARE = r"[^\s()]+"
_BARE_VALUE = r"[^\s(),]*"
_BARE_LIMIT = r"[^\s()]*"
_BARE_PLACE = r"[^\s()<]*"
_BARE_DISTANCE = r"(?:<=?[^\s()]*)?"
# Digits in groups of three, with a sign and a currency: €1,234.50
_GROUPED = r"-?[^\s()\",.\d-]{0,4}[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?[^\s(),.\d]{0,4}(?=[\s)]|$)"
_QUOTED = r'(?s)"((?:[^"\\]|\\.)*)"'
_ESCAPE = r"(?s)\\(.)"
_FIELD = r"([A-Za-z][\w.-]*)(!=|:?[<>]=?|==|[:=])"
_PIECE = r"(?:[0-9+./-]|\(\+?[0-9]{1,6}\))+"
_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_KEYWORDS = frozenset({"and", "or", "not"})
_NEEDS_QUOTES = r'[\s()"]|-'
_NO_BARE_VALUE = r'[\s()"\\,]|[<>=!]|$'


def parse(text: str, known: Collection[str], numbers: Collection[str] = ()) -> Node:
    """Parse a query; the empty query is ``ALL``.

    ``known`` are the names of the fields that it may filter by, ``numbers`` those of numbers and
    amounts, whose digits commas may group. Raises UsageError with the position of the problem.
    """
    if len(text) > MAX_LENGTH:
        raise UsageError(
            f"the query is too long: {len(text):,} characters, at most {MAX_LENGTH:,}",
            "Shorten it, or save parts of it as segments.",
        )
    return _Parser(text, known, numbers).parse_query()


class _Parser:
    """Reads the text once from left to right; ``at`` is the index of the next character."""

    def __init__(self, text: str, known: Collection[str], numbers: Collection[str]) -> None:
        self.text = text
        self.known = known
        self.numbers = numbers
        self.at = 0

    def parse_query(self) -> Node:
        node = self.parse_or(0)
        if self.at < len(self.text):
            self.fail("unmatched “)”", self.at)
        return node

    def parse_or(self, depth: int) -> Node:
        """Parse terms joined by *or*, up to a closing parenthesis or the end."""
        nodes = [self.parse_and(depth)]
        while (start := self.skip_keyword("or")) is not None:
            if nodes[-1] is ALL:
                self.fail("a term is missing before “or”", start)
            nodes.append(self.parse_and(depth))
            if nodes[-1] is ALL:
                self.fail("a term is missing after “or”", start)
        return nodes[0] if len(nodes) == 1 else Or(tuple(nodes))

    def parse_and(self, depth: int) -> Node:
        """Parse adjacent terms, up to an *or*; return the object ``ALL`` where there are none."""
        nodes: list[Node] = []
        while not self.is_at_end() and not self.sees("or"):
            start = self.skip_keyword("and")
            if start is not None and (not nodes or self.is_at_end() or self.sees("or", "and")):
                self.fail("a term is missing next to “and”", start)
            nodes.append(self.parse_term(depth))
        if not nodes:
            return ALL
        return nodes[0] if len(nodes) == 1 else And(tuple(nodes))

    def parse_term(self, depth: int) -> Node:
        """Parse one word, field, group, or the negation of one."""
        start = self.at
        if depth > MAX_DEPTH:
            self.fail(f"the query is nested deeper than {MAX_DEPTH} levels", start)
        if self.skip_minus():
            return Not(self.parse_term(depth + 1))
        if self.skip_keyword("not") is not None:
            if self.is_at_end() or self.sees("or", "and"):
                self.fail("a term is missing after “not”", start)
            return Not(self.parse_term(depth + 1))
        if phone := self.parse_phone():
            return Word(phone)
        if self.text[self.at] == "(":
            return self.parse_group(depth)
        return self.parse_field() or self.parse_word()

    def parse_group(self, depth: int) -> Node:
        start = self.at
        self.at += 1
        node = self.parse_or(depth + 1)
        if self.at >= len(self.text):
            self.fail("unmatched “(”", start)
        self.at += 1
        return And(()) if node is ALL else node

    def parse_word(self) -> Node:
        if self.text[self.at] == '"':
            quoted = self.parse_quoted()
            return Word(quoted) if quoted.strip() else And(())
        return Word(self.take(_BARE))

    def parse_field(self) -> Node | None:
        """Parse a field with its operator and values; return None for other text."""
        match = self.match(_FIELD, self.at)
        if match is None or match[1].lower() in _SCHEMES:
            return None
        field = self.find_field(match[1])
        self.at = match.end()
        op = {"==": "=", "!=": "="}.get(match[2], match[2].lstrip(":") or ":")
        terms = tuple(Term(field, op, *value) for value in self.parse_values(field, op))
        node = terms[0] if len(terms) == 1 else Or(terms)
        return Not(node) if match[2] == "!=" else node

    def find_field(self, name: str) -> str:
        """Return the name of a known field, in any case and with _ or -."""
        for spelling in (name, name.lower(), name.lower().replace("_", "-")):
            if spelling in self.known:
                return spelling
        raise self.unknown_field(name)

    def parse_values(self, field: str, op: str) -> list[tuple[str, bool]]:
        """Parse values between commas, each with whether it is *any* or *none* in quotes.

        A limit is one value: ``value>1,000`` is an amount.
        """
        if field == "phone" and (phone := self.parse_phone()):
            return [(phone, False)]
        if field in self.numbers and (number := self.take(_GROUPED)):
            return [(number, False)]
        if field == "near" and op in ":=":
            return self.parse_circles()
        found = [self.parse_value(op)]
        while op in ":=" and self.text[self.at : self.at + 1] == ",":
            self.at += 1
            found.append(self.parse_value(op))
        return [value for value in found if value[0]] or [("", False)]

    def parse_value(self, op: str) -> tuple[str, bool]:
        if self.text[self.at : self.at + 1] == '"':
            quoted = self.parse_quoted()
            return quoted, quoted.lower() in _FILLED
        return self.take(_BARE_VALUE if op in ":=" else _BARE_LIMIT), False

    def parse_circles(self) -> list[tuple[str, bool]]:
        """Parse places with distances; commas belong to a place, unless quotes follow them."""
        found = [self.parse_circle()]
        while self.text[self.at : self.at + 2] == ',"':
            self.at += 1
            found.append(self.parse_circle())
        return [(circle, False) for circle in found]

    def parse_circle(self) -> str:
        """Parse a place and the distance from it."""
        is_quoted = self.text[self.at : self.at + 1] == '"'
        place = self.parse_quoted() if is_quoted else self.take(_BARE_PLACE)
        return place + self.take(_BARE_DISTANCE)

    def parse_quoted(self) -> str:
        match = self.match(_QUOTED, self.at)
        if match is None:
            self.fail("unmatched quote", self.at)
        self.at = match.end()
        return re.sub(_ESCAPE, r"\1", match[1])

    def parse_phone(self) -> str:
        """Parse the phone number that the next words form together; return "" for other text."""
        pieces: list[str] = []
        at = end = self.at
        while (match := self.match(_PIECE, at)) and _is_piece(match[0], bool(pieces)):
            if not _closes(self.text, match.end()):
                break
            pieces.append(match[0])
            end = match.end()
            at = self.after_space(end)
        number = " ".join(pieces)
        if len(words.extract_digits(number)) < 6 or not words.extract_digits(pieces[-1]):
            return ""
        self.at = end
        return number

    def skip_minus(self) -> bool:
        """Skip a minus sign directly before a term; return whether there is one."""
        found = self.text[self.at] == "-" and not _closes(self.text, self.at + 1)
        self.at += found
        return found

    def skip_keyword(self, word: str) -> int | None:
        """Skip a keyword and return its index; None if other text is next."""
        if not self.sees(word):
            return None
        start = self.at
        self.at = self.after_space(start + len(word))
        return start

    def sees(self, *keywords: str) -> bool:
        match = self.match(_BARE, self.at)
        return match is not None and match[0].lower() in keywords

    def is_at_end(self) -> bool:
        """Skip spaces and return whether the text or the group ends here."""
        self.at = self.after_space(self.at)
        return self.at >= len(self.text) or self.text[self.at] == ")"

    def after_space(self, at: int) -> int:
        match = self.match(_SPACE, at)
        return match.end() if match else at

    def match(self, pattern: str, at: int) -> re.Match[str] | None:
        return re.compile(pattern).match(self.text, at)

    def take(self, pattern: str) -> str:
        match = self.match(pattern, self.at)
        taken = match[0] if match else ""
        self.at += len(taken)
        return taken

    def fail(self, problem: str, at: int) -> NoReturn:
        raise UsageError(
            f"{problem} at position {at + 1} of the query",
            'Put text with spaces or special characters in quotes: name:"jane doe".',
        )

    def unknown_field(self, name: str) -> UsageError:
        names = words.find_similar(name, self.known)
        listing = (
            f"Did you mean {', '.join(names)}?"
            if names
            else f"Fields: {', '.join(sorted(self.known))}."
        )
        return UsageError(
            f"unknown field “{name}” at position {self.at + 1} of the query",
            f"{listing} Put text to search for in quotes.",
        )


def _is_piece(piece: str, inside: bool) -> bool:
    """Return whether phone characters may begin a number, or continue one if ``inside``."""
    if piece.startswith("-") and len(piece) > 1:
        return False
    return inside or any(char.isdigit() for char in piece)


def _closes(text: str, at: int) -> bool:
    return at >= len(text) or text[at].isspace() or text[at] == ")"


def unparse(node: Node) -> str:
    """Return the canonical text of a tree, which parses into an equal tree."""
    if isinstance(node, Word):
        return _word_text(node.text)
    if isinstance(node, Term):
        return f"{node.field}{node.op}{_value_text(node)}"
    if isinstance(node, Not):
        return "-" + _grouped(node.node)
    if isinstance(node, Or):
        return _list_text(node) or " or ".join(map(_grouped, node.nodes))
    return _and_text(node)


def _and_text(node: And) -> str:
    """Join terms, with quotes around numbers that would otherwise form one phone number."""
    if not node.nodes:
        return "()"
    parts: list[str] = []
    before = ""
    for child in node.nodes:
        part = _grouped(child)
        joins = isinstance(child, Word) and all(
            re.fullmatch(_PIECE, text) for text in (part, before)
        )
        parts.append(f'"{part}"' if joins else part)
        before = part
    return " ".join(parts)


def _grouped(node: Node) -> str:
    inner = unparse(node)
    is_list = isinstance(node, Or) and bool(_list_text(node))
    return f"({inner})" if isinstance(node, And | Or) and inner != "()" and not is_list else inner


def _list_text(node: Or) -> str:
    """Return ``tag:vip,cold`` for terms that differ in their value alone; otherwise ""."""
    terms = [term for term in node.nodes if isinstance(term, Term) and term.value]
    kinds = {(term.field, term.op) for term in terms}
    if len(terms) < len(node.nodes) or len(kinds) > 1 or terms[0].op not in ":=":
        return ""
    if terms[0].field == "near":  # whose values may hold commas
        return ""
    return f"{terms[0].field}{terms[0].op}{','.join(map(_value_text, terms))}"


def _word_text(text: str) -> str:
    bare = re.fullmatch(_BARE, text) and not re.match(_NEEDS_QUOTES, text)
    field = re.match(_FIELD, text)
    names_field = field is not None and field[1].lower() not in _SCHEMES
    is_read = names_field or text.lower() in _KEYWORDS
    return text if bare and not is_read else _quote(text)


def _value_text(term: Term) -> str:
    if not term.value:
        return ""
    phone = term.field == "phone" and re.match(_PIECE, term.value)
    risky = re.match(_NO_BARE_VALUE, term.value) or re.search(r'[\s(),"]', term.value)
    return _quote(term.value) if phone or risky or term.is_literal else term.value


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
