"""Find drafts that say nothing new, before they are normalized.

Most rows of a file that is imported again are as they were. A draft is unchanged if a contact with
its id or one of its contact points has each of its values, as the file writes them. Any other draft
takes the long way, which may still find that nothing is new: comparing texts takes a tenth of the
time of normalizing them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Final

from cardcrm.records.contacts import part_types
from cardcrm.records.contacts.custom_fields import Field, field_name
from cardcrm.records.contacts.drafts import AddressDraft, ContactDraft
from cardcrm.records.contacts.names import ALL
from cardcrm.records.importing.matching import Candidate

# Values that few drafts have, and that normalizing may read in several ways.
_RARE: Final = attrgetter(
    "prefix",
    "middle",
    "suffix",
    "name_order",
    "sort_as",
    "vcard_n",
    "every",
    "opted_out",
    "consents",
)
_COLUMNS: Final = (
    "uid", "ref", "title", "role", "note", "stage", "status", "source", "owner", "language",
    "timezone", "gender",
)  # fmt: skip
_values_of_columns: Final = attrgetter(*_COLUMNS)


def find_unchanged(
    drafts: Sequence[ContactDraft], contacts: Iterable[Candidate], fields: Mapping[str, Field]
) -> dict[int, Candidate]:
    """Return the contacts of unchanged drafts by the numbers of these.

    ``fields`` are the custom fields by their names.
    """
    index: dict[str, list[Candidate]] = {}
    for contact in contacts:
        for text in _list_texts(contact):
            index.setdefault(text, []).append(contact)
    if not index:
        return {}
    found: dict[int, Candidate] = {}
    for number, draft in enumerate(drafts):
        for contact in _list_candidates(draft, index):
            if has_all(contact, draft, fields):
                found[number] = contact
                break
    return found


def _list_texts(contact: Candidate) -> Iterator[str]:
    """Yield the texts that lead to a contact."""
    yield contact.head["uid"]
    if contact.head["ref"]:
        yield contact.head["ref"]
    for row in contact.rows("point").values():
        yield row[2]


def _list_candidates(
    draft: ContactDraft, index: Mapping[str, Sequence[Candidate]]
) -> Sequence[Candidate]:
    """Return the contacts that the permanent id, the reference or a contact point leads to."""
    if draft.uid or draft.ref:
        return index.get(draft.uid or draft.ref, ())
    for point in draft.points:
        if found := index.get(point.value):
            return found
    return ()


def has_all(contact: Candidate, draft: ContactDraft, fields: Mapping[str, Field]) -> bool:
    """Return whether a contact has all values of a draft as they are written."""
    if any(_RARE(draft)) or not _has_name(contact, draft) or draft.org not in ("", contact.org):
        return False
    values = _values_of_columns(draft)
    head = contact.head
    if any(value and value != head[name] for name, value in zip(_COLUMNS, values, strict=True)):
        return False
    return _has_parts(contact, draft) and (
        not draft.fields or all(_has_field(contact, fields, *pair) for pair in draft.fields)
    )


def _has_name(contact: Candidate, draft: ContactDraft) -> bool:
    """Return whether the name is the draft's, and so are its parts if the draft gives them."""
    head, name = contact.head, draft.name
    if draft.kind != head["kind"]:
        return False
    if draft.given or draft.family:
        name = name or f"{draft.given} {draft.family}"
        parts = (ALL, draft.given, draft.family)
        if parts != (head["stated"], head["given"], head["family"]):
            return False
    return bool(name == head["name"]) and "," not in name and "@" not in name


def _has_parts(contact: Candidate, draft: ContactDraft) -> bool:
    if draft.points:
        known = {(row[0], row[2]) for row in contact.rows("point").values()}
        for kind, value, _, opted_out, invalid in draft.points:
            if opted_out or invalid or (kind, value) not in known:
                return False
    if draft.tags:
        tags = set(map(part_types.written_tag, contact.rows("tag").values()))
        if not tags.issuperset(draft.tags):
            return False
    if draft.nicknames:
        names = {row[1] for row in contact.rows("nickname").values()}
        if not names.issuperset(draft.nicknames):
            return False
    addresses, days = contact.rows("address"), contact.rows("yearly_day")
    return all(_has_address(addresses, each) for each in draft.addresses) and all(
        (row := days.get((label,))) is not None and row[1] == day for label, day in draft.days
    )


def _has_address(known: Mapping[part_types.Key, part_types.Row], address: AddressDraft) -> bool:
    has_degrees = address.latitude or address.longitude
    return not has_degrees and part_types.ADDRESS.key_of(part_types.address_row(address)) in known


def _has_field(contact: Candidate, fields: Mapping[str, Field], label: str, text: str) -> bool:
    """Return whether a custom field has a text."""
    field = fields.get(field_name(label))
    row = contact.rows("field_value").get((field.id,)) if field else None
    return row is not None and row[1] == text
