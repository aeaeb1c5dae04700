"""Merge two contacts into one, without losing anything that either of them has."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from cardcrm.errors import UsageError
from cardcrm.records.campaigns import holdouts
from cardcrm.records.contacts import (
    contact_queries,
    custom_fields,
    merged_ids,
    part_types,
    update,
    writer,
)
from cardcrm.records.contacts.contact_queries import Contact
from cardcrm.records.contacts.contact_type import CADENCE
from cardcrm.records.contacts.name_edit import fill_name
from cardcrm.records.contacts.names import Name, describe_other_name
from cardcrm.records.contacts.part_types import ANNIVERSARY, CONTACT_POINT, CUSTOM_FIELD, PARTS, Row
from cardcrm.records.contacts.writer import apply_changes
from cardcrm.records.mail import consents
from cardcrm.records.mail.message_states import cancel_duplicates
from cardcrm.records.record_type import RecordType
from cardcrm.records.references import reparent
from cardcrm.records.teamwork.claim_rules import is_claim_of, list_claims
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction
from cardcrm.text import fold

_KINDS = {"person": "a person", "org": "an organization"}
_CREATION = "SELECT created_at, created_on FROM contact WHERE id = :id"
_TEXTS = {"title": "title", "source": "source", "owner": "owner", "ref": "reference"}
FIRST: Final = "first"
SECOND: Final = "second"
Choices = Mapping[str, str]  # FIRST or SECOND for the key of a field
NO_CHOICES: Final[Choices] = MappingProxyType({})


def check_mergeable(keep: Contact, other: Contact) -> None:
    """Raise UsageError for one contact, or for a person and an organization."""
    if keep.id == other.id:
        raise UsageError("both names mean the same contact", "Name two contacts to merge.")
    if keep.kind != other.kind:
        raise UsageError(
            f"{keep.name} is {_KINDS[keep.kind]} and {other.name} is {_KINDS[other.kind]}",
            "Only two people or two organizations can be merged.",
        )


@retry_transaction
def merge(
    store: Store,
    keep_id: int,
    other_id: int,
    choices: Choices = NO_CHOICES,
    values: Mapping[str, str] = NO_CHOICES,
) -> Contact:
    """Move everything from one contact to another and remove the empty one; return the other.

    Fields that both have stay as the remaining contact has them, unless ``choices`` say otherwise
    for the field of a key, or ``values`` give another text. The texts that are not kept go into the
    note of the remaining contact, and the other's ids lead to it. Raises UsageError for one contact
    or for different kinds.
    """
    keep, other = (contact_queries.get(store, each) for each in (keep_id, other_id))
    check_mergeable(keep, other)
    with store.transaction():
        heads = _Heads(store, keep, other, choices, [*dict.fromkeys((keep.note, other.note))])
        columns = heads.merge()
        _merge_ids(store, keep, other)
        if fold(other.name) != fold(keep.name):
            row = part_types.nickname_row(keep.name if heads.takes("name") else other.name)
            changes = writer.diff_parts(store, keep_id, {"nickname": {row[:1]: row}})
            apply_changes(store, keep_id, changes)
        ended = list(_end_claims(store, keep, other))
        states = [consents.list_states(store, each.id) for each in (keep, other)]
        notes = [*heads.notes, *ended, *_merge_rows(store, keep, other, choices)]
        consents.withdraw_refused(store, keep_id, *states)
        cancel_duplicates(store, keep_id)
        holdouts.drop_reached(store, keep_id)
        writer.remove(store, [other_id])
        columns["note"] = "\n".join(filter(None, notes))
        store.update("contact", keep_id, **columns)
        for key, text in values.items():
            update.set_field(store, keep_id, key, text)
        writer.mark_updated(store, keep_id)
    return contact_queries.get(store, keep_id)


def _older_creation(store: Store, keep: Contact, other: Contact) -> dict[str, Any]:
    """Return the columns of the creation of ``other``, if it is the older contact."""
    if other.created_at >= keep.created_at:
        return {}
    row = store.row(_CREATION, id=other.id)
    assert row is not None
    return {"created_at": row["created_at"], "created_on": row["created_on"]}


class _Heads(NamedTuple):
    """The merge of two contacts without their parts; ``notes`` are the lines of the note."""

    store: Store
    keep: Contact
    other: Contact
    choices: Choices
    notes: list[str]

    def takes(self, key: str) -> bool:
        """Return whether the user chose the other contact's value of a field."""
        return self.choices.get(key) == SECOND

    def merge(self) -> dict[str, Any]:
        """Return the columns that the remaining contact takes over."""
        keep, other = self.keep, self.other
        values = _older_creation(self.store, keep, other)
        for name, label in _TEXTS.items():
            mine, theirs = getattr(keep, name), getattr(other, name)
            if theirs and (not mine or self.takes(name)):
                values[name] = theirs
            if name != "ref":
                self._note(name, label, mine, theirs)
        if "title" in values:
            values["title_key"] = fold(other.title)
        values |= self._merge_org() | self._merge_cadence() | self._merge_names()
        return values | self._merge_status() | self._merge_stage()

    def _note(self, key: str, label: str, mine: str, theirs: str) -> None:
        """Note the value that is not kept, if both contacts have one."""
        if mine and theirs and mine != theirs:
            self.notes.append(describe_loss(label, self.other.id, mine, theirs, self.takes(key)))

    def _merge_org(self) -> dict[str, Any]:
        keep, other = self.keep, self.other
        if not other.org_id or other.org_id in (keep.org_id, keep.id):
            return {}
        self._note("org", "organization", keep.org, other.org)
        return {} if keep.org_id and not self.takes("org") else {"org_id": other.org_id}

    def _merge_cadence(self) -> dict[str, Any]:
        mine, theirs = self.keep.cadence_days, self.other.cadence_days
        if theirs is None:
            return {}
        before, after = (CADENCE.format(each, self.store) for each in (mine, theirs))
        self._note("every", "cadence", before, after)
        return {"cadence_days": theirs} if mine is None or self.takes("every") else {}

    def _merge_status(self) -> dict[str, str | None]:
        """Return the status, the snooze and the membership that the remaining contact takes over.

        One that is not active is news, also about a contact that was taken for active.
        """
        keep, other = self.keep, self.other
        values: dict[str, str | None] = {}
        if self.takes("status") or (keep.status == "active" and "status" not in self.choices):
            values["status"] = other.status
        elif other.status not in ("active", keep.status):
            self._note("status", "status", keep.status, other.status)
        if other.mvc_since and (not keep.mvc_since or other.mvc_since < keep.mvc_since):
            values["mvc_since"] = other.mvc_since
        if other.snoozed_until and not keep.snoozed_until:
            values |= {"snoozed_until": other.snoozed_until, "snoozed_from": other.snoozed_from}
        return values

    def _merge_stage(self) -> dict[str, str]:
        keep, other = self.keep, self.other
        chosen = {FIRST: keep.stage, SECOND: other.stage}.get(self.choices.get("stage", ""))
        stage = chosen or _choose_stage(self.store, keep, other)
        if self.takes("stage") or other.stage not in (stage, "lead"):
            self._note("stage", "stage", keep.stage, other.stage)
        return {"stage": stage}

    def _merge_names(self) -> dict[str, str]:
        """Return the parts of the name that the remaining contact takes over; note other ones."""
        keep, other = self.keep, self.other
        if keep.name_key == other.name_key:
            return fill_name(keep._asdict(), other._asdict())
        lost = keep if self.takes("name") else other
        formal = describe_other_name(lost)
        if formal:
            self.notes.append(describe_loss("name", other.id, formal, formal, self.takes("name")))
        return {name: getattr(other, name) for name in Name._fields} if lost is keep else {}


