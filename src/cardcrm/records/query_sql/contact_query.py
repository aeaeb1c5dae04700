"""Compile queries over contacts: the tree of the filter language turned into SQL.

`contact_predicates` turns a field into SQL. Segments and custom fields are resolved here,
because they stand for other queries and for fields that only one database has.
"""

import re
from typing import TYPE_CHECKING, Any

from cardcrm import query
from cardcrm.errors import UsageError
from cardcrm.query import Node, Term
from cardcrm.records.contacts import custom_fields
from cardcrm.records.contacts.query_fields import FILTERS
from cardcrm.records.fields import Integer
from cardcrm.records.query_sql import contact_predicates
from cardcrm.records.query_sql.field_predicates import is_text
from cardcrm.records.query_sql.predicates import (
    OpenSegments,
    QueryContext,
    is_any,
    is_none,
    refuse_order,
)
from cardcrm.records.query_sql.text_predicates import any_spelling
from cardcrm.records.query_sql.tree_compiler import TreeCompiler
from cardcrm.store import Store
from cardcrm.text import find_similar, fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cardcrm.records.contacts.cadence_rules import Rule
    from cardcrm.records.query_sql.rule_sql import RuleCondition
    from cardcrm.records.teamwork.stored_territories import Territory

EVERY = "all"  # the query of a campaign or a sequence for all contacts
_MAX_SEGMENT_DEPTH = 20
_MAX_SEGMENTS = 200  # segments that use others twice grow by powers of two
_MAX_SEGMENT_SIZE = 20_000  # characters; 50,000 take 4 seconds and 360 MB
# A comma between ids separates them: id:1,200 is two contacts.
_NUMBERS = {
    name for name, each in FILTERS.items() if isinstance(each.field, Integer) and name != "id"
}
_SEGMENT_WORD = r'"[^"]*"|(?<![^\s(-])@([^\s()",:;@]+)'  # not inside quotes
_HAS_ALIASES = {"sale": "value", "sales": "value", "reminder": "due", "history": "text"}


def parse_audience(store: Store, text: str) -> Node:
    """Parse the query of a campaign or a sequence: ``all`` alone finds all contacts.

    ``@name`` is always a segment there, even if that was removed since. Raises UsageError.
    """
    return query.ALL if text.strip().lower() == EVERY else parse(store, text, is_stored=True)


def parse(store: Store, text: str, *, is_stored: bool = False) -> Node:
    """Parse a query that may name segments and custom fields of the database. Raises UsageError.

    In a query that ``is_stored``, as one of a segment, ``@name`` is never a word to look for.
    """
    if "@" in text:
        text = _spell_out_segments(store, text, is_stored=is_stored)
    try:
        return query.parse(text, FILTERS, _NUMBERS)
    except UsageError:  # the custom fields are read only where a name is unknown
        custom = custom_fields.list_fields(store)
        names = {each.name for each in custom}
        numbers = {each.name for each in custom if each.type in ("number", "money")}
        return query.parse(text, {*FILTERS, *names}, {*_NUMBERS, *numbers})


def _spell_out_segments(store: Store, text: str, *, is_stored: bool) -> str:
    """Return a query in which ``@name`` is ``segment:name`` where there is such a segment.

    In a query that ``is_stored`` it is that in any case.
    """
    from cardcrm.records.query_sql import segments

    def replace(found: re.Match[str]) -> str:
        is_known = found[1] and (is_stored or segments.is_segment(store, found[1]))
        return f'segment:"{found[1]}"' if is_known else found[0]

    return re.sub(_SEGMENT_WORD, replace, text)


def compile_query(store: Store, node: Node, *, per_row: bool = False) -> tuple[str, dict[str, Any]]:
    """Return the SQL condition of a query on a contact ``c``, and its parameters.

    ``per_row`` is for a condition that only a few contacts are checked against. Raises UsageError.
    """
    ctx = QueryContext(store, per_row=per_row)
    return _COMPILER.compile(ctx, node), ctx.params


def compile_node(ctx: QueryContext, node: Node) -> str:
    """Return the SQL condition of a query on a contact ``c``, as a part of another query."""
    return _COMPILER.compile(ctx, node)


def _compile_term(ctx: QueryContext, term: Term) -> str:
    if term.field in ("segment", "has", "territory"):
        refuse_order(term)
    if term.field == "territory":
        return _compile_territory(ctx, term)
    if term.field == "segment":
        return _compile_segment(ctx, term)
    if term.field == "cadence":
        return _compile_cadence(ctx, term)
    if term.field == "has":
        name = fold(term.value)
        return _compile_term(ctx, Term(_HAS_ALIASES.get(name, name), ":", "any"))
    field = FILTERS.get(term.field)
    if field is not None:
        compared = contact_predicates.predicate(field)
        return (any_spelling(compared) if is_text(field.field) else compared)(ctx, term)
    custom = custom_fields.find(ctx.store, term.field)
    if custom is None:
        raise _unknown_field(term.field)
    return contact_predicates.custom(ctx, term, custom)


