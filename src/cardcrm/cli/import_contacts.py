"""The import of the contacts of a file, in batches."""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from cardcrm.cli.contact_output import pluralize
from cardcrm.cli.contact_tally import ContactTally
from cardcrm.errors import UsageError
from cardcrm.formats.csv.column_mapping import map_columns
from cardcrm.formats.csv.given_targets import FORGET, find_column, parse_target
from cardcrm.formats.csv.header_keys import fold_header
from cardcrm.formats.csv.headers import Target
from cardcrm.formats.file_reader import TableOptions, find_header, open_table, read_entries
from cardcrm.formats.import_entries import (
    BadEntry,
    ColumnReport,
    ContactEntry,
    DateNote,
    Entry,
    FileNote,
    GroupEntry,
)
from cardcrm.formats.import_job import ImportJob, ImportReport
from cardcrm.records.contacts import contact_queries, custom_fields
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.contacts.names import name_of
from cardcrm.records.importing import bulk_import, column_memory, group_tags
from cardcrm.records.importing.contact_outcomes import ContactOutcome
from cardcrm.records.importing.outcomes import REFUSED
from cardcrm.records.importing.relation_import import add_relations
from cardcrm.store import Store

BATCH = 5000
BATCH_SIZE = 32 << 20  # characters


def import_contacts(
    store: Store, job: ImportJob, report: ImportReport, *, dry_run: bool = False
) -> None:
    """Import all contacts of a file; each batch is a transaction."""
    options = TableOptions(job.encoding, job.sheet, store.locale.region, job.known)
    report.bad_header = find_header(job.path, job.format, options)
    tally = ContactTally(report)
    entries = read_entries(
        job.path,
        job.format,
        region=store.locale.region,
        date_fields=_list_date_fields(store),
        targets=_choose_targets(store, job, report, options),
        options=options,
        media_limit=job.media_limit,
        on_bytes=job.on_bytes,
    )
    known = {each.name for each in custom_fields.list_fields(store)}
    first_new = 1 + contact_queries.find_last_id(store)
    while batch := _take_batch(entries):
        _import_batch(store, batch, job, tally, first_new)
        report.extra["organizations"] = len(tally.new_orgs)
    _finish(store, tally)
    fields = custom_fields.list_fields(store)
    tally.new_fields = [each.label for each in fields if each.name not in known]
    tally.finish(dry_run=dry_run)


def _take_batch(entries: Iterator[Entry]) -> list[Entry]:
    """Return the next entries; entries with photos make smaller batches."""
    batch: list[Entry] = []
    size = 0
    for entry in entries:
        batch.append(entry)
        if isinstance(entry, ContactEntry):
            size += len(entry.raw)
        if len(batch) == BATCH or size > BATCH_SIZE:
            break
    return batch


def find_targets(
    path: Path,
    format_: str,
    options: TableOptions,
    pairs: Sequence[tuple[str, str]],
    fields: Collection[str] | None = None,
) -> tuple[Sequence[str], dict[str, Target]]:
    """Return the headers of a table, and the meanings given to its columns by folded header.

    ``fields`` are the labels of custom fields; without them, any field is taken for one. Raises
    UsageError for a table without contacts, an unknown column and an unknown field.
    """
    if format_ not in ("csv", "xlsx"):
        if pairs:
            raise UsageError("--map is for tables only", "Leave it out for this file.")
        return (), {}
    with open_table(path, format_, options) as (table, _):
        headers = table.headers
    targets = {
        find_column(headers, column): parse_target(text, [text] if fields is None else fields)
        for column, text in pairs
        if text != FORGET
    }
    if fields is None:
        map_columns(headers, targets)
    return headers, targets


def _choose_targets(
    store: Store, job: ImportJob, report: ImportReport, options: TableOptions
) -> dict[str, Target]:
    """Return the meanings of columns that were given now or before; remember those given now."""
    if job.format not in ("csv", "xlsx"):
        return {}
    fields = [each.label for each in custom_fields.list_fields(store)]
    headers, given = find_targets(job.path, job.format, options, job.targets, fields)
    header_key = column_memory.hash_headers(map(fold_header, headers))
    known = column_memory.recall(store, header_key)
    if job.targets:
        texts = {find_column(headers, name): text for name, text in job.targets}
        named = {key: "" if text == FORGET else text for key, text in texts.items()}
        column_memory.remember(store, headers, header_key, named, report.step)
        report.step = store.last_step
        known = {key: text for key, text in known.items() if key not in named}
    recalled = {key: parse_target(text, fields) for key, text in known.items()}
    if recalled:
        report.notes.append(
            f"{pluralize(len(recalled), 'column')} read as an earlier --map said; "
            "see: cardcrm config columns"
        )
    return recalled | given


