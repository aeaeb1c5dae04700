"""Write contacts: every change to a contact, by any front end, is applied here.

A change is one row inserted, updated or deleted. `diff_rows` finds the changes that lead from the
stored rows of a part to the wanted ones; `apply_changes` makes them, in the transaction under way.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from cardcrm import dates
from cardcrm.errors import UsageError
from cardcrm.records.contacts import custom_fields, part_types
from cardcrm.records.contacts.contact_queries import REFERRED_BY, WORKS_AT, Contact
from cardcrm.records.contacts.drafts import ContactDraft, RelationDraft
from cardcrm.records.contacts.names import name_of
from cardcrm.records.contacts.normalize import NormalContact, Parts, Rules, normalize
from cardcrm.records.contacts.part_types import CUSTOM_FIELD, PARTS, RELATION, Key, PartType, Row
from cardcrm.records.contacts.resolve import resolve
from cardcrm.records.mail.suppressed_rows import has_suppressed
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction
from cardcrm.text import normalize_line


class Change(NamedTuple):
    """One row to write: without an id it is inserted, without values deleted, else updated."""

    table: str
    row_id: int | None
    values: Mapping[str, Any] | None


def diff_rows(
    part: PartType,
    stored: Mapping[int, Row],
    wanted: Iterable[tuple[int | None, Row | None]],
) -> list[Change]:
    """Return the changes that make the rows of a part the wanted ones.

    Each wanted row has the id of the stored row that it replaces, or None if it is new; without a
    row, the stored one is removed. A row with the key of another one is combined with that.
    """
    rows = dict(stored)
    ids = {part.key_of(row): row_id for row_id, row in stored.items()}
    for number, (row_id, row) in enumerate(wanted):
        # New rows have negative ids until the end.
        place = ~number if row_id is None or row_id not in stored else row_id
        before = rows.pop(place, None)
        if before is not None and ids.get(part.key_of(before)) == place:
            del ids[part.key_of(before)]
        if row is not None:
            twin = ids.setdefault(part.key_of(row), place)
            rows[twin] = part.combine(rows[twin], row) if twin in rows else row
    deletes = [Change(part.table, row_id, None) for row_id in stored if row_id not in rows]
    return deletes + [
        Change(part.table, row_id if row_id in stored else None, part.values(row))
        for row_id, row in rows.items()
        if stored.get(row_id) != row
    ]


def diff_parts(store: Store, contact_id: int, added: Parts) -> list[Change]:
    """Return the changes that add the rows of parts to a stored contact."""
    changes = []
    for table, rows in added.items():
        stored = part_types.read_rows(store, PARTS[table], contact_id)
        changes += diff_rows(PARTS[table], stored, ((None, row) for row in rows.values()))
    return changes


def apply_changes(store: Store, contact_id: int, changes: Iterable[Change]) -> None:
    """Make changes to a contact; new rows go in last, those of one table in one statement."""
    inserts: dict[str, list[dict[str, Any]]] = {}
    for table, row_id, values in changes:
        if row_id is None:
            assert values is not None
            inserts.setdefault(table, []).append({"contact_id": contact_id, **values})
            continue
        if table == "point":
            from cardcrm.records.mail import suppression

            suppression.follow_change(store, row_id, values)
        if values is None:
            store.delete(table, row_id)
        else:
            store.update(table, row_id, **values)
    for table, rows in inserts.items():
        store.insert_rows(table, _mark_suppressed(store, rows) if table == "point" else rows)


def _mark_suppressed(store: Store, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return new contact points, marked as the suppression list says; it is mostly empty."""
    if not has_suppressed(store):
        return rows
    from cardcrm.records.mail import suppression

    return suppression.mark_new(store, rows)


def put_row(store: Store, contact_id: int, part: PartType, key: Key, row: Row | None) -> None:
    """Store a row in place of the one with that key; without a row, that one is removed."""
    stored = part_types.read_rows(store, part, contact_id)
    row_id = next((each for each, there in stored.items() if part.key_of(there) == key), None)
    apply_changes(store, contact_id, diff_rows(part, stored, [(row_id, row)]))


