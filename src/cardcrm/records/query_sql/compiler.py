"""What a query means: the filter language's tree turned into SQL over the cards.

``field:value`` is true where the field contains the value (names, titles, points, notes) or begins
with it (places), in any case and without accents; tags, stages, owners and the like must be the
same. ``field=value`` is true where the whole is the same. Days compare as dates, or as a span:
``last>90d`` is longer ago than 90 days, ``due<7d`` is due within 7 days. Amounts are in the firm's
currency unless another is named. A card without sales has the value 0.
"""

from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from operator import eq, ge, gt, le, lt
from typing import Any

from cardcrm import dates, money, query
from cardcrm.errors import UsageError
from cardcrm.query import And, Node, Not, Or, Term, Word
from cardcrm.records.contacts import contact_points, custom_fields
from cardcrm.records.contacts.contacts import STAGES
from cardcrm.records.query_sql import segments
from cardcrm.records.query_sql.date_predicates import (
    birthday,
    bounds,
    by_days,
    due,
    instant,
    last,
    promise,
)
from cardcrm.records.query_sql.predicates import (
    Compiler,
    Filter,
    child,
    exists,
    folded,
    is_any,
    is_none,
    literal,
    lower_child,
    one_of,
    plain,
    same,
)
from cardcrm.store import Store
from cardcrm.text import digits, fold, near

_DEEPEST = 10
_KINDS = dict.fromkeys(("organisation", "organization", "company", "firm"), "org")


def parse(store: Store, text: str) -> Node:
    """A query as written, with the box's custom fields known. Raises UsageError."""
    return query.parse(text, _Known(store))


