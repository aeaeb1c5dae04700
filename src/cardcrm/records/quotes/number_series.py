"""The numbers of documents: each series counts up, and no number comes back after an undo."""

from typing import Final

from cardcrm.store import Store, settings

QUOTES: Final = "Q"
INVOICES: Final = "R"
_TABLES: Final = {QUOTES: "quote", INVOICES: "invoice"}


def take_number(store: Store, series: str) -> str:
    """Return the next number of a series, such as Q-0012.

    The last one is a setting of the database, which undo leaves alone. Numbers that a file or a
    person gave are passed over.
    """
    name = f"last-number-{series}"
    # The lock of the row lets one user at a time take a number.
    store.engine.execute("UPDATE setting SET value = value WHERE name = :name", {"name": name})
    last = int(store.value("SELECT value FROM setting WHERE name = :name", name=name) or 0)
    number = last + 1
    while _is_taken(store, series, _format(series, number)):
        number += 1
    settings.replace(store, {name: str(number)})
    return _format(series, number)


def _format(series: str, number: int) -> str:
    return f"{series}-{number:04}"


def _is_taken(store: Store, series: str, text: str) -> bool:
    sql = f"SELECT 1 FROM {_TABLES[series]} WHERE number = :number LIMIT 1"
    return bool(store.rows(sql, number=text))
