"""Give many rows the same values with a few statements."""

from collections.abc import Sequence
from typing import Any

from cardcrm.store import table_registry
from cardcrm.store.derived_refresh import chunks
from cardcrm.store.store import Store


def update_rows(store: Store, table: str, ids: Sequence[int], **values: Any) -> int:
    """Change columns of rows to the same values, inside a transaction; return how many changed.

    As with `Store.update`, the journal has an entry for each row that was changed.
    """
    entry = table_registry.table(table)
    values = {**entry.with_keys(values)}
    names = ", ".join(values)
    sets = ", ".join(f"{name} = :{name}" for name in values)
    count = 0
    for marks, params in chunks(ids):
        sql = f"SELECT id, {names} FROM {table} WHERE id IN ({marks})"
        changed = []
        for row in store.rows(sql + store.engine.for_update, **params):
            new = {name: value for name, value in values.items() if row[name] != value}
            if new:
                store.log_change("update", table, row["id"], {each: row[each] for each in new}, new)
                changed.append(row["id"])
        for some, given in chunks(changed):
            sql = f"UPDATE {table} SET {sets} WHERE id IN ({some})"
            store.engine.execute(sql, {**given, **values})
        count += len(changed)
    return count