class _Known(Collection[str]):
    """The fields of a box; its own are read only when one is named that all boxes do not have."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @cached_property
    def _own(self) -> frozenset[str]:
        return frozenset(each.name for each in custom_fields.fields(self._store))

    def __contains__(self, name: object) -> bool:
        return name in query.FIELDS or name in self._own

    def __iter__(self) -> Iterator[str]:
        return iter({*query.FIELDS, *self._own})

    def __len__(self) -> int:
        return len({*query.FIELDS, *self._own})


def compile_query(store: Store, node: Node, *, by_card: bool = False) -> tuple[str, dict[str, Any]]:
    """SQL of a condition on a contact ``c``, and its parameters. Raises UsageError.

    ``by_card`` is for a condition that but a few cards are tried for.
    """
    filter_ = Filter(store, by_card=by_card)
    return _node(filter_, node), filter_.params


def compile_node(f: Filter, node: Node) -> str:
    """Return SQL of a condition on a contact ``c``, within a filter that holds other conditions."""
    return _node(f, node)


def _node(f: Filter, node: Node) -> str:
    if isinstance(node, Word):
        return _all(f, (node,))
    if isinstance(node, Not):
        return f"NOT ({_perhaps(f, node.node)})"
    if isinstance(node, And):
        return _all(f, node.nodes)
    if isinstance(node, Or):
        return " OR ".join(f"({_perhaps(f, each)})" for each in node.nodes) or "1 = 0"
    return _term(f, node)


def _perhaps(f: Filter, node: Node) -> str:
    """What need not hold for a card to be found."""
    before, f.is_must = f.is_must, False
    compiled = _node(f, node)
    f.is_must = before
    return compiled


def _all(f: Filter, nodes: Sequence[Node]) -> str:
    """What holds for every one of them; words are looked up together."""
    words = [fold(node.text) for node in nodes if isinstance(node, Word)]
    conditions = [f.found(filter(None, words))] if any(words) else []
    conditions += [f"({_node(f, node)})" for node in nodes if not isinstance(node, Word)]
    return " AND ".join(conditions) or "1 = 1"


def _term(f: Filter, term: Term) -> str:
    known = _FIELDS.get(term.field)
    if known is not None:
        return known(f, term)
    custom = custom_fields.find(f.store, term.field)
    if custom is None:
        like = near(term.field, query.FIELDS)
        raise UsageError(
            f"there is no field “{term.field}”",
            f"Did you mean {like[0]}?" if like else "`cardcrm find --fields` lists them.",
        )
    return _custom(f, term, custom)


def _id(f: Filter, term: Term) -> str:
    if not (term.value.isascii() and term.value.isdigit() and len(term.value) < 19):
        raise UsageError(f"“{term.value}” is no card number", "For example: id:12")
    return f"c.id {same(term)} {f.param(int(term.value))}"


def _uid(f: Filter, term: Term) -> str:
    return f"c.uid = {f.param(term.value)}"


def _name(f: Filter, term: Term) -> str:
    words = fold(term.value).split()
    if term.op != ":" or not words:
        return folded(f, "c.name_key", term)
    return " AND ".join(_word_of_name(f, word) for word in words)


def _word_of_name(f: Filter, word: str) -> str:
    if len(word) < 3 or f.by_card:
        start = " " if len(word) < 3 else ""
        return f"(' ' || c.name_key) LIKE {f.param(f'%{start}{literal(word)}%')} ESCAPE '\\'"
    return f.indexed(lambda each, key: f.store.engine.search.name_sql([each], key), word)


def _title(f: Filter, term: Term) -> str:
    if is_none(term) or is_any(term):
        return f"c.title_key {'=' if is_none(term) else '<>'} ''"
    return folded(f, "c.title_key", term)


def _org(f: Filter, term: Term) -> str:
    if is_none(term):
        return "c.org_id IS NULL"
    if is_any(term):
        return "c.org_id IS NOT NULL"
    inner = Filter(f.store, f.params, f.depth)
    return f"c.org_id IN (SELECT c.id FROM contact c WHERE {_name(inner, term)})"


def _point(*kinds: str) -> Compiler:
    """Contact points of some kinds; the search index narrows them down first."""

    def compiled(f: Filter, term: Term) -> str:
        of_kind = "x.kind IN ({})".format(", ".join(f"'{kind}'" for kind in kinds))
        if is_none(term):
            return "NOT " + exists("point", of_kind)
        if is_any(term):
            return exists("point", of_kind)
        key = _point_key(f, kinds, term)
        if term.op != ":":
            return exists("point", f"{of_kind} AND x.value_key {term.op} {f.param(key)}")
        like = f"x.value_key LIKE {f.param(f'%{literal(key)}%')} ESCAPE '\\'"
        held = exists("point", f"{of_kind} AND {like}")
        if len(key) < 3 or f.by_card:
            return held
        return f"{f.found([key])} AND {held}"

    return compiled


def _point_key(f: Filter, kinds: tuple[str, ...], term: Term) -> str:
    """A point as its key is written; a part of a phone number loses its leading zeros.

    So does a national writing, which may be of any country, unless just that number is asked for.
    """
    value = term.value
    if kinds == ("phone",) or contact_points.looks_like_phone(value):
        whole = contact_points.phone_key(value, f.store.locale.region) if digits(value) else value
        if len(whole) >= 10 and (term.op != ":" or value.startswith(("+", "00"))):
            return whole
        return digits(value.replace("(0)", "")).lstrip("0") or whole
    return contact_points.web_key(value)


def _tag(f: Filter, term: Term) -> str:
    if is_none(term):
        return "NOT " + exists("tag", "1 = 1")
    if is_any(term):
        return exists("tag", "1 = 1")
    name = fold(term.value).replace(" ", "-")
    return f.has("tag", f"x.name = {f.param(name)}")


def _note(f: Filter, term: Term) -> str:
    if is_none(term) or is_any(term):
        return f"c.note {'=' if is_none(term) else '<>'} ''"
    return f.indexed(f.store.engine.search.note_sql, fold(term.value))


def _history(f: Filter, term: Term) -> str:
    if is_none(term):
        return "c.last_on IS NULL"
    if is_any(term):
        return "c.last_on IS NOT NULL"
    return f.indexed(f.store.engine.search.history_sql, fold(term.value))


def _every(f: Filter, term: Term) -> str:
    if is_none(term) or is_any(term):
        return f"c.cadence_days IS {'' if is_none(term) else 'NOT '}NULL"
    return f"c.cadence_days {same(term)} {f.param(dates.parse_span(term.value))}"


def _sums(column: str, *, is_day: bool = False, is_money: bool = False) -> Compiler:
    """A kept sum of sales; a card without sales has 0 orders and the value 0."""

    def compiled(f: Filter, term: Term) -> str:
        if is_none(term) or is_any(term):
            held = "EXISTS (SELECT 1 FROM contact_value v WHERE v.contact_id = c.id)"
            return f"NOT {held}" if is_none(term) else held
        if is_day:
            return f.has("contact_value", by_days(f, f"x.{column}", bounds(f, term, past=True)))
        number, where = _amount(f, term) if is_money else (_whole_number(term), "1 = 1")
        return _number_or_nought(f, column, same(term), number, where)

    return compiled


def _number_or_nought(f: Filter, column: str, op: str, number: int, where: str) -> str:
    """A sum compared; where there are no sales it is 0, where it is not known it is no number."""
    held = f.has("contact_value", f"{where} AND x.{column} {op} {f.param(number)}")
    if not _COMPARE[op](0, number):
        return held
    if column == "margin":  # not known where a sale tells no cost
        return f"({held} OR NOT {f.has('contact_value', where)})"
    opposite = f"x.{column} {_OPPOSITE[op]} {f.param(number)}"
    return f"NOT {f.has('contact_value', f'{where} AND {opposite}')}"


_COMPARE = {"<": lt, "<=": le, "=": eq, ">": gt, ">=": ge}
_OPPOSITE = {"<": ">=", "<=": ">", "=": "<>", ">": "<=", ">=": "<"}


def _amount(f: Filter, term: Term) -> tuple[int, str]:
    amount = money.parse_money(term.value, f.store.locale.currency, negative=True)
    return amount.minor, f"x.currency = {f.param(amount.currency)}"


def _whole_number(term: Term) -> int:
    if not (term.value.isascii() and term.value.isdigit() and len(term.value) < 19):
        raise UsageError(
            f"{term.field}: “{term.value}” is no whole number", f"For example: {term.field}>2"
        )
    return int(term.value)


def _product(f: Filter, term: Term) -> str:
    if is_none(term) or is_any(term):
        bought = f.has("sale", "EXISTS (SELECT 1 FROM sale_line l WHERE l.sale_id = x.id)")
        return f"NOT {bought}" if is_none(term) else bought
    named = folded(f, "p.name_key", term)
    lines = "sale_line l JOIN product p ON p.id = l.product_id"
    if f.by_card:
        return f.has("sale", f"EXISTS (SELECT 1 FROM {lines} WHERE l.sale_id = x.id AND {named})")
    return (
        f"c.id IN (SELECT s.contact_id FROM {lines} JOIN sale s ON s.id = l.sale_id WHERE {named})"
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
    from cardcrm.records.contacts.contacts import WORKS_AT

    kind = "1 = 1" if is_any(term) or is_none(term) else f"x.kind = {f.param(fold(term.value))}"
    held = (
        f"(EXISTS (SELECT 1 FROM relation x WHERE x.contact_id = c.id AND {kind}) "
        f"OR EXISTS (SELECT 1 FROM relation x WHERE x.other_id = c.id AND {kind})"
    )
    if fold(term.value) == WORKS_AT:  # that stands in the head of the card
        held += " OR c.org_id IS NOT NULL OR EXISTS (SELECT 1 FROM contact w WHERE w.org_id = c.id)"
    held += ")"
    return f"NOT {held}" if is_none(term) else held


def _opted_out(_f: Filter, term: Term) -> str:
    held = exists("point", "x.opted_out = 1")
    return held if _yes(term) else f"NOT {held}"


def _yes(term: Term) -> bool:
    value = term.value.strip().lower()
    if value in ("yes", "y", "true", "1", "any"):
        return True
    if value in ("no", "n", "false", "0", "none", ""):
        return False
    raise UsageError(
        f"{term.field}: “{term.value}” is neither yes nor no", f"Write {term.field}:yes."
    )


def _has(f: Filter, term: Term) -> str:
    name = {"sale": "value", "sales": "value", "reminder": "due", "history": "text"}.get(
        fold(term.value), fold(term.value)
    )
    return _term(f, Term(name, ":", "any"))


def _custom(f: Filter, term: Term, custom: custom_fields.Field) -> str:
    held = f"x.field_id = {f.param(custom.id)}"
    if is_none(term) or is_any(term):
        found = exists("field_value", held)
        return f"NOT {found}" if is_none(term) else found
    if custom.type in ("number", "money"):
        told = custom_fields.field_columns(custom, term.value, f.store)
        compared = f"x.number {same(term)} {f.param(told['number'])}"
        if custom.type == "money":  # its text ends with its currency, and unlike ones never compare
            currency = str(told["text"]).rpartition(" ")[2]
            compared += f" AND x.text LIKE {f.param(f'% {currency}')}"
    elif custom.type == "date":
        compared = by_days(f, "x.text", bounds(f, term, past=True))
    else:
        compared = folded(f, "x.text_key", term)
    return f.has("field_value", f"{held} AND {compared}")


_FIELDS: dict[str, Compiler] = {
    "id": _id,
    "uid": _uid,
    "kind": one_of("kind", ("person", "org"), _KINDS),
    "name": _name,
    "nick": child("nickname", "name_key"),
    "email": _point("email"),
    "phone": _point("phone"),
    "web": _point("web", "social"),
    "point": _point(*contact_points.KINDS),
    "org": _org,
    "title": _title,
    "street": lower_child("street"),
    "city": child("address", "city_key", start=True),
    "region": lower_child("region"),
    "postcode": lower_child("postcode"),
    "country": lower_child("country"),
    "tag": _tag,
    "stage": one_of("stage", STAGES, {}),
    "source": plain("source"),
    "owner": plain("owner"),
    "note": _note,
    "text": _history,
    "every": _every,
    "birthday": birthday,
    "created": instant("created_at"),
    "updated": instant("updated_at"),
    "last": last,
    "next": due,
    "due": due,
    "promise": promise,
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
