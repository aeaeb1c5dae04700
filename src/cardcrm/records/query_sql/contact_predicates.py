"""Predicates of the filter fields that contacts have.

``field:value`` holds where the field contains the value (names, titles, contact points, notes) or
begins with it (places), in any case and without accents; tags, stages, owners and the like must
match as a whole. Amounts are in the default currency unless another is named.
"""

from collections.abc import Sequence
from functools import partial

from cardcrm import dates
from cardcrm.errors import UsageError
from cardcrm.query import Term
from cardcrm.records.contacts import contact_points, custom_fields
from cardcrm.records.contacts.contacts import STAGES, WORKS_AT
from cardcrm.records.query_sql.date_predicates import day, instant, month_day
from cardcrm.records.query_sql.predicates import (
    Predicate,
    QueryContext,
    child,
    choice,
    compare_text,
    equality,
    exact_text,
    is_any,
    is_none,
    is_yes,
    number,
    reference,
    text,
    unfolded_text,
)
from cardcrm.records.query_sql.sale_predicates import money_sum, product, sale_count
from cardcrm.store.search_sql import escape_like, words_sql
from cardcrm.text import digits, fold

_KIND_ALIASES = dict.fromkeys(("organisation", "organization", "company", "firm"), "org")


def contains_words(ctx: QueryContext, words: Sequence[str]) -> str:
    """Return SQL: the contact contains every one of some folded words."""
    sql, params = words_sql(ctx.store.engine.search, words, f"q{len(ctx.params)}_")
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
        whole = contact_points.phone_key(value, region) if digits(value) else value
        if len(whole) >= 10 and (term.op != ":" or value.startswith(("+", "00"))):
            return whole
        return digits(value.replace("(0)", "")).lstrip("0") or whole
    return contact_points.web_key(value)


def _tag(ctx: QueryContext, term: Term) -> str:
    name = fold(term.value).replace(" ", "-")
    return f"x.name = {ctx.param(name)}"


def _note(ctx: QueryContext, term: Term) -> str:
    if is_none(term) or is_any(term):
        return f"{ctx.alias}.note {'=' if is_none(term) else '<>'} ''"
    return ctx.in_ids(partial(ctx.store.engine.search.note_sql, fold(term.value)))


def _history(ctx: QueryContext, term: Term) -> str:
    if is_none(term) or is_any(term):
        return f"{ctx.alias}.last_on IS {'' if is_none(term) else 'NOT '}NULL"
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


FIELDS: dict[str, Predicate] = {
    "id": _id,
    "uid": _uid,
    "kind": choice("c.kind", ("person", "org"), _KIND_ALIASES),
    "name": _name("c"),
    "nick": child("nickname", text("x.name_key"), filled="x.name_key <> ''"),
    "email": _contact_point("email"),
    "phone": _contact_point("phone"),
    "web": _contact_point("web", "social"),
    "point": _contact_point(*contact_points.KINDS),
    "org": reference("c.org_id", "contact", _name("r")),
    "title": text("c.title_key"),
    "street": child("address", unfolded_text("x.street", start=True), filled="x.street <> ''"),
    "city": child("address", text("x.city_key", start=True), filled="x.city_key <> ''"),
    "region": child("address", unfolded_text("x.region", start=True), filled="x.region <> ''"),
    "postcode": child(
        "address", unfolded_text("x.postcode", start=True), filled="x.postcode <> ''"
    ),
    "country": child("address", unfolded_text("x.country", start=True), filled="x.country <> ''"),
    "tag": child("tag", _tag),
    "stage": choice("c.stage", STAGES),
    "source": exact_text("c.source"),
    "owner": exact_text("c.owner"),
    "note": _note,
    "text": _history,
    "every": number("c.cadence_days", lambda term: dates.parse_span(term.value)),
    "birthday": child("yearly_day", month_day("x.month_day"), where="x.label = 'birthday'"),
    "created": instant("c.created_at"),
    "updated": instant("c.updated_at"),
    "last": day("c.last_on", past=True),
    "next": child("reminder", day("x.due_on", past=False), where="x.done_at IS NULL"),
    "due": child("reminder", day("x.due_on", past=False), where="x.done_at IS NULL"),
    "promise": child(
        "reminder", unfolded_text("x.text"), where="x.done_at IS NULL AND x.promise = 1"
    ),
    "bought": child("contact_value", day("x.last_on", past=True)),
    "since": child("contact_value", day("x.first_on", past=True)),
    "value": money_sum("revenue"),
    "margin": money_sum("margin"),
    "orders": sale_count("orders"),
    "product": product,
    "relation": _relation,
    "opted-out": _opted_out,
}