def set_custom_field(store: Store, contact_id: int, label: str, text: str) -> None:
    """Set a custom field; empty text clears it. An unknown field is added, as text."""
    field = find_or_add_field(store, label)
    row = part_types.custom_field_row(field, text, store.locale) if normalize_line(text) else None
    put_row(store, contact_id, CUSTOM_FIELD, (field.id,), row)


def find_or_add_field(store: Store, label: str) -> custom_fields.Field:
    """Return the custom field of a label, added as text if it is missing."""
    return custom_fields.find(store, label) or custom_fields.add(store, label)


def rules_of(store: Store) -> Rules:
    """Return the rules by which what a user types is normalized."""
    return Rules(store.locale, lambda label: find_or_add_field(store, label))


@retry_transaction
def add(store: Store, draft: ContactDraft) -> int:
    """Add a contact and return its id. Raises UsageError, NotFoundError, AmbiguousError."""
    with store.transaction():
        normal = normalize(draft, rules_of(store), dates.current_instant())
        contact_id = insert_head(store, normal)
        changes = [
            Change(table, None, PARTS[table].values(row))
            for table, rows in normal.parts.items()
            for row in rows.values()
        ]
        apply_changes(store, contact_id, changes)
        add_relations(store, contact_id, draft.relations)
    return contact_id


def insert_head(store: Store, normal: NormalContact) -> int:
    """Insert a contact without its parts and return its id."""
    org_id = find_or_add_org(store, normal.org) if normal.org else None
    return store.insert("contact", **{**normal.head, "org_id": org_id})


def find_or_add_org(store: Store, name: str) -> int:
    """Return the id of the organization with that name or nickname, added if it is missing.

    An organization that was merged into another one is a nickname of that.
    """
    draft = ContactDraft(name=name, kind="org")
    found = store.value(
        "SELECT id FROM (SELECT id, 0 AS rank FROM contact WHERE name_key = :key AND kind = 'org' "
        "UNION ALL SELECT c.id, 1 FROM nickname n JOIN contact c ON c.id = n.contact_id "
        "WHERE n.name_key = :key AND c.kind = 'org') o ORDER BY rank, id LIMIT 1",
        key=name_of(draft).name_key,
    )
    return (
        int(found)
        if found
        else insert_head(store, normalize(draft, rules_of(store), dates.current_instant()))
    )


def add_relations(store: Store, contact_id: int, drafts: Sequence[RelationDraft]) -> None:
    """Add relations to a contact. Raises UsageError, NotFoundError, AmbiguousError."""
    for draft in drafts:
        put_relation(store, contact_id, draft.kind, resolve(store, draft.who))


def put_relation(
    store: Store, contact_id: int, kind: str, other: Contact, row_id: int | None = None
) -> None:
    """Add the relation that another contact is ``kind`` of this one, or replace a stored one.

    The organization where a person works becomes the organization of the contact itself. Raises
    UsageError for a referral that would be a circle.
    """
    kind = part_types.parse_relation_kind(kind)
    if other.id == contact_id:
        raise UsageError(f"{other.name} cannot be their own “{kind}”")
    if kind == REFERRED_BY:
        from cardcrm.records.contacts.referrals import refuse_circle

        refuse_circle(store, contact_id, other.id)
    is_org = kind == WORKS_AT and other.kind == "org"
    row = None if is_org else (contact_id, kind, other.id)
    stored = part_types.read_rows(store, RELATION, contact_id)
    changes = diff_rows(RELATION, stored, [(row_id, row)])
    if is_org:
        changes.append(Change("contact", contact_id, {"org_id": other.id}))
    apply_changes(store, contact_id, changes)


def mark_updated(store: Store, contact_id: int) -> None:
    """Set the time at which a contact was changed last."""
    store.update("contact", contact_id, updated_at=dates.current_instant())


@retry_transaction
def remove(store: Store, ids: Sequence[int]) -> None:
    """Remove contacts with all their parts; interactions stay while others took part in them."""
    from cardcrm.records.mail import suppression
    from cardcrm.records.references import remove_row  # loads every noun, as all may refer to it

    with store.transaction():
        suppression.keep_opt_outs(store, ids)
        for contact_id in ids:
            remove_row(store, "contact", contact_id)
