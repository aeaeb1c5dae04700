"""Find the contact that an imported draft is of, among those of its batch and the stored ones."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from cardcrm.records.contacts.normalize import NormalContact
from cardcrm.records.contacts.uids import new_uid
from cardcrm.records.importing.match_candidates import CandidateReader
from cardcrm.records.importing.matching import Candidate, choose_match, has_other_name

if TYPE_CHECKING:
    from cardcrm.records.contacts.part_types import Key

# The contact that a draft is of, whether it is known by its own id, and values that it does not
# take, as they are of another contact.
Found = tuple[Candidate | None, bool, tuple[str, ...]]


class KnownContacts:
    """The contacts that drafts of a batch may be of, by what they are found by.

    ``stored`` are those that were there before the batch. ``waiting`` are the organizations that
    the file has added for people and that had no row of their own yet. ``first_new`` is the first
    id that contacts added by the file may have.
    """

    def __init__(self, waiting: Iterable[int], first_new: int) -> None:
        self.stored: list[Candidate] = []
        self.waiting = set(waiting)
        self.first_new = first_new
        self.by_uid: dict[str, Candidate] = {}
        self.by_ref: dict[tuple[str, str], Candidate] = {}
        self.by_name: dict[str, list[Candidate]] = {}
        self.by_point: dict[Key, list[Candidate]] = {}
        self.matches_points = False

    def read(
        self, drafts: Sequence[NormalContact], reader: CandidateReader, *, has_merged: bool
    ) -> None:
        """Read the stored contacts that drafts may be of, beside those that were read before.

        Without ``has_merged``, the database has no merged contacts.
        """
        self.matches_points = any(each.is_nameless for each in drafts)
        self.by_uid = reader.read(drafts, has_merged=has_merged)
        self.stored = list(reader.found.values())
        if not drafts:
            return
        for candidate in self.stored:
            self.remember(candidate)

    def remember(self, candidate: Candidate) -> None:
        """Let drafts find a contact by what it has now."""
        self.by_uid[candidate.head["uid"]] = candidate
        for ref in candidate.refs:
            if ":" in ref:
                self.by_ref[candidate.head["kind"], ref] = candidate
        _add_once(self.by_name, candidate.head["name_key"], candidate)
        for (name_key,) in candidate.rows("nickname"):
            _add_once(self.by_name, name_key, candidate)
        if candidate.is_nameless or self.matches_points:
            for key in candidate.reach:
                _add_once(self.by_point, key, candidate)

    def find(self, draft: NormalContact) -> Found:
        """Return the contact that a draft is of, and whether it is known by its own id.

        The ids of contacts that were merged into it do not count, as these had other values. A
        permanent id of another person is reported, and the draft gets one of its own.
        """
        uid, ref = draft.head["uid"], draft.head["ref"]
        by_uid = self.by_uid.get(uid)
        if by_uid is not None and has_other_name(by_uid, draft):
            match = self._match(draft)
            # One without an email address or a phone number may have been renamed.
            is_certain = self.has_entry(by_uid) or bool(by_uid.reach and draft.reach)
            if match is not by_uid and (match or is_certain):
                draft.head["uid"] = new_uid()
                told = f"permanent id, which is that of {by_uid.head['name']}"
                return match, False, (told,)
        by_id = by_uid or self.by_ref.get((draft.head["kind"], ref or ""))
        found = by_id or self._match(draft)
        if found is None:
            return None, False, ()
        return found, found.head["uid"] == uid or bool(ref and found.head["ref"] == ref), ()

    def _match(self, draft: NormalContact) -> Candidate | None:
        candidates = self.by_name.get(draft.head["name_key"], [])
        if self.by_point:
            reached = (each for key in draft.reach for each in self.by_point.get(key, ()))
            candidates = list(dict.fromkeys((*candidates, *reached)))
        if draft.is_exported:  # another entry of the file is another contact
            candidates = [each for each in candidates if not self.has_entry(each)]
        if not candidates:
            return None
        return choose_match(candidates, draft, {org.id for org in self.find_orgs(draft)})

    def has_entry(self, candidate: Candidate) -> bool:
        """Return whether the file has added a contact for an entry of its own."""
        return candidate.id >= self.first_new and candidate.id not in self.waiting

    def find_twin(self, draft: NormalContact) -> Candidate | None:
        """Return a contact of the same name and kind that is not the same contact for certain."""
        known = self.by_name.get(draft.head["name_key"], ())
        return next((each for each in known if each.head["kind"] == draft.head["kind"]), None)

    def find_orgs(self, draft: NormalContact) -> list[Candidate]:
        """Return the organizations that a draft may name, those with that very name first."""
        if not draft.org_key:
            return []
        orgs = [each for each in self.by_name.get(draft.org_key, ()) if each.head["kind"] == "org"]
        return sorted(
            orgs,
            key=lambda org: (org.head["name_key"] != draft.org_key, org.head["name"] != draft.org),
        )


def _add_once(index: dict[Any, list[Candidate]], key: Any, candidate: Candidate) -> None:
    candidates = index.setdefault(key, [])
    if candidate not in candidates:
        candidates.append(candidate)
