"""Search all nouns at once: contacts, deals, quotes, leads, products, articles and others.

A record is found by its number, by words in its texts, and by words in the name of its contact, in
any mixture: “whitcombe arch” finds the deal “Wedding arch” of Eleanor Whitcombe. Where nothing is
found, similar texts are.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

from cardcrm.query import Or, Term
from cardcrm.records import records, registry
from cardcrm.records.contacts import listing
from cardcrm.records.contacts.resolve import resolve_or_none
from cardcrm.records.contacts.similar_names import find_similar_names
from cardcrm.records.query_sql.predicates import QueryContext
from cardcrm.records.query_sql.text_predicates import compare_text, key_sql
from cardcrm.records.quotes import number_series
from cardcrm.records.record_type import RecordType
from cardcrm.records.records import Selection
from cardcrm.records.search import prefix
from cardcrm.records.search.search_rank import Rank, rank_text
from cardcrm.store import Query, Store
from cardcrm.store.search_sql import PREFIX_END
from cardcrm.store.store import placeholders
from cardcrm.text import fold

Candidate = tuple[int, str]  # the id of a record, and its folded text

NOUNS = ("deal", "quote", "invoice", "lead", "product", "segment", "article")
MOST = 6  # records of a noun
MOST_CONTACTS = 8
_CANDIDATES = 30  # records of a noun that are ranked
_MOST_READ = 10_000  # latest records of a noun whose texts have no index
_OF_WORD = 30  # contacts of a word whose records are found
_MOST_WORDS = 6
_SIMILAR_FROM = 4  # letters
_MOST_SIMILAR = 2_000  # latest records of a noun that are compared
_LEAST_LIKENESS = 80  # percent
_LETTERS = {
    "c": "contact", "d": "deal", "q": "quote", "i": "invoice", "r": "invoice", "l": "lead",
    "p": "product",
}  # fmt: skip
_NUMBERS = {"quote": "number", "invoice": "number"}  # columns of the numbers that people give
_SERIES = {"quote": number_series.QUOTES.lower(), "invoice": number_series.INVOICES.lower()}
_MOST_DIGITS = 18
_QUERIES = 4  # for each noun
_EMPTY = (None, "", False)
_SIGNS = {"version": "v"}  # before numbers that would say nothing by themselves


class Found(NamedTuple):
    """A record that was found: what it is called, its details, and how well it matches."""

    noun: str
    id: int
    title: str
    detail: str
    rank: Rank
    is_done: bool = False


class Number(NamedTuple):
    """A number that names a record: of one ``noun``, or of any."""

    noun: str
    text: str
    is_exact: bool  # written as a number, which no other text is


def read_number(text: str) -> Number | None:
    """Return the number that a text may be: ``d12`` of a deal, ``#45`` or ``45`` of any record."""
    match = re.fullmatch(r"(#|[a-z])?[ #-]?([0-9][0-9/-]*)", text.strip().lower())
    if match is None or (match[1] or "#") not in ("#", *_LETTERS):
        return None
    return Number(_LETTERS.get(match[1] or "", ""), match[2], bool(match[1]))


def search_contacts(store: Store, text: str) -> list[Found]:
    """Return the contacts that a text finds, the best first."""
    ids: dict[int, Rank] = {}
    number = read_number(text)
    if number is not None and number.noun in ("", "contact") and len(number.text) <= _MOST_DIGITS:
        ids |= dict.fromkeys(_contact_of_number(store, number.text), Rank.NUMBER)
    if number is None or not number.is_exact:
        if _may_be_point(text) and (contact := resolve_or_none(store, text)) is not None:
            ids.setdefault(contact.id, Rank.WHOLE)
        for id_ in prefix.search_ids(store, text, MOST_CONTACTS):
            ids.setdefault(id_, Rank.ELSEWHERE)
    return _contacts(store, ids, text)


def _contact_of_number(store: Store, number: str) -> list[int]:
    if not number.isdigit():
        return []
    return [row[0] for row in store.rows("SELECT id FROM contact WHERE id = :id", id=int(number))]


def _may_be_point(text: str) -> bool:
    """Return whether a text looks like a mail address or a phone number."""
    return "@" in text[1:] or sum(letter.isdigit() for letter in text) > 5


def _contacts(store: Store, ids: dict[int, Rank], text: str) -> list[Found]:
    key = fold(text)
    found = []
    for each in listing.fetch_summaries(store, list(ids)[:MOST_CONTACTS]):
        rank = min(ids[each.id], rank_text(fold(each.name), key))
        detail = " · ".join(filter(None, (each.title, each.org, each.city)))
        found.append(Found("contact", each.id, each.name, detail, rank))
    return sorted(found, key=lambda each: each.rank)


def search_records(store: Store, text: str) -> list[Found]:
    """Return the records of all other nouns that a text finds, the best of each noun first."""
    results = store.fetch_many(record_queries(store, text))
    key = fold(text)
    found: list[Found] = []
    for at, noun in enumerate(NOUNS):
        *others, numbered = results[_QUERIES * at : _QUERIES * (at + 1)]
        best = [*numbered, *_best(chain.from_iterable(others), key)]
        ids, exact = [id_ for id_, _ in best], {id_ for id_, _ in numbered}
        found += _read(store, registry.record_type(noun), ids, key, exact)
    return found


