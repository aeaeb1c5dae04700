"""The one filter language: text in, a frozen tree out; what it means in SQL is not known here.

``plumber city:leeds -tag:vip (org:acme or value>1000)``: words search, ``field:value`` filters,
neighbours are joined by *and*. Values stay text; whoever answers the query reads them as dates or
amounts.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, NoReturn

from cardcrm import text as words
from cardcrm.errors import UsageError

FIELDS: Final[dict[str, str]] = {
    "id": "the card's number",
    "uid": "the permanent id that exported files carry",
    "kind": "person or org",
    "name": "full name",
    "nick": "nickname",
    "email": "any e-mail address of the card",
    "phone": "any phone number, in any writing",
    "web": "any web address",
    "point": "any e-mail, phone, web or social address",
    "org": "the organisation a person works at",
    "title": "job title",
    "street": "street and number",
    "city": "town or city",
    "region": "county, state or province",
    "postcode": "postal code",
    "country": "country",
    "tag": "a tag",
    "stage": "lead, prospect, customer, lapsed, partner or other",
    "source": "where the contact came from",
    "owner": "who looks after the contact",
    "note": "the card's own note",
    "text": "words in calls, mails, meetings and notes",
    "every": "days between touches: every>30",
    "birthday": "day of birth, or a month",
    "created": "when the card was made",
    "updated": "when the card was last changed",
    "last": "when you last spoke: last>90d, last<2026-06-01",
    "next": "when the next open reminder is due",
    "due": "when any open reminder is due",
    "promise": "words of an open promise; promise:any",
    "bought": "date of the last sale",
    "since": "date of the first sale",
    "value": "revenue: value>1000",
    "margin": "revenue less cost",
    "orders": "how many sales",
    "product": "bought this product",
    "segment": "in this saved segment",
    "relation": "a relation: relation:spouse",
    "opted-out": "yes or no: does not want to be written to",
    "has": "has something: has:email, has:phone, has:note",
}


@dataclass(frozen=True)
class Word:
    """Text to search for; it holds spaces where it was quoted or is a phone number."""

    text: str


@dataclass(frozen=True)
class Term:
    """``field op value`` with op one of ``: = < <= > >=``; an empty value means *has none*."""

    field: str
    op: str
    value: str


@dataclass(frozen=True)
class Not:
    """What does not match ``node``."""

    node: "Node"


@dataclass(frozen=True)
class And:
    """What matches every one of ``nodes``; without nodes, everything."""

    nodes: tuple["Node", ...]


@dataclass(frozen=True)
class Or:
    """What matches any one of ``nodes``."""

    nodes: tuple["Node", ...]


Node = Word | Term | Not | And | Or
ALL: Final = And(())

MAX_LENGTH: Final = 10_000
MAX_DEPTH: Final = 50

_SPACE = re.compile(r"\s*")
_BARE = re.compile(r"[^\s()]+")
_BARE_VALUE = re.compile(r"[^\s(),]*")
_BARE_LIMIT = re.compile(r"[^\s()]*")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_FIELD = re.compile(r"([A-Za-z][\w.-]*)(!=|:?[<>]=?|==|[:=])")
_PIECE = re.compile(r"(?:[0-9+./-]|\(\+?[0-9]{1,6}\))+")
_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_KEYWORDS = frozenset({"and", "or", "not"})
_NEEDS_QUOTES = re.compile(r'[\s()"]|-')
_NO_BARE_VALUE = re.compile(r'[\s()"\\,]|[<>=!]|$')


def parse(text: str, known: Collection[str] = FIELDS) -> Node:
    """The tree of a query; the empty query is ``ALL``.

    ``known`` are the field names that may be filtered by. Raises ``UsageError``, which says where:
    an unknown field, an open quote or parenthesis, a joint without a neighbour, too long, too deep.
    """
    if len(text) > MAX_LENGTH:
        raise UsageError(
            f"the query is {len(text):,} characters long; at most {MAX_LENGTH:,} are read",
            "Narrow it down, or save parts of it as segments.",
        )
    return _Parser(text, known).whole()


class _Parser:
    """Reads the text once from left to right; ``at`` is the next character."""

    def __init__(self, text: str, known: Collection[str]) -> None:
        self.text = text
        self.known = known
        self.at = 0

    def whole(self) -> Node:
        node = self.either(0)
        if self.at < len(self.text):
            self.fail("there is no open parenthesis for the one", self.at)
        return node

    def either(self, depth: int) -> Node:
        """Parts joined by *or*, up to a closing parenthesis or the end."""
        nodes = [self.both(depth)]
        while (start := self.keyword("or")) is not None:
            if nodes[-1] is ALL:
                self.fail("something must stand before the “or”", start)
            nodes.append(self.both(depth))
            if nodes[-1] is ALL:
                self.fail("something must stand after the “or”", start)
        return nodes[0] if len(nodes) == 1 else Or(tuple(nodes))

    def both(self, depth: int) -> Node:
        """Neighbours, up to an *or*; ``ALL`` itself (not an equal) where there are none."""
        nodes: list[Node] = []
        while not self.ended() and not self.sees("or"):
            start = self.keyword("and")
            if start is not None and (not nodes or self.ended() or self.sees("or", "and")):
                self.fail("something must stand on both sides of the “and”", start)
            nodes.append(self.single(depth))
        if not nodes:
            return ALL
        return nodes[0] if len(nodes) == 1 else And(tuple(nodes))

    def single(self, depth: int) -> Node:
        """One word, term, group, or the negation of one."""
        start = self.at
        if depth > MAX_DEPTH:
            self.fail(f"the query is nested deeper than {MAX_DEPTH} levels", start)
        if self.minus():
            return Not(self.single(depth + 1))
        if self.keyword("not") is not None:
            if self.ended() or self.sees("or", "and"):
                self.fail("something must stand after the “not”", start)
            return Not(self.single(depth + 1))
        if phone := self.phone():
            return Word(phone)
        if self.text[self.at] == "(":
            return self.group(depth)
        return self.term() or self.word()

    def group(self, depth: int) -> Node:
        start = self.at
        self.at += 1
        node = self.either(depth + 1)
        if self.at >= len(self.text):
            self.fail("there is no closing parenthesis for the one", start)
        self.at += 1
        return And(()) if node is ALL else node

    def word(self) -> Node:
        if self.text[self.at] == '"':
            quoted = self.quoted()
            return Word(quoted) if quoted.strip() else And(())
        return Word(self.take(_BARE))

    def term(self) -> Node | None:
        """A field with its operator and values, if that is what stands here."""
        match = _FIELD.match(self.text, self.at)
        if match is None or match[1].lower() in _SCHEMES:
            return None
        field = self.field(match[1])
        self.at = match.end()
        op = {"==": "=", "!=": "="}.get(match[2], match[2].lstrip(":") or ":")
        terms = tuple(Term(field, op, value) for value in self.values(field, op))
        node = terms[0] if len(terms) == 1 else Or(terms)
        return Not(node) if match[2] == "!=" else node

    def field(self, name: str) -> str:
        """The field as it is known, whatever its case and whether with _ or -."""
        for spelling in (name, name.lower(), name.lower().replace("_", "-")):
            if spelling in self.known:
                return spelling
        raise self.unknown(name)

    def values(self, field: str, op: str) -> list[str]:
        """The values between commas; a limit is one value, so that ``value>1,000`` is an amount."""
        if field == "phone" and (phone := self.phone()):
            return [phone]
        found = [self.value(op)]
        while op in ":=" and self.text[self.at : self.at + 1] == ",":
            self.at += 1
            found.append(self.value(op))
        return [value for value in found if value] or [""]

    def value(self, op: str) -> str:
        if self.text[self.at : self.at + 1] == '"':
            return self.quoted()
        return self.take(_BARE_VALUE if op in ":=" else _BARE_LIMIT)

    def quoted(self) -> str:
        match = _QUOTED.match(self.text, self.at)
        if match is None:
            self.fail("there is no closing quote for the one", self.at)
        self.at = match.end()
        return _ESCAPE.sub(r"\1", match[1])

    def phone(self) -> str:
        """The phone number that the next words make together, or nothing."""
        pieces: list[str] = []
        at = end = self.at
        while (match := _PIECE.match(self.text, at)) and _is_piece(match[0], bool(pieces)):
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

    def minus(self) -> bool:
        """Step over a minus that negates what directly follows."""
        found = self.text[self.at] == "-" and not _closes(self.text, self.at + 1)
        self.at += found
        return found

    def keyword(self, word: str) -> int | None:
        """Step over ``word`` if it stands here; where it stood."""
        if not self.sees(word):
            return None
        start = self.at
        self.at = self.after_space(start + len(word))
        return start

    def sees(self, *keywords: str) -> bool:
        match = _BARE.match(self.text, self.at)
        return match is not None and match[0].lower() in keywords

    def ended(self) -> bool:
        """Step over spaces; whether the text or the group ends here."""
        self.at = self.after_space(self.at)
        return self.at >= len(self.text) or self.text[self.at] == ")"

    def after_space(self, at: int) -> int:
        match = _SPACE.match(self.text, at)
        return match.end() if match else at

    def take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        taken = match[0] if match else ""
        self.at += len(taken)
        return taken

    def fail(self, what: str, at: int) -> NoReturn:
        raise UsageError(
            f"{what} at position {at + 1} of the query",
            'Text with spaces or signs goes in quotes: name:"jane doe".',
        )

    def unknown(self, name: str) -> UsageError:
        names = words.find_similar(name, self.known)
        listing = (
            f"Did you mean {', '.join(names)}?"
            if names
            else f"Fields: {', '.join(sorted(self.known))}."
        )
        return UsageError(
            f"there is no field “{name}” to filter by (position {self.at + 1} of the query)",
            f"{listing} To search for the text itself, put it in quotes.",
        )


def _is_piece(piece: str, inside: bool) -> bool:
    """Whether a run of phone characters may open a number, or go on with one."""
    if piece.startswith("-") and len(piece) > 1:
        return False
    return inside or any(char.isdigit() for char in piece)


def _closes(text: str, at: int) -> bool:
    return at >= len(text) or text[at].isspace() or text[at] == ")"


def unparse(node: Node) -> str:
    """Canonical text of a tree; ``parse`` makes the same tree of it."""
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
    """Neighbours, with quotes between numbers that would else be read as one phone number."""
    if not node.nodes:
        return "()"
    parts: list[str] = []
    before = ""
    for child in node.nodes:
        part = _grouped(child)
        joins = isinstance(child, Word) and _PIECE.fullmatch(part) and _PIECE.fullmatch(before)
        parts.append(f'"{part}"' if joins else part)
        before = part
    return " ".join(parts)


def _grouped(node: Node) -> str:
    inner = unparse(node)
    is_list = isinstance(node, Or) and bool(_list_text(node))
    return f"({inner})" if isinstance(node, And | Or) and inner != "()" and not is_list else inner


def _list_text(node: Or) -> str:
    """``tag:vip,cold`` for terms that differ in their value alone, else nothing."""
    terms = [term for term in node.nodes if isinstance(term, Term) and term.value]
    kinds = {(term.field, term.op) for term in terms}
    if len(terms) < len(node.nodes) or len(kinds) > 1 or terms[0].op not in ":=":
        return ""
    return f"{terms[0].field}{terms[0].op}{','.join(map(_value_text, terms))}"


def _word_text(text: str) -> str:
    bare = not _NEEDS_QUOTES.match(text) and _BARE.fullmatch(text) and text.lower() not in _KEYWORDS
    field = _FIELD.match(text)
    names_field = field is not None and field[1].lower() not in _SCHEMES
    return text if bare and not names_field else _quote(text)


def _value_text(term: Term) -> str:
    if not term.value:
        return ""
    phone = term.field == "phone" and _PIECE.match(term.value)
    risky = _NO_BARE_VALUE.match(term.value) or re.search(r'[\s(),"]', term.value)
    return _quote(term.value) if phone or risky else term.value


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
