"""Find the contacts that the rows of a file name, many at once, and add those that are unknown.

A contact is found by its id in the program that wrote the file, else by email address, phone number
or exact name, in this order. A name alone does not count where both the row and the contact have
email addresses or phone numbers, and none in common: they are two people. A name, address or number
of several contacts is ambiguous unless the other values of the row choose among them.
"""

import functools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from cardcrm.domains import email_key
from cardcrm.errors import UsageError
from cardcrm.records.contacts import contact_points
from cardcrm.records.contacts.drafts import ContactDraft, ContactPointDraft
from cardcrm.records.contacts.name_words import COMPANY_WORDS, fold_word
from cardcrm.records.contacts.resolve import describe
from cardcrm.records.importing import bulk_import
from cardcrm.records.importing.history_drafts import Party
from cardcrm.records.importing.outcomes import CREATED
from cardcrm.records.privacy import forgotten_hashes
from cardcrm.records.privacy.forgotten_hashes import Forgotten, traits_of
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks
from cardcrm.text import fold, normalize_line

_MAX_KNOWN: Final = 10_000  # contacts of a file that are remembered between its batches
_SHOWN: Final = 5  # candidates in a refusal


class Place(NamedTuple):
    """The contact of a row, or why there is none: the reason, and the part of the row at fault."""

    contact_id: int
    reason: str = ""
    part: str = "name"


class _Keys(NamedTuple):
    """The values of a party as the database compares them; any may be empty."""

    ref: str
    email: str
    phone: str
    name: str
    org: str


@dataclass
class _Index:
    """The contacts that some parties may be, by each value that they are found by."""

    by_ref: dict[str, list[int]] = field(default_factory=dict)
    by_point: dict[str, list[int]] = field(default_factory=dict)
    by_name: dict[str, list[int]] = field(default_factory=dict)
    names: dict[int, set[str]] = field(default_factory=dict)
    orgs: dict[int, str] = field(default_factory=dict)
    has_reach: set[int] = field(default_factory=set)


