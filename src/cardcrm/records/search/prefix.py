"""Search as one types: the few cards that a beginning of a name, or any part of a card, finds."""

from dataclasses import dataclass

from cardcrm.records.contacts.resolve import MOST, describe
from cardcrm.store import Query, Store
from cardcrm.store.base import placeholders
from cardcrm.store.fetch import first_column
from cardcrm.text import fold


@dataclass(frozen=True)
class Hit:
    """A card found: its id, name and organisation."""

    id: int
    name: str
    org: str


def quick(store: Store, text: str, limit: int = 20) -> list[Hit]:
    """Up to ``limit`` cards: names that begin with the text first, then any other match.

    Of the other matches those with the words in their name come first. It never looks at many more
    cards than it shows, so it stays quick however many there are.
    """
    return _hits(store, quick_ids(store, text, limit))


def quick_ids(store: Store, text: str, limit: int) -> list[int]:
    """The ids of what `quick` finds, for those who read the cards themselves."""
    key = fold(text)
    found = _beginning(store, key, limit)
    if len(found) < limit and key:
        found |= dict.fromkeys(_elsewhere(store, key, limit))
    return list(found)[:limit]


def offers(store: Store, text: str, kind: str = "", limit: int = 6) -> list[tuple[int, str, str]]:
    """Cards (of a kind) that a text may mean: id, name, what tells it apart; the best first."""
    ids = quick_ids(store, text, 8 * limit if kind else limit)
    if kind:
        marks, params = placeholders(ids, "i")
        sql = f"SELECT id FROM contact WHERE kind = :kind AND id IN ({marks})"
        fitting = {row[0] for row in store.rows(sql, kind=kind, **params)}
        ids = [id_ for id_ in ids if id_ in fitting][:limit]
    told = {each[0]: each for each in describe(store, ids)}
    return [told[id_] for id_ in ids]


_NAMES = (
    ("contact", "id", "name_key"),
    ("contact", "id", "sort_key"),
    ("nickname", "contact_id", "name_key"),
)


def _beginning(store: Store, key: str, limit: int) -> dict[int, None]:
    """Cards whose name, family name or nickname begins with the text, in that order."""
    found: dict[int, None] = {}
    for ids in store.fetch_many([_prefix_query(*each, key, limit) for each in _NAMES]):
        if len(found) < limit:
            found |= dict.fromkeys(ids)
    return found


def _prefix_query(table: str, id_: str, column: str, key: str, limit: int) -> Query[list[int]]:
    return Query(
        f"SELECT {id_} FROM {table} WHERE {column} >= :low AND {column} < :high "
        f"ORDER BY {column} LIMIT :limit",
        {"low": key, "high": key + "\U0010ffff", "limit": limit},
        first_column,
    )


def _elsewhere(store: Store, key: str, limit: int) -> list[int]:
    """Cards that hold every word of the text anywhere, the names that hold them first.

    Words of one or two letters are too short to be searched for; they only order what is found.
    """
    words = key.split()
    ids = store.engine.search.search_ids(words, 3 * limit)
    if not ids:
        return []
    marks, params = placeholders(ids, "i")
    names = {
        row["id"]: f" {row['name_key']}"
        for row in store.rows(f"SELECT id, name_key FROM contact WHERE id IN ({marks})", **params)
    }
    tests = [word if len(word) >= 3 else f" {word}" for word in words]
    return sorted(
        filter(names.__contains__, ids),
        key=lambda each: sum(test not in names[each] for test in tests),
    )


def _hits(store: Store, ids: list[int]) -> list[Hit]:
    marks, params = placeholders(ids, "i")
    rows = {
        row["id"]: Hit(row["id"], row["name"], row["org"] or "")
        for row in store.rows(
            "SELECT c.id, c.name, o.name AS org FROM contact c "
            f"LEFT JOIN contact o ON o.id = c.org_id WHERE c.id IN ({marks})",
            **params,
        )
    }
    return [rows[each] for each in ids]


def complete(store: Store, incomplete: str) -> list[tuple[str, str]]:
    """Names that a shell may complete a beginning to, with what tells each apart.

    Those that begin so (or have a nickname that does), then those that hold it in the name.
    """
    key = fold(incomplete)
    found = list(_beginning(store, key, MOST))
    hits = _hits(store, found)
    if len(hits) < MOST and key:
        rest = [each for each in quick(store, incomplete, MOST) if each.id not in found]
        hits += [each for each in rest if all(word in fold(each.name) for word in key.split())]
    return [(hit.name, f"{hit.id} {hit.org}".strip()) for hit in hits[:MOST]]
