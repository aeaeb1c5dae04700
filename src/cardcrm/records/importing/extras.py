"""Import what few contacts have: further jobs, photos and keys, odd vCard properties.

These are written after the contacts of a batch, as most files have none of them. A part that the
contact has already is left out, so that importing a file twice changes nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from cardcrm.records.contacts import attachments, writer
from cardcrm.records.contacts.drafts import ContactDraft, JobDraft
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks
from cardcrm.text import fold, normalize_line

_Owned = tuple[int, ContactDraft]


class Extras(NamedTuple):
    """The contacts that got something, and by contact the organizations added for its jobs."""

    contacts: frozenset[int] = frozenset()
    organizations: Mapping[int, tuple[int, ...]] = MappingProxyType({})


def add_extras(store: Store, owned: Iterable[_Owned]) -> Extras:
    """Add jobs, media and vCard properties to contacts, each given with its id and its draft."""
    some = [each for each in owned if each[1].jobs or each[1].media or each[1].vcard_lines]
    if not some:
        return Extras()
    changed = _add_media(store, some) | _add_lines(store, some)
    with_jobs, organizations = _add_jobs(store, some)
    return Extras(frozenset(changed | with_jobs), organizations)


def _add_media(store: Store, owned: Sequence[_Owned]) -> set[int]:
    rows = [
        {"contact_id": contact_id, **attachments.media_row(each)}
        for contact_id, draft in owned
        for each in draft.media
    ]
    return _insert(store, "media", rows, ("contact_id", "kind", "digest", "uri"))


def _add_lines(store: Store, owned: Sequence[_Owned]) -> set[int]:
    rows = [
        {"contact_id": contact_id, "line": line}
        for contact_id, draft in owned
        for line in draft.vcard_lines
    ]
    return _insert(store, "vcard_line", rows, ("contact_id", "line"))


def _insert(
    store: Store, table: str, rows: Sequence[dict[str, Any]], key: tuple[str, ...]
) -> set[int]:
    """Insert the rows whose key is new; return the ids of their contacts."""
    known = {
        tuple(row)
        for marks, params in chunks({row["contact_id"] for row in rows})
        for row in store.rows(
            f"SELECT {', '.join(key)} FROM {table} WHERE contact_id IN ({marks})", **params
        )
    }
    new: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        values = tuple(row[name] for name in key)
        if values not in known:
            new.setdefault(values, row)
    store.insert_rows(table, list(new.values()))
    return {row["contact_id"] for row in new.values()}


def _add_jobs(store: Store, owned: Sequence[_Owned]) -> tuple[set[int], dict[int, tuple[int, ...]]]:
    """Add jobs; return the contacts that got one, and the organizations added for each."""
    changed: set[int] = set()
    organizations: dict[int, tuple[int, ...]] = {}
    for contact_id, draft in owned:
        if not draft.jobs:
            continue
        last = store.value("SELECT max(id) FROM contact")
        if sum(_add_job(store, contact_id, job) for job in draft.jobs):
            changed.add(contact_id)
        added = store.rows("SELECT id FROM contact WHERE id > :last ORDER BY id", last=last)
        organizations[contact_id] = tuple(row[0] for row in added)
    return changed, organizations


def _add_job(store: Store, contact_id: int, job: JobDraft) -> bool:
    """Add a job, unless the contact has it, also as its own; return whether it was added."""
    org_id = writer.find_or_add_org(store, job.org)
    title = normalize_line(job.title)
    known = store.rows(
        "SELECT org_id, title FROM contact WHERE id = :id UNION ALL "
        "SELECT org_id, title FROM job WHERE contact_id = :id",
        id=contact_id,
    )
    if org_id == contact_id or (org_id, fold(title)) in {(row[0], fold(row[1])) for row in known}:
        return False
    from cardcrm.records.contacts.uids import new_uid

    store.insert(
        "job", uid=new_uid(), contact_id=contact_id, org_id=org_id, title=title,
        title_key=fold(title), from_on=None, to_on=None,
    )  # fmt: skip
    return True
