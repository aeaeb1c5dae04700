"""An edit in words: which rows were changed, and each value before and after.

The journal of the edit is the source, so the summary names all that was written, whichever noun
and whichever part of it was edited.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from cardcrm.records import registry
from cardcrm.records.record_type import RecordType
from cardcrm.reports import change_text
from cardcrm.reports.change_text import Described, Fact
from cardcrm.reports.journal_entries import Entry, list_entries
from cardcrm.store import Store, journal
from cardcrm.store.journal import Change
from cardcrm.store.retry import run_in_transaction, try_in_transaction
from cardcrm.text import shorten

_MAX_VALUE = 60  # cells of a value in a sentence
_NONE = "none"


class EditedRow(NamedTuple):
    """A changed row: its id, its changes in words, and column by column."""

    id: int
    words: tuple[str, ...]
    entries: tuple[Entry, ...]

    @property
    def text(self) -> str:
        """The changes as part of a sentence: “city Leeds → York, tag vip added”."""
        return ", ".join(self.words)

    @property
    def data(self) -> list[Mapping[str, Any]]:
        """The changes for programs, as `cardcrm journal ID` has them."""
        return [each._asdict() for each in self.entries]


class Edited(NamedTuple):
    """The outcome of an edit: all rows, how many of them changed, and the first of these."""

    ids: tuple[int, ...]
    changed: int
    rows: tuple[EditedRow, ...]


def edit_and_describe(
    store: Store,
    type_: RecordType,
    ids: Sequence[int],
    change: Callable[[int], object],
    *,
    limit: int | None = None,
    dry_run: bool = False,
) -> Edited:
    """Change rows of a noun one by one in one transaction, and return what was changed.

    The first ``limit`` changed rows are described. A ``dry_run`` is rolled back.
    """

    def work() -> Edited:
        counts = [_count_changes(store, change, each) for each in ids]
        return _describe(store, type_, ids, counts, limit)

    return try_in_transaction(store, work) if dry_run else run_in_transaction(store, work)


def _count_changes(store: Store, change: Callable[[int], object], row_id: int) -> int:
    before = store.changes_made
    change(row_id)
    return store.changes_made - before


def _describe(
    store: Store, type_: RecordType, ids: Sequence[int], counts: Sequence[int], limit: int | None
) -> Edited:
    """Return the outcome of an edit from the number of changes to each row."""
    changed = [(each, count) for each, count in zip(ids, counts, strict=True) if count]
    step, shown = store.write_journal(), changed[:limit]
    if step is None:
        return Edited(tuple(ids), 0, ())
    entries = iter(journal.changes(store, step, sum(count for _, count in shown)))
    rows = tuple(
        summarize(store, type_, each, [next(entries) for _ in range(count)])
        for each, count in shown
    )
    return Edited(tuple(ids), len(changed), rows)


def describe_edit(
    store: Store, type_: RecordType, row_id: int, change: Callable[[int], object]
) -> str:
    """Change one row, and return in words what was changed; "" if nothing was."""
    edited = edit_and_describe(store, type_, [row_id], change)
    return edited.rows[0].text if edited.rows else ""


def summarize(store: Store, type_: RecordType, row_id: int, changes: Sequence[Change]) -> EditedRow:
    """Return the changes that were made to one row of a noun."""
    own = (type_.table_name, row_id)
    words = [
        phrase
        for each in _join_updates(change_text.describe_each(store, changes))
        for phrase in _phrases(each, is_own=(each.change.table, each.change.row_id) == own)
    ]
    entries = tuple(entry for each in changes for entry in list_entries(each))
    return EditedRow(row_id, tuple(dict.fromkeys(words)), entries)


def _join_updates(described: Sequence[Described]) -> list[Described]:
    """Join the updates of each row, so that a value has only its first and its last state."""
    joined: dict[object, Described] = {}
    for at, each in enumerate(described):
        change = each.change
        key = (change.table, change.row_id) if change.op == "update" else at
        earlier = joined.get(key)
        joined[key] = each._replace(facts=_join_facts(earlier, each)) if earlier else each
    return list(joined.values())


def _join_facts(earlier: Described, later: Described) -> tuple[Fact, ...]:
    facts = {label: (label, before, after) for label, before, after in earlier.facts}
    for label, before, after in later.facts:
        facts[label] = (label, facts.get(label, (label, before, after))[1], after)
    return tuple(facts.values())


def _phrases(described: Described, *, is_own: bool) -> Iterator[str]:
    """Yield a change as phrases: ``city Leeds → York``, or ``tag vip added``."""
    type_ = registry.record_type(described.change.table)
    is_line = type_.is_line and bool(type_.line_label)
    if is_line or described.change.op == "update":
        noun = "" if is_own or is_line else described.noun
        for label, before, after in described.facts:
            name = _name_value(type_, label)
            if before != after:  # of a line, what is not written beside its product
                # “every week” has its label in the value
                old, new = (_value(each.removeprefix(f"{label} ")) for each in (before, after))
                yield f"{' '.join(filter(None, (noun, name)))} {old} → {new}"
    elif type_.is_line:  # such as a participant, who is named instead
        yield f"{described.contact} {described.verb}"
    else:
        yield _part_phrase(described)


def _name_value(type_: RecordType, label: str) -> str:
    """Return the name of a value beside the noun; "" where the noun names its only value."""
    if label == type_.name:
        return "name"
    own = [
        each.label
        for each in type_.fields
        if not (each.is_headed or each.implied_by or each.column == type_.parent)
    ]
    is_only = any(each.is_headed for each in type_.fields) and own == [label]
    return "" if is_only else label


def _part_phrase(described: Described) -> str:
    """Return what was added or removed: ``tag vip added``, ``birthday added: 17 May``."""
    noun, verb, title = described.noun, described.verb, described.title
    if title:
        return f"{noun} {_value(title)} {verb}"
    values = ", ".join(_value(after or before) for _, before, after in described.facts)
    return f"{noun} {verb}: {values}" if values else f"{noun} {verb}"


def _value(text: str) -> str:
    return shorten(" ".join(text.split()), _MAX_VALUE) or _NONE
