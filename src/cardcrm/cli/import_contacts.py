"""The import of the contacts of a file, in batches."""

from itertools import islice

from cardcrm.cli.contact_tally import ContactTally
from cardcrm.formats.file_reader import find_header, read_entries
from cardcrm.formats.import_entries import BadEntry, ContactEntry, DateNote, Entry, GroupEntry
from cardcrm.formats.import_job import ImportJob, ImportReport
from cardcrm.records.contacts import custom_fields
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.contacts.names import name_of
from cardcrm.records.importing import bulk_import, group_tags
from cardcrm.store import Store

BATCH = 5000


def import_contacts(
    store: Store, job: ImportJob, report: ImportReport, *, dry_run: bool = False
) -> None:
    """Import all contacts of a file; each batch is a transaction."""
    report.bad_header = find_header(job.path, job.format)
    tally = ContactTally(report)
    entries = read_entries(
        job.path,
        job.format,
        region=store.locale.region,
        date_fields=_list_date_fields(store),
        on_bytes=job.on_bytes,
    )
    known = {each.name for each in custom_fields.list_fields(store)}
    first_new = 1 + (store.value("SELECT max(id) FROM contact") or 0)
    while batch := list(islice(entries, BATCH)):
        _import_batch(store, batch, job, tally, first_new)
        report.extra["organizations"] = len(tally.new_orgs)
    _finish(store, tally)
    fields = custom_fields.list_fields(store)
    tally.new_fields = [each.label for each in fields if each.name not in known]
    tally.finish(dry_run=dry_run)


def _list_date_fields(store: Store) -> frozenset[str]:
    return frozenset(each.name for each in custom_fields.list_fields(store) if each.type == "date")


def _finish(store: Store, tally: ContactTally) -> None:
    """Add what refers to other contacts of the file, once all of them are stored."""
    report = tally.report
    if tally.relations:
        bulk_import.add_relations(store, tally.relations, report.step)
        report.step = store.last_step
    if tally.groups:
        tally.group_results = group_tags.tag_groups(
            store, tally.groups, tally.found_by_uid, report.step
        )
        report.step = store.last_step


def _import_batch(
    store: Store, batch: list[Entry], job: ImportJob, tally: ContactTally, first_new: int
) -> None:
    """Import a batch, and record its bad entries in the order of the file."""
    report = tally.report
    items = [entry for entry in batch if isinstance(entry, ContactEntry)]
    for note in (entry for entry in batch if isinstance(entry, DateNote)):
        tally.date_order, tally.date_note = note.order, note.words
    tally.groups += [entry.draft for entry in batch if isinstance(entry, GroupEntry)]
    drafts = [_apply_options(item.draft, job) for item in items]
    outcomes = iter(
        bulk_import.import_drafts(store, drafts, report.step, tally.new_orgs, first_new)
    )
    report.step = store.last_step
    for entry in batch:
        if isinstance(entry, BadEntry):
            report.refuse(entry.line, entry.column, entry.problem, entry.raw)
        elif isinstance(entry, ContactEntry):
            outcome = next(outcomes)
            if outcome.status == bulk_import.REFUSED:
                report.refuse(entry.line, "", outcome.problem, entry.raw)
            else:
                _record_outcome(entry, outcome, tally)


def _apply_options(draft: ContactDraft, job: ImportJob) -> ContactDraft:
    """Return a draft with the tags added, and source and owner set if it has none."""
    if not (job.tags or job.source or job.owner):
        return draft
    return draft._replace(
        tags=(*draft.tags, *job.tags),
        source=draft.source or job.source,
        owner=draft.owner or job.owner,
    )


def _record_outcome(item: ContactEntry, outcome: bulk_import.Outcome, tally: ContactTally) -> None:
    tally.count(outcome)
    if outcome.twin_id:
        who = f"line {item.line} {name_of(item.draft).name} (contact {outcome.twin_id})"
        tally.twins.append((outcome.contact_id, outcome.twin_id))
        tally.twin_names.append(who)
    if outcome.other_values:
        who = f"line {item.line}, {name_of(item.draft).name} (contact {outcome.contact_id})"
        tally.other_values.append(f"{who}: {', '.join(outcome.other_values)}")
    tally.phone_warnings += [f"line {item.line}: {doubt}" for doubt in outcome.warnings]
    tally.unreadable += [f"line {item.line}: {problem}" for problem in outcome.unreadable]
    if outcome.contact_id:
        tally.relations += [
            (outcome.contact_id, relation.kind, relation.who) for relation in item.draft.relations
        ]
