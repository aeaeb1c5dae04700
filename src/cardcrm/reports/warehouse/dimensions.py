"""The dimensions of the star: customers with their history, products, places, users and days."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Final

from cardcrm import dates
from cardcrm.reports.warehouse.customer_history import (
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
from cardcrm.reports.warehouse.star_tables import (
    NO_PLACE,
    NO_PRODUCT,
    UNIT_PRICE,
    StarColumn,
    StarTable,
    source,
)
from cardcrm.reports.warehouse.workbench import Workbench
from cardcrm.store import Store

_CONTACT: Final = {
    "id": "BIGINT",
    "name": "VARCHAR",
    "kind": "VARCHAR",
    "status": "VARCHAR",
    "stage": "VARCHAR",
    "source": "VARCHAR",
    "owner": "VARCHAR",
    "org_id": "BIGINT",
    "created_on": "VARCHAR",
    "created_at": "VARCHAR",
}
_ADDRESS: Final = {
    "id": "BIGINT",
    "contact_id": "BIGINT",
    "city": "VARCHAR",
    "region": "VARCHAR",
    "country": "VARCHAR",
}
_PRODUCT: Final = {
    "id": "BIGINT",
    "name": "VARCHAR",
    "sku": "VARCHAR",
    "category": "VARCHAR",
    "price": "BIGINT",
    "price_rest": "BIGINT",
    "cost": "BIGINT",
    "cost_rest": "BIGINT",
    "currency": "VARCHAR",
    "retired": "BIGINT",
}
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
    **{name: "BIGINT" if name == "org_id" else "VARCHAR" for name in (*TRACKED, *PLACE)},
    "valid_from": "VARCHAR",
    "valid_to": "VARCHAR",
}

_PLACE_OF: Final = "place_key(v.city, v.region, v.country)"

DIM_CUSTOMER: Final = StarTable(
    "dim_customer",
    "One row for each version of a contact. Its version of a day is "
    "valid_from <= day AND day < valid_to; the present one is `current`.",
    (
        StarColumn("customer_id", "BIGINT", "contact, by its id", "v.customer_id"),
        StarColumn(
            "version",
            "BIGINT",
            "number of the version, from 1",
            "row_number() OVER (PARTITION BY v.customer_id ORDER BY v.valid_from)",
        ),
        StarColumn("name", "VARCHAR", "name", "v.name"),
        StarColumn("kind", "VARCHAR", "person or org", "v.kind"),
        StarColumn("status", "VARCHAR", "status", "v.status"),
        StarColumn("stage", "VARCHAR", "stage", "v.stage"),
        StarColumn("source", "VARCHAR", "source", "v.source"),
        StarColumn("owner", "VARCHAR", "owner, in `dim_user`", "v.owner"),
        StarColumn("organization_id", "BIGINT", "organization, in `dim_customer`", "v.org_id"),
        StarColumn("organization", "VARCHAR", "present name of the organization", "o.name"),
        StarColumn(
            "place_id", "BIGINT", "place of the first address, in `dim_place`; 0 is unknown",
            f"coalesce(p.place_id, {NO_PLACE})",
        ),
        StarColumn("city", "VARCHAR", "city of the first address", "v.city"),
        StarColumn("region", "VARCHAR", "region of the first address", "v.region"),
        StarColumn("country", "VARCHAR", "country of the first address", "v.country"),
        StarColumn(
            "created_on", "DATE", "day on which the contact was added",
            "TRY_CAST(c.created_on AS DATE)",
        ),
        StarColumn(
            "valid_from", "DATE", f"first day of the version; {FIRST_DAY} for the first one",
            "v.valid_from",
        ),
        StarColumn(
            "valid_to", "DATE", f"day after its last day; {LAST_DAY} for the present one",
            "v.valid_to",
        ),
        StarColumn("current", "BOOLEAN", "true for the present version",
                   f"v.valid_to = '{LAST_DAY}'"),
    ),
    "FROM version v JOIN contact c ON c.id = v.customer_id LEFT JOIN contact o ON o.id = v.org_id "
    f"LEFT JOIN place p ON p.key = {_PLACE_OF} ORDER BY v.customer_id, v.valid_from",
    (
        source("contact", "c", _CONTACT, "FROM contact c"),
        source("address", "a", _ADDRESS, "FROM address a"),
    ),
)  # fmt: skip

DIM_PRODUCT: Final = StarTable(
    "dim_product",
    "One row for each product, and product 0 for what no line of a sale accounts for.",
    (
        StarColumn("product_id", "BIGINT", "product, by its id", "id"),
        StarColumn("name", "VARCHAR", "name; (unknown) for product 0", "name"),
        StarColumn("sku", "VARCHAR", "article number", "sku"),
        StarColumn("category", "VARCHAR", "category", "category"),
        StarColumn(
            "price", UNIT_PRICE, "unit price", "unit_price(price * 10000 + price_rest, currency)"
        ),
        StarColumn(
            "cost", UNIT_PRICE, "unit cost", "unit_price(cost * 10000 + cost_rest, currency)"
        ),
        StarColumn("currency", "VARCHAR", "currency of price and cost", "currency"),
        StarColumn("retired", "BOOLEAN", "true if it is no longer sold", "retired <> 0"),
    ),
    f"FROM (FROM product UNION ALL BY NAME SELECT {NO_PRODUCT} AS id, '(unknown)' AS name, "
    "'' AS sku, '' AS category, '' AS currency, 0 AS retired) ORDER BY id",
    (source("product", "p", _PRODUCT, "FROM product p"),),
)

DIM_PLACE: Final = StarTable(
    "dim_place",
    "One row for each place of a customer, past ones included; 0 is unknown.",
    (
        StarColumn("place_id", "BIGINT", "place; numbered by each export", "place_id"),
        StarColumn("city", "VARCHAR", "city", "city"),
        StarColumn("region", "VARCHAR", "region", "region"),
        StarColumn("country", "VARCHAR", "country", "country"),
    ),
    "FROM place ORDER BY place_id",
)

DIM_USER: Final = StarTable(
    "dim_user",
    "One row for each user who owns a customer, or who recorded or owns a fact.",
    (
        StarColumn("user_name", "VARCHAR", "name of the user", "u.user_name"),
        StarColumn(
            "customers",
            "BIGINT",
            "number of customers owned at present",
            f"(SELECT count(*) FROM version v WHERE v.owner = u.user_name "
            f"AND v.valid_to = '{LAST_DAY}')",
        ),
    ),
    "FROM user_name u ORDER BY u.user_name",
)

DIM_DATE: Final = StarTable(
    "dim_date",
    "One row for each day, from the first year of a fact to the last.",
    (
        StarColumn("date", "DATE", "day", "d"),
        StarColumn("year", "BIGINT", "year", "year(d)"),
        StarColumn("quarter", "BIGINT", "quarter, 1 to 4", "quarter(d)"),
        StarColumn("month", "BIGINT", "month, 1 to 12", "month(d)"),
        StarColumn("year_month", "VARCHAR", "such as 2026-05", "strftime(d, '%Y-%m')"),
        StarColumn("month_name", "VARCHAR", "such as May", "strftime(d, '%B')"),
        StarColumn("iso_year", "BIGINT", "year of the ISO week", "isoyear(d)"),
        StarColumn("iso_week", "BIGINT", "ISO week, 1 to 53", "week(d)"),
        StarColumn("weekday", "BIGINT", "1 for Monday to 7", "isodow(d)"),
        StarColumn("weekday_name", "VARCHAR", "such as Monday", "strftime(d, '%A')"),
        StarColumn("day_of_month", "BIGINT", "1 to 31", "day(d)"),
        StarColumn("day_of_year", "BIGINT", "1 to 366", "dayofyear(d)"),
        StarColumn("is_weekend", "BOOLEAN", "true on Saturday and Sunday", "isodow(d) > 5"),
        StarColumn("is_month_end", "BOOLEAN", "true on the last day", "d = last_day(d)"),
    ),
    "FROM (SELECT CAST(unnest(generate_series(first, last, INTERVAL 1 DAY)) AS DATE) AS d "
    "FROM calendar) ORDER BY d",
)

DIMENSIONS: Final = (DIM_CUSTOMER, DIM_PRODUCT, DIM_PLACE, DIM_USER, DIM_DATE)


def stage_dimensions(store: Store, bench: Workbench) -> None:
    """Stage the rows of customers, products and places, and the history of customers."""
    for table in (DIM_CUSTOMER, DIM_PRODUCT):
        for each in table.sources:
            types = {name: type_ for name, (type_, _) in each.columns.items()}
            bench.stage(each.name, types, store.stream(each.query, {}))
    bench.run("UPDATE contact SET created_on = substr(created_at, 1, 10) WHERE created_on IS NULL")
    _stage_journal(store, bench)
    _stage_versions(store, bench)
    bench.run(
        f"CREATE OR REPLACE TABLE place AS SELECT {NO_PLACE} AS place_id, '' AS city, "
        "'' AS region, '' AS country, place_key('', '', '') AS key "
        "UNION ALL SELECT row_number() OVER (ORDER BY country, region, city), city, region, "
        f"country, {_PLACE_OF} FROM (SELECT DISTINCT city, region, country FROM version "
        "WHERE city <> '' OR region <> '' OR country <> '') v"
    )


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
    import json

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
