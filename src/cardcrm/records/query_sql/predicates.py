"""The plainest conditions a filter is made of: on a card's own columns and on rows of its parts."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from cardcrm.errors import UsageError
from cardcrm.query import Term
from cardcrm.store import Store
from cardcrm.store.search_sql import matching
from cardcrm.text import fold, near

T = TypeVar("T")


LAST = "\U0010ffff"  # behind all that goes on from a beginning


@dataclass
class Filter:
    """A condition on ``c`` (the contact) and its parameters, gathered while compiling.

    ``by_card`` is for a condition that a few cards are tried for: each card's own rows are looked
    at. Else all rows that fit are gathered first, which is quicker over the whole box. ``is_must``
    is true while what is compiled is a must: no exclusion, and no alternative to another.
    """

    store: Store
    params: dict[str, Any] = field(default_factory=dict)
    depth: int = 0
    by_card: bool = False
    is_must: bool = True

    def param(self, value: Any) -> str:
        """A fresh parameter holding the value; its name with the colon."""
        name = f"q{len(self.params)}"
        self.params[name] = value
        return f":{name}"

    def has(self, table: str, condition: str) -> str:
        """``c.id IN (…)``: the card has such a row (``x``) in a table of its parts."""
        own = "x.contact_id = c.id AND " if self.by_card else ""
        return f"c.id IN (SELECT x.contact_id FROM {table} x WHERE {own}{condition})"

    def found(self, words: Iterable[str]) -> str:
        """Every one of some folded words finds the card."""
        sql, params = matching(self.store.engine.search, tuple(words), f"q{len(self.params)}_")
        self.params |= params
        return "c.id " + (self.store.engine.search.id_filter if self.is_must else "IN ({})").format(
            sql
        )

    def indexed(self, search: Callable[[T, str], tuple[str, dict[str, str]]], what: T) -> str:
        """``c.id IN (…)`` by one of the searches of the index."""
        sql, params = search(what, f"q{len(self.params)}_")
        self.params |= params
        return f"c.id IN ({sql})"


Compiler = Callable[[Filter, Term], str]


def is_none(term: Term) -> bool:
    """Whether a term asks for cards that have none."""
    return term.op in (":", "=") and term.value.strip().lower() in ("", "none")


def is_any(term: Term) -> bool:
    """Whether a term asks for cards that have any."""
    return term.op in (":", "=") and term.value.strip().lower() == "any"


def literal(text: str) -> str:
    """A text with the signs that LIKE reads taken literally."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def folded(f: Filter, column: str, term: Term, *, start: bool = False) -> str:
    """A folded column against a text: contains (or begins with) for ``:``, else compared."""
    key = fold(term.value)
    if term.op == ":":
        pattern = f"{literal(key)}%" if start else f"%{literal(key)}%"
        return f"{column} LIKE {f.param(pattern)} ESCAPE '\\'"
    return f"{column} {term.op} {f.param(key)}"


def exists(table: str, condition: str) -> str:
    """SQL: the card has a row in a table of its parts that fulfils a condition (on ``x``)."""
    return f"EXISTS (SELECT 1 FROM {table} x WHERE x.contact_id = c.id AND {condition})"


def child(table: str, column: str, *, start: bool = False, extra: str = "1 = 1") -> Compiler:
    """A field kept in rows of their own, one card having any number of them."""

    def compiled(f: Filter, term: Term) -> str:
        if is_none(term):
            return "NOT " + exists(table, f"{extra} AND x.{column} <> ''")
        if is_any(term):
            return exists(table, f"{extra} AND x.{column} <> ''")
        held = folded(f, f"x.{column}", term, start=start)
        if start and term.op == ":":  # what begins so stands together in the column's index
            key = fold(term.value)
            held += f" AND x.{column} >= {f.param(key)} AND x.{column} < {f.param(key + LAST)}"
        return f.has(table, f"{extra} AND {held}")

    return compiled


def lower_child(column: str) -> Compiler:
    """A part of an address that has no key of its own: compared in lower case."""

    def compiled(f: Filter, term: Term) -> str:
        filled = f"x.{column} <> ''"
        if is_none(term):
            return "NOT " + exists("address", filled)
        if is_any(term):
            return exists("address", filled)
        return f.has("address", lowered(f, f"x.{column}", term, start=True))

    return compiled


def lowered(f: Filter, column: str, term: Term, *, start: bool = False) -> str:
    """A column without a key, compared in lower case."""
    value = term.value.lower()
    if term.op == ":":
        pattern = f"{literal(value)}%" if start else f"%{literal(value)}%"
        return f"lower({column}) LIKE {f.param(pattern)} ESCAPE '\\'"
    return f"lower({column}) {term.op} {f.param(value)}"


def plain(column: str) -> Compiler:
    """A column of the card that must be the same, such as its owner."""

    def compiled(f: Filter, term: Term) -> str:
        if is_none(term):
            return f"c.{column} = ''"
        if is_any(term):
            return f"c.{column} <> ''"
        return f"lower(c.{column}) {same(term)} {f.param(term.value.lower())}"

    return compiled


def one_of(column: str, known: Sequence[str], also: Mapping[str, str]) -> Compiler:
    """A column of the card that holds one of a few words; ``also`` are other words for them."""

    def compiled(f: Filter, term: Term) -> str:
        word = fold(term.value)
        word = also.get(word, word)
        if word not in known and not (is_none(term) or is_any(term)):
            like = near(word, known, limit=1)
            meant = f"Did you mean {like[0]}? " if like else ""
            raise UsageError(
                f"no card has the {column} “{term.value}”", f"{meant}There are: {', '.join(known)}."
            )
        return plain(column)(f, Term(term.field, term.op, word))

    return compiled


def same(term: Term) -> str:
    """The operator of a term, ``:`` being equality."""
    return "=" if term.op == ":" else term.op
