"""Group contacts by the fields that decide whether a template can be filled in for them.

Contacts of a group have the same of these fields empty, and the same values in those that the
template compares: what holds for one of them holds for all. The database groups them, so that no
contact is loaded.
"""

from collections.abc import Collection, Sequence
from typing import Any, Final, NamedTuple

from cardcrm.records.contacts import custom_fields
from cardcrm.records.mail.template_fields import CUSTOM
from cardcrm.records.mail.template_reads import Reads
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks

MAX_GROUPS: Final = 500  # groups, beyond which the values of fields are not told apart

COLUMNS: Final = {
    "name": "name", "first_name": "given", "last_name": "family", "prefix": "prefix",
    "job": "title", "role": "role", "language": "language", "owner": "owner", "ref": "ref",
}  # fmt: skip
POINTS: Final = ("email", "phone", "web")
ADDRESS: Final = ("street", "postcode", "city", "region", "country")
_ORG: Final = "LEFT JOIN contact o ON o.id = CASE WHEN c.kind = 'org' THEN c.id ELSE c.org_id END "

LANGUAGE: Final = "contact.language"  # chooses the variant of a template

Key = tuple[Any, ...]


class Group(NamedTuple):
    """The contacts that have the same fields: what these are, one of them, and their number."""

    key: Key
    example: int
    size: int


class Grouping(NamedTuple):
    """The groups of contacts, the largest first, and the SQL that tells them apart."""

    groups: list[Group]
    terms: tuple[str, ...]


def group_contacts(store: Store, ids: Sequence[int], reads: Reads) -> Grouping:
    """Return the groups of contacts by the fields that a template reads, at most `MAX_GROUPS`."""
    fewer = Reads(reads.fields, reads.compared & {LANGUAGE})
    for each in (reads, fewer):
        terms = _list_terms(store, each)
        found = _group(store, ids, terms)
        if len(found) <= MAX_GROUPS:
            break
    ordered = sorted(found, key=lambda each: (-each.size, each.example))
    return Grouping(ordered[:MAX_GROUPS], terms)


def _group(store: Store, ids: Sequence[int], terms: Sequence[str]) -> list[Group]:
    if not terms:
        return [Group((), min(ids), len(ids))] if ids else []
    places = ", ".join(str(number) for number in range(3, len(terms) + 3))
    sql = f"SELECT min(c.id), count(*), {', '.join(terms)} {_from(terms)} GROUP BY {places}"
    found: dict[Key, Group] = {}
    for marks, params in chunks(ids):
        for first, count, *values in store.rows(sql.format(marks), **params):
            known = found.setdefault(tuple(values), Group(tuple(values), first, 0))
            found[known.key] = known._replace(size=known.size + count)
    return list(found.values())


def _from(terms: Sequence[str]) -> str:
    """Return SQL for the contacts of a chunk, with their organizations where a term needs them."""
    org = _ORG if any("o." in each for each in terms) else ""
    return f"FROM contact c {org}WHERE c.id IN ({{}})"


def list_members(
    store: Store, ids: Sequence[int], terms: Sequence[str], keys: Collection[Key]
) -> dict[Key, list[int]]:
    """Return the contacts of some groups, in the order of their ids."""
    found: dict[Key, list[int]] = {each: [] for each in keys}
    sql = f"SELECT {', '.join(['c.id', *terms])} {_from(terms)} ORDER BY c.id"
    for marks, params in chunks(ids):
        for row_id, *values in store.rows(sql.format(marks), **params):
            if tuple(values) in found:
                found[tuple(values)].append(row_id)
    return found


def _list_terms(store: Store, reads: Reads) -> tuple[str, ...]:
    """Return SQL that tells contacts apart by their fields."""
    terms: dict[str, None] = {}
    for path in sorted(reads.fields):
        if value := _build_value(store, path):
            is_empty = f"CASE WHEN {value} <> '' THEN 1 ELSE 0 END"
            terms[f"coalesce({value}, '')" if path in reads.compared else is_empty] = None
    return tuple(each.replace("{join}", store.engine.concat_function) for each in terms)


def _build_value(store: Store, path: str) -> str:
    """Return SQL for the value of a field; "" for one that all contacts have in common."""
    start, _, name = path.partition(".")
    if start not in ("contact", "organization"):
        return ""
    if start == "contact" and name in ("", "name"):
        return ""  # no contact is without a name
    alias = "c" if start == "contact" else "o"
    if name in ("", *COLUMNS):
        return f"{alias}.{COLUMNS[name or 'name']}"
    return _select_part(name, alias) or _select_custom(store, name, alias)


def _select_part(name: str, alias: str) -> str:
    """Return SQL for a field of the points, addresses, days or tags, "" for any other."""
    if name in POINTS:
        usable = f"x.kind = '{name}' AND x.invalid = 0 AND x.opted_out = 0"
        return _select_first("point", "value", alias, usable)
    if name in ADDRESS:
        return _select_first("address", name, alias)
    if name == "birthday":
        return _select_first("yearly_day", "day", alias, "x.label = 'birthday'")
    if name == "tags":
        tags = f"SELECT x.name FROM tag x WHERE x.contact_id = {alias}.id ORDER BY x.name"
        return f"(SELECT {{join}}(t.name, ' ') FROM ({tags}) t)"
    return ""


def _select_first(table: str, column: str, alias: str, where: str = "0 = 0") -> str:
    return (
        f"(SELECT x.{column} FROM {table} x WHERE x.contact_id = {alias}.id AND {where} "
        "ORDER BY x.id LIMIT 1)"
    )


def _select_custom(store: Store, name: str, alias: str) -> str:
    """Return SQL for a custom field, "" for one that does not exist."""
    field = find_custom_field(store, name.removeprefix(f"{CUSTOM}."))
    if field is None:
        return ""
    return _select_first("field_value", "text", alias, f"x.field_id = {field.id:d}")


def find_custom_field(store: Store, name: str) -> custom_fields.Field | None:
    """Return the custom field that a template names, perhaps with _ in place of -."""
    known = custom_fields.list_fields(store)
    return next((each for each in known if name in (each.name, template_key(each.name))), None)


def template_key(name: str) -> str:
    """Return the name of a custom field as a template may write it."""
    return name.replace("-", "_").replace(" ", "_")
