"""What a query means: the filter language's tree turned into SQL over the cards.

``field:value`` is true where the field contains the value (names, titles, points, notes) or begins
with it (places), in any case and without accents; tags, stages, owners and the like must be the
same. ``field=value`` is true where the whole is the same. Days compare as dates, or as a span:
``last>90d`` is longer ago than 90 days, ``due<7d`` is due within 7 days. Amounts are in the firm's
currency unless another is named. A card without sales has the value 0.
"""

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from cardcrm import dates, money, query
from cardcrm.errors import UsageError
from cardcrm.query import And, Node, Not, Or, Term, Word
from cardcrm.records import fields, points, segments
from cardcrm.store import Store
from cardcrm.text import digits, fold, near

_SPAN = re.compile(r"\d+\s*[dwmy]")
_PART_OF_DATE = re.compile(r"\d{4}(-\d{2})?")
_DEEPEST = 10


@dataclass
class Filter:
    """A condition on ``c`` (the contact) and its parameters, gathered while compiling."""

    store: Store
    params: dict[str, Any] = field(default_factory=dict)
    depth: int = 0

    def param(self, value: Any) -> str:
        """A fresh parameter holding the value; its name with the colon."""
        name = f"q{len(self.params)}"
        self.params[name] = value
        return f":{name}"

    def found(self, matching: Callable[[str, str], tuple[str, dict[str, str]]], word: str) -> str:
        """``c.id IN (…)`` by one of the engine's searches."""
        sql, params = matching(word, f"q{len(self.params)}_")
        self.params |= params
        return f"c.id IN ({sql})"


def parse(store: Store, text: str) -> Node:
    """A query as written, with the box's custom fields known. Raises UsageError."""
    return query.parse(text, {*query.FIELDS, *(each.name for each in fields.fields(store))})


def compile_query(store: Store, node: Node) -> tuple[str, dict[str, Any]]:
    """SQL of a condition on a contact ``c``, and its parameters. Raises UsageError."""
    filter_ = Filter(store)
    return _node(filter_, node), filter_.params


def _node(f: Filter, node: Node) -> str:
    if isinstance(node, Word):
        return f.found(f.store.engine.matching, fold(node.text)) if fold(node.text) else "1 = 1"
    if isinstance(node, Not):
        return f"NOT ({_node(f, node.node)})"
    if isinstance(node, And):
        return _all(f, node.nodes)
    if isinstance(node, Or):
        return " OR ".join(f"({_node(f, each)})" for each in node.nodes) or "1 = 0"
    return _term(f, node)


def _all(f: Filter, nodes: Sequence[Node]) -> str:
    """What holds for every one of them.

    The ids that each of several words finds are intersected before any card is read: one by one,
    the first word's cards would all be read to be tried for the second, 10 ms for 2,000 of them.
    """
    words = [node for node in nodes if isinstance(node, Word) and fold(node.text)]
    if len(words) < 2:
        return " AND ".join(f"({_node(f, each)})" for each in nodes) or "1 = 1"
    found = []
    for number, word in enumerate(words):
        sql, params = f.store.engine.matching(fold(word.text), f"q{len(f.params)}_")
        f.params |= params
        found.append(f"SELECT * FROM ({sql}) AS word{number}")
    both = f"c.id IN ({' INTERSECT '.join(found)})"
    rest = [f"({_node(f, node)})" for node in nodes if node not in words]
    return " AND ".join([both, *rest])


def _term(f: Filter, term: Term) -> str:
    known = _FIELDS.get(term.field)
    if known is not None:
        return known(f, term)
    custom = fields.find(f.store, term.field)
    if custom is None:
        like = near(term.field, query.FIELDS)
        raise UsageError(
            f"there is no field “{term.field}”", f"Did you mean {like[0]}?" if like else ""
        )
    return _custom(f, term, custom)


def _is_none(term: Term) -> bool:
    return term.op in (":", "=") and term.value.strip().lower() in ("", "none")


def _is_any(term: Term) -> bool:
    return term.op in (":", "=") and term.value.strip().lower() == "any"