def _compile_cadence(ctx: QueryContext, term: Term) -> str:
    if ctx.is_rule:
        raise UsageError(
            "the query of a cadence must not use cadence", "Use another filter, such as last>30d."
        )
    from cardcrm.records.contacts import cadence_rules
    from cardcrm.records.query_sql import rule_sql

    rules = ctx.store.fetch(cadence_rules.list_query())
    return rule_sql.cadence(ctx, term, compile_rules(ctx, rules))


def compile_rules(ctx: QueryContext, rules: "Sequence[Rule]") -> "list[RuleCondition]":
    """Return the conditions of rules that give contacts a cadence. Raises UsageError."""
    from cardcrm.records.query_sql import rule_sql

    return rule_sql.build_conditions(ctx, rules, _compile_text)


def _compile_text(ctx: QueryContext, text: str) -> str:
    return _COMPILER.compile(ctx, parse(ctx.store, text))


def _unknown_field(name: str) -> UsageError:
    similar = find_similar(name, FILTERS)
    return UsageError(
        f"unknown field “{name}”",
        f"Did you mean {similar[0]}?" if similar else "`cardcrm find --fields` lists all fields.",
    )


def _compile_segment(ctx: QueryContext, term: Term) -> str:
    from cardcrm.records.query_sql import segments

    segment = segments.get(ctx.store, term.value)
    used = ctx.segments
    used.count += 1
    used.size += len(segment.query)
    if problem := _segment_problem(used, segment.name):
        raise UsageError(problem, "Correct its query; `cardcrm segment list` shows it.")
    used.names.append(segment.name)
    condition = _COMPILER.compile(ctx, parse(ctx.store, segment.query, is_stored=True))
    used.names.pop()
    return condition


def _compile_territory(ctx: QueryContext, term: Term) -> str:
    """Return SQL of the contacts of a territory: those that its query finds and no earlier one.

    A contact that no territory finds is in that of its organization. The territory for the rest has
    those that are in no other one.
    """
    from cardcrm.records.teamwork.stored_territories import find_territory, list_territories

    if _IN_TERRITORY in ctx.segments.names:
        raise UsageError("a territory must not use territories", "Use other filters in its query.")
    found = list_territories(ctx.store)
    rest = [each for each in found if each.is_rest]
    known = [each for each in found if not each.is_rest]
    if is_any(term) or is_none(term):
        has_any = "1 = 1" if rest else _has_territory(ctx, known)
        return f"NOT ({has_any})" if is_none(term) else f"({has_any})"
    wanted = find_territory(ctx.store, term.value)
    if wanted.is_rest:
        return f"NOT {_has_territory(ctx, known)}" if wanted == rest[0] else "1 = 0"
    at = known.index(wanted)
    own = _first_territory(ctx, known, at)
    org = _org_sql(ctx, _first_territory(ctx, known, at))
    return f"({own} OR ({org} AND NOT {_any_territory(ctx, known)}))"


_IN_TERRITORY = "territory:"  # no segment has a colon in its name


def _has_territory(ctx: QueryContext, known: "Sequence[Territory]") -> str:
    org = _org_sql(ctx, _any_territory(ctx, known))
    return f"({_any_territory(ctx, known)} OR {org})"


def _org_sql(ctx: QueryContext, condition: str) -> str:
    """Return SQL: the organization of the contact meets a condition."""
    if ctx.per_row:  # a name of its own for the id, as the condition is on a contact ``c`` too
        org = f"(SELECT c.org_id AS id) o JOIN contact c ON c.id = o.id WHERE {condition}"
        return f"EXISTS (SELECT 1 FROM {org})"
    return f"coalesce(c.org_id IN (SELECT c.id FROM contact c WHERE {condition}), FALSE)"


def _any_territory(ctx: QueryContext, known: "Sequence[Territory]") -> str:
    found = [f"coalesce({_territory_sql(ctx, each)}, FALSE)" for each in known]
    return f"({' OR '.join(found) or '1 = 0'})"


def _first_territory(ctx: QueryContext, known: "Sequence[Territory]", at: int) -> str:
    """Return SQL of the contacts that a territory finds and none before it."""
    earlier = _any_territory(ctx, known[:at])
    return f"(coalesce({_territory_sql(ctx, known[at])}, FALSE) AND NOT {earlier})"


def _territory_sql(ctx: QueryContext, territory: "Territory") -> str:
    ctx.segments.names.append(_IN_TERRITORY)
    with ctx.optional():
        found = _COMPILER.compile(ctx, parse(ctx.store, territory.query, is_stored=True))
    ctx.segments.names.pop()
    return f"({found})"


def _segment_problem(used: OpenSegments, name: str) -> str:
    """Return why a segment cannot be used inside others; empty if it can."""
    if name in used.names:
        return f"the segment “{name}” contains itself"
    if len(used.names) >= _MAX_SEGMENT_DEPTH:
        return f"segments are nested more than {_MAX_SEGMENT_DEPTH} deep at “{name}”"
    if used.count > _MAX_SEGMENTS:
        return f"the query uses segments more than {_MAX_SEGMENTS} times, those inside others too"
    if used.size > _MAX_SEGMENT_SIZE:
        return f"the segments in the query have more than {_MAX_SEGMENT_SIZE:,} characters together"
    return ""


_COMPILER = TreeCompiler(contact_predicates.contains_words, _compile_term)
