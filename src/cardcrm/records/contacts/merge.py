"""Doubles: finding cards that may be of the same contact, and merging two into one."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from cardcrm.errors import UsageError
from cardcrm.records.contacts import contact_points, contacts, merged_ids, parts
from cardcrm.records.contacts.contacts import Contact
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.contacts.names import Name, name_of
from cardcrm.records.record_type import RecordType
from cardcrm.records.references import reparent
from cardcrm.store import Store
from cardcrm.store.engine import Row
from cardcrm.store.retry import retry_transaction
from cardcrm.text import fold

# Two names this alike are likely one person's, spelt twice; found by trying on lists of real names.
ALIKE = 0.86


class Double(NamedTuple):
    """A card that may be of the same contact, and what speaks for it."""

    id: int
    name: str
    why: str


def doubles(store: Store, draft: ContactDraft, limit: int = 3) -> list[Double]:
    """Cards that a draft may be a double of: the same point, the same name, or one much like it."""
    name = name_of(draft)
    found: dict[int, Double] = {}
    for double in _same(store, draft, name):
        found.setdefault(double.id, double)
    return list(found.values() if found else _alike(store, name, draft.kind))[:limit]


def _same(store: Store, draft: ContactDraft, name: Name) -> list[Double]:
    """Cards with the same e-mail or phone, then those of the same name; all asked at once."""
    reached = [point for point in draft.points if point.kind in ("email", "phone")]
    params = {
        f"key{place}": contact_points.normalise(point, store.locale.region, draft.addresses)[1]
        for place, point in enumerate(reached)
    }
    asked = [
        f"SELECT {place} AS place, c.id, c.name FROM point p JOIN contact c ON c.id = p.contact_id "
        f"WHERE p.value_key = :{key} LIMIT 5"
        for place, key in enumerate(params)
    ]
    asked.append(
        f"SELECT {len(reached)} AS place, id, name FROM contact "
        "WHERE name_key = :name AND kind = :kind LIMIT 5"
    )
    why = [*(f"the same {point.kind}" for point in reached), "the same name"]
    rows = _together(store, asked, {**params, "name": name.key, "kind": draft.kind})
    return [Double(row[1], row[2], why[row[0]]) for row in sorted(rows, key=lambda row: row[0])]


def _together(store: Store, asked: Sequence[str], params: Mapping[str, str]) -> list[Row]:
    """The rows of several limited queries, asked with one statement."""
    sql = " UNION ALL ".join(f"SELECT * FROM ({each}) AS asked" for each in asked)
    return store.rows(sql, **params)


def _alike(store: Store, name: Name, kind: str) -> list[Double]:
    """Names much like this one among those that begin alike, by family or by given name."""
    asked, params = [], {"kind": kind}
    for column, key in (("sort_key", name.sort), ("name_key", name.key)):
        low = key[:4]
        params |= {f"low_{column}": low, f"high_{column}": low + "\U0010ffff"}
        asked.append(
            f"SELECT id, name, sort_key FROM contact WHERE {column} >= :low_{column} "
            f"AND {column} < :high_{column} AND kind = :kind LIMIT 60"
        )
    rows = {row["id"]: row for row in _together(store, asked, params)}
    if not rows:
        return []
    import difflib

    match = difflib.SequenceMatcher(b=name.sort, autojunk=False)
    alike = []
    for row in rows.values():
        match.set_seq1(row["sort_key"])
        if match.quick_ratio() >= ALIKE and match.ratio() >= ALIKE:
            alike.append((match.ratio(), Double(row["id"], row["name"], "a name much like it")))
    return [double for _, double in sorted(alike, key=lambda pair: -pair[0])]


def check_apart(keep_id: int, other_id: int) -> None:
    """Raises UsageError where both are the same card."""
    if keep_id == other_id:
        raise UsageError("both name the same card", "Give two cards to merge.")


@retry_transaction
def merge(store: Store, keep_id: int, other_id: int) -> Contact:
    """Move everything from one card onto another and remove the empty one; the card that is kept.

    What both cards say stays as the kept card says it; what the other said differently is written
    into the note, so that nothing is lost, and its ids lead to the kept card. Raises UsageError
    for one card or for unlike kinds.
    """
    check_apart(keep_id, other_id)
    keep, other = contacts.get(store, keep_id), contacts.get(store, other_id)
    if keep.kind != other.kind:
        raise UsageError(
            f"{keep.name} is {_KINDS[keep.kind]} and {other.name} is {_KINDS[other.kind]}",
            "Only two people or two organisations are merged.",
        )
    with store.transaction():
        _merge_heads(store, keep, other)
        _keep_ids(store, keep, other)
        _move_rows(store, keep_id, other_id)
        contacts.remove(store, [other_id])
        contacts.touch_card(store, keep_id)
    return contacts.get(store, keep_id)


_KINDS = {"person": "a person", "org": "an organisation"}
_TEXTS = ("title", "source", "owner", "ref")


def _merge_heads(store: Store, keep: Contact, other: Contact) -> None:
    values: dict[str, object] = {}
    notes = [keep.note, other.note] if other.note != keep.note else [keep.note]
    for name in _TEXTS:
        mine, theirs = getattr(keep, name), getattr(other, name)
        if theirs and not mine:
            values[name] = theirs
        elif theirs and theirs != mine and name != "ref":
            notes.append(f"{name} on the merged card {other.id}: {theirs}")
    if "title" in values:
        values["title_key"] = fold(other.title)
    if other.org_id and not keep.org_id and other.org_id != keep.id:
        values["org_id"] = other.org_id
    elif other.org and other.org_id not in (keep.org_id, keep.id):
        notes.append(f"organisation on the merged card {other.id}: {other.org}")
    _merge_habits(store, keep, other, values, notes)
    values["created_at"] = min(keep.created_at, other.created_at)
    values["note"] = "\n".join(filter(None, notes))
    store.update("contact", keep.id, **values)
    if fold(other.name) != fold(keep.name):
        parts.add_nicknames(store, keep.id, [other.name])


def _merge_habits(
    store: Store, keep: Contact, other: Contact, values: dict[str, object], notes: list[str]
) -> None:
    """Cadence and stage: what is to be written on the kept card and into its note."""
    if keep.cadence_days is None:
        values["cadence_days"] = other.cadence_days
    elif other.cadence_days not in (None, keep.cadence_days):
        notes.append(f"cadence on the merged card {other.id}: {other.cadence_days} days")
    values["stage"] = _stage(store, keep, other)
    if other.stage not in (values["stage"], "lead"):
        notes.append(f"stage on the merged card {other.id}: {other.stage}")


def _stage(store: Store, keep: Contact, other: Contact) -> str:
    """The kept card's stage, unless it came by itself and somebody gave the other card its own."""
    if _came_by_itself(store, keep) and not _came_by_itself(store, other):
        return other.stage
    return other.stage if keep.stage == "lead" else keep.stage


