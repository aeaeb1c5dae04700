"""A draft made ready to be kept: tidied, normalised and checked, without asking the box.

Each part of a card is known by a key, so that what is there already can be told from what is new.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from cardcrm import dates
from cardcrm.errors import UsageError
from cardcrm.records.contacts import contact_points, contacts
from cardcrm.records.contacts.custom_fields import Field, field_columns
from cardcrm.records.contacts.drafts import AddressDraft, ContactDraft, PointDraft
from cardcrm.records.contacts.names import name_of
from cardcrm.records.contacts.parts import address_values, day_values
from cardcrm.records.contacts.uids import new_uid
from cardcrm.store import Store
from cardcrm.text import digits, fold, near, tidy, tidy_block

Key = tuple[Any, ...]
Part = dict[Key, tuple[Any, ...]]  # the rows of a part, without ids, by their keys

# The columns of each part of a card, and at which of them two rows are the same.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "nickname": ("name", "name_key"),
    "point": ("kind", "value", "value_key", "label", "opted_out", "invalid"),
    "address": ("label", "street", "city", "city_key", "region", "postcode", "country"),
    "yearly_day": ("label", "day", "month_day"),
    "tag": ("name",),
    "field_value": ("field_id", "text", "text_key", "number"),
}
KEYS: Mapping[str, tuple[str, ...]] = {
    "nickname": ("name_key",),
    "point": ("kind", "value_key"),
    "address": ("street", "city_key", "region", "postcode", "country"),
    "yearly_day": ("label",),
    "tag": ("name",),
    "field_value": ("field_id",),
}

_NUMBER_STARTS = ("+", "(", *"0123456789")

# What other programs call the stages of a customer's life.
_STAGES = {
    "subscriber": "lead",
    "marketing qualified lead": "prospect",
    "sales qualified lead": "prospect",
    "opportunity": "prospect",
    "client": "customer",
    "evangelist": "customer",
    "former": "lapsed",
    "inactive": "lapsed",
    "churned": "lapsed",
    "supplier": "partner",
    "vendor": "partner",
}


class Prepared(NamedTuple):
    """A draft ready to be kept: the head's columns, its organisation's name and key, its parts.

    ``reach`` are its e-mail addresses and phone numbers, by which one knows a person again. A part
    that the draft says nothing of is missing from ``parts``. It is nameless if its name is nothing
    but one of these addresses or numbers. ``doubts`` tell of phone numbers that can be none.
    """

    head: dict[str, Any]
    has_uid: bool
    org: str
    org_key: str
    parts: dict[str, Part]
    reach: frozenset[Key]
    is_nameless: bool
    doubts: tuple[str, ...] = ()


def prepare(store: Store, draft: ContactDraft, field: Callable[[str], Field], now: str) -> Prepared:
    """A draft ready to be kept. ``field`` gives the custom field of a label, making it if needed;
    ``now`` is the instant that stands on new cards.

    Raises UsageError for what makes no sense.
    """
    if draft.kind not in contacts.KINDS:
        raise UsageError(f"“{draft.kind}” is no kind of card", "A card is a person or an org.")
    extra: list[tuple[str, str]] = []
    head = _head(draft, extra, now)
    parts: dict[str, Part] = {}
    doubts: tuple[str, ...] = ()
    if draft.nicknames:
        parts["nickname"] = {(fold(each),): (tidy(each), fold(each)) for each in draft.nicknames}
    told = draft.points
    if "@" in draft.name and contact_points.is_email(tidy(draft.name)):
        told = (*told, PointDraft("email", draft.name))
    if told:
        parts["point"], doubts = _points(store, told, draft.addresses)
    if draft.addresses:
        parts["address"] = _addresses(draft.addresses)
    if draft.days:
        parts["yearly_day"] = _days(store, draft)
    if draft.tags:
        parts["tag"] = {(name,): (name,) for name in map(tag_of, draft.tags) if name}
    if draft.fields or extra:
        parts["field_value"] = _fields(store, field, (*draft.fields, *extra))
    org = tidy(draft.org) if draft.org and draft.kind == "person" else ""
    reach = reached(parts.get("point", ()))
    nameless = is_nameless(head["name_key"], reach)
    return Prepared(head, bool(draft.uid), org, fold(org), parts, reach, nameless, doubts)


def reached(keys: Iterable[Key]) -> frozenset[Key]:
    """Of the keys of contact points those by which one knows a person again."""
    return frozenset(key for key in keys if key[0] in ("email", "phone"))


def is_nameless(name_key: str, reach: Collection[Key]) -> bool:
    """Whether a name is nothing but one of the card's own e-mail addresses or phone numbers."""
    if "@" in name_key:
        return ("email", name_key) in reach
    if not name_key.startswith(_NUMBER_STARTS) or not contact_points.looks_like_phone(name_key):
        return False
    number = digits(name_key).lstrip("0")
    return any(kind == "phone" and number and value.endswith(number) for kind, value in reach)