def _like(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _text(f: Filter, column: str, term: Term, *, start: bool = False) -> str:
    """A folded column against a text: contains (or begins with) for ``:``, else compared."""
    key = fold(term.value)
    if term.op == ":":
        pattern = f"{_like(key)}%" if start else f"%{_like(key)}%"
        return f"{column} LIKE {f.param(pattern)} ESCAPE '\\'"
    return f"{column} {term.op} {f.param(key)}"


def _exists(table: str, condition: str) -> str:
    return f"EXISTS (SELECT 1 FROM {table} x WHERE x.contact_id = c.id AND {condition})"


def _child(table: str, column: str, *, start: bool = False, extra: str = "1 = 1") -> Any:
    """A field kept in rows of their own, one card having any number of them."""

    def compiled(f: Filter, term: Term) -> str:
        if _is_none(term):
            return "NOT " + _exists(table, f"{extra} AND x.{column} <> ''")
        if _is_any(term):
            return _exists(table, f"{extra} AND x.{column} <> ''")
        return (
            f"c.id IN (SELECT x.contact_id FROM {table} x WHERE {extra} AND "
            f"{_text(f, f'x.{column}', term, start=start)})"
        )

    return compiled


def _lower_child(column: str) -> Any:
    def compiled(f: Filter, term: Term) -> str:
        filled = f"x.{column} <> ''"
        if _is_none(term):
            return "NOT " + _exists("address", filled)
        if _is_any(term):
            return _exists("address", filled)
        return (
            "c.id IN (SELECT x.contact_id FROM address x WHERE "
            f"{_lowered(f, f'x.{column}', term, start=True)})"
        )

    return compiled


def _lowered(f: Filter, column: str, term: Term, *, start: bool = False) -> str:
    """A column without a key, compared in lower case."""
    value = term.value.lower()
    if term.op == ":":
        pattern = f"{_like(value)}%" if start else f"%{_like(value)}%"
        return f"lower({column}) LIKE {f.param(pattern)} ESCAPE '\\'"
    return f"lower({column}) {term.op} {f.param(value)}"


def _plain(column: str) -> Any:
    """A column of the card that must be the same, such as its owner."""

    def compiled(f: Filter, term: Term) -> str:
        if _is_none(term):
            return f"c.{column} = ''"
        if _is_any(term):
            return f"c.{column} <> ''"
        return f"lower(c.{column}) {_same(term)} {f.param(term.value.lower())}"

    return compiled


def _same(term: Term) -> str:
    return "=" if term.op == ":" else term.op


def _id(f: Filter, term: Term) -> str:
    if not (term.value.isascii() and term.value.isdigit() and len(term.value) < 19):
        raise UsageError(f"“{term.value}” is no card number", "For example: id:12")
    return f"c.id {_same(term)} {f.param(int(term.value))}"


def _uid(f: Filter, term: Term) -> str:
    return f"c.uid = {f.param(term.value)}"


def _name(f: Filter, term: Term) -> str:
    words = fold(term.value).split()
    if term.op != ":" or not words:
        return _text(f, "c.name_key", term)
    return " AND ".join(_word_of_name(f, word) for word in words)


def _word_of_name(f: Filter, word: str) -> str:
    if len(word) < 3:
        return f"(' ' || c.name_key) LIKE {f.param(f'% {_like(word)}%')} ESCAPE '\\'"
    return f.found(lambda each, key: f.store.engine.matching_names([each], key), word)


def _title(f: Filter, term: Term) -> str:
    if _is_none(term) or _is_any(term):
        return f"c.title_key {'=' if _is_none(term) else '<>'} ''"
    return _text(f, "c.title_key", term)


def _org(f: Filter, term: Term) -> str:
    if _is_none(term):
        return "c.org_id IS NULL"
    if _is_any(term):
        return "c.org_id IS NOT NULL"
    inner = Filter(f.store, f.params, f.depth)
    return f"c.org_id IN (SELECT c.id FROM contact c WHERE {_name(inner, term)})"


def _point(*kinds: str) -> Any:
    """Contact points of some kinds; the search index narrows them down first."""

    def compiled(f: Filter, term: Term) -> str:
        of_kind = "x.kind IN ({})".format(", ".join(f"'{kind}'" for kind in kinds))
        if _is_none(term):
            return "NOT " + _exists("point", of_kind)
        if _is_any(term):
            return _exists("point", of_kind)
        key = _point_key(f, kinds, term.value)
        if term.op != ":":
            return _exists("point", f"{of_kind} AND x.value_key {term.op} {f.param(key)}")
        like = f"x.value_key LIKE {f.param(f'%{_like(key)}%')} ESCAPE '\\'"
        held = _exists("point", f"{of_kind} AND {like}")
        return f"{f.found(f.store.engine.matching, key)} AND {held}" if len(key) >= 3 else held

    return compiled


def _point_key(f: Filter, kinds: tuple[str, ...], value: str) -> str:
    """A point as its key is written; a part of a phone number loses its leading zeros."""
    if kinds == ("phone",) or points.looks_like_phone(value):
        whole = points.phone_key(value, f.store.customs.region) if digits(value) else value
        return whole if len(whole) >= 10 else digits(value.replace("(0)", "")).lstrip("0") or whole
    return points.web_key(value)


def _tag(f: Filter, term: Term) -> str:
    if _is_none(term):
        return "NOT " + _exists("tag", "1 = 1")
    if _is_any(term):
        return _exists("tag", "1 = 1")
    name = fold(term.value).replace(" ", "-")
    return f"c.id IN (SELECT x.contact_id FROM tag x WHERE x.name = {f.param(name)})"


def _note(f: Filter, term: Term) -> str:
    if _is_none(term) or _is_any(term):
        return f"c.note {'=' if _is_none(term) else '<>'} ''"
    return f.found(f.store.engine.matching_notes, fold(term.value))


def _history(f: Filter, term: Term) -> str:
    if _is_none(term):
        return "c.last_on IS NULL"
    if _is_any(term):
        return "c.last_on IS NOT NULL"
    return f.found(f.store.engine.matching_history, fold(term.value))


def _every(f: Filter, term: Term) -> str:
    if _is_none(term) or _is_any(term):
        return f"c.cadence_days IS {'' if _is_none(term) else 'NOT '}NULL"
    return f"c.cadence_days {_same(term)} {f.param(dates.parse_span(term.value))}"


_BACKWARDS = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", ":": "="}


def _bounds(f: Filter, term: Term, *, past: bool) -> tuple[str, dt.date, dt.date]:
    """How a day compares: the operator, and the first and last day of what was named."""
    zone = f.store.customs.zone
    now = dates.now(zone)
    value = term.value.strip().lower()
    if _SPAN.fullmatch(value):
        span = dt.timedelta(days=dates.parse_span(value))
        try:
            day = now.date() - span if past else now.date() + span
        except OverflowError:
            raise UsageError(f"“{term.value}” is too long a time") from None
        return (_BACKWARDS[term.op] if past else _same(term)), day, day
    if _PART_OF_DATE.fullmatch(value):
        return _same(term), *_whole(value)
    day = dates.parse_when(value, now, past=past).day
    return _same(term), day, day


def _whole(value: str) -> tuple[dt.date, dt.date]:
    """First and last day of a year or month such as 2026 or 2026-06."""
    year, _, month = value.partition("-")
    try:
        first = dt.date(int(year), int(month or 1), 1)
        last = dt.date(int(year), int(month or 12), 28) + dt.timedelta(days=4)
    except (ValueError, OverflowError):
        raise UsageError(f"“{value}” is no month or year") from None
    return first, last - dt.timedelta(days=last.day)


def _compared(f: Filter, column: str, bounds: tuple[str, Any, Any]) -> str:
    op, first, last = bounds
    if op == "=":
        return f"{column} BETWEEN {f.param(str(first))} AND {f.param(str(last))}"
    return f"{column} {op} {f.param(str(last if op in ('>', '<=') else first))}"


def _last(f: Filter, term: Term) -> str:
    if _is_none(term) or _is_any(term):
        return f"c.last_on IS {'' if _is_none(term) else 'NOT '}NULL"
    return _compared(f, "c.last_on", _bounds(f, term, past=True))


def _instant(column: str) -> Any:
    """A column of instants, compared with local days."""

    def compiled(f: Filter, term: Term) -> str:
        op, first, last = _bounds(f, term, past=True)
        zone = f.store.customs.zone
        start = dates.to_instant(first, dt.time(), zone)
        end = dates.to_instant(last, dt.time(23, 59, 59), zone)
        return _compared(f, f"c.{column}", (op, start, end))

    return compiled


def _due(f: Filter, term: Term) -> str:
    open_ = "x.done_at IS NULL"
    if _is_none(term):
        return "NOT " + _exists("reminder", open_)
    if _is_any(term):
        return _exists("reminder", open_)
    compared = _compared(f, "x.due_on", _bounds(f, term, past=False))
    return f"c.id IN (SELECT x.contact_id FROM reminder x WHERE {open_} AND {compared})"


def _promise(f: Filter, term: Term) -> str:
    promised = "x.done_at IS NULL AND x.promise = 1"
    if _is_none(term):
        return "NOT " + _exists("reminder", promised)
    if _is_any(term):
        return _exists("reminder", promised)
    return (
        f"c.id IN (SELECT x.contact_id FROM reminder x WHERE {promised} "
        f"AND {_lowered(f, 'x.text', term)})"
    )


def _birthday(f: Filter, term: Term) -> str:
    if _is_none(term) or _is_any(term):
        held = _exists("yearly_day", "x.label = 'birthday'")
        return f"NOT {held}" if _is_none(term) else held
    marks = ", ".join(f.param(day) for day in _month_days(f, term))
    return (
        "c.id IN (SELECT x.contact_id FROM yearly_day x "
        f"WHERE x.label = 'birthday' AND x.month_day IN ({marks}))"
    )


def _month_days(f: Filter, term: Term) -> list[str]:
    """The MM-DD that a birthday term means: a month, a day, or the days to come (``<7d``)."""
    today = dates.today(f.store.customs.zone)
    value = term.value.strip().lower()
    if term.op in ("<", "<=") and _SPAN.fullmatch(value):
        length = min(dates.parse_span(value), 366)
        days = [today + dt.timedelta(days=number) for number in range(length + 1)]
        return [day.strftime("%m-%d") for day in days]
    months = {dt.date(2000, number, 1).strftime("%B").lower(): number for number in range(1, 13)}
    month = next((n for name, n in months.items() if len(value) >= 3 and name.startswith(value)), 0)
    if month:
        return [f"{month:02}-{day:02}" for day in range(1, 32)]
    return [dates.parse_yearly(value, today)[-5:]]


def _sums(column: str, *, is_day: bool = False, is_money: bool = False) -> Any:
    """A kept sum of sales; a card without sales has 0 orders and the value 0."""

    def compiled(f: Filter, term: Term) -> str:
        if _is_none(term) or _is_any(term):
            held = "EXISTS (SELECT 1 FROM contact_value v WHERE v.contact_id = c.id)"
            return f"NOT {held}" if _is_none(term) else held
        if is_day:
            compared = _compared(f, f"v.{column}", _bounds(f, term, past=True))
            return f"c.id IN (SELECT v.contact_id FROM contact_value v WHERE {compared})"
        number, where = _amount(f, term) if is_money else (_whole_number(term), "1 = 1")
        return _number_or_nought(f, f"v.{column}", _same(term), number, where)

    return compiled


def _number_or_nought(f: Filter, column: str, op: str, number: int, where: str) -> str:
    inside = f"SELECT v.contact_id FROM contact_value v WHERE {where} AND {column}"
    nought = {"<": number > 0, "<=": number >= 0, "=": number == 0}.get(op, False)
    if not nought:
        return f"c.id IN ({inside} {op} {f.param(number)})"
    opposite = {"<": ">=", "<=": ">", "=": "<>"}[op]
    return f"c.id NOT IN ({inside} {opposite} {f.param(number)})"


def _amount(f: Filter, term: Term) -> tuple[int, str]:
    amount = money.parse_money(term.value, f.store.customs.currency, negative=True)
    return amount.minor, f"v.currency = {f.param(amount.currency)}"


def _whole_number(term: Term) -> int:
    if not (term.value.isascii() and term.value.isdigit() and len(term.value) < 19):
        raise UsageError(f"{term.field}: “{term.value}” is no whole number")
    return int(term.value)


def _product(f: Filter, term: Term) -> str:
    return (
        "c.id IN (SELECT s.contact_id FROM sale s JOIN sale_line l ON l.sale_id = s.id "
        f"JOIN product p ON p.id = l.product_id WHERE {_text(f, 'p.name_key', term)})"
    )


def _segment(f: Filter, term: Term) -> str:
    segment = segments.get(f.store, term.value)
    if f.depth >= _DEEPEST:
        raise UsageError(
            f"the segment “{segment.name}” contains itself",
            "See `cardcrm segment list` and mend its query.",
        )
    f.depth += 1
    compiled = _node(f, parse(f.store, segment.query))
    f.depth -= 1
    return compiled


def _relation(f: Filter, term: Term) -> str:
    kind = "1 = 1" if _is_any(term) or _is_none(term) else f"x.kind = {f.param(fold(term.value))}"
    held = (
        f"(EXISTS (SELECT 1 FROM relation x WHERE x.contact_id = c.id AND {kind}) "
        f"OR EXISTS (SELECT 1 FROM relation x WHERE x.other_id = c.id AND {kind}))"
    )
    return f"NOT {held}" if _is_none(term) else held


def _opted_out(_f: Filter, term: Term) -> str:
    held = _exists("point", "x.opted_out = 1")
    return held if _yes(term) else f"NOT {held}"


def _yes(term: Term) -> bool:
    value = term.value.strip().lower()
    if value in ("yes", "y", "true", "1", "any"):
        return True
    if value in ("no", "n", "false", "0", "none", ""):
        return False
    raise UsageError(f"{term.field}: “{term.value}” is neither yes nor no")


def _has(f: Filter, term: Term) -> str:
    name = {"sale": "value", "sales": "value", "reminder": "due", "history": "text"}.get(
        fold(term.value), fold(term.value)
    )
    return _term(f, Term(name, ":", "any"))


def _custom(f: Filter, term: Term, custom: fields.Field) -> str:
    held = f"x.field_id = {f.param(custom.id)}"
    if _is_none(term) or _is_any(term):
        found = _exists("field_value", held)
        return f"NOT {found}" if _is_none(term) else found
    if custom.type in ("number", "money"):
        number = fields.field_columns(custom, term.value, f.store)["number"]
        compared = f"x.number {_same(term)} {f.param(number)}"
    elif custom.type == "date":
        compared = _compared(f, "x.text", _bounds(f, term, past=True))
    else:
        compared = _text(f, "x.text_key", term)
    return f"c.id IN (SELECT x.contact_id FROM field_value x WHERE {held} AND {compared})"


_FIELDS: dict[str, Callable[[Filter, Term], str]] = {
    "id": _id,
    "uid": _uid,
    "kind": _plain("kind"),
    "name": _name,
    "nick": _child("nickname", "name_key"),
    "email": _point("email"),
    "phone": _point("phone"),
    "web": _point("web", "social"),
    "point": _point(*points.KINDS),
    "org": _org,
    "title": _title,
    "street": _lower_child("street"),
    "city": _child("address", "city_key", start=True),
    "region": _lower_child("region"),
    "postcode": _lower_child("postcode"),
    "country": _lower_child("country"),
    "tag": _tag,
    "stage": _plain("stage"),
    "source": _plain("source"),
    "owner": _plain("owner"),
    "note": _note,
    "text": _history,
    "every": _every,
    "birthday": _birthday,
    "created": _instant("created_at"),
    "updated": _instant("updated_at"),
    "last": _last,
    "next": _due,
    "due": _due,
    "promise": _promise,
    "bought": _sums("last_on", is_day=True),
    "since": _sums("first_on", is_day=True),
    "value": _sums("revenue", is_money=True),
    "margin": _sums("margin", is_money=True),
    "orders": _sums("orders"),
    "product": _product,
    "segment": _segment,
    "relation": _relation,
    "opted-out": _opted_out,
    "has": _has,
}