def describe_loss(label: str, other_id: int, mine: str, theirs: str, takes_theirs: bool) -> str:
    """Return the line of the note with the value of a field that is not kept."""
    if takes_theirs:
        return f"{label} before merging contact {other_id}: {mine}"
    return f"{label} of merged contact {other_id}: {theirs}"


def _choose_stage(store: Store, keep: Contact, other: Contact) -> str:
    """Return the stage of the remaining contact, unless only the other's was set by a person."""
    if _is_automatic(store, keep) and not _is_automatic(store, other):
        return other.stage
    return other.stage if keep.stage == "lead" else keep.stage


def _is_automatic(store: Store, contact: Contact) -> bool:
    """Return whether a stage may have come by itself: all begin as leads, buyers are customers."""
    bought = "SELECT 1 FROM sale WHERE contact_id = :id AND amount > 0"
    return contact.stage == "lead" or (
        contact.stage == "customer" and store.value(bought, id=contact.id) == 1
    )


def _merge_ids(store: Store, keep: Contact, other: Contact) -> None:
    ids = [merged_ids.format_uid(other.uid)]
    if other.ref and keep.ref:
        ids.append(merged_ids.format_ref(other.ref))
    merged_ids.move(store, other.id, keep.id, ids)
    store.insert("merged_id", contact_id=keep.id, old_id=other.id)