def record_queries(store: Store, text: str) -> list[Query[list[Candidate]]]:
    """Build the queries for the records of all nouns that a text may find, four for each noun."""
    key, number = fold(text), read_number(text)
    words = [] if number is not None and number.is_exact else key.split()[:_MOST_WORDS]
    names = [each for each in words if len(each) > 1 and not each.isdigit()]
    contacts = {each: prefix.search_ids(store, each, _OF_WORD) for each in names}
    queries: list[Query[list[Candidate]]] = []
    for type_ in map(registry.record_type, NOUNS):
        queries += _id_queries(store, type_, key, words, contacts)
        queries.append(_number_query(type_, number))
    return queries


def _best(candidates: Iterable[Candidate], key: str) -> list[Candidate]:
    """Return the candidates that match best, the newest first among equals."""
    known = dict(candidates)
    return sorted(known.items(), key=lambda each: (rank_text(each[1], key), -each[0]))[:MOST]


def _id_queries(
    store: Store,
    type_: RecordType,
    key: str,
    words: Sequence[str],
    contacts: Mapping[str, Sequence[int]],
) -> list[Query[list[Candidate]]]:
    """Build queries for records that begin with a text, that have its words, or whose contact has.

    The first one is for texts that name a record, which have an index. The last one reads few
    records: as one query with the second one, which reads all of them, it would take three times
    as long. Of a noun whose text has no folded column, the second one reads the latest records.
    """
    if not words:
        return [_NOTHING, _NOTHING, _NOTHING]
    by_words, by_contact = QueryContext(store, alias="r"), QueryContext(store, alias="r")
    everyone = {id_: None for ids in contacts.values() for id_ in ids}
    field = type_.searched[0]
    first, is_name = key_sql("r", field), bool(field.folded) and field.column in type_.title_keys
    return [
        _query(
            type_,
            f"{first} >= :low AND {first} < :high ORDER BY {first}",
            {"low": key, "high": key + PREFIX_END},
            MOST,
        )
        if is_name
        else _NOTHING,
        _query(
            type_,
            _has_words(by_words, type_, words, {})
            + ("" if field.folded else _latest(type_))
            + ("" if is_name else " ORDER BY r.id DESC"),
            by_words.params,
        ),
        _query(
            type_,
            f"r.{type_.contact.column} IN ({_listed(everyone)}) AND "
            + _has_words(by_contact, type_, words, contacts),
            by_contact.params,
        )
        if type_.contact is not None and everyone
        else _NOTHING,
    ]


def _latest(type_: RecordType) -> str:
    """Return SQL that adds to a condition: only the latest records."""
    return f" AND r.id > (SELECT max(id) FROM {type_.table_name}) - {_MOST_READ}"


def _query(
    type_: RecordType, where: str, params: Mapping[str, Any], most: int = _CANDIDATES
) -> Query[list[Candidate]]:
    text = key_sql("r", type_.searched[0])
    sql = f"SELECT r.id, {text} FROM {type_.table_name} r WHERE {where} LIMIT :most"
    return Query(sql, {**params, "most": most}, _pairs)


def _has_words(
    ctx: QueryContext,
    type_: RecordType,
    words: Sequence[str],
    contacts: Mapping[str, Sequence[int]],
) -> str:
    """Return SQL: each word is in a searched field, or the contact is one of those of the word."""
    found = []
    for word in words:
        sql = [compare_text(ctx, key_sql("r", each), ":", word) for each in type_.searched]
        if type_.contact is not None and contacts.get(word):
            sql.append(f"r.{type_.contact.column} IN ({_listed(contacts[word])})")
        found.append(f"({' OR '.join(sql)})")
    return " AND ".join(found)


def _listed(ids: Iterable[int]) -> str:
    return ", ".join(map(str, ids))


def _pairs(rows: Sequence[Any]) -> list[Candidate]:
    return [(row[0], row[1]) for row in rows]


_NOTHING: Query[list[Candidate]] = Query("SELECT 1, '' WHERE 1 = 0", {}, _pairs)


def _number_query(type_: RecordType, number: Number | None) -> Query[list[Candidate]]:
    """Build the query for the record of a number: its id, or the number that people give it."""
    if number is None or number.noun not in ("", type_.name) or len(number.text) > _MOST_DIGITS:
        return _NOTHING
    column, params = _NUMBERS.get(type_.name), dict[str, Any]()
    conditions = []
    if number.text.isdigit() and not (number.noun and column):
        conditions, params = ["r.id = :id"], {"id": int(number.text)}
    if column and not (number.is_exact and not number.noun):
        forms = _number_forms(type_.name, number.text)
        marks, more = placeholders(forms, "n")
        conditions.append(f"lower(r.{column}) IN ({marks})")
        params |= more
    where = " OR ".join(conditions) or "1 = 0"
    return _query(type_, where, params)


