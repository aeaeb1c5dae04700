"""Tell in sentences for people what forgetting a contact erases and keeps."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from cardcrm.records.privacy.forget import Plan
from cardcrm.records.privacy.texts import Place
from cardcrm.reports.warehouse.last_export_folder import recall_folder
from cardcrm.store import Store
from cardcrm.store.backup import find_copies


def describe_plan(store: Store, plan: Plan, *, is_done: bool = False) -> Iterator[str]:
    """Yield what is erased and kept, and where the contact may still be."""
    would = "" if is_done else "would be "
    yield f"{would}erased: {_counts(plan.erased)}"
    if plan.kept:
        yield f"{would}kept without the contact and their texts: {_counts(plan.kept)}"
    if plan.struck:
        texts = f"{len(plan.struck):,} text{'' if len(plan.struck) == 1 else 's'}"
        yield f"{would}struck out of {texts} about others: {_places(plan.struck)}"
    for each in plan.listed:
        yield f"a part of the name stays in {each.noun} {each.row_id}: {each.text}"
    if plan.listed:
        yield "to strike a word out of all texts: --also WORD"
    for shared in plan.shared:
        yield f"“{shared.text}” stays: contact {shared.contact_id} {shared.contact} has it too"
    yield from _describe_copies(store, plan)


def list_copies(store: Store) -> list[tuple[str, str]]:
    """Return the paths of known copies of the database, with their days."""
    if store.engine.is_remote:
        return []
    return [(str(path), day.isoformat()) for path, day in find_copies(Path(store.engine.location))]


def _counts(found: Mapping[str, int]) -> str:
    return ", ".join(f"{noun} ({count:,})" for noun, count in found.items())


def _places(found: Sequence[Place]) -> str:
    return ", ".join(dict.fromkeys(f"{each.noun} {each.row_id}" for each in found))


def _describe_copies(store: Store, plan: Plan) -> Iterator[str]:
    for path, day in list_copies(store):
        yield f"still holds the contact: {path} of {day}"
    for path in plan.files:
        yield f"still holds the contact, and a sync will not bring it back: {path}"
    folder = recall_folder(store.engine.location)
    if folder is not None:
        yield f"still holds the contact until the next `cardcrm export --star`: {folder}"
    for command in plan.imports:
        yield f"the contact came from a file: cardcrm {command}"
    if store.engine.is_remote:
        yield (
            "the server's own log and backups may hold the contact until they expire; "
            "ask who runs the server"
        )
    yield "exported files, shell histories and backups elsewhere are yours to look through"
