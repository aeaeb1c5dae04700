"""Read the territories in their order, and find one by its name."""

from typing import NamedTuple

from cardcrm.errors import NotFoundError
from cardcrm.store import Store
from cardcrm.text import find_similar, fold

EVERY = "all"  # the query of a territory for the rest


class Territory(NamedTuple):
    """A territory; ``assigns`` gives its owner to new contacts."""

    id: int
    name: str
    query: str
    owner: str
    assigns: bool

    @property
    def is_rest(self) -> bool:
        """True for the territory of all contacts that are in no other one."""
        return self.query.strip().lower() == EVERY


def list_territories(store: Store) -> list[Territory]:
    """Return all territories in their order."""
    rows = store.rows("SELECT id, name, query, owner, assigns FROM territory ORDER BY position, id")
    return [Territory(row[0], row[1], row[2], row[3], bool(row[4])) for row in rows]


def find_territory(store: Store, name: str) -> Territory:
    """Return the territory of a name. Raises NotFoundError with the nearest names."""
    known = list_territories(store)
    found = next((each for each in known if fold(each.name) == fold(name)), None)
    if found is None:
        raise NotFoundError(
            f"unknown territory “{name}”",
            "See `cardcrm territory list`.",
            near=find_similar(name, [each.name for each in known]),
        )
    return found
