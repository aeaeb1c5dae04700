"""Steps of the journal in one sentence each: “Sale 49.50 GBP · Kenji Morita”.

A step with many changes is described by its first ones. All rows that the sentences name are read
in a few queries, however many steps there are.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from cardcrm.records import registry
from cardcrm.reports.change_text import StepText
from cardcrm.store import Query, Store, journal
from cardcrm.store.journal import Change, Step
from cardcrm.store.store import placeholders

FIRST_CHANGES = 8  # of a step, by which it is described
_REVERTED = {"undo": "Undone", "redo": "Redone"}

Row = Mapping[str, Any]
Place = tuple[str, int]  # a table and an id


def summarize(store: Store, steps: Sequence[Step]) -> dict[int, str]:
    """Return a sentence for each step, by its id; its command if it changed nothing."""
    targets = {step.target or step.id for step in steps}
    changes = journal.end_changes(store, sorted(targets), FIRST_CHANGES)
    rows = _read_rows(store, [each for found in changes.values() for each in found])
    sentences = {
        step_id: list(StepText(store, _reorder(found), rows).sentences())
        for step_id, found in changes.items()
    }
    return {step.id: _describe(step, sentences.get(step.target or step.id, [])) for step in steps}


def _reorder(changes: list[Change]) -> list[Change]:
    """Return the changes that a sentence is about, the main one first.

    The removal of a contact, a deal or a quote follows that of its records. The change of a contact
    by its first sale, from a lead to a customer, goes without saying.
    """
    first, *others = changes
    if others and _is_removal(changes):
        return [others.pop(), first, *others]
    is_sale = (first.op, first.table) == ("insert", "sale")
    return [first, *(each for each in others if not (is_sale and each.table == "contact"))]


def _is_removal(changes: Sequence[Change]) -> bool:
    """Return whether changes remove a contact, or something else with all that belongs to it."""
    last = changes[-1]
    if last.op != "delete" or last.table == "contact":
        return last.op == "delete"
    is_part = bool(registry.record_type(last.table).parent)
    return not is_part and all(each.op != "insert" for each in changes)


def _describe(step: Step, sentences: Sequence[str]) -> str:
    first = sentences[0] if sentences else step.command.removeprefix("tui:").strip()
    if step.target is not None:
        return f"{_REVERTED.get(step.kind, step.kind)}: {first}"
    others = len(sentences) - 1 if step.changes <= FIRST_CHANGES else step.changes - 1
    return f"{first}, and {others:,} more" if others > 0 else first


def _read_rows(store: Store, changes: Sequence[Change]) -> dict[Place, Row]:
    """Return the rows that changes are about, and those that they refer to."""
    rows = _fetch(store, {(each.table, each.row_id) for each in changes if each.op == "update"})
    known = [(each.table, each.new or each.old) for each in changes if each.op in _WHOLE_ROWS]
    known += [(table, row) for (table, _), row in rows.items()]
    return {**_fetch(store, set(_references(known))), **rows}


_WHOLE_ROWS = ("insert", "delete")


def _references(rows: Iterable[tuple[str, Row]]) -> Iterator[Place]:
    """Yield the places that rows refer to."""
    for table, row in rows:
        for field in registry.record_type(table).references:
            if row.get(field.column) is not None:
                yield field.table, row[field.column]


def _fetch(store: Store, places: set[Place]) -> dict[Place, Row]:
    """Return rows by their places, in one trip to a server; those that are gone are left out."""
    ids: dict[str, list[int]] = defaultdict(list)
    for table, id_ in sorted(places):
        ids[table].append(id_)
    found = store.fetch_many([_rows_query(table, each) for table, each in ids.items()])
    return {(table, row["id"]): row for table, part in zip(ids, found, strict=True) for row in part}


def _rows_query(table: str, ids: Sequence[int]) -> Query[list[dict[str, Any]]]:
    marks, params = placeholders(ids, "i")
    name = registry.record_type(table).table_name
    return Query(
        f"SELECT * FROM {name} WHERE id IN ({marks})",
        params,
        lambda rows: [dict(row) for row in rows],
    )