def _end_claims(store: Store, keep: Contact, other: Contact) -> Iterator[str]:
    """End all claims of both contacts but the one that ends last; yield notes of other users'."""
    mine, theirs = (list_claims(store, each.id) for each in (keep, other))
    known = sorted((*mine, *theirs), key=lambda each: (each.until_on, each.id))
    for each in known[:-1]:
        store.delete("claim", each.id)
        if not is_claim_of(each, known[-1].owner):
            why = f" ({each.text})" if each.text else ""
            text = f"{each.owner} until {each.until_on}{why}"
            yield describe_loss("claim", other.id, text, text, each in mine)


def _merge_rows(store: Store, keep: Contact, other: Contact, choices: Choices) -> list[str]:
    """Move the rows that the remaining contact lacks; return a note of what differs.

    A contact point that is opted out or invalid with either contact stays so. One who refuses all
    addresses of a kind also refuses those of the other contact.
    """
    notes: list[str] = []
    refused = [*_refused_kinds(store, keep), *_refused_kinds(store, other)]

    def compare(type_: RecordType, row_id: int, _same: tuple[object, ...]) -> None:
        part = PARTS.get(type_.table_name)
        if part is None:
            return
        row = part_types.read_rows(store, part, other.id)[row_id]
        mine = part_types.read_rows(store, part, keep.id)
        twin = next(id_ for id_, each in mine.items() if part.key_of(each) == part.key_of(row))
        if part is CONTACT_POINT:
            store.update("point", twin, **part.values(part_types.mark(mine[twin], row)))
        elif row != mine[twin] and part in (ANNIVERSARY, CUSTOM_FIELD):
            key, label = _name_value(store, part, row)
            takes_theirs = choices.get(key) == SECOND
            notes.append(describe_loss(label, other.id, mine[twin][1], row[1], takes_theirs))
            if takes_theirs:
                store.update(part.table, twin, **part.values(row))

    reparent(store, "contact", keep.id, other.id, compare)
    for row_id, row in (
        part_types.read_rows(store, CONTACT_POINT, keep.id).items() if refused else ()
    ):
        if row[0] in refused:
            store.update("point", row_id, opted_out=1)
    return notes


def _refused_kinds(store: Store, contact: Contact) -> set[str]:
    """Return the kinds of addresses of which a contact has opted all out."""
    rows = part_types.read_rows(store, CONTACT_POINT, contact.id).values()
    return {row[0] for row in rows} - {row[0] for row in rows if not row[-2]}


def _name_value(store: Store, part: part_types.PartType, row: Row) -> tuple[str, str]:
    """Return the key and the label of a birthday, or of the value of a custom field."""
    if part is ANNIVERSARY:
        return row[0], row[0]
    fields = custom_fields.list_fields(store)
    return next((field.name, field.label) for field in fields if field.id == row[0])
