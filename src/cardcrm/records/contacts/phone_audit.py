"""Find stored phone numbers that would be read differently now, or that are impossible.

Earlier imports stored ``+44 0113 496 0123`` with its zero, and took a German number without its
country code for one of the firm's own country. Two rules find the better reading:

1. A number is read as `contact_points.normalize` reads one that is typed now.
2. A number of the firm's own country that is invalid there is read as one of a country in the
   contact's addresses, if it is valid there.

A number that is invalid by both is only reported, as only a person can know what was meant.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

import phonenumbers

from cardcrm.errors import UsageError
from cardcrm.records.contacts import contact_points, countries, part_types, phones, writer
from cardcrm.records.contacts.contact_points import NormalizedPoint
from cardcrm.records.contacts.drafts import AddressDraft, ContactPointDraft
from cardcrm.records.contacts.part_types import CONTACT_POINT
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks
from cardcrm.store.engine import Row
from cardcrm.store.retry import retry_transaction

_BATCH = 5000


class PhoneIssue(NamedTuple):
    """A stored number: how it is ``better`` stored, or the reason why it is odd and stays."""

    point_id: int
    contact_id: int
    name: str
    value: str
    better: NormalizedPoint | None
    reason: str


class SharedNumber(NamedTuple):
    """A number that several contacts have, with their ids and names."""

    value: str
    contacts: tuple[tuple[int, str], ...]


def find_issues(
    store: Store,
    ids: Collection[int] | None = None,
    on_progress: Callable[[int], None] | None = None,
) -> Iterator[PhoneIssue]:
    """Yield the odd numbers of some contacts, or of all; report how many have been read."""
    wanted = None if ids is None else set(ids)
    count = after = 0
    while rows := _read_numbers(store, after):
        after = rows[-1]["id"]
        asked = [row for row in rows if wanted is None or row["contact_id"] in wanted]
        addresses = _read_countries(store, {row["contact_id"] for row in asked})
        for row in asked:
            better, reason = _reread(store, row, addresses.get(row["contact_id"], ()))
            if better or reason:
                number = (row["id"], row["contact_id"], row["name"], row["value"])
                yield PhoneIssue(*number, better, reason)
        count += len(rows)
        if on_progress:
            on_progress(count)


def count_phones(store: Store) -> int:
    """Return how many phone numbers are stored."""
    return int(store.value("SELECT count(*) FROM point WHERE kind = 'phone'"))


def _read_numbers(store: Store, after: int) -> list[Row]:
    return store.rows(
        "SELECT p.id, p.contact_id, c.name, p.value, p.value_key, p.label FROM point p "
        "JOIN contact c ON c.id = p.contact_id WHERE p.kind = 'phone' AND p.id > :after "
        "ORDER BY p.id LIMIT :n",
        after=after,
        n=_BATCH,
    )


def _read_countries(store: Store, ids: Collection[int]) -> Mapping[int, Sequence[AddressDraft]]:
    """Return the countries of contacts, as addresses with nothing else but a label."""
    found: dict[int, list[AddressDraft]] = {}
    for marks, params in chunks(ids):
        for row in store.rows(
            "SELECT contact_id, label, country FROM address "
            f"WHERE country <> '' AND contact_id IN ({marks}) ORDER BY id",
            **params,
        ):
            draft = AddressDraft(label=row["label"], country=row["country"])
            found.setdefault(row["contact_id"], []).append(draft)
    return found


def _reread(
    store: Store, row: Row, addresses: Sequence[AddressDraft]
) -> tuple[NormalizedPoint | None, str]:
    """Return the better reading of a stored number, else the reason why it is impossible."""
    draft = ContactPointDraft("phone", row["value"], row["label"])
    try:
        now = contact_points.normalize(draft, store.locale.region, addresses)
    except UsageError as error:
        return None, error.message
    if now.key != row["value_key"]:
        return now, ""
    if now.warning or not now.value.startswith("+"):
        return None, now.warning
    regions = countries.regions(addresses, row["label"])
    return _reread_abroad(now.value, store.locale.region, regions)


def _reread_abroad(
    value: str, region: str, abroad: Sequence[str]
) -> tuple[NormalizedPoint | None, str]:
    """Read a number with a country code as one of the countries of its contact."""
    number, reason = phones.parse_number(value, region)
    if number is None:
        return None, reason
    home = phonenumbers.country_code_for_region(region)
    if number.country_code != home or phonenumbers.is_valid_number(number):
        return None, ""
    national = str(number.national_number)
    for each in abroad:
        for written in (f"0{national}", national):  # the zero was taken for Britain's own
            found, _ = phones.parse_number(written, each)
            if found and phonenumbers.is_valid_number(found):
                read = phones.read_number(written, [each])
                key = contact_points.join_key(read.digits, read.extension)
                return NormalizedPoint(read.value, key, read.warning), ""
    return None, ""


@retry_transaction
def repair(store: Store, issues: Sequence[PhoneIssue]) -> int:
    """Store numbers as they are better stored, in one step; return how many were changed.

    A number that the contact has already is removed, and its marks go to the other one.
    """
    changed = 0
    with store.transaction():
        for issue in issues:
            stored = part_types.read_rows(store, CONTACT_POINT, issue.contact_id)
            row = stored.get(issue.point_id)
            if issue.better and row and row[2] == issue.value:  # not changed since it was read
                kind, _, _, label, *marks = row
                label = issue.better.label or label
                better = (kind, issue.better.key, issue.better.value, label, *marks)
                changes = writer.diff_rows(CONTACT_POINT, stored, [(issue.point_id, better)])
                writer.apply_changes(store, issue.contact_id, changes)
                writer.mark_updated(store, issue.contact_id)
                changed += 1
    return changed


def find_shared(store: Store, issues: Sequence[PhoneIssue]) -> list[SharedNumber]:
    """Return the numbers that several contacts have once these issues are repaired."""
    better = {each.better.key: each.better.value for each in issues if each.better}
    owners: dict[str, dict[int, str]] = {}
    for marks, params in chunks(better):
        for row in store.rows(
            "SELECT p.value_key, c.id, c.name FROM point p JOIN contact c ON c.id = p.contact_id "
            f"WHERE p.kind = 'phone' AND p.value_key IN ({marks})",
            **params,
        ):
            owners.setdefault(row["value_key"], {})[row["id"]] = row["name"]
    for issue in issues:
        if issue.better:
            owners.setdefault(issue.better.key, {})[issue.contact_id] = issue.name
    return [
        SharedNumber(better[key], tuple(sorted(contacts.items())))
        for key, contacts in owners.items()
        if len(contacts) > 1
    ]