def towns(keys: Iterable[Key]) -> set[str]:
    """The towns among the keys of addresses."""
    return {key[1] for key in keys if key[1]}


def _head(draft: ContactDraft, extra: list[tuple[str, str]], now: str) -> dict[str, Any]:
    name = name_of(draft)
    title = draft.title and tidy(draft.title)
    return {
        "uid": tidy(draft.uid) if draft.uid else new_uid(),
        "kind": draft.kind,
        "name": name.full,
        "given": name.given,
        "family": name.family,
        "name_key": name.key,
        "sort_key": name.sort,
        "org_id": None,
        "title": title,
        "title_key": title and fold(title),
        "note": draft.note and tidy_block(draft.note),
        "source": draft.source and tidy(draft.source),
        "stage": _stage(draft.stage, extra) if draft.stage else "lead",
        "owner": draft.owner and tidy(draft.owner),
        "cadence_days": dates.parse_span(draft.every) if draft.every else None,
        "ref": tidy(draft.ref) if draft.ref else None,
        "created_at": now,
        "updated_at": now,
    }


def _stage(text: str, extra: list[tuple[str, str]]) -> str:
    """A stage in our words; one that has none of ours is kept as a custom field."""
    stage = fold(text)
    known = stage if stage in contacts.STAGES else _STAGES.get(stage, "" if stage else "lead")
    if known:
        return known
    like = near(stage, contacts.STAGES, limit=1)
    extra.append(("lifecycle stage", text))
    return like[0] if like else "other"


def _points(
    store: Store, drafts: Iterable[PointDraft], addresses: Sequence[AddressDraft]
) -> tuple[Part, tuple[str, ...]]:
    """Of two writings of one point the first counts; each may say it is opted out or invalid.

    Also what is to be told of those that can be none.
    """
    part: Part = {}
    doubts: tuple[str, ...] = ()
    for draft in drafts:
        value, key, doubt = contact_points.kept(draft, store.locale.region, addresses)
        if doubt:
            doubts = (*doubts, f"“{value}” {doubt}")
        label = draft.label and tidy(draft.label)
        row = (draft.kind, value, key, label, int(draft.opted_out), int(draft.invalid))
        known = part.setdefault((draft.kind, key), row)
        if known is not row:
            part[draft.kind, key] = marked(known, row)
    return part, doubts


def marked(known: tuple[Any, ...], told: tuple[Any, ...]) -> tuple[Any, ...]:
    """A point's row that is opted out, or invalid, if it or another row of the same says so."""
    return (*known[:-2], known[-2] | told[-2], known[-1] | told[-1])


def _addresses(drafts: Iterable[AddressDraft]) -> Part:
    part: Part = {}
    for draft in drafts:
        key, row = _address(draft)
        if any(key):
            part.setdefault(key, row)
    return part


# The same towns and tags come again and again in a file.


@lru_cache(maxsize=2048)
def _address(draft: AddressDraft) -> tuple[Key, tuple[str, ...]]:
    """An address's key and its row."""
    values = address_values(draft)
    return tuple(values[name] for name in KEYS["address"]), tuple(values.values())


@lru_cache(maxsize=2048)
def tag_of(tag: str) -> str:
    """A tag of another program as one of ours: ``Clients (2020)`` becomes ``clients-2020``.

    Empty where nothing is left of it.
    """
    return "-".join(re.sub(r"[\s:,;()\"]+", " ", fold(tag)).split()).lstrip("-+#")


def _days(store: Store, draft: ContactDraft) -> Part:
    part: Part = {}
    for day in draft.days:
        values = day_values(store, day)
        part.setdefault((values["label"],), tuple(values.values()))
    return part


def _fields(store: Store, field: Callable[[str], Field], told: Iterable[tuple[str, str]]) -> Part:
    part: Part = {}
    for name, text in told:
        if tidy(text):
            known = field(name)
            values = field_columns(known, text, store)
            part.setdefault((known.id,), (known.id, *values.values()))
    return part
