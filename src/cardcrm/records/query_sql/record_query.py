"""The filter language over the rows of any noun, and its lists: filtered, sorted and limited.

A word finds a row by its searchable fields or by the name of its contact; ``field:value`` filters
by a field of the noun. A negation is the complement, so rows without a value are among those that
``-amount>5`` finds.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from cardcrm import query
from cardcrm.errors import UsageError
from cardcrm.query import ALL, And, Node, Not, Or, Term, Word
from cardcrm.records.fields import Block, Field, Integer, MoneyAmount, Reference, References
from cardcrm.records.query_sql import predicates, reference_predicates, row_order, text_predicates
from cardcrm.records.query_sql.field_predicates import is_text
from cardcrm.records.query_sql.predicates import Predicate, QueryContext, join_balanced
from cardcrm.records.query_sql.tree_compiler import TreeCompiler
from cardcrm.records.record_type import RecordType
from cardcrm.store import Store
from cardcrm.store.word_match import search_word
from cardcrm.text import find_similar

_ALIAS = "r"
_EVERYTHING = 2**62
_READ_AT_ONCE = 1000  # rows; longer lists are streamed


class Selection(NamedTuple):
    """The rows of a noun that a query finds, in an order, and how many of them to list."""

    node: Node = ALL
    sort: str = ""
    limit: int | None = None
    offset: int = 0


def parse(type_: RecordType, text: str) -> Node:
    """Return a query on a noun as a tree. Raises UsageError."""
    fields = type_.filters()
    numbers = [name for name, field in fields.items() if isinstance(field, Integer)]
    return _with_words(type_, query.parse(text, {"id", *fields}, numbers))


def _with_words(type_: RecordType, node: Node) -> Node:
    """Return a query with the fields that some of its words stand for, such as “won”."""
    if isinstance(node, Word):
        found = type_.query_words.get(node.text.lower())
        return Term(found[0], ":", found[1]) if found else node
    if isinstance(node, Not):
        return Not(_with_words(type_, node.node))
    if isinstance(node, And | Or):
        return type(node)(tuple(_with_words(type_, each) for each in node.nodes))
    return node


def only_open(type_: RecordType, node: Node) -> Node:
    """Return a query without the rows that are done, unless it filters by that itself."""
    field = type_.closing_field
    if field is None or field.filter is None:
        return node
    if any(query.has_field(node, each) for each in (field.filter, *type_.closing_filters)):
        return node
    return And((node, Term(field.filter, ":", type_.open_value)))


def condition(store: Store, type_: RecordType, node: Node) -> tuple[str, dict[str, Any]]:
    """Return SQL of a condition on the rows ``r`` of a noun, and its parameters."""
    ctx = QueryContext(store, alias=_ALIAS)
    filters = type_.filters()

    def term(ctx: QueryContext, term: Term) -> str:
        field = filters.get(term.field, ID)
        if isinstance(field, Block) and type_.has_text_index:
            return text_predicates.any_spelling(_words_of(field))(ctx, term)
        compared = reference_predicates.predicate(field, _ALIAS)
        return (text_predicates.any_spelling(compared) if is_text(field) else compared)(ctx, term)

    def words(ctx: QueryContext, words: Sequence[str]) -> str:
        return join_balanced("AND", [_contains(ctx, type_, each) for each in words])

    return TreeCompiler(words, term).compile(ctx, node), ctx.params


def _contains(ctx: QueryContext, type_: RecordType, word: str) -> str:
    """Return SQL for rows with a word in a searched field or in the name of a contact."""
    term = Term("", ":", word)
    found = [_in_index(ctx, word)] if type_.has_text_index else _in_fields(ctx, type_, term)
    has_name = text_predicates.text("n.name_key", "n.name")(ctx, term)
    named = f"SELECT n.id FROM contact n WHERE {has_name}"
    for field in type_.contact_fields:
        if isinstance(field, References):
            tied = f"SELECT v.{field.via_column} FROM {field.via} v WHERE v.{field.to_column}"
            found.append(f"{_ALIAS}.id IN ({tied} IN ({named}))")
        else:
            column = f"{_ALIAS}.{field.column}"
            found.append(f"({column} IS NOT NULL AND {column} IN ({named}))")
    return " OR ".join(found) or "1 = 0"


def _in_index(ctx: QueryContext, word: str) -> str:
    return ctx.in_ids(partial(ctx.store.engine.search.interaction_sql, search_word(word)))


def _words_of(field: Block) -> Predicate:
    """Return the predicate of a long text, whose words the index holds."""
    found = predicates.allow_blank(
        f"{_ALIAS}.{field.column}", lambda ctx, term: _in_index(ctx, term.value)
    )
    return predicates.unordered(found)


def _in_fields(ctx: QueryContext, type_: RecordType, term: Term) -> list[str]:
    return [
        f"coalesce({reference_predicates.predicate(each, _ALIAS)(ctx, term)}, FALSE)"
        for each in type_.searched
    ]


def fields_named(type_: RecordType, keys: Sequence[str]) -> list[Field]:
    """Return the fields of those keys. Raises UsageError with the nearest name."""
    return [_field_named(type_, key) for key in keys]


def _field_named(type_: RecordType, key: str) -> Field:
    if key == "id":
        return ID
    found = type_.field(key)
    if found is None:
        known = ["id", *(each.key for each in type_.fields)]
        like = find_similar(key, known, limit=1)
        raise UsageError(
            f"unknown column “{key}” of {type_.with_article}",
            f"Did you mean {like[0]}?" if like else f"Columns: {', '.join(known)}.",
        )
    return found


ID = Integer("id", label="id", listed=True, automatic=True)


def rows(store: Store, type_: RecordType, wanted: Selection) -> Iterator[Mapping[str, Any]]:
    """Yield rows of a noun with all their columns, and the names of what they refer to.

    Long lists are streamed. Raises UsageError.
    """
    where, params = condition(store, type_, wanted.node)
    order = _order(type_, wanted.sort or type_.sort)
    if wanted.node != ALL and not store.engine.is_remote:
        order = row_order.choose(store, type_.table_name, where, order, params)
    sql = (
        f"SELECT {_columns(store, type_)} FROM {type_.table_name} {_ALIAS} WHERE {where} "
        f"ORDER BY {order} LIMIT :limit OFFSET :offset"
    )
    limit = _EVERYTHING if wanted.limit is None else wanted.limit
    params |= {"limit": limit, "offset": wanted.offset}
    if limit <= _READ_AT_ONCE:
        return iter(store.engine.rows(sql, params))
    return iter(store.stream(sql, params))


def _columns(store: Store, type_: RecordType) -> str:
    own = [f"{_ALIAS}.{column}" for column in ("id", *type_.columns)]
    names = [
        f"{each.value_sql(_ALIAS)} AS {each.name_column}"
        if isinstance(each, Reference)
        else f"{each.value_sql(_ALIAS)} AS {each.column}"
        for each in type_.fields
        if isinstance(each, Reference) or not each.columns
    ]
    names += [
        f"{each.ids_sql(_ALIAS)} AS {each.ids_column}"
        for each in type_.fields
        if isinstance(each, References)
    ]
    return ", ".join([*own, *names, *_inherited(type_)]).replace(
        "{join}", store.engine.concat_function
    )


def _inherited(type_: RecordType) -> list[str]:
    """Return the currencies that the amounts of a part take from its whole."""
    whole = next((each for each in type_.references if each.column == type_.parent), None)
    found = {
        f"(SELECT w.{each.currency} FROM {whole.table} w WHERE w.id = {_ALIAS}.{whole.column}) "
        f"AS {each.currency}"
        for each in type_.fields
        if whole is not None and isinstance(each, MoneyAmount) and each.is_inherited
    }
    return sorted(found)


def _order(type_: RecordType, sort: str) -> str:
    field = _field_named(type_, sort.removeprefix("-"))
    if not field.is_sortable:
        keys = ", ".join(each.key for each in (ID, *type_.fields) if each.is_sortable)
        raise UsageError(
            f"a list of {type_.plural} cannot be sorted by {field.key}", f"Sort by one of {keys}."
        )
    by = field.sort_sql(_ALIAS)
    # PostgreSQL reads no index in an order with NULLS LAST, so it is left out where no NULL is.
    last = " NULLS LAST" if field.is_nullable and field is not ID else ""
    if sort.startswith("-"):
        return f"{by} DESC{last}, {_ALIAS}.id DESC"
    return f"{by}{last}, {_ALIAS}.id"


def count(store: Store, type_: RecordType, node: Node) -> int:
    """Return how many rows of a noun a query finds."""
    where, params = condition(store, type_, node)
    sql = f"SELECT count(*) FROM {type_.table_name} {_ALIAS} WHERE {where}"
    return int(store.value(sql, **params))


def ids(store: Store, type_: RecordType, node: Node) -> list[int]:
    """Return the ids of the rows that a query finds, in the order of a list."""
    where, params = condition(store, type_, node)
    sql = (
        f"SELECT {_ALIAS}.id FROM {type_.table_name} {_ALIAS} WHERE {where} "
        f"ORDER BY {_order(type_, type_.sort)}"
    )
    return [row[0] for row in store.rows(sql, **params)]
