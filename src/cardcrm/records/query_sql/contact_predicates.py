"""Predicates of the filter fields that contacts have.

``docs/reference/query.md`` says what each filter means; the oracle of the tests evaluates it from
that page.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from operator import eq, ge, gt, le, lt

from cardcrm import dates
from cardcrm.domains import decode_domains, email_key, web_key
from cardcrm.errors import UsageError
from cardcrm.query import Term
from cardcrm.records.contacts import contact_points, custom_fields
from cardcrm.records.contacts.contact_field_types import Point, YearlyDay
from cardcrm.records.contacts.contact_type import CADENCE
from cardcrm.records.contacts.contacts import WORKS_AT
from cardcrm.records.contacts.query_fields import FILTERS, MoneySum, QueryField, filled_sql
from cardcrm.records.fields import Number, Text
from cardcrm.records.query_sql import consent_predicates, field_predicates
from cardcrm.records.query_sql.date_predicates import anniversary, day, earliest_day
from cardcrm.records.query_sql.predicates import (
    Predicate,
    QueryContext,
    allow_blank,
    allow_null,
    child,
    equality,
    is_any,
    is_none,
    is_yes,
    join_balanced,
    number,
    reference,
    unordered,
    whole_number,
)
from cardcrm.records.query_sql.sale_predicates import (
    money_sum,
    product,
    sale_count,
    sale_day,
    standing,
)
from cardcrm.records.query_sql.text_predicates import any_spelling, compare_text, text
from cardcrm.store.search_sql import escape_like, words_sql
from cardcrm.store.word_match import MIN_LENGTH, phone_digits, search_word
from cardcrm.text import extract_digits, fold

_COMPARE = {"<": lt, "<=": le, "=": eq, ">": gt, ">=": ge}


_MAX_WORDS = 400  # SQLite refuses 500


def contains_words(ctx: QueryContext, words: Sequence[str]) -> str:
    """Return SQL: the contact contains every one of some words. Raises UsageError."""
    if len(words) > _MAX_WORDS:
        raise UsageError(
            f"the query has {len(words):,} words, at most {_MAX_WORDS}", "Split it into several."
        )
    folded = [search_word(word) for word in words]
    sql, params = words_sql(ctx.store.engine.search, folded, f"q{len(ctx.params)}_")
    ctx.params |= params
    id_filter = ctx.store.engine.search.id_filter if ctx.is_required else "IN ({})"
    return f"{ctx.alias}.id " + id_filter.format(sql)


def _id(ctx: QueryContext, term: Term) -> str:
    return f"{ctx.alias}.id {equality(term)} {ctx.param(whole_number(term))}"


def _uid(ctx: QueryContext, term: Term) -> str:
    return f"{ctx.alias}.uid = {ctx.param(term.value)}"


def _name(alias: str) -> Predicate:
    """Filter by words of the name: a word of one or two letters begins one, others are any part."""

    def compiled(ctx: QueryContext, term: Term) -> str:
        words = fold(term.value).split()
        key, shown = f"{alias}.name_key", f"{alias}.name"
        if term.op != ":" or not words:
            return compare_text(ctx, key, term.op, fold(term.value), shown=shown)
        return join_balanced("AND", [_name_contains(ctx, alias, word) for word in words])

    return allow_blank(f"{alias}.name", compiled)


def _name_contains(ctx: QueryContext, alias: str, word: str) -> str:
    indexed = search_word(word)
    if len(indexed) < MIN_LENGTH:
        pattern = ctx.param(f"% {escape_like(word)}%")
        return f"(' ' || {alias}.name_key) LIKE {pattern} ESCAPE '\\'"
    found = compare_text(ctx, f"{alias}.name_key", ":", word, shown=f"{alias}.name")
    if ctx.per_row:
        return found
    sql, params = ctx.store.engine.search.name_sql([indexed], f"q{len(ctx.params)}_")
    ctx.params |= params
    return f"{alias}.id IN ({sql}) AND {found}"  # the index holds nicknames as well


def _contact_point(*kinds: str) -> Predicate:
    """Filter by contact points of some kinds; the search index narrows them down first."""
    of_kind = "x.kind IN ({})".format(", ".join(f"'{kind}'" for kind in kinds))

    def compiled(ctx: QueryContext, term: Term) -> str:
        if is_none(term):
            return "NOT " + ctx.exists("point", of_kind)
        if is_any(term):
            return ctx.exists("point", of_kind)
        keys = _contact_point_keys(ctx, kinds, term)
        if not keys[0]:
            return "1 = 0"
        compared = " OR ".join(_compare_point(ctx, *each, term.op) for each in _columns(keys))
        found = ctx.exists("point", f"{of_kind} AND ({compared})")
        if term.op != ":" or any(len(key) < MIN_LENGTH for key in keys) or ctx.per_row:
            return found
        indexed = " OR ".join(contains_words(ctx, [key]) for key in dict.fromkeys(keys))
        return f"({indexed}) AND {found}"

    return unordered(compiled)


def _columns(keys: Sequence[str]) -> list[tuple[str, str]]:
    """Return the columns that the keys of a value are compared with."""
    stored = [("x.value_key", key) for key in dict.fromkeys(keys)]
    return [*stored, ("x.folded_key", keys[-1])] if len(keys) > 1 else stored


def _compare_point(ctx: QueryContext, column: str, key: str, op: str) -> str:
    if op == "=":
        return f"{column} = {ctx.param(key)}"
    return f"{column} LIKE {ctx.param(f'%{escape_like(key)}%')} ESCAPE '\\'"


def _contact_point_keys(ctx: QueryContext, kinds: tuple[str, ...], term: Term) -> list[str]:
    """Return the value in the form of stored keys, and folded unless it is a phone number."""
    if kinds == ("phone",) or contact_points.looks_like_phone(term.value):
        return [_phone_key(ctx, term)]
    if "@" in term.value:
        return [email_key(term.value), fold(decode_domains(term.value))]
    return [term.value.lower().strip(), web_key(term.value)]


def _phone_key(ctx: QueryContext, term: Term) -> str:
    """Return a phone number in the form of stored keys; a part of one loses leading zeros.

    A number in national form, which may be of any country, is such a part, unless the operator asks
    for that number alone.
    """
    value = term.value
    region = ctx.store.locale.region
    whole = contact_points.phone_key(value, region) if extract_digits(value) else value
    if "x" in whole and whole[:1].isdigit():
        return whole  # with an extension
    if len(whole) >= 10 and (term.op != ":" or value.startswith(("+", "00"))):
        return whole
    return phone_digits(value) or whole


def _tag(ctx: QueryContext, term: Term) -> str:
    name = fold(term.value).replace(" ", "-")
    return compare_text(ctx, "x.name", equality(term), name, shown="x.written")


def _note(ctx: QueryContext, term: Term) -> str:
    return ctx.in_ids(partial(ctx.store.engine.search.note_sql, search_word(term.value)))


def _history(ctx: QueryContext, term: Term) -> str:
    if is_none(term) or is_any(term):
        found = ctx.exists("participant", "1 = 1")
        return f"NOT {found}" if is_none(term) else found
    return ctx.in_ids(partial(ctx.store.engine.search.history_sql, search_word(term.value)))


def _relation(ctx: QueryContext, term: Term) -> str:
    is_filled = is_any(term) or is_none(term)
    value = fold(term.value)
    kind = "1 = 1" if is_filled else f"x.kind {equality(term)} {ctx.param(value)}"
    contact = f"{ctx.alias}.id"
    found = (
        f"(EXISTS (SELECT 1 FROM relation x WHERE x.contact_id = {contact} AND {kind}) "
        f"OR EXISTS (SELECT 1 FROM relation x WHERE x.other_id = {contact} AND {kind})"
    )
    if is_filled or _COMPARE[equality(term)](WORKS_AT, value):
        # stored as the organization of the contact
        found += f" OR {ctx.alias}.org_id IS NOT NULL"
        found += f" OR EXISTS (SELECT 1 FROM contact w WHERE w.org_id = {contact})"
    return f"NOT {found})" if is_none(term) else f"{found})"


def _every(ctx: QueryContext, term: Term) -> str:
    """Filter by the contact's own cadence, which ``never`` stands in for."""
    column = f"{ctx.alias}.{CADENCE.column}"
    if term.op in (":", "=") and term.value.strip().lower() == "never":
        return f"{column} = 0"
    read = partial(_read_days, ctx)
    return number(f"nullif({column}, 0)", read)(ctx, term)


