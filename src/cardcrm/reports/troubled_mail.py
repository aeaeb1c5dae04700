"""Count the messages that need a decision."""

from cardcrm.store import Query


def troubled_query() -> Query[dict[str, int]]:
    """Return the query for the number of such messages by status."""
    sql = (
        "SELECT status, count(*) FROM message WHERE status IN ('failed', 'given up', 'uncertain') "
        "GROUP BY status"
    )
    return Query(sql, {}, lambda rows: {row[0]: row[1] for row in rows})
