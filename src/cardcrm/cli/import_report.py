"""Report of an import: counts, bad entries and doubtful phone numbers."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from cardcrm.cli.contact_output import pluralize
from cardcrm.records.contacts.contact_points import describe_regions
from cardcrm.records.contacts.drafts import GroupDraft
from cardcrm.records.importing import bulk_import
from cardcrm.records.importing.group_tags import GroupResult
from cardcrm.sheet import Cell, Column, List, Sheet

_KEYS = {bulk_import.UPDATED: "changed"}  # as in the import of other records
MAX_LINES = 10  # bad entries or groups that are reported one by one
MAX_PHONES = 3  # doubtful phone numbers that are reported one by one


@dataclass
class Tally:
    """Running totals of the import of one file.

    ``step`` is the journal step, one for all files of a command. ``new_orgs`` are organizations
    added for people of the file and not described by a row of it. ``found_by_uid`` maps permanent
    ids in the file to contacts that have another one.
    """

    name: str
    step: int | None
    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(
            (bulk_import.ADDED, bulk_import.UPDATED, bulk_import.UNCHANGED, bulk_import.BAD), 0
        )
    )
    new_orgs: set[int] = field(default_factory=set)
    relations: list[tuple[int, str, str]] = field(default_factory=list)
    groups: list[GroupDraft] = field(default_factory=list)
    found_by_uid: dict[str, int] = field(default_factory=dict)
    group_results: list[GroupResult] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    phone_warnings: list[str] = field(default_factory=list)
    twins: list[tuple[int, int]] = field(default_factory=list)
    twin_names: list[str] = field(default_factory=list)
    other_values: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    new_fields: list[str] = field(default_factory=list)
    regions: Counter[str] = field(default_factory=Counter)
    bad_file: str = ""
    date_order: str = ""
    date_note: str = ""

    @property
    def has_bad(self) -> bool:
        """Return whether there were bad entries."""
        return self.counts[bulk_import.BAD] > 0

    def count(self, outcome: bulk_import.Outcome) -> None:
        """Count the outcome of an entry."""
        self.counts[outcome.status] += 1
        if self.new_orgs:
            self.new_orgs.discard(outcome.contact_id)
        if outcome.added_org:
            self.new_orgs.add(outcome.added_org)
        if outcome.job_orgs:
            self.new_orgs.update(outcome.job_orgs)
        if outcome.regions:
            self.regions.update(outcome.regions)
        if outcome.foreign_uid:
            self.found_by_uid[outcome.foreign_uid] = outcome.contact_id

    def add_problem(self, line: int, problem: str) -> None:
        """Record a bad entry, if it is among the first."""
        if len(self.problems) < MAX_LINES:
            self.problems.append(f"line {line}: {problem}")


def report_lines(tally: Tally, *, dry_run: bool) -> Iterator[str]:
    """Yield the report of a file for people."""
    counts = tally.counts
    would = "would be " if dry_run else ""
    orgs = f"{pluralize(len(tally.new_orgs), 'organization')} {would}added, "
    yield (
        f"{tally.name}: {counts[bulk_import.ADDED]} {would}added, {orgs if tally.new_orgs else ''}"
        f"{counts[bulk_import.UPDATED]} {would}updated, "
        f"{counts[bulk_import.UNCHANGED]} unchanged, {counts[bulk_import.BAD]} bad"
    )
    yield from (f"  {_describe_group(each, would)}" for each in tally.group_results[:MAX_LINES])
    if len(tally.group_results) > MAX_LINES:
        yield f"  … and {len(tally.group_results) - MAX_LINES} more groups"
    if tally.new_fields:
        yield _describe_new_fields(tally.new_fields, would)
    yield from (f"  {problem}" for problem in tally.problems)
    if counts[bulk_import.BAD] > len(tally.problems):
        yield f"  … and {counts[bulk_import.BAD] - len(tally.problems)} more"
    if tally.phone_warnings:
        yield _describe_phones(tally.phone_warnings, would)
    if tally.twins:
        yield _describe_twins(tally, would)
    if tally.other_values:
        yield _describe_others(tally.other_values, would)
    if tally.unreadable:
        yield _describe_unreadable(tally.unreadable, would)
    yield from (f"  {line}{_change_region(would)}" for line in describe_regions(tally.regions))
    if tally.date_note:
        yield f"  {tally.date_note}"
    if tally.bad_file:
        yield f"  bad entries are in {tally.bad_file}; fix them and import that file"


def _change_region(would: str) -> str:
    """Return how to import the numbers for another region."""
    return f"; for another: {'' if would else 'cardcrm undo, then '}cardcrm config set region CODE"


def _describe_new_fields(labels: Sequence[str], would: str) -> str:
    """Return the custom fields that the file needs, such as those of columns that are not known."""
    first = ", ".join(labels[:MAX_LINES])
    rest = len(labels) - MAX_LINES
    more = f" and {rest:,} more" if rest > 0 else ""
    return f"  {pluralize(len(labels), 'custom field')} {would}added: {first}{more}"


def _describe_phones(warnings: Sequence[str], would: str) -> str:
    """Return a report of invalid phone numbers, which were imported as written."""
    number = pluralize(len(warnings), "invalid phone number")
    first = "\n".join(f"    {warning}" for warning in warnings[:MAX_PHONES])
    rest = len(warnings) - MAX_PHONES
    more = f"\n    … and {rest} more" if rest > 0 else ""
    look = "" if would else "; to list such numbers: cardcrm db phones"
    return f"  {number} {would}kept as written{look}:\n{first}{more}"


def _describe_twins(tally: Tally, would: str) -> str:
    """Return a line about the contacts that were added beside others of the same name."""
    twins = tally.twins
    first = ", ".join(tally.twin_names[:MAX_PHONES])
    rest = len(twins) - MAX_PHONES
    more = f" and {rest:,} more" if rest > 0 else ""
    merges = ", ".join(f"cardcrm merge {twin} {added}" for added, twin in twins[:MAX_PHONES])
    how = "" if would else f"; to merge: {merges}"
    number = pluralize(len(twins), "possible duplicate")
    return f"  {number} {would}added; contacts with the same name exist: {first}{more}{how}"


def _describe_others(others: Sequence[str], would: str) -> str:
    """Return a report of the values of entries whose contacts keep other values."""
    lines = [f"    {each}" for each in others[:MAX_LINES]]
    if len(others) > MAX_LINES:
        lines.append(f"    … and {len(others) - MAX_LINES:,} more")
    number = pluralize(len(others), "row")
    taken = "would not be" if would else "were not"
    title = f"  {number} with values that {taken} taken, as the contact has others"
    how = "" if would else "; to add a job: cardcrm job add TITLE --who ID --org NAME"
    return "\n".join((f"{title}{how}:", *lines))


def _describe_unreadable(problems: Sequence[str], would: str) -> str:
    """Return a report of values that could not be read, which are kept as custom fields."""
    number = pluralize(len(problems), "unreadable value")
    lines = [f"    {problem}" for problem in problems[:MAX_LINES]]
    if len(problems) > MAX_LINES:
        lines.append(f"    … and {len(problems) - MAX_LINES} more")
    return "\n".join((f"  {number} {would}kept as text:", *lines))


def _describe_group(group: GroupResult, would: str) -> str:
    if not group.tag:
        return f"skipped the group “{group.name}”: its name cannot become a tag"
    missing = f"; {pluralize(group.missing, 'member')} not found" if group.missing else ""
    contacts = pluralize(group.contacts, "contact")
    return f"the group “{group.name}” {would or 'is '}the tag {group.tag} on {contacts}{missing}"


def describe_interruption(tally: Tally) -> str:
    """Return what an interrupted import has done. Importing the file again completes it."""
    if tally.step is None:
        return f"stopped: nothing was imported from {tally.name}"
    added = pluralize(tally.counts[bulk_import.ADDED] + len(tally.new_orgs), "contact")
    return (
        f"stopped: {added} imported from {tally.name}; "
        "to continue, import it again; to undo: cardcrm undo"
    )


def list_tallies(tallies: Sequence[Tally]) -> Sheet:
    """Return the totals of each file as a row."""
    keys = (
        "file",
        *(_KEYS.get(status, status) for status in tallies[0].counts),
        "organizations",
        "groups",
        "odd_phones",
        "unreadable",
        "not_taken",
        "regions",
        "bad_file",
        "date_order",
    )
    rows: list[tuple[Cell, ...]] = [
        (
            tally.name,
            *tally.counts.values(),
            len(tally.new_orgs),
            len(tally.group_results),
            len(tally.phone_warnings),
            len(tally.unreadable),
            List(tally.other_values),
            List(sorted(tally.regions)),
            tally.bad_file or None,
            f"{tally.date_order} first" if tally.date_order else None,
        )
        for tally in tallies
    ]
    return Sheet(tuple(Column(key, key.replace("_", " ")) for key in keys), rows, ids="file")
