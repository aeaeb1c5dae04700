"""Open reminders, contacts and steps of the journal, as a shell offers them at Tab.

This module imports no declaration, because Tab should take little longer than starting Python.
"""

from cardcrm.store import Store
from cardcrm.store.store import placeholders

MOST = 200  # rows that are read
LATEST = 30  # rows that are offered


def open_reminders(store: Store, start: str = "") -> list[tuple[str, str]]:
    """Return the numbers of open reminders that begin with a text, those due first in front."""
    sql = (
        "SELECT r.id, r.due_on, r.text, c.name FROM reminder r "
        "LEFT JOIN contact c ON c.id = r.contact_id "
        "WHERE r.done_at IS NULL ORDER BY r.due_on, r.id LIMIT :most"
    )
    rows = store.rows(sql, most=MOST)
    shown = [
        (str(row["id"]), " · ".join(filter(None, (row["due_on"], row["name"], row["text"]))))
        for row in rows
    ]
    return [each for each in shown if each[0].startswith(start)][:LATEST]


def reminded_contacts(store: Store, start: str) -> list[tuple[str, str]]:
    """Return the names that a text may mean, of contacts with an open reminder."""
    from cardcrm.records.search.prefix import complete_names

    found = complete_names(store, start)
    numbers = [int(detail.partition(" ")[0]) for _, detail in found]
    marks, params = placeholders(numbers, "i")
    sql = (
        "SELECT DISTINCT contact_id FROM reminder "
        f"WHERE done_at IS NULL AND contact_id IN ({marks})"
    )
    reminded = {row[0] for row in store.rows(sql, **params)} if numbers else set()
    return [each for each, id_ in zip(found, numbers, strict=True) if id_ in reminded]


def organizations(store: Store, start: str) -> list[tuple[str, str]]:
    """Return the names of organizations that a text may mean."""
    from cardcrm.records.search.prefix import suggest

    return [(name, str(id_)) for id_, name, _ in suggest(store, start, "org", LATEST)]


def steps(store: Store, start: str) -> list[tuple[str, str]]:
    """Return the numbers of the last steps of the journal, each with its command."""
    sql = "SELECT id, command FROM step ORDER BY id DESC LIMIT :most"
    found = [(str(row[0]), row[1]) for row in store.rows(sql, most=MOST)]
    return [each for each in found if each[0].startswith(start)][:LATEST]
