"""The derived locations of addresses, stored in the table ``location``.

An address with coordinates of its own is a pin. Any other address is where the gazetteer has its
postal code, town or region. A quick command adds addresses as well, so what reads the gazetteer is
loaded only if there is one.
"""

from collections.abc import Iterable

from cardcrm.store.derived import DerivedTable, Rows, to_tuples
from cardcrm.store.derived_refresh import chunks
from cardcrm.store.engine import Engine
from cardcrm.store.places_migration import COLUMNS, TABLE

Chunk = tuple[str, dict[str, int]]

ACCURACIES = ("exact", "postcode", "city", "region")

_ADDRESSES = (
    "SELECT contact_id, id, latitude, longitude, city, region, postcode, country FROM address "
    "WHERE contact_id IN ({marks})"
)
_HAS_PLACES = "SELECT 1 FROM place LIMIT 1"


class _Locations(DerivedTable):
    """The locations of the addresses of contacts; the gazetteer decides on them."""

    def compute(self, engine: Engine, chunk: Chunk) -> Rows:  # type: ignore[override]
        """Return the rows that should be stored for some contacts."""
        marks, params = chunk
        found, has_places = engine.fetch_many(
            [(self.queries[0].format(marks=marks), params), (_HAS_PLACES, {})]
        )
        if not has_places:
            found = [row for row in found if row[2] is not None and row[3] is not None]
        if not found:
            return []
        from cardcrm.records.places.locating import locate_rows

        return locate_rows(engine, found)

    def compare(self, engine: Engine, chunk: Chunk) -> tuple[Rows, Rows]:  # type: ignore[override]
        """Return the computed and the stored rows of some contacts."""
        return self.compute(engine, chunk), to_tuples(
            engine.rows(*self.stored_query(engine, chunk))
        )

    def refresh(self, engine: Engine, chunk: Chunk) -> Iterable[int]:  # type: ignore[override]
        """Replace the rows of some contacts."""
        marks, params = chunk
        engine.execute(f"DELETE FROM {self.table} WHERE contact_id IN ({marks})", params)
        if rows := self.compute(engine, chunk):
            engine.insert_with_ids(self.table, COLUMNS, rows)
        return ()

    def fill(self, engine: Engine) -> None:
        """Replace all rows."""
        engine.execute(f"DELETE FROM {self.table}", {})
        owners = {row[0] for row in engine.rows("SELECT DISTINCT contact_id FROM address", {})}
        for chunk in chunks(owners):
            if rows := self.compute(engine, chunk):
                engine.insert_with_ids(self.table, COLUMNS, rows)


LOCATIONS = _Locations("with wrong locations", TABLE, ", ".join(COLUMNS), _ADDRESSES)
ADDRESS_COLUMNS = (
    "contact_id", "city", "region", "postcode", "country", "latitude", "longitude",
)  # fmt: skip

# The contacts with an address that a remembered choice decides, or decided before it changed.
CHOSEN = (
    "SELECT contact_id FROM location WHERE choice_id IN ({marks}) "
    "UNION SELECT a.contact_id FROM place_choice p JOIN address a ON a.city_key = p.city_key "
    "WHERE p.id IN ({marks})"
)
