"""The migration to places: a gazetteer, and where addresses are.

It locates the addresses with coordinates, as `records.places.locations` does.
"""

from typing import TYPE_CHECKING, Any

from cardcrm.store.engine import Connection

if TYPE_CHECKING:
    from cardcrm.geodesy import Position

TABLE = "location"
COLUMNS = (
    "contact_id", "address_id", "accuracy", "latitude", "longitude", "band", "x", "y", "z",
    "choice_id",
)  # fmt: skip

# Towns, postal codes and regions that `places load` has read. They are reference data: the journal
# does not record them. ``name_key`` is the name, or another name of the place, for search.
PLACES = """
CREATE TABLE place (
  id {identity},
  kind {key} NOT NULL,
  name TEXT NOT NULL,
  name_key {key} NOT NULL,
  country {key} NOT NULL,
  region {key} NOT NULL DEFAULT '',
  district {key} NOT NULL DEFAULT '',
  postcode {key} NOT NULL DEFAULT '',
  latitude DOUBLE PRECISION NOT NULL,
  longitude DOUBLE PRECISION NOT NULL,
  population BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX place_name ON place (name_key, kind);
CREATE INDEX place_postcode ON place (postcode, country) WHERE postcode <> '';
CREATE INDEX place_country ON place (kind, country);
CREATE TABLE place_choice (
  id {identity},
  city_key {key} NOT NULL,
  region_key {key} NOT NULL DEFAULT '',
  country_key {key} NOT NULL DEFAULT '',
  place TEXT NOT NULL,
  latitude DOUBLE PRECISION NOT NULL,
  longitude DOUBLE PRECISION NOT NULL
);
CREATE INDEX place_choice_city ON place_choice (city_key);
CREATE TABLE location (
  contact_id BIGINT NOT NULL,
  address_id BIGINT NOT NULL,
  accuracy {key} NOT NULL,
  latitude DOUBLE PRECISION NOT NULL,
  longitude DOUBLE PRECISION NOT NULL,
  band INTEGER NOT NULL,
  x DOUBLE PRECISION NOT NULL,
  y DOUBLE PRECISION NOT NULL,
  z DOUBLE PRECISION NOT NULL,
  choice_id BIGINT
);
CREATE INDEX location_contact ON location (contact_id, address_id);
CREATE INDEX location_band ON location (
  band, longitude, x, y, z, contact_id, address_id, accuracy, latitude
);
CREATE INDEX location_choice ON location (choice_id) WHERE choice_id IS NOT NULL;
"""


def build_row(
    contact_id: int, address_id: int, accuracy: str, position: "Position", choice_id: int | None
) -> tuple[Any, ...]:
    """Return the row of a located address, in the order of `COLUMNS`."""
    from cardcrm.geodesy import find_band, to_vector

    band, vector = find_band(position.latitude), to_vector(position)
    return (contact_id, address_id, accuracy, *position, band, *vector, choice_id)


def fill_pins(connection: Connection) -> None:
    """Locate the addresses that have coordinates."""
    from cardcrm.geodesy import Position

    found = connection.rows(
        "SELECT contact_id, id, latitude, longitude FROM address "
        "WHERE latitude IS NOT NULL AND longitude IS NOT NULL",
        {},
    )
    rows = [build_row(row[0], row[1], "exact", Position(row[2], row[3]), None) for row in found]
    connection.insert_with_ids(TABLE, COLUMNS, rows)