def _came_by_itself(store: Store, card: Contact) -> bool:
    """Whether nobody need have said a stage: all begin as leads, and who buys is a customer."""
    return card.stage == "lead" or (
        card.stage == "customer"
        and store.value("SELECT 1 FROM sale WHERE contact_id = :id AND amount > 0", id=card.id) == 1
    )


def _keep_ids(store: Store, keep: Contact, other: Contact) -> None:
    """Note by which ids the other card was known, here and in the program it came from."""
    words = [*merged_ids.of_card(store, other.id), merged_ids.uid_word(other.uid)]
    if other.ref and keep.ref:
        words.append(merged_ids.ref_word(other.ref))
    merged_ids.drop(store, other.id)
    merged_ids.note(store, keep.id, words)


def _move_rows(store: Store, keep_id: int, other_id: int) -> None:
    """Move what the kept contact has not; what it says differently goes into its note."""

    def note(type_: RecordType, row_id: int, same: tuple[object, ...]) -> None:
        _note_difference(store, keep_id, type_, row_id, same)

    reparent(store, "contact", keep_id, other_id, note)


def _note_difference(
    store: Store, keep_id: int, type_: RecordType, row_id: int, same: tuple[object, ...]
) -> None:
    """A second birthday or another value of a field is not thrown away but noted.

    A point that is opted out or invalid on either card stays so.
    """
    table = type_.table_name
    if table == "point":
        gone = store.row("SELECT * FROM point WHERE id = :id", id=row_id)
        kept = store.row(
            "SELECT id FROM point WHERE contact_id = :id AND kind = :kind AND value_key = :key",
            id=keep_id,
            kind=same[0],
            key=same[1],
        )
        if gone is not None and kept is not None:
            said = {name: 1 for name in ("opted_out", "invalid") if gone[name]}
            store.update("point", kept["id"], **said)
        return
    if table in _TOLD:
        gone = store.row(f"{_TOLD[table]} AND x.id = :id", id=row_id)
        mine = store.row(
            f"{_TOLD[table]} AND x.contact_id = :id AND x.{type_.same_by[0]} = :same",
            id=keep_id,
            same=same[0],
        )
        if gone is not None and mine is not None and mine[1] != gone[1]:
            note = contacts.get(store, keep_id).note
            told = f"{gone[0]} on the merged card: {gone[1]}"
            store.update("contact", keep_id, note="\n".join(filter(None, (note, told))))


_TOLD = {
    "yearly_day": "SELECT x.label, x.day FROM yearly_day x WHERE 1 = 1",
    "field_value": (
        "SELECT f.label, x.text FROM field_value x JOIN field f ON f.id = x.field_id WHERE 1 = 1"
    ),
}
