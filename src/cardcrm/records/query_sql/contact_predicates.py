"""Predicates of the filter fields that contacts have.

``field:value`` holds where the field contains the value (names, titles, contact points, notes) or
begins with it (places), in any case and without accents; tags, stages, owners and the like must
match as a whole. Amounts are in the default currency unless another is named.
"""

from collections.abc import Mapping, Sequence
from functools import partial

from cardcrm.errors import UsageError
from cardcrm.query import Term
from cardcrm.records.contacts import contact_points, custom_fields
from cardcrm.records.contacts.contact_type import Point, YearlyDay
from cardcrm.records.contacts.contacts import WORKS_AT
from cardcrm.records.contacts.query_fields import MoneySum, QueryField
from cardcrm.records.fields import Text
from cardcrm.records.query_sql import field_predicates
from cardcrm.records.query_sql.date_predicates import anniversary, day
from cardcrm.records.query_sql.predicates import (
    Predicate,
    QueryContext,
    allow_blank,
    allow_null,
    child,
    compare_text,
    equality,
    is_any,
    is_none,
    is_yes,
    reference,
    text,
)
from cardcrm.records.query_sql.sale_predicates import money_sum, product, sale_count
from cardcrm.store.search_sql import escape_like, words_sql
from cardcrm.text import extract_digits, fold


def contains_words(ctx: QueryContext, words: Sequence[str]) -> str:
    """Return SQL: the contact contains every one of some words."""
    folded = [fold(word) for word in words]
    sql, params = words_sql(ctx.store.engine.search, folded, f"q{len(ctx.params)}_")
    ctx.params |= params
    id_filter = ctx.store.engine.search.id_filter if ctx.is_required else "IN ({})"
    return f"{ctx.alias}.id " + id_filter.format(sql)


def _id(ctx: QueryContext, term: Term) -> str:
    if not (term.value.isascii() and term.value.isdigit() and len(term.value) < 19):
        raise UsageError(f"id must be a contact number, not “{term.value}”", "For example: id:12")
    return f"{ctx.alias}.id {equality(term)} {ctx.param(int(term.value))}"


def _uid(ctx: QueryContext, term: Term) -> str:
    return f"{ctx.alias}.uid = {ctx.param(term.value)}"


def _name(alias: str) -> Predicate:
    """Filter by words of the name, those of three letters on by any part of it."""

    def compiled(ctx: QueryContext, term: Term) -> str:
        words = fold(term.value).split()
        if term.op != ":" or not words:
            return compare_text(ctx, f"{alias}.name_key", term.op, fold(term.value))
        return " AND ".join(_name_contains(ctx, alias, word) for word in words)

    return compiled


def _name_contains(ctx: QueryContext, alias: str, word: str) -> str:
    if len(word) < 3 or ctx.per_row:
        start = " " if len(word) < 3 else ""
        pattern = ctx.param(f"%{start}{escape_like(word)}%")
        return f"(' ' || {alias}.name_key) LIKE {pattern} ESCAPE '\\'"
    sql, params = ctx.store.engine.search.name_sql([word], f"q{len(ctx.params)}_")
    ctx.params |= params
    return f"{alias}.id IN ({sql})"


def _contact_point(*kinds: str) -> Predicate:
    """Filter by contact points of some kinds; the search index narrows them down first."""
    of_kind = "x.kind IN ({})".format(", ".join(f"'{kind}'" for kind in kinds))

    def compiled(ctx: QueryContext, term: Term) -> str:
        if is_none(term):
            return "NOT " + ctx.exists("point", of_kind)
        if is_any(term):
            return ctx.exists("point", of_kind)
        key = _contact_point_key(ctx, kinds, term)
        if term.op != ":":
            return ctx.exists("point", f"{of_kind} AND x.value_key {term.op} {ctx.param(key)}")
        pattern = ctx.param(f"%{escape_like(key)}%")
        found = ctx.exists("point", f"{of_kind} AND x.value_key LIKE {pattern} ESCAPE '\\'")
        if len(key) < 3 or ctx.per_row:
            return found
        return f"{contains_words(ctx, [key])} AND {found}"

    return compiled


