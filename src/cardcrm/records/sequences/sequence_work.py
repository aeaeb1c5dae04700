"""Find out if sequences have anything to do, without loading the modules that do it."""

from cardcrm import dates
from cardcrm.store import Store


def has_work(store: Store) -> bool:
    """Return whether a run has anything to do: enrollments are due, or the data has changed."""
    sql = (
        "SELECT 1 FROM sequence s WHERE s.status = 'active' AND (s.seen_on IS NULL "
        "OR s.seen_on <> :today OR s.seen_change < (SELECT coalesce(max(id), 0) FROM change) "
        "OR EXISTS (SELECT 1 FROM enrollment e WHERE e.sequence_id = s.id "
        "AND e.status = 'active' AND e.due_at <= :now))"
    )
    today = dates.today(store.locale.zone).isoformat()
    return bool(store.rows(sql, today=today, now=dates.current_instant()))
