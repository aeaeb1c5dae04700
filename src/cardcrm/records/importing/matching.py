"""Decide which contact, if any, an imported draft is of.

The same uid decides. Otherwise a contact can match if its kind is the draft's, and if its name or a
nickname is the draft's name:

1. An email address, a phone number or an id in another program in common: it is the same contact.
2. Both have email addresses or phone numbers, and none in common: it is another contact.
3. Otherwise one of them has none, and the name alone is weak evidence. Organization, town and
   outside id must not differ. Then it is the same contact if the draft has nothing that the contact
   lacks; or if no other contact matches as well, and the two share their organization or a postal
   address, or neither has an email address or phone number, or it is an organization.

A draft whose name is only its own address is recognized by that address, and a contact named by its
email address takes the name of the first draft with the same address.

Every step keeps this true: a contact that took a draft matches it for ever, and lacks nothing of
it. As a contact that lacks nothing is preferred, importing a file twice changes nothing. And
contact points come together on one contact only where a contact point, uid or outside id joins
them.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, Final

from cardcrm.records.contacts.contact_type import CONTACT
from cardcrm.records.contacts.name_edit import fill_name
from cardcrm.records.contacts.names import Name
from cardcrm.records.contacts.normalize import NormalContact, Parts, is_nameless, reach_of
from cardcrm.records.contacts.part_types import Key, Row
from cardcrm.text import fold, shorten

# The strength of a match.
NONE, COMPATIBLE, POSSIBLE, LIKELY, CERTAIN = range(5)

# Columns that may be empty, and are filled by a later draft; so is the organization.
FILLABLE: Final = tuple(
    column
    for field in CONTACT.editable
    if not (field.is_required or field in CONTACT.references or field.column in Name._fields)
    for column in field.columns
)
NAME_COLUMNS: Final = Name._fields
_fillable_values: Final = itemgetter(*FILLABLE)

_LABELS: Final = {each.column: each.label for each in CONTACT.editable if each.column in FILLABLE}
_ONE_VALUED: Final = frozenset({"yearly_day", "field_value"})  # tables of one value for each name
_LONGEST_VALUE = 40  # characters of a value in a report

_NO_ROWS: Final[Mapping[Key, Row]] = {}


@dataclass(slots=True, eq=False)
class Candidate:
    """A contact that drafts may be of, stored or about to be stored by the batch.

    ``parts`` holds its rows by table and key, ``point_ids`` the ids of its stored contact points,
    ``filled`` the columns that the batch has filled, and ``refs`` its ids in other programs.
    """

    id: int
    head: dict[str, Any]
    org: str
    org_key: str
    parts: Parts
    reach: frozenset[Key] = frozenset()
    is_new: bool = False
    is_nameless: bool = False
    refs: tuple[str, ...] = ()
    point_ids: dict[Key, int] = field(default_factory=dict)
    filled: dict[str, Any] = field(default_factory=dict)
    employer: "Candidate | None" = None  # known if this import has found it

    def rows(self, table: str) -> Mapping[Key, Row]:
        """Return the rows of a part by their keys."""
        return self.parts.get(table, _NO_ROWS)

    def update_reach(self) -> None:
        """Set what follows from the rows of its contact points."""
        self.reach = reach_of(self.rows("point"))
        self.is_nameless = is_nameless(self.head["name_key"], self.reach)

    def has_name(self, name_key: str) -> bool:
        """Return whether it has that name or nickname."""
        return self.head["name_key"] == name_key or (name_key,) in self.rows("nickname")


def choose_match(
    candidates: Sequence[Candidate], draft: NormalContact, org_ids: Collection[int]
) -> Candidate | None:
    """Return the candidate that a draft is of; ``org_ids`` are its possible organizations."""
    matches = [
        (strength, candidate)
        for candidate in candidates
        if (strength := match_strength(candidate, draft, org_ids))
    ]
    for _, candidate in matches:
        if not lacks_any(candidate, draft):
            return candidate
    for wanted in (CERTAIN, LIKELY):
        best = [candidate for strength, candidate in matches if strength == wanted]
        if best and (wanted == CERTAIN or len(best) == 1):
            return best[0]
    return matches[0][1] if len(matches) == 1 and matches[0][0] >= POSSIBLE else None


def match_strength(candidate: Candidate, draft: NormalContact, org_ids: Collection[int]) -> int:
    """Return how well a draft matches a candidate, by the rules above but for uids."""
    name_key, kind, ref = (draft.head[name] for name in ("name_key", "kind", "ref"))
    shares_reach = not candidate.reach.isdisjoint(draft.reach)
    is_same_kind = candidate.head["kind"] == kind
    if not candidate.has_name(name_key):
        nameless = draft.is_nameless or (candidate.is_nameless and is_same_kind)
        return LIKELY if shares_reach and nameless else NONE
    if not is_same_kind:
        return NONE
    if shares_reach or (ref and ref in candidate.refs):
        return CERTAIN
    if (candidate.reach and draft.reach) or _differs(candidate, draft, org_ids):
        return NONE
    return _strength_of_name(candidate, draft, org_ids)


def has_other_name(candidate: Candidate, draft: NormalContact) -> bool:
    """Return whether a draft shares no word of its name with the contact of its permanent id.

    An email address or a phone number in common tells that the contact was renamed.
    """
    if not draft.has_uid or not candidate.reach.isdisjoint(draft.reach):
        return False
    if draft.is_nameless or candidate.is_nameless:
        return False
    names = (candidate.head["name_key"], *(key[0] for key in candidate.rows("nickname")))
    known = {word for name in names for word in name.split()}
    return known.isdisjoint(draft.head["name_key"].split())


def _strength_of_name(candidate: Candidate, draft: NormalContact, org_ids: Collection[int]) -> int:
    """Return how well a draft matches a candidate that has only its name in common."""
    name_key, is_org = draft.head["name_key"], draft.head["kind"] == "org"
    if candidate.head["name_key"] != name_key and " " not in name_key and not is_org:
        return NONE  # a nickname that many people may have
    if _shares_org(candidate, draft, org_ids) or _shares_address(candidate, draft):
        return LIKELY
    has_no_reach = not (candidate.reach or draft.reach)
    return POSSIBLE if is_org or has_no_reach else COMPATIBLE


def _differs(candidate: Candidate, draft: NormalContact, org_ids: Collection[int]) -> bool:
    """Return whether both have an organization, town or outside id, and not the same."""
    if draft.head["ref"] and candidate.refs:  # equal ones have been found before
        return True
    has_orgs = draft.org_key and candidate.head["org_id"]
    if has_orgs and not _shares_org(candidate, draft, org_ids):
        return True
    theirs, mine = _cities(draft.parts.get("address", ())), _cities(candidate.rows("address"))
    return bool(mine and theirs and mine.isdisjoint(theirs))


def _cities(keys: Collection[Key]) -> set[str]:
    return {key[1] for key in keys if key[1]}


def _shares_org(candidate: Candidate, draft: NormalContact, org_ids: Collection[int]) -> bool:
    """Return whether both have the same organization, which may go by a nickname."""
    if not draft.org_key or not candidate.head["org_id"]:
        return False
    return candidate.org_key == draft.org_key or candidate.head["org_id"] in org_ids


def _shares_address(candidate: Candidate, draft: NormalContact) -> bool:
    """Return whether both have a postal address in common that is more than a town."""
    known = candidate.rows("address")
    return any(
        key in known and (street or postcode)
        for key in draft.parts.get("address", ())
        for street, _, _, postcode, _ in (key,)
    )


def lacks_any(candidate: Candidate, draft: NormalContact) -> bool:
    """Return whether a draft has anything that a candidate lacks."""
    if takes_name(candidate, draft) or lacks_org(candidate, draft):
        return True
    if missing_name(candidate, draft) or missing_values(candidate, draft):
        return True
    known = candidate.parts
    for table, rows in draft.parts.items():
        if not rows.keys() <= known.get(table, _NO_ROWS).keys():
            return True
    points = draft.parts.get("point", _NO_ROWS)
    return any(adds_mark(known["point"][key], row) for key, row in points.items() if any(row[-2:]))


def takes_name(candidate: Candidate, draft: NormalContact) -> bool:
    """Return whether a candidate that is named by its email address takes the draft's name."""
    if not candidate.is_nameless or "@" not in candidate.head["name_key"]:
        return False
    is_same_kind = draft.head["kind"] == candidate.head["kind"]
    return is_same_kind and "@" not in draft.head["name_key"]


