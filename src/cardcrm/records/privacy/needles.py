"""By what texts about others are searched for a person, and what of it others have as well."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from cardcrm.records.privacy.mentions import (
    Finder,
    Needle,
    name_needles,
    part_needle,
    phone_needles,
    single_words,
    words_needle,
)
from cardcrm.records.privacy.traces import Traces
from cardcrm.store import Store
from cardcrm.text import fold

_LEAST_STREET: Final = 5  # characters; a shorter one is a number


class Shared(NamedTuple):
    """A value that another contact has too, so that it stays."""

    text: str
    contact_id: int
    contact: str


class Search(NamedTuple):
    """The finders of texts to strike out and of those to list, and values that others share."""

    struck: Finder
    listed: Finder
    shared: Sequence[Shared]


def build(store: Store, traces: Traces, also: Iterable[str] = ()) -> Search:
    """Return what is searched for a contact; words of ``also`` are struck out as well."""
    identity, shared, needles = traces.identity, list[Shared](), list[Needle]()
    for name in sorted(identity.names):
        twin = _other(store, traces, "contact", "name_key", fold(name))
        shared += _sharing(name, twin)
        needles += name_needles(name) if twin is None else []
    for nickname in sorted(identity.nicknames):
        needles += name_needles(nickname) if " " in nickname else []
    for kind, value, key in sorted(identity.points):
        twin = _other(store, traces, "point", "value_key", key)
        shared += _sharing(value, twin)
        if twin is None:
            needles += phone_needles(value, key) if kind == "phone" else words_needle(kind, value)
    for street in sorted(identity.streets):
        twin = _other(store, traces, "address", "street", street)
        shared += _sharing(street, twin)
        is_long = len(street) >= _LEAST_STREET
        needles += words_needle("street", street) if twin is None and is_long else []
    for word in also:
        needles += words_needle("word", word)
    words = single_words((*identity.names, *identity.nicknames))
    listed = [each for word in words for each in part_needle(word)]
    return Search(Finder(needles), Finder(listed), shared)


def _sharing(text: str, twin: tuple[int, str] | None) -> list[Shared]:
    return [] if twin is None else [Shared(text, *twin)]


def _other(
    store: Store, traces: Traces, table: str, column: str, value: str
) -> tuple[int, str] | None:
    """Return another contact, by id and name, that has a value."""
    if not value:
        return None
    owner = "id" if table == "contact" else "contact_id"
    sql = (
        f"SELECT c.id, c.name FROM {table} t JOIN contact c ON c.id = t.{owner} "
        f"WHERE t.{column} = :value ORDER BY c.id"
    )
    rows = store.rows(sql, value=value)
    return next(((row[0], row[1]) for row in rows if row[0] not in traces.contact_ids), None)