def _list_date_fields(store: Store) -> frozenset[str]:
    return frozenset(each.name for each in custom_fields.list_fields(store) if each.type == "date")


def _finish(store: Store, tally: ContactTally) -> None:
    """Add what refers to other contacts of the file, once all of them are stored."""
    report = tally.report
    if tally.relations:
        add_relations(store, tally.relations, report.step)
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
    _record_remarks(batch, tally)
    drafts = [_add_proof(_apply_options(item.draft, job), job, item.line) for item in items]
    outcomes = iter(
        bulk_import.import_drafts(
            store,
            drafts,
            report.step,
            tally.new_orgs,
            first_new,
            job.mode,
            tally.seen,
            anyway=job.anyway,
        )
    )
    report.step = store.last_step
    for entry in batch:
        if isinstance(entry, ContactEntry):
            outcome = next(outcomes)
            if outcome.status == REFUSED:
                raw = "" if outcome.is_forgotten else entry.raw
                report.refuse(entry.line, "", outcome.problem, raw)
            else:
                _record_outcome(entry, outcome, tally)
        elif isinstance(entry, BadEntry) and entry.is_remark:
            report.leave_out(entry.line, entry.problem)
        elif isinstance(entry, BadEntry):
            report.refuse(entry.line, entry.column, entry.problem, entry.raw)


def _record_remarks(batch: Sequence[Entry], tally: ContactTally) -> None:
    """Record what is not a contact: notes, groups, and what became of the columns."""
    for entry in batch:
        if isinstance(entry, ContactEntry):  # nearly all are
            if entry.notes:
                tally.values.update(entry.notes)
        elif isinstance(entry, DateNote):
            tally.date_order, tally.date_note = entry.order, entry.words
        elif isinstance(entry, FileNote):
            tally.report.notes.append(entry.words)
        elif isinstance(entry, ColumnReport):
            tally.report.columns += entry.columns
        elif isinstance(entry, GroupEntry):
            tally.groups.append(entry.draft)
            tally.values.update(entry.notes)


def _apply_options(draft: ContactDraft, job: ImportJob) -> ContactDraft:
    """Return a draft with the tags added, and source and owner set if it has none."""
    if not (job.tags or job.source or job.owner):
        return draft
    return draft._replace(
        tags=(*draft.tags, *job.tags),
        source=draft.source or job.source,
        owner=draft.owner or job.owner,
    )


def _add_proof(draft: ContactDraft, job: ImportJob, line: int) -> ContactDraft:
    """Return a draft whose consents name the file that they come from, unless they have a proof.

    Those with an address are from an export of our own, and stay as they are.
    """
    if not draft.consents:
        return draft
    where = f"{job.name}, line {line}"
    return draft._replace(
        consents=tuple(
            each if each.address else each._replace(proof=each.proof or where)
            for each in draft.consents
        )
    )


def _record_outcome(item: ContactEntry, outcome: ContactOutcome, tally: ContactTally) -> None:
    tally.count(outcome)
    if outcome.twin_id and outcome.contact_id not in tally.twin_ids:
        tally.twin_ids.add(outcome.contact_id)
        who = f"line {item.line} {name_of(item.draft).name} (contact {outcome.twin_id})"
        tally.twins.append((outcome.contact_id, outcome.twin_id))
        tally.twin_names.append(who)
    if outcome.other_values:
        who = f"line {item.line}, {name_of(item.draft).name} (contact {outcome.contact_id})"
        tally.other_values.append(f"{who}: {', '.join(outcome.other_values)}")
    if outcome.changes:
        tally.add_changes(item.line, name_of(item.draft).name, outcome)
    if outcome.warnings:
        tally.phone_warnings += [f"line {item.line}: {doubt}" for doubt in outcome.warnings]
    if outcome.unreadable:
        tally.unreadable += [f"line {item.line}: {problem}" for problem in outcome.unreadable]
    if item.draft.relations and outcome.contact_id:
        tally.relations += [
            (outcome.contact_id, relation.kind, relation.who) for relation in item.draft.relations
        ]
