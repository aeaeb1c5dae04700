"""The parts of a contact: one declaration a table, and the rows that drafts become.

A row is a tuple of column values. It begins with the key; two rows of one contact with equal keys
are duplicates.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from cardcrm.errors import UsageError
from cardcrm.records.contacts import contact_points, contact_type
from cardcrm.records.contacts.custom_fields import Field, parse_value
from cardcrm.records.contacts.drafts import AddressDraft, AnniversaryDraft, ContactPointDraft
from cardcrm.records.contacts.names import refuse_long
from cardcrm.records.fields import Number
from cardcrm.records.record_type import RecordType
from cardcrm.store import Locale, Store
from cardcrm.store.derived_refresh import chunks
from cardcrm.text import fold, normalize_line

if TYPE_CHECKING:
    from cardcrm.records.contacts.contact_queries import Address

Key = tuple[Any, ...]
Row = tuple[Any, ...]


class PartType(NamedTuple):
    """The table of a part of contacts.

    The first ``key_size`` columns are the key. ``on_same`` tells what becomes of a stored row when
    another of the same key is added: it stays (``keep``), is replaced (``replace``), or is marked
    as opted out or invalid if the other one is (``mark``).
    """

    table: str
    columns: tuple[str, ...]
    key_size: int
    on_same: Literal["keep", "replace", "mark"] = "keep"

    @property
    def owners(self) -> tuple[str, ...]:
        """The columns of the contacts that a row belongs to: a relation belongs to both."""
        return ("contact_id", "other_id") if self.table == "relation" else ("contact_id",)

    def key_of(self, row: Row) -> Key:
        """Return the key of a row."""
        return row[: self.key_size]

    def values(self, row: Row) -> dict[str, Any]:
        """Return the columns of a row by name."""
        return dict(zip(self.columns, row, strict=True))

    def combine(self, stored: Row, added: Row) -> Row:
        """Return what a stored row becomes when one of the same key is added."""
        if self.on_same == "mark":
            *same, label, _, _ = stored
            return (*same, label or added[-3], *mark(stored, added)[-2:])
        return added if self.on_same == "replace" else stored


def _build_part(
    type_: RecordType, on_same: Literal["keep", "replace", "mark"] = "keep"
) -> PartType:
    """Return the part that a noun declares, with the columns of its key first."""
    key = [*type_.same_by] if type_.parent else ["contact_id", *type_.same_by]
    columns = dict.fromkeys((*key, *type_.columns, *type_.computed))
    columns.pop(type_.parent, None)
    return PartType(type_.table_name, tuple(columns), len(key), on_same)


NICKNAME = _build_part(contact_type.NICKNAME)
CONTACT_POINT = _build_part(contact_type.POINT, "mark")
ADDRESS = _build_part(contact_type.ADDRESS)
ANNIVERSARY = _build_part(contact_type.ANNIVERSARY, "replace")
TAG = _build_part(contact_type.TAG)
CUSTOM_FIELD = _build_part(contact_type.FIELD_VALUE, "replace")
RELATION = _build_part(contact_type.RELATION)  # its key tells which contact has stored it

# The parts that belong to one contact alone, by table.
PARTS: Final = {
    part.table: part for part in (NICKNAME, CONTACT_POINT, ADDRESS, ANNIVERSARY, TAG, CUSTOM_FIELD)
}


def read_rows(store: Store, part: PartType, contact_id: int) -> dict[int, Row]:
    """Return the rows of a part of one contact by id."""
    where = " OR ".join(f"{owner} = :id" for owner in part.owners)
    sql = f"SELECT id, {', '.join(part.columns)} FROM {part.table} WHERE {where} ORDER BY id"
    return {row[0]: tuple(row)[1:] for row in store.rows(sql, id=contact_id)}


def read_rows_of_many(
    store: Store, part: PartType, ids: Collection[int]
) -> Iterator[tuple[int, int, Row]]:
    """Yield the contact, the id and the row of each row of a part, in the order of ids."""
    for marks, params in chunks(ids):
        for row in store.rows(
            f"SELECT contact_id, id, {', '.join(part.columns)} FROM {part.table} "
            f"WHERE contact_id IN ({marks}) ORDER BY id",
            **params,
        ):
            yield row[0], row[1], tuple(row)[2:]


def mark(stored: Row, added: Row) -> Row:
    """Return the row of a contact point, opted out or invalid if either of two rows is."""
    return (*stored[:-2], stored[-2] | added[-2], stored[-1] | added[-1])


def nickname_row(name: str) -> Row:
    """Return the row of a nickname."""
    refuse_long("nickname", name)
    return fold(name), normalize_line(name)


def contact_point_row(
    draft: ContactPointDraft, region: str, addresses: Sequence[AddressDraft]
) -> tuple[Row, str, str]:
    """Return the row of a contact point, a warning and the region assumed, of phone numbers.

    National phone numbers are of a country among ``addresses``, else of ``region``. Raises
    UsageError.
    """
    value, key, warning, label, assumed = contact_points.normalize(draft, region, addresses)
    label = label and normalize_line(label)
    row = (draft.kind, key, value, label, int(draft.opted_out), int(draft.invalid))
    return row, warning and f"“{value}” {warning}", assumed


@lru_cache(maxsize=2048)  # files repeat towns
def address_row(draft: AddressDraft) -> Row:
    """Return the row of a postal address. Raises UsageError for impossible coordinates."""
    label, street, city, region, postcode, country = map(normalize_line, draft[:6])
    degrees = map(_parse_degrees, ("latitude", "longitude"), draft[6:])
    return street, fold(city), region, postcode, country, label, city, *degrees


def _parse_degrees(name: str, text: str) -> float | None:
    field = contact_type.ADDRESS.field(name)
    assert isinstance(field, Number)
    return field.parse_decimal(text) if text else None


def is_blank_address(row: Row) -> bool:
    """Return whether the row of an address has nothing but a label."""
    return not any(row[:5]) and row[-1] is None and row[-2] is None


def address_draft(row: Row) -> AddressDraft:
    """Return the draft that the row of an address comes from."""
    street, _, region, postcode, country, label, city, latitude, longitude = row
    degrees = map(_format_degrees, (latitude, longitude))
    return AddressDraft(label, street, city, region, postcode, country, *degrees)


def stored_address_draft(address: "Address") -> AddressDraft:
    """Return the draft of a stored address."""
    return AddressDraft(*address[1:7], *map(_format_degrees, address[7:]))


def _format_degrees(value: float | None) -> str:
    return "" if value is None else f"{value:.9f}".rstrip("0").rstrip(".")


def anniversary_row(draft: AnniversaryDraft, today: dt.date) -> Row:
    """Return the row of a yearly day. Raises UsageError for an impossible date."""
    from cardcrm.dates.anniversaries import find_month_day, parse_anniversary

    refuse_long("label", draft.label)
    day = parse_anniversary(draft.day, today)
    return fold(draft.label) or "birthday", day, find_month_day(day)


def custom_field_row(field: Field, text: str, locale: Locale) -> Row:
    """Return the row of a custom field's value. Raises UsageError if it does not fit the type."""
    shown, number = parse_value(field, text, locale)
    return field.id, shown, fold(shown), number