def _read_days(ctx: QueryContext, term: Term) -> int:
    days: int = CADENCE.parse(term.value, ctx.store)[CADENCE.column]
    return days


def _job(ctx: QueryContext, term: Term) -> str:
    if is_any(term) or is_none(term):
        found = ctx.exists("job", "1 = 1")
        return f"NOT {found}" if is_none(term) else found
    org = f"x.org_id IN (SELECT o.id FROM contact o WHERE {_name('o')(ctx, term)})"
    return ctx.exists("job", f"({text('x.title_key', 'x.title')(ctx, term)} OR {org})")


def _mvc(ctx: QueryContext, term: Term) -> str:
    """Filter by membership of the MVC program, or by the day of joining."""
    word = term.value.strip().lower()
    if word in ("yes", "no") and term.op in (":", "="):
        return f"{ctx.alias}.mvc_since IS {'NOT ' if word == 'yes' else ''}NULL"
    column = f"{ctx.alias}.mvc_since"
    return allow_null(column, day(column, past=True))(ctx, term)


def _opted_out(ctx: QueryContext, term: Term) -> str:
    found = ctx.exists("point", "x.opted_out = 1")
    return found if is_yes(term) else f"NOT {found}"


def _claimed(ctx: QueryContext, term: Term) -> str:
    """Filter by the user of a claim that is in force."""
    today = ctx.param(dates.today(ctx.store.locale.zone).isoformat())
    compared = field_predicates.predicate(FILTERS["claimed"].field, "x")
    return child("claim", compared, where=f"x.until_on >= {today}")(ctx, term)