def _contact_point_key(ctx: QueryContext, kinds: tuple[str, ...], term: Term) -> str:
    """Return the value in the form of stored keys; part of a phone number loses leading zeros.

    A number in national form, which may be of any country, is such a part, unless the operator asks
    for that number alone.
    """
    value = term.value
    if kinds == ("phone",) or contact_points.looks_like_phone(value):
        region = ctx.store.locale.region
        whole = contact_points.phone_key(value, region) if extract_digits(value) else value
        if len(whole) >= 10 and (term.op != ":" or value.startswith(("+", "00"))):
            return whole
        return extract_digits(value.replace("(0)", "")).lstrip("0") or whole
    return contact_points.web_key(value)


def _tag(ctx: QueryContext, term: Term) -> str:
    name = fold(term.value).replace(" ", "-")
    return f"x.name = {ctx.param(name)}"


def _note(ctx: QueryContext, term: Term) -> str:
    return ctx.in_ids(partial(ctx.store.engine.search.note_sql, fold(term.value)))


def _history(ctx: QueryContext, term: Term) -> str:
    return ctx.in_ids(partial(ctx.store.engine.search.history_sql, fold(term.value)))


def _relation(ctx: QueryContext, term: Term) -> str:
    is_kind = is_any(term) or is_none(term)
    kind = "1 = 1" if is_kind else f"x.kind = {ctx.param(fold(term.value))}"
    contact = f"{ctx.alias}.id"
    found = (
        f"(EXISTS (SELECT 1 FROM relation x WHERE x.contact_id = {contact} AND {kind}) "
        f"OR EXISTS (SELECT 1 FROM relation x WHERE x.other_id = {contact} AND {kind})"
    )
    if fold(term.value) == WORKS_AT:  # stored as the organization of the contact
        found += f" OR {ctx.alias}.org_id IS NOT NULL"
        found += f" OR EXISTS (SELECT 1 FROM contact w WHERE w.org_id = {contact})"
    return f"NOT {found})" if is_none(term) else f"{found})"


def _opted_out(ctx: QueryContext, term: Term) -> str:
    found = ctx.exists("point", "x.opted_out = 1")
    return found if is_yes(term) else f"NOT {found}"


def custom(ctx: QueryContext, term: Term, field: custom_fields.Field) -> str:
    """Filter by a custom field, in the way of its type."""
    where = f"x.field_id = {ctx.param(field.id)}"
    if field.type in ("number", "money"):
        predicate: Predicate = partial(_custom_number, field)
    elif field.type == "date":
        predicate = day("x.text", past=True)
    else:
        predicate = text("x.text_key")
    return child("field_value", predicate, where=where)(ctx, term)


def _custom_number(field: custom_fields.Field, ctx: QueryContext, term: Term) -> str:
    text, number = custom_fields.parse_value(field, term.value, ctx.store.locale)
    compared = f"x.number {equality(term)} {ctx.param(number)}"
    if field.type == "money":  # the text ends with the currency; different ones never compare
        currency = text.rpartition(" ")[2]
        compared += f" AND x.text LIKE {ctx.param(f'% {currency}')}"
    return compared


def predicate(found: QueryField) -> Predicate:
    """Return the predicate of a field of contacts."""
    field = found.field
    if field.filter and field.filter in _BY_NAME:
        return _BY_NAME[field.filter]
    if isinstance(field, Point):
        return _contact_point(*field.kinds)
    if isinstance(field, MoneySum):
        return money_sum(field.column)
    if not found.table:
        return field_predicates.predicate(field, "c")
    filled = f"x.{field.folded or field.column} <> ''" if isinstance(field, Text) else "1 = 1"
    if isinstance(field, YearlyDay):
        compared = anniversary("x.day", f"x.{field.column}")
    else:
        compared = field_predicates.predicate(field, "x")
    return child(found.table, compared, where=found.where, filled=filled)


# The fields whose condition does not follow from their type.
_BY_NAME: Mapping[str, Predicate] = {
    "id": _id,
    "uid": _uid,
    "name": _name("c"),
    "org": reference("c.org_id", "contact", _name("r")),
    "tag": child("tag", _tag),
    "note": allow_blank("c.note", _note),
    "text": allow_null("c.last_on", _history),
    "relation": _relation,
    "opted-out": _opted_out,
    "orders": sale_count("orders"),
    "product": product,
}
