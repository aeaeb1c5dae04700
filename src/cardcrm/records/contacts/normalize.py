"""Check and normalize drafts: the one step between what was written and what is stored.

Each part of a contact becomes rows by their keys, so that new rows and stored ones can be told
apart. Nothing is written here but custom fields that do not exist yet.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from cardcrm import dates
from cardcrm.errors import UsageError
from cardcrm.records.contacts import contact_points, part_types
from cardcrm.records.contacts.contact_type import (
    CADENCE,
    GENDER,
    KIND,
    NAME_ORDER,
    STAGE,
    STAGES,
    STATUS,
    TIMEZONE,
)
from cardcrm.records.contacts.custom_fields import JOINT, Field
from cardcrm.records.contacts.drafts import AddressDraft, ContactDraft, ContactPointDraft
from cardcrm.records.contacts.names import name_of, refuse_long
from cardcrm.records.contacts.part_types import Key, Row, index_rows
from cardcrm.records.contacts.uids import new_uid
from cardcrm.store import Locale
from cardcrm.text import extract_digits, find_similar, fold, normalize_block, normalize_line

Parts = dict[str, dict[Key, Row]]  # by table, the rows by their keys

_NUMBER_STARTS = ("+", "(", *"0123456789")

# The stages of other programs, and ours for them.
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


class Rules(NamedTuple):
    """The rules that drafts are normalized by.

    ``find_field`` returns the custom field of a label, and adds it where it is missing. Drafts of
    other programs are ``foreign``: unknown stages and odd tags are translated instead of refused,
    and of two birthdays the first counts instead of the last, which becomes a custom field.
    ``make_uid`` returns the permanent id of a contact whose draft has none.
    """

    locale: Locale
    find_field: Callable[[str], Field]
    foreign: bool = False
    make_uid: Callable[[], str] = new_uid


class NormalContact(NamedTuple):
    """A draft ready to be stored: the columns of the contact, its organization, its parts.

    ``reach`` holds the keys of its email addresses and phone numbers, by which an import recognizes
    a contact. A contact is nameless if its name is only one of these addresses or numbers.
    ``warnings`` are about impossible phone numbers, which are stored as written, and ``regions``
    are those assumed for numbers without a country code. ``is_exported`` tells that the draft comes
    from an export of our own, where a contact has one entry. ``stated`` are the columns that the
    draft gives although they have a default. ``opted_out`` are kinds of contact points.
    """

    head: dict[str, Any]
    has_uid: bool
    org: str
    org_key: str
    parts: Parts
    reach: frozenset[Key]
    is_nameless: bool
    warnings: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    is_exported: bool = False
    stated: tuple[str, ...] = ()
    opted_out: tuple[str, ...] = ()


def normalize(draft: ContactDraft, rules: Rules, now: str) -> NormalContact:
    """Check and normalize a draft; ``now`` is the instant of its creation. Raises UsageError."""
    if draft.kind not in KIND.choices:
        draft = draft._replace(kind=KIND.normalize(draft.kind))
    head = _head(draft, rules, now)
    is_exported = rules.foreign and _is_exported(draft)
    if rules.foreign and not is_exported:
        draft = _translate(draft)
    found, warnings, regions = normalize_parts(draft, rules, draft.addresses)
    org = normalize_line(draft.org) if draft.org and draft.kind == "person" else ""
    refuse_long("name", org)
    for job in draft.jobs:
        refuse_long("name", job.org)
    reach = reach_of(found.get("point", ()))
    nameless = is_nameless(head["name_key"], reach)
    key = fold(org)
    has_uid = bool(draft.uid)
    stated = _find_stated(draft) if draft.stage or draft.status else ()
    told = warnings, regions, is_exported, stated, draft.opted_out
    return NormalContact(head, has_uid, org, key, found, reach, nameless, *told)


def _find_stated(draft: ContactDraft) -> tuple[str, ...]:
    return tuple(name for name in ("stage", "status") if getattr(draft, name).strip())


def normalize_parts(
    draft: ContactDraft, rules: Rules, addresses: Sequence[AddressDraft]
) -> tuple[Parts, tuple[str, ...], tuple[str, ...]]:
    """Return the rows of a draft's parts, warnings about phone numbers, and the regions assumed.

    National phone numbers are of a country among ``addresses``. Parts that the draft leaves out
    are missing, and relations are left out as they name other contacts. Raises UsageError.
    """
    rows: Parts = {}
    warnings: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    if draft.nicknames:
        names = [part_types.nickname_row(name) for name in draft.nicknames if normalize_line(name)]
        rows["nickname"] = index_rows(part_types.NICKNAME, names)
    if draft.points:
        region = rules.locale.region
        found = [part_types.contact_point_row(point, region, addresses) for point in draft.points]
        rows["point"] = index_rows(part_types.CONTACT_POINT, [row for row, _, _ in found])
        warnings = tuple([warning for _, warning, _ in found if warning])
        regions = tuple([assumed for _, _, assumed in found if assumed])
    if draft.addresses:
        found_rows = map(part_types.address_row, draft.addresses)
        filled = [row for row in found_rows if not part_types.is_blank_address(row)]
        rows["address"] = index_rows(part_types.ADDRESS, filled)
    if draft.days:
        today = dates.today(rules.locale.zone)
        days = [part_types.anniversary_row(day, today) for day in draft.days]
        found_days = index_rows(part_types.ANNIVERSARY, days, first_wins=rules.foreign)
        rows["yearly_day"] = found_days
        if rules.foreign and len(found_days) < len(days):
            others = ((f"other {row[0]}", row[1]) for row in days if row not in found_days.values())
            draft = draft._replace(fields=(*draft.fields, *others))
    if draft.tags:
        parse = translate_tag if rules.foreign else part_types.parse_tag
        tags = [part_types.tag_row(tag) for tag in map(parse, draft.tags) if tag]
        rows["tag"] = index_rows(part_types.TAG, tags)
    if draft.fields:
        values = [
            part_types.custom_field_row(field, text, rules.locale)
            for field, text in _join_values(draft.fields, rules)
        ]
        rows["field_value"] = index_rows(part_types.CUSTOM_FIELD, values)
    return rows, warnings, regions


def _join_values(fields: Iterable[tuple[str, str]], rules: Rules) -> Iterator[tuple[Field, str]]:
    """Yield the custom fields of a draft, each once, with the texts that it has for them.

    Several texts of one field are joined. A field of another type takes one value: from a foreign
    draft the first, while the others become a field of text. Raises UsageError.
    """
    texts: dict[Field, dict[str, None]] = {}
    for label, text in fields:
        if line := normalize_line(text):
            texts.setdefault(rules.find_field(label), {})[line] = None
    for field, values in texts.items():
        first, *others = values
        if not others or field.type == "text":
            yield field, JOINT.join(values)
        elif rules.foreign:
            yield field, first
            yield rules.find_field(f"other {field.label}"), JOINT.join(others)
        else:
            raise UsageError(
                f"{field.label}: {len(values)} values for a field of type {field.type}",
                "Give one.",
            )


def reach_of(keys: Iterable[Key]) -> frozenset[Key]:
    """Return the keys of email addresses and phone numbers among those of contact points."""
    return frozenset(key for key in keys if key[0] in ("email", "phone"))


def is_nameless(name_key: str, reach: Collection[Key]) -> bool:
    """Return whether a name is only one of the contact's own email addresses or phone numbers."""
    if "@" in name_key:
        return ("email", name_key) in reach
    if not name_key.startswith(_NUMBER_STARTS) or not contact_points.looks_like_phone(name_key):
        return False
    number = extract_digits(name_key).lstrip("0")
    return any(kind == "phone" and number and value.endswith(number) for kind, value in reach)


