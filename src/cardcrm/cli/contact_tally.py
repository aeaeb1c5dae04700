"""Running totals of an import of contacts, and what is to be said about them."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cardcrm.cli.contact_output import pluralize
from cardcrm.formats.import_entries import ValueNote
from cardcrm.formats.import_job import ColumnUse, ImportReport
from cardcrm.records.contacts.contact_points import describe_regions
from cardcrm.records.contacts.drafts import GroupDraft
from cardcrm.records.importing.contact_outcomes import ContactOutcome
from cardcrm.records.importing.group_tags import GroupResult
from cardcrm.records.importing.outcomes import CREATED, UPDATED
from cardcrm.sheet import List

MAX_LINES = 10  # groups or values that are reported one by one
MAX_DIFFERENCES = 20  # changes that a dry run shows one by one
MAX_CHANGES = 1000  # changes in the answer for programs
MAX_PHONES = 3  # doubtful phone numbers that are reported one by one


@dataclass
class ContactTally:
    """Running totals of the contacts of one file, beside those in its ``report``.

    ``new_orgs`` are organizations added for people of the file and not described by a row of it.
    ``found_by_uid`` maps permanent ids in the file to contacts that have another one. ``seen`` are
    the contacts that rows of the file were of, and ``changes`` what updates changed in them.
    """

    report: ImportReport
    new_orgs: set[int] = field(default_factory=set)
    relations: list[tuple[int, str, str]] = field(default_factory=list)
    groups: list[GroupDraft] = field(default_factory=list)
    found_by_uid: dict[str, int] = field(default_factory=dict)
    group_results: list[GroupResult] = field(default_factory=list)
    phone_warnings: list[str] = field(default_factory=list)
    twins: list[tuple[int, int]] = field(default_factory=list)
    twin_ids: set[int] = field(default_factory=set)
    twin_names: list[str] = field(default_factory=list)
    other_values: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    new_fields: list[str] = field(default_factory=list)
    regions: Counter[str] = field(default_factory=Counter)
    suppressed: int = 0
    consents: int = 0
    respected: int = 0
    without_address: int = 0
    seen: set[int] = field(default_factory=set)
    changes: list[dict[str, Any]] = field(default_factory=list)
    values: Counter[ValueNote] = field(default_factory=Counter)
    date_order: str = ""
    date_note: str = ""

    def count(self, outcome: ContactOutcome) -> None:
        """Count the outcome of an entry that was not refused."""
        report = self.report
        if outcome.status == CREATED:
            report.created += 1
        elif outcome.status == UPDATED:
            report.updated += 1
        else:
            report.unchanged += 1
        if self.new_orgs:
            self.new_orgs.discard(outcome.contact_id)
        if outcome.added_org:
            self.new_orgs.add(outcome.added_org)
        if outcome.job_orgs:
            self.new_orgs.update(outcome.job_orgs)
        if outcome.regions:
            self.regions.update(outcome.regions)
        self.suppressed += outcome.suppressed
        self.consents += outcome.consents
        self.respected += outcome.respected
        self.without_address += outcome.without_address
        if outcome.foreign_uid:
            self.found_by_uid[outcome.foreign_uid] = outcome.contact_id

    def add_changes(self, line: int, name: str, outcome: ContactOutcome) -> None:
        """Record the changes of an update, if they are among the first."""
        if len(self.changes) < MAX_CHANGES:
            self.changes += [
                {"line": line, "id": outcome.contact_id, "name": name, **each._asdict()}
                for each in outcome.changes
            ]

    def finish(self, *, dry_run: bool) -> None:
        """Give the report its sentences and further keys."""
        self.report.columns += map(_to_use, self.values, self.values.values())
        self.report.notes += self._describe("would be " if dry_run else "")
        self.report.extra |= {
            "organizations": len(self.new_orgs),
            "groups": len(self.group_results),
            "odd_phones": len(self.phone_warnings),
            "unreadable": len(self.unreadable),
            "consent_count": self.consents,
            "opt_outs_respected": self.respected,
            "not_taken": List(self.other_values),
            "regions": List(sorted(self.regions)),
            "differences": self.changes,
            "date_order": f"{self.date_order} first" if self.date_order else None,
        }

    def _describe(self, would: str) -> Iterator[str]:
        if self.changes and would:
            yield _describe_changes(self.changes)
        yield from (_describe_group(each, would) for each in self.group_results[:MAX_LINES])
        if len(self.group_results) > MAX_LINES:
            yield f"… and {len(self.group_results) - MAX_LINES} more groups"
        if self.new_fields:
            yield _describe_new_fields(self.new_fields, would)
        if self.phone_warnings:
            yield _describe_phones(self.phone_warnings, would)
        if self.twins:
            yield _describe_twins(self, would)
        if self.other_values:
            yield _describe_others(self.other_values, would)
        if self.unreadable:
            yield _describe_unreadable(self.unreadable, would)
        yield from (f"{line}{_change_region(would)}" for line in describe_regions(self.regions))
        yield from _describe_permissions(self, would)
        if self.date_note:
            yield self.date_note


def _describe_suppressed(count: int, would: str) -> str:
    """Return a line about addresses that the suppression list has marked."""
    addresses = "1 address" if count == 1 else f"{count:,} addresses"
    verb = would or ("was " if count == 1 else "were ")
    return f"{addresses} {verb}marked as opted out or invalid, as the suppression list says"


def _describe_permissions(tally: ContactTally, would: str) -> Iterator[str]:
    """Yield lines about suppressed addresses, and about consents."""
    if tally.suppressed:
        yield _describe_suppressed(tally.suppressed, would)
    if tally.consents or tally.respected:
        respected = pluralize(tally.respected, "opt-out")
        why = ": a consent in a file does not lift an opt-out here" if tally.respected else ""
        yield f"{pluralize(tally.consents, 'consent')} {would}recorded, {respected} respected{why}"
    if tally.without_address:
        number = pluralize(tally.without_address, "consent")
        yield f"{number} {would}left out, as the contact has no email address"


def _to_use(note: ValueNote, count: int) -> ColumnUse:
    """Return what became of a property by the notes on its values."""
    return ColumnUse(
        note.column,
        note.target,
        count,
        is_kept=note.kept != "no",
        is_field=note.kept == "custom field",
        why=note.reason,
    )


def _change_region(would: str) -> str:
    """Return how to import the numbers for another region."""
    return f"; for another: {'' if would else 'cardcrm undo, then '}cardcrm config set region CODE"


def _describe_new_fields(labels: Sequence[str], would: str) -> str:
    """Return the custom fields that the file needs, such as those of columns that are not known."""
    first = ", ".join(labels[:MAX_LINES])
    rest = len(labels) - MAX_LINES
    more = f" and {rest:,} more" if rest > 0 else ""
    return f"{pluralize(len(labels), 'custom field')} {would}added: {first}{more}"


def _describe_phones(warnings: Sequence[str], would: str) -> str:
    """Return a report of invalid phone numbers, which were imported as written."""
    number = pluralize(len(warnings), "invalid phone number")
    first = "\n".join(f"    {warning}" for warning in warnings[:MAX_PHONES])
    rest = len(warnings) - MAX_PHONES
    more = f"\n    … and {rest} more" if rest > 0 else ""
    look = "" if would else "\n    to list such numbers: cardcrm db phones"
    return f"{number} {would}kept as written:\n{first}{more}{look}"


def _describe_twins(tally: ContactTally, would: str) -> str:
    """Return a line about the contacts that were added beside others of the same name."""
    twins = tally.twins
    first = ", ".join(tally.twin_names[:MAX_PHONES])
    rest = len(twins) - MAX_PHONES
    more = f" and {rest:,} more" if rest > 0 else ""
    merges = ", ".join(f"cardcrm merge {twin} {added}" for added, twin in twins[:MAX_PHONES])
    how = "" if would else f"; to merge: {merges}"
    number = pluralize(len(twins), "possible duplicate")
    return f"{number} {would}added; contacts with the same name exist: {first}{more}{how}"


def _describe_others(others: Sequence[str], would: str) -> str:
    """Return a report of the values of entries whose contacts keep other values."""
    lines = [f"    {each}" for each in others[:MAX_LINES]]
    if len(others) > MAX_LINES:
        lines.append(f"    … and {len(others) - MAX_LINES:,} more")
    number = pluralize(len(others), "row")
    taken = "would not be" if would else "were not"
    title = f"{number} with values that {taken} taken, as the contact has others"
    lines.append("    to overwrite what the contact has: --update")
    if not would and any(": organization " in each for each in others):
        lines.append("    to add a job: cardcrm job add TITLE --who ID --org NAME")
    return "\n".join((f"{title}:", *lines))


def _describe_unreadable(problems: Sequence[str], would: str) -> str:
    """Return a report of values that could not be read, which are kept as custom fields."""
    number = pluralize(len(problems), "unreadable value")
    lines = [f"    {problem}" for problem in problems[:MAX_LINES]]
    if len(problems) > MAX_LINES:
        lines.append(f"    … and {len(problems) - MAX_LINES} more")
    return "\n".join((f"{number} {would}kept as text:", *lines))


def _describe_changes(changes: Sequence[Mapping[str, Any]]) -> str:
    """Return the differences that an update would make."""
    lines = [
        f"    line {each['line']}, {each['name']} (contact {each['id']}): {each['field']} "
        + (f"“{each['old']}” → “{each['new']}”" if each["old"] else f"“{each['new']}” (new)")
        for each in changes[:MAX_DIFFERENCES]
    ]
    if len(changes) > MAX_DIFFERENCES:
        lines.append(f"    … and {len(changes) - MAX_DIFFERENCES:,} more, in --format json")
    return "\n".join(("changes of known contacts:", *lines))


def _describe_group(group: GroupResult, would: str) -> str:
    if not group.tag:
        return f"skipped the group “{group.name}”: its name cannot become a tag"
    missing = f"; {pluralize(group.missing, 'member')} not found" if group.missing else ""
    contacts = pluralize(group.contacts, "contact")
    return f"the group “{group.name}” {would or 'is '}the tag {group.tag} on {contacts}{missing}"
