"""A draft made ready to be kept: tidied, normalised and checked, without asking the box.

Each part of a card is known by a key, so that what is there already can be told from what is new.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cardcrm import dates
from cardcrm.errors import UsageError
from cardcrm.records import contacts, points
from cardcrm.records.drafts import ContactDraft
from cardcrm.records.fields import Field, field_columns, field_name
from cardcrm.records.names import name_of
from cardcrm.records.uids import new_uid
from cardcrm.store import Store
from cardcrm.text import fold, near, tidy, tidy_block

Key = tuple[Any, ...]
Part = dict[Key, dict[str, Any]]

# By which columns two rows of a part are the same.
KEYS: Mapping[str, tuple[str, ...]] = {
    "nickname": ("name_key",),
    "point": ("kind", "value_key"),
    "address": ("street", "city_key", "region", "postcode", "country"),
    "yearly_day": ("label",),
    "tag": ("name",),
    "field_value": ("field_id",),
}

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


@dataclass(frozen=True)
class Prepared:
    """A draft ready to be kept: the head's columns, its organisation's name and key, its parts.

    ``reach`` are its e-mail addresses and phone numbers, by which one knows a person again.
    """

    head: dict[str, Any]
    has_uid: bool
    org: str
    org_key: str
    parts: dict[str, Part]
    reach: frozenset[Key]


def prepare(store: Store, draft: ContactDraft, field: Callable[[str], Field], now: str) -> Prepared:
    """A draft ready to be kept. ``field`` gives the custom field of a label, making it if needed;
    ``now`` is the instant that stands on new cards.

    Raises UsageError for what makes no sense.
    """
    if draft.kind not in contacts.KINDS:
        raise UsageError(f"“{draft.kind}” is no kind of card", "A card is a person or an org.")
    extra: list[tuple[str, str]] = []
    head = _head(draft, extra, now)
    org = tidy(draft.org) if draft.kind == "person" else ""
    parts = {
        "nickname": _keyed("nickname", [_nickname(name) for name in draft.nicknames if tidy(name)]),
        "point": _keyed("point", [_point(store, point) for point in draft.points]),
        "address": _keyed("address", [contacts.address_values(each) for each in draft.addresses]),
        "yearly_day": _keyed("yearly_day", [contacts.day_values(store, day) for day in draft.days]),
        "tag": _keyed("tag", [{"name": contacts.tag_name(tag)} for tag in draft.tags]),
        "field_value": _keyed(
            "field_value",
            [
                _field_value(store, field, name, text)
                for name, text in (*draft.fields, *extra)
                if tidy(text)
            ],
        ),
    }
    parts["address"].pop(("",) * 5, None)
    reach = reached(parts["point"])
    return Prepared(head, bool(draft.uid), org, fold(org), parts, reach)


def reached(keys: Iterable[Key]) -> frozenset[Key]:
    """Of the keys of contact points those by which one knows a person again."""
    return frozenset(key for key in keys if key[0] in ("email", "phone"))


def towns(keys: Iterable[Key]) -> set[str]:
    """The towns among the keys of addresses."""
    return {key[1] for key in keys if key[1]}


def _head(draft: ContactDraft, extra: list[tuple[str, str]], now: str) -> dict[str, Any]:
    name = name_of(draft)
    return {
        "uid": tidy(draft.uid) or new_uid(),
        "kind": draft.kind,
        "name": name.full,
        "given": name.given,
        "family": name.family,
        "name_key": name.key,
        "sort_key": name.sort,
        "org_id": None,
        "title": tidy(draft.title),
        "title_key": fold(draft.title),
        "note": tidy_block(draft.note),
        "source": tidy(draft.source),
        "stage": _stage(draft.stage, extra),
        "owner": tidy(draft.owner),
        "cadence_days": dates.parse_span(draft.every) if draft.every else None,
        "ref": tidy(draft.ref) or None,
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


def _nickname(name: str) -> dict[str, Any]:
    return {"name": tidy(name), "name_key": fold(name)}


def _point(store: Store, draft: Any) -> dict[str, Any]:
    value, key = points.normalise(draft, store.customs.region)
    return {
        "kind": draft.kind,
        "value": value,
        "value_key": key,
        "label": tidy(draft.label),
        "opted_out": int(draft.opted_out),
        "invalid": int(draft.invalid),
    }


def _field_value(
    store: Store, field: Callable[[str], Field], name: str, text: str
) -> dict[str, Any]:
    known = field(name)
    return {"field_id": known.id, **field_columns(known, text, store)}


def _keyed(table: str, rows: list[dict[str, Any]]) -> Part:
    """Rows by their keys; of two with the same key the first counts."""
    if not rows:
        return {}
    names = KEYS[table]
    keyed: Part = {}
    for row in rows:
        keyed.setdefault(tuple(row[name] for name in names), row)
    return keyed


__all__ = ["KEYS", "Key", "Part", "Prepared", "field_name", "prepare"]
