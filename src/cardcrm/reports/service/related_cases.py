"""Find the cases that a case is related to: by its cause, by a merge, or by its contact."""

from typing import Final, NamedTuple

from cardcrm.store import Store
from cardcrm.text import shorten

_MAX_CASES: Final = 20
_MAX_TEXT: Final = 100  # cells


class RelatedCase(NamedTuple):
    """A case by its relation to another: cause, caused, merged or contact."""

    id: int
    relation: str
    status: str
    text: str


_SQL: Final = (
    "SELECT o.id, CASE WHEN o.id = r.cause_id THEN 'root problem' WHEN o.cause_id = r.id "
    "THEN 'caused by this' WHEN o.merged_id = r.id THEN 'merged into this' "
    "WHEN o.id = r.merged_id THEN 'merged with' WHEN o.cause_id = r.cause_id THEN 'same cause' "
    "ELSE 'same contact' END, o.status, o.text FROM service_case r JOIN service_case o "
    "ON o.id <> r.id AND (o.id = r.cause_id OR o.cause_id = r.id OR o.merged_id = r.id "
    "OR o.id = r.merged_id OR o.cause_id = r.cause_id "
    "OR (o.contact_id = r.contact_id AND o.merged_id IS NULL)) "
    "WHERE r.id = :id ORDER BY o.solved_at IS NOT NULL, o.id DESC LIMIT :most"
)


def find_related(store: Store, case_id: int) -> list[RelatedCase]:
    """Return the related cases, the open ones first, then the newest."""
    rows = store.rows(_SQL, id=case_id, most=_MAX_CASES)
    return [
        RelatedCase(row[0], row[1], row[2], shorten(" ".join(row[3].split()), _MAX_TEXT))
        for row in rows
    ]