def missing_name(candidate: Candidate, draft: NormalContact) -> dict[str, str]:
    """Return the columns of the name that a draft states and a candidate of that name lacks."""
    mine, theirs = candidate.head, draft.head
    if not (theirs["stated"] or theirs["sort_as"] or theirs["name_order"]):
        return {}
    return fill_name(mine, theirs) if mine["name_key"] == theirs["name_key"] else {}


def missing_values(candidate: Candidate, draft: NormalContact) -> dict[str, Any]:
    """Return the columns that a draft fills and a candidate has empty."""
    mine, theirs = candidate.head, draft.head
    if not any(_fillable_values(theirs)):
        return {}  # most rows of a file
    return {name: theirs[name] for name in FILLABLE if theirs[name] and not mine[name]}


def lacks_org(candidate: Candidate, draft: NormalContact) -> bool:
    """Return whether a draft names an organization and the candidate has none."""
    head = candidate.head
    return bool(draft.org_key) and not head["org_id"] and head["kind"] == "person"


def adds_mark(stored: Row, row: Row) -> bool:
    """Return whether a contact point's row is opted out or invalid and the stored one is not."""
    return bool((row[-2] and not stored[-2]) or (row[-1] and not stored[-1]))


def other_values(
    candidate: Candidate,
    draft: NormalContact,
    org_ids: Collection[int],
    labels: Callable[[], Mapping[int, str]],
) -> Iterator[str]:
    """Yield the values of a draft that a candidate does not take, as it has others.

    ``labels`` returns those of custom fields by their ids; few drafts need them.
    """
    mine, theirs = candidate.head, draft.head
    is_unnamed = draft.is_nameless or takes_name(candidate, draft)
    if not (is_unnamed or candidate.has_name(theirs["name_key"])):
        yield f"name {theirs['name']}"
    has_orgs = draft.org_key and mine["org_id"] and mine["kind"] == "person"
    if has_orgs and not _shares_org(candidate, draft, org_ids):
        yield f"organization {draft.org}"
    for column, label in _LABELS.items():
        stored, value = mine[column], theirs[column]
        if not (stored and value) or stored == value or value in candidate.refs:
            continue
        if fold(str(stored)) != fold(str(value)):
            yield f"{label} {shorten(str(value), _LONGEST_VALUE)}"
    for table, rows in draft.parts.items():
        if table in _ONE_VALUED:
            yield from _other_rows(table, candidate.rows(table), rows, labels)


def _other_rows(
    table: str,
    mine: Mapping[Key, Row],
    theirs: Mapping[Key, Row],
    labels: Callable[[], Mapping[int, str]],
) -> Iterator[str]:
    """Yield the days or custom fields of a draft that a contact has with another value."""
    for key, row in theirs.items():
        stored = mine.get(key)
        if stored is not None and fold(str(stored[1])) != fold(str(row[1])):
            label = row[0] if table == "yearly_day" else labels()[row[0]]
            yield f"{label} {shorten(str(row[1]), _LONGEST_VALUE)}"
