"""The derived data of contacts: search text, notes, bareness, and the days of interactions."""

from collections.abc import Iterable

from cardcrm.store.derived import ContactDocument, DerivedColumns, Rows, TextDocument
from cardcrm.store.engine import Row
from cardcrm.store.touch_migration import add_cadence
from cardcrm.store.word_match import field_document
from cardcrm.text import fold

WRITTEN_TAG = "CASE WHEN written = '' THEN name ELSE written END"  # SQL for a tag as written


def search_text(names: Iterable[str], rest: Iterable[str], keys: Iterable[str]) -> tuple[str, str]:
    """Return the two parts of a contact's search text: its names, and the rest with its keys."""
    document = field_document("\n".join(names))
    return document, "\n".join([*(field_document(part) for part in rest if part), *keys])


def other_names(name_key: str, stated: str, *parts: str) -> list[str]:
    """Return the stated parts of a name, folded, that the name to show leaves out."""
    if not stated:
        return []
    return [
        key
        for part in parts
        if part and part.lower() not in name_key and (key := fold(part)) not in name_key
    ]


def _search_texts(contacts: Iterable[Row], parts: Iterable[Row]) -> Rows:
    found: dict[tuple[int, str], list[str]] = {}
    for contact_id, table, _, text in parts:
        found.setdefault((contact_id, table), []).append(text)

    def of(contact: int, table: str) -> list[str]:
        return found.get((contact, table), [])

    return [
        (
            id_,
            *search_text(
                (name, *of(id_, "nickname"), *other_names(key, *parts)),
                (org, title, *of(id_, "address"), *of(id_, "tag")),
                of(id_, "point"),
            ),
        )
        for id_, name, key, *parts, title, org in contacts
    ]


# The searched columns of the parts of some contacts, in the order in which they were added.
_PARTS = (
    " UNION ALL ".join(
        f"SELECT contact_id, '{table}' AS part, id, {column} FROM {table} "
        "WHERE contact_id IN ({marks})"
        for table, column in (
            ("nickname", "name"),
            ("address", "city"),
            ("tag", WRITTEN_TAG),
            (
                "point",
                "CASE WHEN folded_key = '' THEN value_key ELSE value_key || '\n' || folded_key END",
            ),
        )
    )
    + " ORDER BY 3"
)

SEARCH_TEXT = ContactDocument(
    "contact",
    "with outdated search text",
    (
        "SELECT c.id, c.name, c.name_key, c.stated, c.given, c.middle, c.family, c.title, o.name "
        "FROM contact c "
        "LEFT JOIN contact o ON o.id = c.org_id WHERE c.id IN ({marks})",
        _PARTS,
    ),
    _search_texts,
)

NOTE_TEXT = TextDocument("note", "contact", ["note"])

# A contact is bare without email and phone: nothing but the name identifies it.
BARE = DerivedColumns(
    "wrongly marked as having neither email nor phone",
    ("bare",),
    (
        "SELECT c.id, CASE WHEN EXISTS (SELECT 1 FROM point p WHERE p.contact_id = c.id "
        "AND p.kind IN ('email', 'phone')) THEN 0 ELSE 1 END FROM contact c "
        "WHERE c.id IN ({marks})",
    ),
)


def _days(rows: Iterable[Row]) -> Rows:
    """Return the days of the last interaction and touch, and of the touch that is wanted next.

    A contact with a cadence and without touches counts from the local day on which it was added.
    """
    found = []
    for id_, cadence_days, snoozed_from, snoozed_until, created_on, *days in rows:
        last_on, touched_on = _latest(*days[:2]), _latest(*days[2:])
        touch_by = add_cadence(touched_on or created_on, cadence_days) if cadence_days else None
        if touch_by and snoozed_until and (touched_on or "") <= snoozed_from:
            touch_by = max(touch_by, snoozed_until)
        found.append((id_, last_on, touched_on, touch_by))
    return found


def _latest(own: str | None, people: str | None) -> str | None:
    return max(own or "", people or "") or None


# An interaction with a person counts for the organization that the person works at, and further up.
# Organizations that belong to each other in a circle end after some levels. A note, or an
# attempt without an answer, does not count as a touch.
DAYS = DerivedColumns(
    "with a wrong last contact date",
    ("last_on", "touched_on", "touch_by"),
    (
        "SELECT c.id, CASE WHEN c.status = 'active' THEN c.cadence_days END, "
        "c.snoozed_from, c.snoozed_until, coalesce(c.created_on, substr(c.created_at, 1, 10)), "
        "max(i.on_date), (SELECT max(m.last_on) FROM contact m WHERE m.org_id = c.id), "
        "max(CASE WHEN i.kind <> 'note' AND i.no_answer = 0 THEN i.on_date END), "
        "(SELECT max(m.touched_on) FROM contact m WHERE m.org_id = c.id) FROM contact c "
        "LEFT JOIN participant p ON p.contact_id = c.id "
        "LEFT JOIN interaction i ON i.id = p.interaction_id "
        "WHERE c.id IN ({marks}) GROUP BY c.id, c.cadence_days, c.status, c.snoozed_from, "
        "c.snoozed_until, c.created_on, c.created_at",
    ),
    _days,
    spread="org_id",
)
