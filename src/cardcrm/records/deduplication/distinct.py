"""Record which contacts are different ones, however much they are alike."""

from cardcrm.errors import UsageError
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction


@retry_transaction
def add_distinct(store: Store, first_id: int, second_id: int) -> bool:
    """Mark two contacts as different; return False if they are. Raises UsageError."""
    if first_id == second_id:
        raise UsageError("both names mean the same contact", "Name two contacts.")
    low, high = sorted((first_id, second_id))
    with store.transaction():
        sql = (
            "SELECT 1 FROM distinct_pair WHERE (contact_id = :low AND other_id = :high) "
            "OR (contact_id = :high AND other_id = :low)"
        )
        if store.rows(sql, low=low, high=high):
            return False
        store.insert("distinct_pair", contact_id=low, other_id=high)
    return True


@retry_transaction
def remove_distinct(store: Store, first_id: int, second_id: int) -> bool:
    """Remove the mark that two contacts are different; return False if there is none."""
    sql = (
        "SELECT id FROM distinct_pair WHERE (contact_id = :one AND other_id = :two) "
        "OR (contact_id = :two AND other_id = :one) ORDER BY id"
    )
    with store.transaction():
        found = store.rows(sql, one=first_id, two=second_id)
        for row in found:
            store.delete("distinct_pair", row[0])
    return bool(found)


def count_distinct(store: Store) -> int:
    """Return the number of pairs that users have said are different."""
    return int(store.value("SELECT count(*) FROM distinct_pair"))
