"""Pages of search results, in the order of the contacts' names."""

from typing import NamedTuple

from cardcrm.query import Node
from cardcrm.records.contacts.listing import ContactSummary, read_summaries
from cardcrm.records.query_sql.contact_query import compile_query
from cardcrm.store import Store

Position = tuple[str, int]  # sort key and id of a contact
START: Position = ("", 0)


class ResultPage(NamedTuple):
    """Contacts found, the position to continue from, and the total where it is known.

    ``after`` is None on the last page.
    """

    contacts: list[ContactSummary]
    after: Position | None
    total: int | None = None


def find_page(
    store: Store, node: Node, size: int, after: Position | None = None, *, is_rare: bool = False
) -> ResultPage:
    """Return the next contacts that a query finds, by one SQL query.

    With ``is_rare`` all results are collected before they are sorted; otherwise the planner may
    read all contacts in order. Raises UsageError.
    """
    where, params = compile_query(store, node)
    if after is not None:
        where = f"({where}) AND (c.sort_key, c.id) > (:after_key, :after_id)"
        params |= {"after_key": after[0], "after_id": after[1]}
    found = f"SELECT c.id, c.sort_key FROM contact c WHERE {where}"
    if is_rare:
        found = f"WITH found AS MATERIALIZED ({found}) SELECT c.id, c.sort_key FROM found c"
    source = f"({found} ORDER BY c.sort_key, c.id LIMIT :size) AS w JOIN contact c ON c.id = w.id"
    contacts = read_summaries(store, source, **params, size=size)
    is_full = len(contacts) == size
    return ResultPage(contacts, (contacts[-1].sort_key, contacts[-1].id) if is_full else None)
