"""Find stored contacts that a draft may duplicate."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from cardcrm.records.contacts import contact_points
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.contacts.names import Name, name_of
from cardcrm.store import Store
from cardcrm.store.engine import Row

# Two names this similar are likely one person's, spelled twice; found by trials on real names.
MIN_SIMILARITY = 0.86
NAME_REASONS = ("same name", "similar name", "form of the name")


class Duplicate(NamedTuple):
    """A contact that a draft may duplicate, and the reason to think so."""

    id: int
    name: str
    reason: str


def find_duplicates(
    store: Store, draft: ContactDraft, limit: int = 3, *, own_id: int = 0
) -> list[Duplicate]:
    """Return the contacts that share a contact point or name with a draft, or are named alike.

    ``own_id`` is the contact that the draft describes, if it is stored.
    """
    name = name_of(draft, store.locale.region)
    found: dict[int, Duplicate] = {}
    for duplicate in _find_equal(store, draft, name):
        if duplicate.id != own_id:
            found.setdefault(duplicate.id, duplicate)
    if found:
        return list(found.values())[:limit]
    similar = _find_similar(store, name, draft.kind)
    return [each for each in similar if each.id != own_id][:limit]


def _find_equal(store: Store, draft: ContactDraft, name: Name) -> list[Duplicate]:
    """Return the contacts with the same email or phone, then those of the same name."""
    points = [point for point in draft.points if point.kind in ("email", "phone")]
    params = {
        f"key{place}": contact_points.normalize(point, store.locale.region, draft.addresses).key
        for place, point in enumerate(points)
    }
    queries = [
        f"SELECT {place} AS place, c.id, c.name FROM point p JOIN contact c ON c.id = p.contact_id "
        f"WHERE p.value_key = :{key} LIMIT 5"
        for place, key in enumerate(params)
    ]
    queries.append(
        f"SELECT {len(points)} AS place, id, name FROM contact "
        "WHERE name_key = :name AND kind = :kind LIMIT 5"
    )
    reasons = [*(f"same {point.kind}" for point in points), NAME_REASONS[0]]
    rows = _union(store, queries, {**params, "name": name.name_key, "kind": draft.kind})
    return [
        Duplicate(row[1], row[2], reasons[row[0]]) for row in sorted(rows, key=lambda row: row[0])
    ]


def _union(store: Store, queries: Sequence[str], params: Mapping[str, str]) -> list[Row]:
    """Return the rows of several limited queries, sent as one statement."""
    sql = " UNION ALL ".join(f"SELECT * FROM ({each}) AS part" for each in queries)
    return store.rows(sql, **params)


def _find_similar(store: Store, name: Name, kind: str) -> list[Duplicate]:
    """Return the contacts of a similar name, among those with the same first four letters."""
    queries, params = [], {"kind": kind}
    for column, key in (("sort_key", name.sort_key), ("name_key", name.name_key)):
        low = key[:4]
        params |= {f"low_{column}": low, f"high_{column}": low + "\U0010ffff"}
        queries.append(
            f"SELECT id, name, sort_key FROM contact WHERE {column} >= :low_{column} "
            f"AND {column} < :high_{column} AND kind = :kind LIMIT 60"
        )
    rows = {row["id"]: row for row in _union(store, queries, params)}
    if not rows:
        return []
    import difflib  # takes 4 ms, and most names have no neighbors

    match = difflib.SequenceMatcher(b=name.sort_key, autojunk=False)
    similar = []
    for row in rows.values():
        match.set_seq1(row["sort_key"])
        if _is_form_of(row["sort_key"], name.sort_key):
            similar.append((1.0, Duplicate(row["id"], row["name"], NAME_REASONS[2])))
        elif match.quick_ratio() >= MIN_SIMILARITY and match.ratio() >= MIN_SIMILARITY:
            duplicate = Duplicate(row["id"], row["name"], NAME_REASONS[1])
            similar.append((match.ratio(), duplicate))
    return [duplicate for _, duplicate in sorted(similar, key=lambda pair: -pair[0])]


def _is_form_of(key: str, other: str) -> bool:
    """Return whether two names differ in one word, of which both are forms: Bob and Robert."""
    mine, theirs = key.split(), other.split()
    differing = [pair for pair in zip(mine, theirs, strict=False) if pair[0] != pair[1]]
    if len(mine) != len(theirs) or len(differing) != 1 or len(mine) == 1:
        return False
    from cardcrm.records.deduplication.given_names import are_variants  # its table takes 1 ms

    return are_variants(*differing[0])
