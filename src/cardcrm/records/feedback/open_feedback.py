"""Read the wishes and complaints of a contact that are neither done nor declined."""

from typing import NamedTuple

from cardcrm.store import Query


class OpenFeedback(NamedTuple):
    """A wish or complaint, with the name of its product."""

    id: int
    kind: str
    product: str
    text: str
    status: str
    on_date: str


def contact_query(contact_id: int) -> Query[tuple[OpenFeedback, ...]]:
    """Build the query for the open feedback of a contact, the newest first."""
    return Query(
        "SELECT f.id, f.kind, coalesce(p.name, '') AS product, f.text, f.status, f.on_date "
        "FROM supporter s JOIN feedback f ON f.id = s.feedback_id "
        "LEFT JOIN product p ON p.id = f.product_id WHERE s.contact_id = :id "
        "AND f.status IN ('open', 'planned') ORDER BY f.on_date DESC, f.id DESC",
        {"id": contact_id},
        lambda rows: tuple(OpenFeedback(*row) for row in rows),
    )
