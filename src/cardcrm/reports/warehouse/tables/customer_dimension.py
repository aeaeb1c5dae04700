"""`dim_customer`: the customers with their history."""

from typing import Final

from cardcrm.records.contacts.contact_type import ADDRESS, CONTACT
from cardcrm.reports.warehouse.star_table import StarColumn, StarTable, source
from cardcrm.reports.warehouse.tables.customer_history import FIRST_DAY, LAST_DAY, PLACE, TRACKED
from cardcrm.reports.warehouse.tables.place_dimension import NO_PLACE

_STORED: Final = ("id", *TRACKED, "created_at")

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
    "LEFT JOIN place p ON p.key = place_key(v.city, v.region, v.country) "
    "ORDER BY v.customer_id, v.valid_from",
    (
        source("contact", "c", CONTACT, _STORED, "FROM contact c", {"created_on": "VARCHAR"}),
        source("address", "a", ADDRESS, ("id", "contact_id", *PLACE), "FROM address a"),
    ),
    keys=("customer_id", "valid_from"),
)  # fmt: skip
