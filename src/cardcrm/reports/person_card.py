"""Everything that is held on one contact, as a card that people can read."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cardcrm.money import Money, UnitPrice, format_money
from cardcrm.records.privacy.gather import gather_all
from cardcrm.sheet import Card, Line, Section
from cardcrm.store import Store

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
        "history": [each for row in found["history"] for each in _to_changes(row)],
    }


def _to_facts(row: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    for key, value in row.items():
        if value not in (None, "", [], ()):
            yield {"field": key, "text": _text(value)}


def _to_changes(row: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the changed columns of a row in the journal."""
    old, new = row["old"] or {}, row["new"] or {}
    change = "added" if row["old"] is None else "removed" if row["new"] is None else "changed"
    for name in dict.fromkeys((*old, *new)):
        yield {
            "at": row["at"],
            "author": row["author"],
            "command": row["verb"],
            "row": f"{row['noun']} {row['id']}",
            "change": change,
            "field": name,
            "old": _text(old[name]) if name in old else None,
            "new": _text(new[name]) if name in new else None,
        }


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


def _change_line(row: Mapping[str, Any]) -> Line:
    old, new = row["old"], row["new"]
    parts = [f"{row['noun']} {row['id']}"]
    if old is None:
        parts += ["added:", _text(new)]
    elif new is None:
        parts += ["removed:", _text(old)]
    else:
        parts += [f"{_text(old) or 'nothing'} → {_text(new) or 'nothing'}"]
    note = f"{row['verb']} by {row['author']}{', undone' if row['undone'] else ''}"
    return Line("", row["at"], " ".join(parts), note=note)


def _text(value: Any) -> str:
    if isinstance(value, Money | UnitPrice):
        return format_money(value)
    if isinstance(value, Mapping):
        return ", ".join(f"{label} {text}" for label, text in _facts(value))
    if isinstance(value, list | tuple):
        return ", ".join(map(_text, value))
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
