"""Search while the user types: a few contacts, by the beginning of a name or by any part."""

from collections.abc import Sequence
from typing import NamedTuple

from cardcrm.store import Query, Store
from cardcrm.store.fetch import first_column
from cardcrm.store.search_sql import PREFIX_END
from cardcrm.store.store import placeholders
from cardcrm.store.word_match import MIN_LENGTH, search_word
from cardcrm.text import fold, list_spellings

MAX_NAMES = 50  # that a shell is offered

_NAME_COLUMNS = (
    ("contact", "id", "name_key"),
    ("contact", "id", "sort_key"),
    ("nickname", "contact_id", "name_key"),
)


class Match(NamedTuple):
    """A contact found: its id, name and organization."""

    id: int
    name: str
    org: str


def search(store: Store, text: str, limit: int = 20) -> list[Match]:
    """Return up to ``limit`` contacts: names that begin with the text first, then other matches.

    Of the other matches those with the words in their name come first. The search reads few more
    contacts than it returns, so its time does not grow with the database.
    """
    return _matches(store, search_ids(store, text, limit))


def search_ids(store: Store, text: str, limit: int) -> list[int]:
    """Return the ids of the contacts that `search` finds."""
    found: dict[int, None] = {}
    for key in list_spellings(text) or [""]:
        found |= _by_name_prefix(store, key, limit)
        if len(found) < limit and key:
            found |= dict.fromkeys(_by_any_part(store, key, limit))
    return list(found)[:limit]


def suggest(store: Store, text: str, kind: str = "", limit: int = 6) -> list[tuple[int, str, str]]:
    """Return contacts that a text may mean, the best first; ``kind`` limits them to one kind.

    Each is an id, a name, and a detail that tells it from contacts of that name.
    """
    from cardcrm.records.contacts.resolve import describe  # costs 6 ms, which Tab does not need

    ids = search_ids(store, text, 8 * limit if kind else limit)
    if kind:
        marks, params = placeholders(ids, "i")
        sql = f"SELECT id FROM contact WHERE kind = :kind AND id IN ({marks})"
        of_kind = {row[0] for row in store.rows(sql, kind=kind, **params)}
        ids = [id_ for id_ in ids if id_ in of_kind][:limit]
    described = {each[0]: each for each in describe(store, ids)}
    return [described[id_] for id_ in ids]


def _by_name_prefix(store: Store, key: str, limit: int) -> dict[int, None]:
    """Return contacts whose name, family name or nickname begins with a text, in that order."""
    found: dict[int, None] = {}
    for ids in store.fetch_many([_prefix_query(*each, key, limit) for each in _NAME_COLUMNS]):
        if len(found) < limit:
            found |= dict.fromkeys(ids)
    return found


def _prefix_query(table: str, id_: str, column: str, key: str, limit: int) -> Query[list[int]]:
    return Query(
        f"SELECT {id_} FROM {table} WHERE {column} >= :low AND {column} < :high "
        f"ORDER BY {column} LIMIT :limit",
        {"low": key, "high": key + PREFIX_END, "limit": limit},
        first_column,
    )


def _by_any_part(store: Store, key: str, limit: int) -> list[int]:
    """Return contacts that contain every word of a text, those with the words in a name first.

    Words of one or two letters are too short to search for; they only affect the order.
    """
    words = key.split()
    ids = store.engine.search.search_ids([*map(search_word, words)], 3 * limit)
    if not ids:
        return []
    marks, params = placeholders(ids, "i")
    names = {
        row["id"]: f" {row['name_key']}"
        for row in store.rows(f"SELECT id, name_key FROM contact WHERE id IN ({marks})", **params)
    }
    parts = [word if len(word) >= MIN_LENGTH else f" {word}" for word in words]
    return sorted(
        filter(names.__contains__, ids),
        key=lambda each: sum(part not in names[each] for part in parts),
    )


def _matches(store: Store, ids: list[int]) -> list[Match]:
    marks, params = placeholders(ids, "i")
    rows = {
        row["id"]: Match(row["id"], row["name"], row["org"] or "")
        for row in store.rows(
            "SELECT c.id, c.name, o.name AS org FROM contact c "
            f"LEFT JOIN contact o ON o.id = c.org_id WHERE c.id IN ({marks})",
            **params,
        )
    }
    return [rows[each] for each in ids]


def complete_names(store: Store, incomplete: str) -> list[tuple[str, str]]:
    """Return names that a shell may complete a text to, each with a detail that tells it apart.

    Names and nicknames that begin with the text come first, then names that contain it.
    """
    keys = list_spellings(incomplete) or [""]
    ids = list(_by_name_prefix(store, keys[0], MAX_NAMES))
    matches = _matches(store, ids)
    if len(matches) < MAX_NAMES and keys[0]:
        others = [each for each in search(store, incomplete, MAX_NAMES) if each.id not in ids]
        matches += [each for each in others if _has_words(fold(each.name), keys)]
    return [(match.name, f"{match.id} {match.org}".strip()) for match in matches[:MAX_NAMES]]


def _has_words(name_key: str, keys: Sequence[str]) -> bool:
    """Return whether a name has all words of one of some texts."""
    return any(all(word in name_key for word in key.split()) for key in keys)
