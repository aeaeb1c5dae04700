"""Write the changes that a file brings into a stored contact."""

from collections.abc import Mapping

from cardcrm.errors import UsageError
from cardcrm.records.conflicts import Texts
from cardcrm.records.contacts import contact_queries, form_diff, writer
from cardcrm.records.contacts.contact_queries import Details
from cardcrm.records.contacts.drafts import ContactDraft, JobDraft
from cardcrm.records.importing.extras import add_extras
from cardcrm.records.importing.relation_import import add_relations
from cardcrm.records.syncing.draft_texts import DraftReader, address_part
from cardcrm.records.syncing.sync_states import Part
from cardcrm.records.syncing.three_way_merge import Changes
from cardcrm.store import Store
from cardcrm.text import fold


def write_changes(
    store: Store, contact_id: int, changes: Changes, reader: DraftReader
) -> list[str]:
    """Write changes in the transaction under way, and return a sentence for each that was kept.

    A value that cannot be stored, such as an organization for an organization, becomes a custom
    field. ``reader`` has read the file.
    """
    labels = reader.labels
    _write_relations(store, contact_id, changes)
    _write_extras(store, contact_id, changes, reader)
    apart = ("relation", *_EXTRAS)
    plain = {part: texts for part, texts in changes.items() if part[0] not in apart}
    try:
        _save(store, contact_id, plain, labels)
    except UsageError:
        return _save_each(store, contact_id, plain, labels)
    return []


def _save_each(
    store: Store, contact_id: int, changes: Changes, labels: Mapping[str, str]
) -> list[str]:
    problems = []
    for part, texts in changes.items():
        try:
            _save(store, contact_id, {part: texts}, labels)
        except UsageError as error:
            if texts is None:
                continue
            label = f"{part[1] if part[0] == 'head' else part[0]} as written"
            writer.set_custom_field(store, contact_id, label, " ".join(filter(None, texts)))
            problems.append(f"{error.message}; kept as “{label}”")
    return problems


def _save(store: Store, contact_id: int, changes: Changes, labels: Mapping[str, str]) -> None:
    if not changes:
        return
    details = contact_queries.details(store, contact_id)
    seen = form_diff.contact_texts(details)
    known = _stored_parts(details)
    typed = dict(seen)
    for number, (part, texts) in enumerate(changes.items()):
        kind, name = part
        stored: form_diff.Part = known.get(part) or (
            (kind, ~number) if kind in ("point", "address") else part
        )
        if texts is not None:
            if kind == "field":
                writer.find_or_add_field(store, labels.get(name, name))
            typed[stored] = texts
        elif kind == "head":
            typed[stored] = ("",)
        else:
            typed.pop(stored, None)
    form_diff.save(store, contact_id, seen, typed)


def _stored_parts(details: Details) -> dict[Part, form_diff.Part]:
    """Return the parts of a stored contact by the names that they have in a file."""
    found: dict[Part, form_diff.Part] = {
        ("point", f"{each.kind}:{each.key}"): ("point", each.id) for each in details.points
    }
    seen: dict[str, int] = {}
    for address in details.addresses:
        number = seen[address.label] = seen.get(address.label, 0) + 1
        found[address_part(address.label, number)] = ("address", address.id)
    return found


_EXTRAS = ("job", "media", "vcard_line")


def _write_extras(store: Store, contact_id: int, changes: Changes, reader: DraftReader) -> None:
    """Add and remove further jobs, photos and the like, and properties without a field."""
    extras = [(part, texts) for part, texts in changes.items() if part[0] in _EXTRAS]
    if not extras:
        return
    added = [(part, texts) for part, texts in extras if texts is not None]
    draft = ContactDraft(
        jobs=tuple(JobDraft(*texts) for part, texts in added if part[0] == "job"),
        media=tuple(reader.media[part[1]] for part, _ in added if part[0] == "media"),
        vcard_lines=tuple(part[1] for part, _ in added if part[0] == "vcard_line"),
    )
    add_extras(store, [(contact_id, draft)])
    for part, texts in extras:
        if texts is None:
            _remove_extra(store, contact_id, part)
    writer.mark_updated(store, contact_id)


def _remove_extra(store: Store, contact_id: int, part: Part) -> None:
    table, name = part
    kind, _, value = name.partition(":")
    org, _, title = name.partition("=")
    conditions = {
        "media": "kind = :kind AND (digest = :value OR (digest = '' AND uri = :value))",
        "vcard_line": "line = :name",
        "job": "title_key = :title AND org_id IN (SELECT id FROM contact WHERE name_key = :org)",
    }
    rows = store.rows(
        f"SELECT id FROM {table} WHERE contact_id = :contact AND {conditions[table]}",
        contact=contact_id, kind=kind, value=value, name=name, org=org, title=title,
    )  # fmt: skip
    for row in rows:
        store.delete(table, row[0])


def _write_relations(store: Store, contact_id: int, changes: Changes) -> None:
    relations = [(part, texts) for part, texts in changes.items() if part[0] == "relation"]
    if not relations:
        return
    details = contact_queries.details(store, contact_id)
    for part, texts in relations:
        if texts is None:
            _remove_relation(store, details, part)
        else:
            add_relations(store, [(contact_id, texts[0], texts[1])], store.last_step)
    writer.mark_updated(store, contact_id)


def _remove_relation(store: Store, details: Details, part: Part) -> None:
    kind, _, who = part[1].partition("=")
    for each in details.relations:
        uid = contact_queries.get(store, each.other_id).uid
        if not each.inverse and each.kind == kind and who in (fold(each.other), fold(uid)):
            store.delete("relation", each.id)


def describe_texts(texts: Texts | None) -> str:
    """Return the texts of a part for people."""
    return ", ".join(filter(None, texts or ()))