def _near(ctx: QueryContext, term: Term) -> str:
    from cardcrm.records.query_sql.near_predicate import near  # the gazetteer takes 3 ms to load

    return near(ctx, term)


def _partner(ctx: QueryContext, term: Term) -> str:
    from cardcrm.records.query_sql.partner_predicate import brought_by

    return brought_by(_name("p"))(ctx, term)


def custom(ctx: QueryContext, term: Term, field: custom_fields.Field) -> str:
    """Filter by a custom field, in the way of its type."""
    where = f"x.field_id = {ctx.param(field.id)}"
    if field.type in ("number", "money"):
        predicate: Predicate = partial(_custom_number, field)
    elif field.type == "date":
        predicate = day("x.text", past=False)
    else:
        predicate = any_spelling(text("x.text_key", "x.text"))
    return child("field_value", predicate, where=where)(ctx, term)


def _custom_number(field: custom_fields.Field, ctx: QueryContext, term: Term) -> str:
    text, number = custom_fields.parse_value(field, term.value, ctx.store.locale)
    compared = f"x.number {equality(term)} {ctx.param(number)}"
    if number is not None and abs(number) >= _INEXACT and text.removeprefix("-").isdecimal():
        return _compare_large(ctx, text, number, equality(term))
    if field.type == "money":  # the text ends with the currency; different ones never compare
        currency = text.rpartition(" ")[2]
        compared += f" AND x.text LIKE {ctx.param(f'% {currency}')}"
    return compared


_INEXACT = 2**53  # from here on, different whole numbers are one floating-point number


def _compare_large(ctx: QueryContext, text: str, number: float, op: str) -> str:
    """Compare a whole number by its digits where others have the same floating-point number."""
    figure, digits = ctx.param(number), ctx.param(text)
    if op == "=":
        return f"x.number = {figure} AND x.text = {digits}"
    sign = op[0] if number > 0 else {"<": ">", ">": "<"}[op[0]]
    order = (
        f"(length(x.text) {sign} length({digits}) OR "
        f"(length(x.text) = length({digits}) AND x.text {sign} {digits}))"
    )
    same = f" OR x.text = {digits}" if op.endswith("=") else ""
    return f"(x.number {op[0]} {figure} OR (x.number = {figure} AND {order}){same})"


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
    filled = "1 = 1"
    if isinstance(field, Text | Number):
        filled = filled_sql(field, field.folded)
    if isinstance(field, YearlyDay):
        compared = anniversary("x.day", f"x.{field.column}")
    else:
        compared = field_predicates.predicate(field, "x")
    return child(found.table, compared, where=found.where, filled=filled)


# The fields whose condition does not follow from their type.
_BY_NAME: Mapping[str, Predicate] = {
    "id": allow_null("c.id", _id),
    "uid": unordered(allow_blank("c.uid", _uid)),
    "name": _name("c"),
    "org": reference("c.org_id", "contact", _name("r")),
    "tag": child("tag", any_spelling(_tag)),
    "note": unordered(allow_blank("c.note", _note)),
    "text": unordered(_history),
    "relation": _relation,
    "every": _every,
    "job": _job,
    "opted-out": unordered(_opted_out),
    "orders": sale_count,
    "next": earliest_day("reminder", "x.done_at IS NULL", "x.due_on", "x.due_at"),
    "bought": sale_day("last_on"),
    "since": sale_day("first_on"),
    "product": product,
    "rfm": unordered(standing),
    "mvc": _mvc,
    "claimed": unordered(_claimed),
    "consent": unordered(consent_predicates.consented),
    "can-mail": unordered(consent_predicates.can_mail),
    "near": _near,
    "partner": unordered(_partner),
}
