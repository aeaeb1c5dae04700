"""Predicates for the fields of any noun, with those that refer to rows of other nouns.

A condition may be NULL where a row has no value; negations are made complete by
`predicates.QueryContext.leaf`.
"""

from cardcrm.query import And, Node, Or, Term, Word
from cardcrm.records import registry
from cardcrm.records.fields import ContactFilter, Field, Reference, References
from cardcrm.records.query_sql import contact_query, field_predicates
from cardcrm.records.query_sql.predicates import (
    Predicate,
    QueryContext,
    allow_null,
    is_any,
    is_none,
)


def predicate(field: Field, alias: str) -> Predicate:
    """Return the predicate of a field of the row ``alias``."""
    if isinstance(field, Reference):
        return _reference(field, alias)
    if isinstance(field, References):
        return _references(field, alias)
    if isinstance(field, ContactFilter):
        return lambda ctx, term: _of_contact(ctx, alias, term)
    return field_predicates.predicate(field, alias)


def _reference(field: Reference, alias: str) -> Predicate:
    column = f"{alias}.{field.column}"
    return allow_null(
        column, lambda ctx, term: f"{column} IN ({_matching_rows(ctx, field.to, term)})"
    )


def _references(field: References, alias: str) -> Predicate:
    def compiled(ctx: QueryContext, term: Term) -> str:
        tied = f"SELECT v.{field.via_column} FROM {field.via} v"
        if is_none(term) or is_any(term):
            return f"{alias}.id {'NOT ' if is_none(term) else ''}IN ({tied})"
        rows = _matching_rows(ctx, field.to, term)
        return f"{alias}.id IN ({tied} WHERE v.{field.to_column} IN ({rows}))"

    return compiled


def _of_contact(ctx: QueryContext, alias: str, term: Term) -> str:
    """Return SQL of the rows whose contact a filter of contacts finds."""
    inner = QueryContext(ctx.store, params=ctx.params, segments=ctx.segments, is_required=False)
    found = contact_query.compile_node(inner, term)
    return f"{alias}.contact_id IN (SELECT c.id FROM contact c WHERE {found})"


def _matching_rows(ctx: QueryContext, noun: str, term: Term) -> str:
    """Return SQL for the ids of the rows of a noun that a term names."""
    inner = QueryContext(ctx.store, params=ctx.params, segments=ctx.segments, is_required=False)
    if noun == "contact":
        return f"SELECT c.id FROM contact c WHERE {_contact(inner, term)}"
    type_ = registry.record_type(noun)
    rows = f"SELECT n.id FROM {type_.table_name} n"
    id_ = _id_in(term.value)
    if id_ is not None:
        return f"{rows} WHERE n.id = {ctx.param(id_)}"
    titled = type_.field_of_column(type_.title_column)
    assert titled is not None, noun
    return f"{rows} WHERE {predicate(titled, 'n')(inner, term)}"


def _id_in(text: str) -> int | None:
    number = text.strip().removeprefix("#")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 10 else None


def _contact(ctx: QueryContext, term: Term) -> str:
    """Return SQL for the contacts that a value names: an id, a name, or a query of its own."""
    id_ = _id_in(term.value)
    if id_ is not None:
        return f"c.id = {ctx.param(id_)}"
    node = contact_query.parse(ctx.store, term.value)
    if _is_words(node):
        node = Or(tuple(Term(name, term.op, term.value) for name in ("name", "nick", "email")))
    return f"({contact_query.compile_node(ctx, node)})"


def _is_words(node: Node) -> bool:
    """Return whether a query is nothing but words, so that it is meant as a name."""
    if isinstance(node, And):
        return all(map(_is_words, node.nodes))
    return isinstance(node, Word)
