"""The result of an edit, or of a try of one: which rows were changed, from what to what."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.records.record_type import RecordType

if TYPE_CHECKING:
    from cardcrm.reports.edit_summary import Edited, EditedRow
    from cardcrm.sheet import Card, Sheet


class Noun(NamedTuple):
    """A noun in the result of an edit: how a row is named, its card, and a list of rows."""

    type: RecordType
    name: Callable[[int], str]
    card: Callable[[int], "Card"]
    rows: Callable[[Sequence[int]], "Sheet"]


def edit_noun(
    session: Session,
    noun: Noun,
    ids: Sequence[int],
    change: Callable[[int], object],
    *,
    dry_run: bool = False,
) -> Result:
    """Change rows in one step, or only try it; return what was changed, or would be."""
    from cardcrm.cli.record_output import MAX_ROWS
    from cardcrm.reports.edit_summary import edit_and_describe

    limit = MAX_ROWS if session.format == "table" else None
    edited = edit_and_describe(
        session.store(), noun.type, ids, change, limit=limit, dry_run=dry_run
    )
    return _report_try(session, noun, edited) if dry_run else report_edit(session, noun, edited)


def report_edit(session: Session, noun: Noun, edited: "Edited") -> Result:
    """Return the result of an edit: one row as a card, several as a list."""
    ids = edited.ids
    if len(ids) == 1:
        row = edited.rows[0] if edited.rows else None
        name = noun.name(ids[0])
        message = f"changed {name}: {row.text}" if row else f"no change to {name}"
        return Result(lambda: _card_with_changes(noun, ids[0], row), message)
    heading = f"changed {edited.changed:,} of {noun.type.counted(len(ids))}"
    return Result(lambda: _list_changed(session, noun, edited), _list(noun, heading, edited))


def _report_try(session: Session, noun: Noun, edited: "Edited") -> Result:
    count = edited.changed
    part = "none of " if not count else f"{count:,} of " if count != len(edited.ids) else ""
    heading = f"would change {part}{noun.type.counted(len(edited.ids))}"
    return Result(lambda: _list_tried(session, noun, edited), _list(noun, heading, edited))


def _list(noun: Noun, heading: str, edited: "Edited") -> str:
    """Return a heading, and below it the first rows with their changes."""
    from cardcrm.cli.record_output import list_lines

    if not edited.rows:
        return heading
    lines = [f"{noun.name(each.id)}: {each.text}" for each in edited.rows]
    return list_lines(f"{heading}:", lines, edited.changed)


def _card_with_changes(noun: Noun, row_id: int, row: "EditedRow | None") -> "Card":
    card = noun.card(row_id)
    return card._replace(data={**card.data, "changes": row.data if row else []})


def _list_changed(session: Session, noun: Noun, edited: "Edited") -> "Sheet":
    """Return all rows of an edit; in JSON each with its changes."""
    if session.format != "json":
        return noun.rows(edited.ids)
    return _list_objects(noun, edited, edited.ids)


def _list_tried(session: Session, noun: Noun, edited: "Edited") -> "Sheet":
    """Return the rows that an edit would change, with their changes."""
    from cardcrm.sheet import Column, Sheet

    if session.format == "json":
        return _list_objects(noun, edited, [each.id for each in edited.rows])
    columns = tuple(Column(key, key) for key in ("id", "name", "changes"))
    return Sheet(columns, [(each.id, noun.name(each.id), each.text) for each in edited.rows])


def _list_objects(noun: Noun, edited: "Edited", ids: Sequence[int]) -> "Sheet":
    from cardcrm.cli.record_output import list_objects

    changes = {each.id: each.data for each in edited.rows}
    return list_objects({**noun.card(each).data, "changes": changes.get(each, [])} for each in ids)
