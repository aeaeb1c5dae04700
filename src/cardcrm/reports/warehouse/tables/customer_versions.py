"""The versions of customers, staged: from the journal for those that have changed."""

import json
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Final

from cardcrm import dates
from cardcrm.records.contacts.contact_type import ADDRESS, CONTACT
from cardcrm.reports.warehouse.star_table import staged_types
from cardcrm.reports.warehouse.tables.customer_dimension import DIM_CUSTOMER
from cardcrm.reports.warehouse.tables.customer_history import (
    FIRST_DAY,
    LAST_DAY,
    PLACE,
    TRACKED,
    Change,
    Version,
    build_versions,
    read_created,
    read_journal,
)
from cardcrm.reports.warehouse.workbench import Workbench
from cardcrm.store import Store

_JOURNAL: Final = {
    "id": "BIGINT",
    "step_id": "BIGINT",
    "instant": "VARCHAR",
    "tbl": "VARCHAR",
    "op": "VARCHAR",
    "row_id": "BIGINT",
    "contact_id": "BIGINT",
    "old": "VARCHAR",
}
_VERSION: Final = {
    "customer_id": "BIGINT",
    **{name: staged_types(CONTACT)[name] for name in TRACKED},
    **{name: staged_types(ADDRESS)[name] for name in PLACE},
    "valid_from": "VARCHAR",
    "valid_to": "VARCHAR",
}


def stage_customers(store: Store, bench: Workbench) -> None:
    """Stage the contacts and their addresses, and the versions that they have had."""
    bench.read(store, DIM_CUSTOMER)
    bench.run("UPDATE contact SET created_on = substr(created_at, 1, 10) WHERE created_on IS NULL")
    _stage_journal(store, bench)
    _stage_versions(store, bench)


def _stage_journal(store: Store, bench: Workbench) -> None:
    """Stage the changes of customers after their creation, each with its contact."""
    bench.stage("journal", _JOURNAL, read_journal(store))
    bench.run(
        "UPDATE journal SET contact_id = coalesce((SELECT a.contact_id FROM address a "
        "WHERE a.id = journal.row_id), (SELECT max(j.contact_id) FROM journal j "
        "WHERE j.tbl = 'address' AND j.row_id = journal.row_id)) WHERE contact_id IS NULL"
    )
    # The addresses that a contact was added with; it says when that was, except one from a file
    # that kept the date, whose step has added the contact as well.
    bench.run(
        "DELETE FROM journal USING contact c WHERE c.id = journal.contact_id "
        "AND op = 'insert' AND substr(instant, 1, 10) <= substr(c.created_at, 1, 10)"
    )
    steps = [
        row[0] for row in bench.run("SELECT DISTINCT step_id FROM journal WHERE op = 'insert'")
    ]
    types = {"step_id": "BIGINT", "contact_id": "BIGINT"}
    bench.stage("created", types, read_created(store, steps))
    bench.run(
        "DELETE FROM journal USING created c WHERE c.contact_id = journal.contact_id "
        "AND c.step_id >= journal.step_id"
    )


def _stage_versions(store: Store, bench: Workbench) -> None:
    """Stage the versions of all customers: by SQL of those that never changed, by replay of others.

    A million customers of which few have changed take a few seconds.
    """
    fields = ", ".join(f"c.{name}" for name in TRACKED)
    places = ", ".join(f"coalesce(a.{name}, '') AS {name}" for name in PLACE)
    bench.run(
        f"CREATE OR REPLACE TABLE version AS SELECT c.id AS customer_id, {fields}, {places}, "
        f"'{FIRST_DAY}' AS valid_from, '{LAST_DAY}' AS valid_to FROM contact c LEFT JOIN "
        "(SELECT * FROM address QUALIFY row_number() OVER (PARTITION BY contact_id ORDER BY id) = 1"
        ") a ON a.contact_id = c.id WHERE c.id NOT IN "
        "(SELECT contact_id FROM journal WHERE contact_id IS NOT NULL)"
    )
    bench.stage("version", _VERSION, _replay(store, bench), keep=True)


def _replay(store: Store, bench: Workbench) -> Iterator[Sequence[Any]]:
    """Yield the versions of the customers that have changed."""

    @lru_cache(maxsize=4096)
    def day_of(instant: str) -> str:
        return dates.from_instant(instant, store.locale.zone).date().isoformat()

    for contact, places, changes in bench.stream(_CHANGED):
        created = day_of(contact["created_at"])
        found = [
            Change(day_of(each["instant"]), each["tbl"], each["op"], each["row_id"],
                   json.loads(each["old"]))
            for each in changes
        ]  # fmt: skip
        later = [each for each in found if each.day > created]
        addresses = {each["id"]: each for each in places or ()}
        for version in build_versions(contact, addresses, later):
            yield _as_row(contact["id"], version)


def _as_row(customer: int, version: Version) -> tuple[Any, ...]:
    return (customer, *version.values, version.valid_from, version.valid_to)


_CHANGED: Final = """
SELECT c, a.places, j.changes FROM
(SELECT contact_id, list(struct_pack(instant, tbl, op, row_id, old) ORDER BY id DESC) AS changes
 FROM journal GROUP BY contact_id) j
JOIN contact c ON c.id = j.contact_id
LEFT JOIN (SELECT contact_id, list(address) AS places FROM address GROUP BY contact_id) a
  ON a.contact_id = c.id
ORDER BY c.id
"""
