"""Save clusters as segments: a tag for each cluster, and a segment that finds the tag.

Clusters cannot be written as a query, so the tags are those of the day they were saved.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from cardcrm.errors import ConflictError
from cardcrm.records.contacts import part_types, writer
from cardcrm.records.query_sql import segments
from cardcrm.reports.clusters.clusters import Cluster
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks
from cardcrm.store.retry import retry_transaction


class SavedClusters(NamedTuple):
    """The names of the segments, and the number of contacts whose tags changed."""

    names: tuple[str, ...]
    changed: int


def name_segments(prefix: str, clusters: Sequence[Cluster]) -> tuple[str, ...]:
    """Return the names of the segments, which are those of the tags. Raises UsageError."""
    key = part_types.tag_key(prefix)
    return tuple(segments.parse_name(f"{key}-{each.number}") for each in clusters)


@retry_transaction
def save_clusters(store: Store, prefix: str, clusters: Sequence[Cluster]) -> SavedClusters:
    """Tag the customers of each cluster and save the tags as segments, all in one step.

    Tags and segments that were saved with the same prefix before are replaced. Raises
    ConflictError for a tag or segment of such a name that was not.
    """
    names = name_segments(prefix, clusters)
    with store.transaction():
        wanted = {
            contact_id: name
            for name, each in zip(names, clusters, strict=True)
            for contact_id in each.ids
        }
        former = _find_former(store, part_types.tag_key(prefix))
        _refuse_taken(store, set(names) - former)
        changed = _replace_tags(store, wanted, former)
        for name in names:
            segments.save(store, name, f"tag:{name}")
        for row in store.rows("SELECT id, name FROM segment ORDER BY id"):
            if row["name"] in former and row["name"] not in names:
                store.delete("segment", row["id"])
        for contact_id in sorted(changed):
            writer.mark_updated(store, contact_id)
    return SavedClusters(names, len(changed))


def _find_former(store: Store, prefix: str) -> set[str]:
    """Return the tags of earlier clusters: those of segments of the prefix and a number."""
    found = set()
    for row in store.rows("SELECT name, query FROM segment ORDER BY id"):
        head, _, number = row["name"].rpartition("-")
        if head == prefix and number.isdigit() and row["query"] == f"tag:{row['name']}":
            found.add(row["name"])
    return found


def _refuse_taken(store: Store, names: set[str]) -> None:
    """Raise ConflictError for a name of which there is a tag or a segment already."""
    for name in sorted(names):
        has_tag = store.value("SELECT count(*) FROM tag WHERE name = :name", name=name)
        if has_tag or segments.is_segment(store, name):
            taken = "tag" if has_tag else "segment"
            raise ConflictError(f"there is a {taken} “{name}” already", "Choose another prefix.")


def _replace_tags(store: Store, wanted: dict[int, str], former: set[str]) -> set[int]:
    """Give contacts the wanted tags in place of former ones; return those that changed."""
    changed: set[int] = set()
    for marks, params in chunks(sorted(former | set(wanted.values()))):
        for row in store.rows(
            f"SELECT id, contact_id, name FROM tag WHERE name IN ({marks}) ORDER BY id", **params
        ):
            if wanted.get(row["contact_id"]) == row["name"]:
                del wanted[row["contact_id"]]
            elif row["name"] in former:
                store.delete("tag", row["id"])
                changed.add(row["contact_id"])
    rows: list[dict[str, Any]] = [
        {"contact_id": contact_id, "name": wanted[contact_id]} for contact_id in sorted(wanted)
    ]
    store.insert_rows("tag", rows)
    return changed | set(wanted)