def parse_tag(text: str) -> str:
    """Return a tag as written, with hyphens for spaces. Raises UsageError."""
    name = normalize_line(text).lstrip("+#").strip().replace(" ", "-").strip(",;")
    refuse_long("tag", name)
    if not fold(name) or name.startswith("-") or any(char in name for char in ':,;()"'):
        raise UsageError(f"invalid tag “{text}”", "A tag is one word, like vip or garden-club.")
    return name


def tag_key(text: str) -> str:
    """Return the key of a tag, by which it is matched: folded. Raises UsageError."""
    return fold(parse_tag(text))


@lru_cache(maxsize=2048)  # files repeat tags
def tag_row(tag: str) -> Row:
    """Return the row of a tag: its key, and the tag as written where that differs."""
    key = fold(tag)
    return key, "" if tag == key else tag


def written_tag(row: Row) -> str:
    """Return the tag of a row as it was written."""
    name: str = row[1] or row[0]
    return name


def parse_relation_kind(text: str) -> str:
    """Return a kind of relation in its normal form. Raises UsageError if it is empty."""
    kind = fold(text)
    if not kind:
        raise UsageError("a relation needs a kind", "For example: --relation spouse=Jane")
    refuse_long("kind of relation", kind)
    return kind


def index_rows(part: PartType, rows: Iterable[Row], *, first_wins: bool = False) -> dict[Key, Row]:
    """Return rows by their keys; of duplicates the first counts, unless they are replaced.

    The marks of contact points add up.
    """
    found: dict[Key, Row] = {}
    size = part.key_size
    for row in rows:
        known = found.setdefault(row[:size], row)
        if known is not row and part.on_same == "mark":
            found[row[:size]] = mark(known, row)
        elif known is not row and part.on_same == "replace" and not first_wins:
            found[row[:size]] = row
    return found