def _head(draft: ContactDraft, rules: Rules, now: str) -> dict[str, Any]:
    """Return the columns of a contact; texts that are empty, as most are, are not looked at."""
    title = draft.title and normalize_line(draft.title)
    normalize_stage = _translate_stage if rules.foreign else STAGE.normalize
    return {
        "uid": normalize_line(draft.uid) if draft.uid else rules.make_uid(),
        "kind": draft.kind,
        **name_of(draft, rules.locale.region)._asdict(),
        "name_order": draft.name_order and NAME_ORDER.normalize(draft.name_order),
        "org_id": None,
        "title": title,
        "title_key": title and fold(title),
        "role": draft.role and normalize_line(draft.role),
        "language": draft.language and normalize_line(draft.language),
        "timezone": draft.timezone and TIMEZONE.normalize(draft.timezone),
        "gender": draft.gender and GENDER.normalize(draft.gender),
        "note": draft.note and normalize_block(draft.note),
        "source": draft.source and normalize_line(draft.source),
        "stage": normalize_stage(draft.stage) if draft.stage.strip() else "lead",
        "status": STATUS.normalize(draft.status) if draft.status.strip() else "active",
        "owner": draft.owner and normalize_line(draft.owner),
        "cadence_days": CADENCE.parse_days(draft.every) if draft.every else None,
        "ref": normalize_line(draft.ref) if draft.ref else None,
        "created_at": now,
        "created_on": _local_day(now, rules.locale.zone),
        "updated_at": now,
    }


@lru_cache(maxsize=8)  # an import gives all contacts one instant
def _local_day(instant: str, zone: str) -> str:
    return dates.from_instant(instant, zone).date().isoformat()


# Drafts of other programs


def _is_exported(draft: ContactDraft) -> bool:
    """Return whether a draft is from an export of our own: it has a permanent id and our stage."""
    return bool(draft.uid) and draft.stage in STAGES


def _translate(draft: ContactDraft) -> ContactDraft:
    """Return a draft with an email address for a name that is one, and with its odd stage kept."""
    if "@" in draft.name and contact_points.is_email(normalize_line(draft.name)):
        draft = draft._replace(points=(*draft.points, ContactPointDraft("email", draft.name)))
    if draft.stage and fold(draft.stage) and _known_stage(draft.stage) is None:
        draft = draft._replace(fields=(*draft.fields, ("lifecycle stage", draft.stage)))
    return draft


def _known_stage(text: str) -> str | None:
    stage = fold(text)
    return stage if stage in STAGES else _STAGES.get(stage)


def _translate_stage(text: str) -> str:
    """Return the stage that comes next to one of another program."""
    known = _known_stage(text)
    if known:
        return known
    like = find_similar(fold(text), STAGES, limit=1)
    return like[0] if like else "other"


@lru_cache(maxsize=2048)  # files repeat tags
def translate_tag(tag: str) -> str:
    """Return a tag of another program as one of ours: ``Clients (2020)`` as ``Clients-2020``.

    The result is empty where the tag has no letter or digit. Raises UsageError for a long one.
    """
    name = "-".join(re.sub(r"[\s:,;()\"]+", " ", normalize_line(tag)).split()).lstrip("-+#")
    refuse_long("tag", name)
    return name if fold(name) else ""
