"""Everything that is held on one contact, as a card that people can read."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from cardcrm.money import Money, UnitPrice, format_money
from cardcrm.records.privacy.gather import gather_all
from cardcrm.reports.change_text import Described, describe_each
from cardcrm.sheet import Card, Line, Section
from cardcrm.store import Store
from cardcrm.store.journal import Change

_Past = tuple[Mapping[str, Any], Described]  # a row of `gather_all`'s history, and its words

_TITLES = {
    "mentions": "Mentions in texts about others",
    "former_ids": "Numbers of contacts that were merged into this one",
    "imports": "Files that it came from",
    "history": "Changes in the journal",
}

_FOR_PROGRAMS = ("id", "uid", "participants")


def build_card(store: Store, contact_id: int) -> Card:
    """Return a card with all that is held on a contact. Raises NotFoundError."""
    found = gather_all(store, contact_id)
    found["history"] = list(_describe_history(store, found["history"]))
    contact = found["contact"]
    sections = (
        Section(_title(key), tuple(_lines(key, found[key], contact["name"])))
        for key in found
        if key != "contact" and found[key]
    )
    return Card(
        f"All that is held on {contact['name']}",
        corner=str(contact_id),
        facts=tuple(_facts(contact)),
        sections=tuple(sections),
        data=_to_json(contact_id, found),
    )


def _to_json(contact_id: int, found: Mapping[str, Any]) -> dict[str, Any]:
    """Return all that is held as JSON: rows of any noun as fields with their texts."""
    history: Sequence[_Past] = found["history"]
    held = [
        {"noun": key, "id": row["id"], "facts": list(_to_facts(row))}
        for key, rows in found.items()
        if key not in _TITLES
        for row in ([rows] if key == "contact" else rows)
    ]
    return {
        "id": contact_id,
        "name": found["contact"]["name"],
        "held": held,
        "mentions": found["mentions"],
        "former_ids": found["former_ids"],
        "imports": found["imports"],
        "history": [each for past in history for each in _to_changes(past)],
    }


def _to_facts(row: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    for key, value in row.items():
        if value not in (None, "", [], ()):
            yield {"field": key, "text": _text(value)}


def _to_changes(past: _Past) -> Iterator[dict[str, Any]]:
    """Yield the changed values of a row in the journal."""
    row, found = past
    for label, before, after in found.facts:
        yield {
            "at": row["at"],
            "author": row["author"],
            "command": row["verb"],
            "row": f"{found.noun} {row['id']}",
            "change": found.verb,
            "field": label,
            "old": before or None,
            "new": after or None,
        }


def _describe_history(store: Store, rows: Iterable[Mapping[str, Any]]) -> Iterator[_Past]:
    """Yield the changes in the journal in words; steps are described one by one."""
    for _, group in groupby(rows, lambda row: row["step"]):
        step = [(row, _to_change(row)) for row in group]
        rows_by_change = {id(change): row for row, change in step}
        for found in describe_each(store, (change for _, change in step), is_complete=True):
            yield rows_by_change[id(found.change)], found


def _to_change(row: Mapping[str, Any]) -> Change:
    old, new = row["old"], row["new"]
    op = "insert" if old is None else "delete" if new is None else "update"
    return Change(op, row["noun"], row["id"], old, new)


def _title(key: str) -> str:
    return _TITLES.get(key, key.replace("_", " ").capitalize())


def _facts(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the values of a row that say something to people, with their labels.

    The numbers of other rows, and lists of parts that repeat them, are for programs.
    """
    for key, value in row.items():
        is_for_programs = key in _FOR_PROGRAMS or key.endswith(("_id", "_ids"))
        if value not in (None, "", [], False) and not is_for_programs:
            yield key.replace("_", " "), _text(value)


def _lines(key: str, rows: Sequence[Any], name: str) -> Iterator[Line]:
    """Yield the rows of a section; those of the contact itself need not name it."""
    for row in rows:
        if key == "history":
            yield _change_line(row)
        elif isinstance(row, Mapping):
            told = {each: row[each] for each in row if (each, row[each]) != ("contact", name)}
            yield Line("", "", "; ".join(f"{label}: {text}" for label, text in _facts(told)))
        else:
            yield Line("", "", str(row))


def _change_line(past: _Past) -> Line:
    row, found = past
    values = "; ".join(_fact(*fact) for fact in found.facts)
    what = f"{found.noun} {row['id']} {found.verb}"
    note = f"{row['verb']} by {row['author']}{', undone' if row['undone'] else ''}"
    return Line("", row["at"], f"{what}: {values}" if values else what, note=note)


def _fact(label: str, before: str, after: str) -> str:
    if before and after:
        return f"{label} {before} → {after}"
    return f"{label} {before} removed" if before else f"{label} {after}"


def _text(value: Any) -> str:
    if isinstance(value, Money | UnitPrice):
        return format_money(value)
    if isinstance(value, Mapping):
        return ", ".join(f"{label} {text}" for label, text in _facts(value))
    if isinstance(value, list | tuple):
        return ", ".join(map(_text, value))
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