class PartyFinder:
    """The contacts of the rows of one file.

    With ``known_only`` unknown contacts are refused instead of added. Rows without any contact are
    those of ``nameless``, if it is an id. ``stage`` is the stage of added contacts. Contacts that
    were forgotten are added ``anyway``, or refused.
    """

    def __init__(
        self, store: Store, *, known_only: bool = False, nameless: int = 0, stage: str = "",
        source: str = "", tags: tuple[str, ...] = (), owner: str = "", anyway: bool = False,
    ) -> None:  # fmt: skip
        self.store, self.known_only, self.nameless = store, known_only, nameless
        self.stage, self.source, self.tags, self.owner = stage, source, tags, owner
        self.anyway = anyway
        self.added = 0
        self._known: dict[tuple[str, ...], Place] = {}
        self._uncommitted: list[tuple[str, ...]] = []

    def find(self, parties: Iterable[Party]) -> dict[tuple[str, ...], Place]:
        """Return the places of some parties by their keys; unknown ones are added.

        This belongs into the transaction that uses them.
        """
        if len(self._known) > _MAX_KNOWN:
            self._known.clear()
        wanted: dict[tuple[str, ...], Party] = {}
        for party in parties:
            key = party.key
            if party.opted_out or key not in wanted:
                wanted[key] = party
        new = [party for key, party in wanted.items() if key not in self._known]
        unknown = list(self._look_up(new))
        self._add(unknown)
        return self._known

    def restart(self) -> None:
        """Forget contacts added by a transaction that was rolled back, before it is retried."""
        if self._uncommitted:
            for key in self._uncommitted:
                self._known.pop(key, None)
            self._uncommitted.clear()

    def commit(self) -> None:
        """Remember the contacts that a transaction has added."""
        self._uncommitted.clear()

    def contact_of(self, party: Party) -> int:
        """Return the contact of a party that was looked for; 0 if there is none."""
        place = self._known.get(party.key)
        return place.contact_id if place is not None else 0

    def is_forgotten(self, party: Party) -> bool:
        """Return whether a party is a contact that was forgotten and is to stay so."""
        if self.anyway or not self._forgotten.has_any:
            return False
        keys = self._keys_of(party)
        points = (("email", keys.email), ("phone", keys.phone))
        name = _turn_name(party.name) or f"{party.given} {party.family}".strip() or party.org
        return bool(self._forgotten.find_day(traits_of(name, points)))

    @functools.cached_property
    def _forgotten(self) -> Forgotten:
        return forgotten_hashes.load(self.store)

    def _look_up(self, parties: Sequence[Party]) -> Iterator[Party]:
        """Find the stored contacts of parties; yield the parties that are unknown."""
        keys = [self._keys_of(party) for party in parties]
        index = self._read_index(keys)
        for party, key in zip(parties, keys, strict=True):
            place = self._choose(party, key, index)
            if place is None:
                yield party
            else:
                self._known[party.key] = place

    def _keys_of(self, party: Party) -> _Keys:
        phone = ""
        if party.phone:
            try:
                phone = contact_points.phone_key(party.phone, self.store.locale.region)
            except UsageError:
                phone = ""
        name = party.name or f"{party.given} {party.family}"
        return _Keys(
            normalize_line(party.ref),
            email_key(party.email) if party.email else "",
            phone,
            _fold_name(name),
            fold(party.org) if party.org else "",
        )

    def _read_index(self, keys: Sequence[_Keys]) -> _Index:
        index = _Index()
        self._read("SELECT ref, id FROM contact WHERE ref IN ({})", {each.ref for each in keys},
                   index.by_ref)  # fmt: skip
        points = {each.email for each in keys} | {each.phone for each in keys}
        self._read("SELECT value_key, contact_id FROM point WHERE value_key IN ({})", points,
                   index.by_point)  # fmt: skip
        names = {each.name for each in keys} | {each.org for each in keys}
        self._read("SELECT name_key, id FROM contact WHERE name_key IN ({})", names, index.by_name)
        self._read("SELECT name_key, contact_id FROM nickname WHERE name_key IN ({})", names,
                   index.by_name)  # fmt: skip
        self._read_details(index)
        return index

    def _read(self, sql: str, values: Iterable[str], found: dict[str, list[int]]) -> None:
        for marks, params in chunks({each for each in values if each}):
            for key, contact_id in self.store.rows(sql.format(marks), **params):
                ids = found.setdefault(key, [])
                if contact_id not in ids:
                    ids.append(contact_id)

    def _read_details(self, index: _Index) -> None:
        """Read the names and organizations of contacts that a value does not tell apart."""
        lists = (*index.by_ref.values(), *index.by_point.values(), *index.by_name.values())
        ids = {each for found in lists for each in found}
        sql = (
            "SELECT c.id, c.name_key, coalesce(o.name_key, '') AS org, c.bare FROM contact c "
            "LEFT JOIN contact o ON o.id = c.org_id WHERE c.id IN ({})"
        )
        for marks, params in chunks(ids):
            for row in self.store.rows(sql.format(marks), **params):
                index.names.setdefault(row["id"], set()).add(row["name_key"])
                index.orgs[row["id"]] = row["org"]
                if not row["bare"]:
                    index.has_reach.add(row["id"])
        for key, found in index.by_name.items():
            for each in found:
                index.names.setdefault(each, set()).add(key)

    def _choose(self, party: Party, keys: _Keys, index: _Index) -> Place | None:
        """Return the place of a party; None if it is unknown and is to be added."""
        if not party.label:
            return self._place_nameless(party)
        by_ref = index.by_ref.get(keys.ref, []) if keys.ref else []
        name = keys.name or keys.org
        fitting = [each for each in by_ref if not name or name in index.names[each]
                   or each in self._at(keys, index)]  # fmt: skip
        for ids, part in (
            (fitting, "id"),
            (index.by_point.get(keys.email, []) if keys.email else [], "email"),
            (index.by_point.get(keys.phone, []) if keys.phone else [], "phone"),
            (self._by_name(keys, index), "name"),
        ):
            if ids:
                return self._decide(party, keys, index, ids, part)
        if by_ref and not (keys.email or keys.phone):
            return self._decide(party, keys, index, by_ref, "id")
        if self.known_only:
            return Place(0, f"no contact matches “{party.label}”")
        if not any(keys[1:]):
            return Place(0, f"no contact has the id “{party.label}”", "id")
        return None

    def _at(self, keys: _Keys, index: _Index) -> list[int]:
        return [*index.by_point.get(keys.email, []), *index.by_point.get(keys.phone, [])]

    def _place_nameless(self, party: Party) -> Place:
        if self.nameless:
            return Place(self.nameless)
        if email := party.unread_email:
            return Place(0, f"invalid email address “{email}”, and no other contact", "email")
        return Place(0, "no contact is named; to give one: --customer WHO", "name")

    def _by_name(self, keys: _Keys, index: _Index) -> list[int]:
        """Return the contacts of a name, without those that other addresses tell apart."""
        found = index.by_name.get(keys.name or keys.org, [])
        if keys.email or keys.phone:
            return [each for each in found if each not in index.has_reach]
        return found

    def _decide(
        self, party: Party, keys: _Keys, index: _Index, ids: Sequence[int], part: str
    ) -> Place:
        """Return the only contact among some that fits the row, or the refusal of several."""
        if len(ids) > 1 and part != "name":
            ids = [each for each in ids if keys.name in index.names[each]] or ids
        if len(ids) > 1 and keys.org:
            ids = [each for each in ids if index.orgs.get(each) == keys.org] or ids
        if len(ids) == 1:
            return Place(ids[0])
        shown = describe(self.store, ids[:_SHOWN])
        names = ", ".join(
            f"{id_} {name}{f' ({more})' if more else ''}" for id_, name, more in shown
        )
        return Place(0, f"{len(ids)} contacts match “{party.label}”: {names}", part)

    # Unknown contacts

    def _add(self, parties: Sequence[Party]) -> None:
        """Add the contacts of parties; rows that differ in spelling only share one."""
        if not parties:
            return
        drafts: dict[_Keys, ContactDraft] = {}
        keys = [self._keys_of(party) for party in parties]
        for party, key in zip(parties, keys, strict=True):
            if _same(key) not in drafts or party.opted_out:
                drafts[_same(key)] = self._draft_of(party)
        outcomes = bulk_import.import_drafts(
            self.store, list(drafts.values()), self.store.last_step, anyway=self.anyway
        )
        places: dict[_Keys, Place] = {}
        for key, outcome in zip(drafts, outcomes, strict=True):
            self.added += outcome.status == CREATED
            places[key] = Place(outcome.contact_id, outcome.problem)
        for party, key in zip(parties, keys, strict=True):
            self._known[party.key] = places[_same(key)]
            self._uncommitted.append(party.key)

    def _draft_of(self, party: Party) -> ContactDraft:
        points = []
        if party.email:
            points.append(ContactPointDraft("email", party.email, opted_out=party.opted_out))
        if party.phone:
            points.append(ContactPointDraft("phone", party.phone))
        is_named = bool(party.name or party.given or party.family)
        is_firm = bool(party.name) and not party.org and _is_firm(party.name)
        is_org = (bool(party.org) and not is_named) or is_firm
        name = party.org if is_org and not is_firm else party.name
        if not (name or is_named):
            name = party.email or party.phone or party.ref
        return ContactDraft(
            name=_turn_name(name),
            kind="org" if is_org else "person",
            given=party.given,
            family=party.family,
            org="" if is_org else party.org,
            points=tuple(points),
            addresses=(party.address,) if party.address else (),
            stage=self.stage,
            source=party.source or self.source,
            tags=self.tags,
            owner=self.owner,
            ref=party.ref,
            opted_out=("email",) if party.opted_out else (),
        )


def _same(keys: _Keys) -> _Keys:
    """Return what two parties have in common that are one contact: an address, else the name."""
    if keys.email:
        return _Keys("", keys.email, "", "", "")
    if keys.phone:
        return _Keys("", "", keys.phone, "", "")
    return keys._replace(ref="") if keys.name or keys.org else keys


def _is_firm(name: str) -> bool:
    """Return whether a name ends like that of a firm: “Muster GmbH”."""
    words = name.split()
    return len(words) > 1 and fold_word(words[-1]) in COMPANY_WORDS


def _turn_name(name: str) -> str:
    """Return ``Jane Doe`` for ``Doe, Jane``, but not for ``Rose & Co, Ltd``."""
    family, sign, given = name.partition(",")
    words = {fold_word(word) for word in name.split()}
    is_turned = sign and family.strip() and given.strip() and "," not in given
    if not is_turned or "&" in words or not words.isdisjoint(COMPANY_WORDS):
        return name
    return f"{given.strip()} {family.strip()}"


def _fold_name(name: str) -> str:
    return fold(_turn_name(name)) if name.strip() else ""