def _number_forms(noun: str, text: str) -> list[str]:
    """Return the forms of a number in lower case: Q-0015 is found by ``15``, ``q15`` and others."""
    series = _SERIES.get(noun, noun[0])
    padded = [f"{series}-{int(text):04}"] if text.isdigit() else []
    return [text, f"{series}{text}", f"{series}-{text}", *padded]


def _read(
    store: Store, type_: RecordType, ids: Iterable[int], key: str, numbered: set[int]
) -> list[Found]:
    """Return the best of some records with their titles and details."""
    ids = list(dict.fromkeys(ids))[: 2 * MOST]
    if not ids:
        return []
    found = []
    for record in _select(store, type_, ids):
        title = records.title_of(store, record)
        rank = Rank.NUMBER if record.id in numbered else rank_text(fold(title), key)
        is_done = bool(type_.closed_by and record.columns.get(type_.closed_by))
        is_done |= record.columns.get("status") in ("won", "lost")
        detail = _detail(store, record, title)
        found.append(Found(type_.name, record.id, title, detail, rank, is_done))
    found.sort(key=lambda each: (each.rank, each.is_done, each.title))
    return found[:MOST]


def _select(store: Store, type_: RecordType, ids: Sequence[int]) -> list[records.Record]:
    node = Or(tuple(Term("id", ":", str(each)) for each in ids))
    return list(records.select(store, type_, Selection(node, sort="id")))


def _detail(store: Store, record: records.Record, title: str) -> str:
    """Return the contact and the listed values of a record that its title does not say."""
    contact = record.type.contact
    fields = dict.fromkeys((*((contact,) if contact else ()), *record.type.listed))
    pairs = ((each, record.values[each.key]) for each in fields)
    texts = (
        f"{_SIGNS.get(each.key, '')}{each.format(value, store)}"
        for each, value in pairs
        if value not in _EMPTY
    )
    lines = (" ".join(text.split()) for text in texts)
    return " · ".join(dict.fromkeys(text for text in lines if text and text not in title))


# similar texts


def search_similar(store: Store, text: str) -> list[Found]:
    """Return records with texts similar to one that finds nothing."""
    key = fold(text)
    if len(key) < _SIMILAR_FROM or read_number(text) is not None:
        return []
    names = find_similar_names(store, text)
    ids: dict[int, Rank] = {}
    for name in names:
        ids |= dict.fromkeys(prefix.search_ids(store, name, 1), Rank.SIMILAR)
    found = _contacts(store, ids, text)
    for noun in NOUNS:
        type_ = registry.record_type(noun)
        similar = _find_similar(store, type_, key)
        shown = _read(store, type_, similar, key, set())
        found += [each._replace(rank=Rank.SIMILAR) for each in shown]
    return found


def _find_similar(store: Store, type_: RecordType, key: str) -> list[int]:
    from rapidfuzz import fuzz, process

    column = key_sql("r", type_.searched[0])
    sql = f"SELECT r.id, {column} FROM {type_.table_name} r ORDER BY r.id DESC LIMIT :most"
    texts = {row[0]: row[1] for row in store.rows(sql, most=_MOST_SIMILAR)}
    best = process.extract(
        key, texts, scorer=fuzz.partial_ratio, score_cutoff=_LEAST_LIKENESS, limit=MOST
    )
    return [id_ for text, _, id_ in best if len(text) >= len(key) / 2]


# the latest


def list_recent(store: Store, most: int = MOST) -> list[Found]:
    """Return the records that the reader has changed last, the latest first."""
    nouns = ("contact", *NOUNS)
    marks, params = placeholders(nouns, "n")
    rows = store.rows(
        "SELECT c.tbl, c.row_id FROM change c JOIN step s ON s.id = c.step_id "
        "WHERE c.id > (SELECT max(id) FROM change) - 2000 AND s.author = :author "
        f"AND c.tbl IN ({marks}) AND c.op IN ('insert', 'update') ORDER BY c.id DESC LIMIT 200",
        author=store.author.name,
        **params,
    )
    places = list(dict.fromkeys((row[0], row[1]) for row in rows))[:most]
    return describe(store, places)


def describe(store: Store, places: Sequence[tuple[str, int]]) -> list[Found]:
    """Return records by their nouns and ids, in that order; those that are gone are left out."""
    known: dict[tuple[str, int], Found] = {}
    for noun in dict.fromkeys(noun for noun, _ in places):
        ids = [id_ for each, id_ in places if each == noun]
        if noun == "contact":
            found = _contacts(store, dict.fromkeys(ids, Rank.PART), "")
        else:
            found = _read(store, registry.record_type(noun), ids, "", set())
        known |= {(noun, each.id): each for each in found}
    return [known[each] for each in places if each in known]


def preview(store: Store, noun: str, row_id: int) -> list[tuple[str, str]]:
    """Return the labels and values of a record that has them. Raises NotFoundError."""
    record = records.get(store, registry.record_type(noun), row_id)
    found = []
    for field in record.type.fields:
        text = field.format(record.values[field.key], store)
        if text and not field.is_automatic:
            found.append((field.label, text))
    return found
