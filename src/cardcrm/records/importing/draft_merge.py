"""Give contacts what their drafts say: fill gaps, overwrite, carry opt-outs over."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from cardcrm.records.contacts import part_types
from cardcrm.records.contacts.custom_fields import Field
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.contacts.normalize import NormalContact, Rules, normalize
from cardcrm.records.contacts.part_types import Key, Row
from cardcrm.records.importing.contact_outcomes import ContactOutcome
from cardcrm.records.importing.known_contacts import KnownContacts
from cardcrm.records.importing.matching import (
    NAME_COLUMNS,
    Candidate,
    adds_mark,
    lacks_any,
    lacks_org,
    missing_name,
    missing_values,
    other_values,
    takes_name,
)
from cardcrm.records.importing.outcomes import CREATED, UPDATED
from cardcrm.records.importing.overwrite import (
    Change,
    RowChange,
    describe_head,
    describe_row,
    list_head_changes,
    list_row_changes,
    names_other_org,
)
from cardcrm.records.importing.pending_rows import PendingRows
from cardcrm.records.importing.refusals import (
    Marks,
    apply_marks,
    collect_marks,
    opt_out,
    refuses_all,
)
from cardcrm.records.mail import suppression

_REACHES = ("email", "phone")


class DraftMerger:
    """Adds drafts, or merges them into the contacts that they are of.

    ``known`` finds these contacts, and ``pending`` takes what is to be written. ``fields`` are the
    custom fields by name, and ``now`` is the instant at which contacts are added. ``suppressed``
    are addresses that the suppression list has marked, and the file has not.
    """

    def __init__(
        self,
        known: KnownContacts,
        pending: PendingRows,
        rules: Rules,
        fields: Mapping[str, Field],
        now: str,
    ) -> None:
        self.known = known
        self.pending = pending
        self.rules = rules
        self.fields = fields
        self.now = now
        self.suppressed: set[Key] = set()

    # Add

    def add(self, draft: NormalContact) -> ContactOutcome:
        """Add a contact, and its organization if that is missing."""
        head = draft.head
        org, added_org = self._find_or_add_org(draft)
        head["org_id"] = org.id if org else None
        head["bare"] = int(not draft.reach)
        candidate = Candidate(
            self.pending.next_id,
            head,
            draft.org,
            draft.org_key,
            draft.parts,
            draft.reach,
            is_new=True,
            is_nameless=draft.is_nameless,
            refs=(head["ref"],) if head["ref"] else (),
            employer=org,
        )
        self.pending.add(candidate)
        self.known.remember(candidate)
        told = draft.warnings, draft.regions
        return ContactOutcome(CREATED, candidate.id, "", added_org, "", *told)

    def _find_or_add_org(self, draft: NormalContact) -> tuple[Candidate | None, int]:
        """Return the organization of a draft, and its id if it was added now."""
        if not draft.org_key:
            return None, 0
        orgs = self.known.find_orgs(draft)
        if orgs:
            return orgs[0], 0
        normal = normalize(ContactDraft(name=draft.org, kind="org"), self.rules, self.now)
        org_id = self.add(normal).contact_id
        self.known.waiting.add(org_id)
        return self.pending.added[-1], org_id

    def take_over(self, org: Candidate, draft: NormalContact) -> ContactOutcome:
        """Make an organization that was added on the way the contact of a row.

        It has the uid, the stage and the spelling of the name that the row gives.
        """
        self.known.waiting.discard(org.id)
        uid = draft.head["uid"]
        if draft.has_uid and uid not in self.known.by_uid:
            org.head["uid"] = org.filled["uid"] = uid
            self.known.by_uid[uid] = org
        stated = {name: draft.head[name] for name in (*NAME_COLUMNS, "stage")}
        org.head |= stated
        org.filled |= stated
        self._fill_gaps(org, draft)
        return ContactOutcome(CREATED, org.id, warnings=draft.warnings, regions=draft.regions)

    # Fill

    def fill(
        self, candidate: Candidate, draft: NormalContact, outcome: ContactOutcome
    ) -> ContactOutcome:
        """Give a contact what it lacks and a draft says; return the outcome with what changed."""
        org_ids = {org.id for org in self.known.find_orgs(draft)}
        if others := tuple(other_values(candidate, draft, org_ids, self._label_fields)):
            outcome = outcome._replace(other_values=(*outcome.other_values, *others))
        if not lacks_any(candidate, draft):
            return outcome
        changes = tuple(self._describe_gaps(candidate, draft))
        added_org = self._fill_gaps(candidate, draft)
        return outcome._replace(
            status=UPDATED,
            added_org=added_org,
            warnings=draft.warnings,
            regions=draft.regions,
            changes=changes,
        )

    def _describe_gaps(self, candidate: Candidate, draft: NormalContact) -> Iterator[Change]:
        """Yield what a contact gets that lacks it."""
        head = draft.head
        new = missing_values(candidate, draft)
        if takes_name(candidate, draft):
            new |= {name: head[name] for name in NAME_COLUMNS}
        yield from describe_head(candidate, new)
        if lacks_org(candidate, draft):
            yield Change("organization", "", draft.org)
        labels = self._label_fields()
        for table, rows in draft.parts.items():
            known = candidate.rows(table)
            for key, row in rows.items():
                if key not in known:
                    yield describe_row(candidate, RowChange(table, None, row), labels)

    def _label_fields(self) -> dict[int, str]:
        """Return the labels of custom fields by their ids."""
        return {each.id: each.label for each in self.fields.values()}

    def _fill_gaps(self, candidate: Candidate, draft: NormalContact) -> int:
        """Give a contact what it lacks; return the id of its organization, if that was added."""
        head = draft.head
        new: dict[str, Any]
        if takes_name(candidate, draft):
            new = {name: head[name] for name in NAME_COLUMNS}
            candidate.is_nameless = False
        else:
            new = missing_name(candidate, draft)
        new |= missing_values(candidate, draft)
        added_org = 0
        if lacks_org(candidate, draft):
            added_org = self._set_org(candidate, draft, new)
        self.pending.change_head(candidate, new)
        if "ref" in new:
            candidate.refs = (*candidate.refs, head["ref"])
        self._fill_parts(candidate, draft)
        self.known.remember(candidate)
        return added_org

    def _set_org(self, candidate: Candidate, draft: NormalContact, new: dict[str, Any]) -> int:
        """Give a contact its organization; return the id of that if it was added."""
        candidate.employer, added_org = self._find_or_add_org(draft)
        new["org_id"] = candidate.employer.id if candidate.employer else None
        self.pending.has_late_org = self.pending.has_late_org or candidate.is_new
        candidate.org, candidate.org_key = draft.org, draft.org_key
        return added_org

    def _fill_parts(self, candidate: Candidate, draft: NormalContact) -> None:
        for table, rows in draft.parts.items():
            known = candidate.parts.setdefault(table, {})
            refused = [each for each in _REACHES if refuses_all(known, each)] * (table == "point")
            for key, row in rows.items():
                if key not in known:
                    new = opt_out(row) if row[0] in refused else row
                    self.pending.add_row(candidate, table, key, new)
                elif table == "point" and adds_mark(known[key], row):
                    self.pending.set_marks(candidate, part_types.mark(known[key], row))
        candidate.reach |= draft.reach
        candidate.head["bare"] = int(not candidate.reach)

    # Overwrite

    def overwrite(
        self, candidate: Candidate, draft: NormalContact, outcome: ContactOutcome
    ) -> ContactOutcome:
        """Overwrite what a draft says of a contact; return the outcome with what changed."""
        new = list_head_changes(candidate, draft)
        rows = list(list_row_changes(candidate, draft))
        labels = self._label_fields() if rows else {}
        changes = [
            *describe_head(candidate, new),
            *(describe_row(candidate, each, labels) for each in rows),
        ]
        added_org = 0
        orgs = {org.id for org in self.known.find_orgs(draft)}
        if names_other_org(candidate, draft) and candidate.head["org_id"] not in orgs:
            changes.append(Change("organization", candidate.org, draft.org))
            added_org = self._set_org(candidate, draft, new)
        if self.mark_points(candidate, draft):
            outcome = outcome._replace(status=UPDATED)
        if not changes and not new:
            return outcome
        self.pending.change_head(candidate, new)
        for each in rows:
            self.pending.replace_row(candidate, each)
        candidate.update_reach()
        self.known.remember(candidate)
        return outcome._replace(
            status=UPDATED,
            added_org=added_org,
            changes=tuple(changes),
            warnings=draft.warnings if rows else (),
            regions=draft.regions if rows else (),
        )

    # Opt-outs

    def opt_out(self, candidate: Candidate, draft: NormalContact) -> bool:
        """Opt a contact out of the kinds of addresses that a draft refuses; return if it did."""
        if not draft.opted_out:
            return False
        rows = candidate.rows("point")
        found = [row for row in rows.values() if row[0] in draft.opted_out and not row[-2]]
        for row in found:
            self.pending.set_marks(candidate, opt_out(row))
        return bool(found)

    def mark_points(self, candidate: Candidate, draft: NormalContact) -> bool:
        """Take over the marks of addresses that both have; return whether there were any."""
        known = candidate.rows("point")
        rows = draft.parts.get("point", {})
        found = [
            part_types.mark(known[key], row)
            for key, row in rows.items()
            if (row[-2] or row[-1]) and key in known and adds_mark(known[key], row)
        ]
        for row in found:
            self.pending.set_marks(candidate, row)
        return bool(found)

    def spread_marks(self, drafts: Sequence[NormalContact]) -> None:
        """Mark each address that any contact has marked, on all contacts that have it."""
        owners = [each.rows("point") for each in self.known.stored]
        points = [each.parts.get("point", {}) for each in drafts]
        marks = collect_marks([*points, *owners])
        self._add_suppressed(marks, points)
        if not marks:
            return
        for candidate in (*self.known.stored, *self.pending.added):
            for key, row in list(candidate.rows("point").items()):
                if key in marks and (marked := apply_marks(row, marks)) != row:
                    self.pending.set_marks(candidate, marked)

    def _add_suppressed(self, marks: Marks, points: Iterable[Mapping[Key, Row]]) -> None:
        """Add the marks of addresses on the suppression list to those that the file has."""
        found = suppression.find_marks(self.pending.store, chain.from_iterable(points))
        for key, (out, bad) in found.items():
            known = marks.get(key, suppression.NO_MARKS)
            self.suppressed |= set() if any(known) else {key}
            marks[key] = (known[0] | out, known[1] | bad)
