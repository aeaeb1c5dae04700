"""Search as one types: the few cards that a beginning of a name, or any part of a card, finds."""

from dataclasses import dataclass

from cardcrm.records.who import MOST
from cardcrm.store import Store
from cardcrm.store.base import placeholders
from cardcrm.text import fold


@dataclass(frozen=True)
class Hit:
    """A card found: its id, name and organisation."""

    id: int
    name: str
    org: str


def quick(store: Store, text: str, limit: int = 20) -> list[Hit]:
    """Up to ``limit`` cards: names that begin with the text first, then any other match.

    It never looks at more cards than it shows, so it stays quick however many there are.
    """
    key = fold(text)
    found: dict[int, None] = {}
    low, high = key, key + "\U0010ffff"
    for column in ("name_key", "sort_key"):
        for row in store.rows(
            f"SELECT id FROM contact WHERE {column} >= :low AND {column} < :high "
            f"ORDER BY {column} LIMIT :limit",
            low=low,
            high=high,
            limit=limit,
        ):
            found.setdefault(row[0])
        if len(found) >= limit:
            break
    if len(found) < limit and key:
        for contact_id in _elsewhere(store, key, limit):
            found.setdefault(contact_id)
    return _hits(store, list(found)[:limit])


def _elsewhere(store: Store, key: str, limit: int) -> list[int]:
    """Cards that hold every word of the text anywhere."""
    words = sorted(key.split(), key=len, reverse=True)
    if len(words[0]) < 3:
        return []
    tests = []
    params: dict[str, str] = {}
    for number, word in enumerate(words):
        if len(word) >= 3:
            sql, more = store.engine.matching(word, f"w{number}_")
            tests.append(f"id IN ({sql})")
            params |= more
    return [
        row[0]
        for row in store.rows(
            f"SELECT id FROM contact WHERE {' AND '.join(tests)} LIMIT :limit",
            **params,
            limit=limit,
        )
    ]


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
    """Names that a shell may complete a beginning to, with what tells each apart."""
    return [(hit.name, f"{hit.id} {hit.org}".strip()) for hit in quick(store, incomplete, MOST)]
