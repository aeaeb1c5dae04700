"""Groups of the rows of a list, each with its number of rows."""

from collections.abc import Callable
from itertools import islice

from cardcrm.errors import UsageError
from cardcrm.sheet import Cell, Column, Sheet
from cardcrm.text import fold


def count_groups(listed: Sheet, noun: str, limit: int) -> Sheet:
    """Return the values of the one column of a list with their numbers, the largest first.

    Values that differ in case and accents alone are one group under the first writing.
    """
    counts: dict[object, int] = {}
    shown: dict[object, Cell] = {}
    for value, *_ in listed.rows:
        key = fold(value) if isinstance(value, str) else value
        shown.setdefault(key, value)
        counts[key] = counts.get(key, 0) + 1
    ordered = sorted(counts, key=lambda key: (-counts[key], str(key or "")))
    rows = [(shown[key], counts[key]) for key in islice(ordered, limit or None)]
    head = listed.columns[0]
    return Sheet((head, Column("count", noun, "right")), rows, ids=head.key)


def refuse_lists(**others: object) -> None:
    """Raise UsageError for options of a list that groups do not take."""
    given = next((name for name, value in others.items() if value), "")
    if given:
        raise UsageError(f"--by does not take --{given}", "Leave one of them out.")


def read_columns(list_rows: Callable[[str], Sheet], by: str) -> Sheet:
    """Return the list of one column. Raises UsageError for several."""
    if "," in by:
        raise UsageError("--by takes one column", f"For example: --by {by.partition(',')[0]}")
    return list_rows(by.strip())
