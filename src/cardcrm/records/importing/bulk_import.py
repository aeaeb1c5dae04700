"""Loading: many drafts at once, as an import brings them, and safe to be done again.

Which card a draft is of is told in ``known``. Such a card gets what it lacks and keeps what it
says, but that somebody opted out, or that an address is invalid, is always taken over and never
taken back. So loading a file twice changes nothing.

An organisation that a person works at is made when a card takes it and there is none of that name.
It waits for a row of its own in the same file, which then decides its uid.
"""

import contextlib
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from cardcrm import dates
from cardcrm.errors import CardError, UsageError
from cardcrm.records.contacts import contacts, custom_fields, merged_ids, parts
from cardcrm.records.contacts.custom_fields import Field
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.contacts.normalize import COLUMNS, KEYS, Key, Prepared, marked, prepare
from cardcrm.records.importing.match_candidates import followed
from cardcrm.records.importing.matching import (
    FILLABLE,
    NAMING,
    Card,
    chosen,
    lacks,
    lacks_org,
    marks,
    names_anew,
)
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction

ADDED, FILLED, SAME, BAD = "added", "filled", "same", "bad"


@dataclass(frozen=True)
class Outcome:
    """What became of one draft: ``added``, ``filled``, ``same`` or ``bad`` with its problem.

    ``org_made`` is the card of its organisation, if that was made for it; ``led`` is the permanent
    id that it brought along, where the card it was found to be has another one. ``doubts`` tell of
    phone numbers that were kept now though they can be none.
    """

    status: str
    contact_id: int = 0
    problem: str = ""
    org_made: int = 0
    led: str = ""
    doubts: tuple[str, ...] = ()


@retry_transaction
def load(
    store: Store,
    drafts: Sequence[ContactDraft],
    step: int | None = None,
    waiting: Collection[int] = (),
) -> list[Outcome]:
    """Keep a batch of drafts in one transaction, going on with a journal step; an outcome each.

    A draft that makes no sense is bad and leaves the others alone. ``waiting`` are organisations
    that earlier batches of the same file have made and that no row of it was about yet.
    """
    with store.continue_step(step):
        return _Loader(store, drafts, waiting).run()


class _Loader:
    """One batch on its way into the box."""

    def __init__(
        self, store: Store, drafts: Sequence[ContactDraft], waiting: Collection[int]
    ) -> None:
        self.store = store
        self.drafts = drafts
        self.fields = {each.name: each for each in custom_fields.fields(store)}
        self.now = dates.stamp()
        self.waited = waiting
        self.waiting: set[int] = set()
        self.taken: set[int] = set()
        self.by_uid: dict[str, Card] = {}
        self.by_name: dict[str, list[Card]] = {}
        self.by_point: dict[Key, list[Card]] = {}
        self.looks_by_point = False
        self.fresh: list[Card] = []
        self.orgs_first = False
        self.changed: dict[int, Card] = {}
        self.marked: dict[tuple[int, Key], tuple[Any, ...]] = {}
        self.rows: dict[str, list[tuple[int, tuple[Any, ...]]]] = {table: [] for table in KEYS}
        # A draft may need a card for itself and one for its organisation.
        self.next_id = store.reserve("contact", 2 * len(drafts))

    def run(self) -> list[Outcome]:
        prepared = [self._prepared(draft) for draft in self.drafts]
        ready = [each for each in prepared if isinstance(each, Prepared)]
        self.looks_by_point = any(each.is_nameless for each in ready)
        self._look_up(ready)
        outcomes = [self._place(each) if isinstance(each, Prepared) else each for each in prepared]
        self._write()
        return outcomes

    def _prepared(self, draft: ContactDraft) -> Prepared | Outcome:
        try:
            return prepare(self.store, draft, self._field, self.now)
        except UsageError as error:
            return Outcome(BAD, problem=error.message)

    def _field(self, label: str) -> Field:
        name = custom_fields.field_name(label)
        if name not in self.fields:
            self.fields[name] = custom_fields.add(self.store, label)
        return self.fields[name]

    # what is there already

    def _look_up(self, ready: Sequence[Prepared]) -> None:
        """Read the cards that the batch may be about, with the keys of their parts."""
        merged = custom_fields.field_name(merged_ids.LABEL) in self.fields
        cards, self.by_uid = followed(self.store, ready, merged=merged)
        for card in cards:
            self._remember(card)

    def _remember(self, card: Card) -> None:
        self.by_uid[card.head["uid"]] = card
        self._name(card, card.head["name_key"])
        if "nickname" in card.keys:
            for (name_key,) in card.keys["nickname"]:
                self._name(card, name_key)
        if card.nameless or self.looks_by_point:
            self._point_at(card, card.reach)

    def _name(self, card: Card, name_key: str) -> None:
        namesakes = self.by_name.setdefault(name_key, [])
        if card not in namesakes:
            namesakes.append(card)

    def _point_at(self, card: Card, reach: Iterable[Key]) -> None:
        for key in reach:
            cards = self.by_point.setdefault(key, [])
            if card not in cards:
                cards.append(card)

    # where each draft goes

    def _place(self, draft: Prepared) -> Outcome:
        card = self.by_uid.get(draft.head["uid"]) or self._known_again(draft)
        if card is None:
            return self._add(draft)
        if draft.head["kind"] == "org" and self._waits(card.id):
            return self._take(card, draft)
        uid = draft.head["uid"]
        led = uid if draft.has_uid and card.head["uid"] != uid else ""
        if not lacks(card, draft):
            return Outcome(SAME, card.id, led=led)
        return Outcome(FILLED, card.id, "", self._fill(card, draft), led, draft.doubts)

    def _known_again(self, draft: Prepared) -> Card | None:
        cards = self.by_name.get(draft.head["name_key"], [])
        if self.by_point:
            cards = [*cards]
            for key in draft.reach:
                cards += [card for card in self.by_point.get(key, ()) if card not in cards]
        if not cards:
            return None
        org = self._org(draft)
        return chosen(cards, draft, org.id if org else None)

    def _org(self, draft: Prepared) -> Card | None:
        """The card of the draft's organisation, by its name or else by a nickname."""
        if not draft.org_key:
            return None
        orgs = [each for each in self.by_name.get(draft.org_key, ()) if each.head["kind"] == "org"]
        named = [org for org in orgs if org.head["name_key"] == draft.org_key]
        return next(iter(named or orgs), None)

    def _some_org(self, draft: Prepared) -> tuple[int | None, int]:
        """The organisation's card, made if there is none; and once more if it was made."""
        org = self._org(draft)
        if org or not draft.org_key:
            return org.id if org else None, 0
        told = ContactDraft(name=draft.org, kind="org")
        made = self._add(prepare(self.store, told, self._field, self.now)).contact_id
        self.waiting.add(made)
        return made, made

    def _waits(self, card_id: int) -> bool:
        """Whether a card is an organisation's that was made for this file without a row of it."""
        waits = card_id in self.waiting or card_id in self.waited
        return waits and card_id not in self.taken

    def _take(self, card: Card, draft: Prepared) -> Outcome:
        """Make a waiting organisation the card of a row, with the row's uid."""
        self.taken.add(card.id)
        uid = draft.head["uid"]
        if draft.has_uid and uid not in self.by_uid:
            card.head["uid"] = card.filled["uid"] = uid
            self.by_uid[uid] = card
        self._fill(card, draft)
        return Outcome(ADDED, card.id, doubts=draft.doubts)

    def _add(self, draft: Prepared) -> Outcome:
        head = draft.head
        head["org_id"], org_made = self._some_org(draft)
        head["bare"] = int(not draft.reach)
        card = Card(
            self.next_id,
            head,
            draft.org,
            draft.org_key,
            draft.parts,
            draft.reach,
            fresh=True,
            nameless=draft.is_nameless,
            refs=(head["ref"],) if head["ref"] else (),
        )
        self.next_id += 1
        for table, part in draft.parts.items():
            self.rows[table] += [(card.id, row) for row in part.values()]
        self.fresh.append(card)
        self._remember(card)
        return Outcome(ADDED, card.id, org_made=org_made, doubts=draft.doubts)

    def _fill(self, card: Card, draft: Prepared) -> int:
        """Give a card what it lacks; its organisation's card, if that was made for it."""
        told, missing = draft.head, {}
        if names_anew(card, draft):
            missing = {name: told[name] for name in NAMING}
            card.nameless = False
        missing |= {name: told[name] for name in FILLABLE if told[name] and not card.head[name]}
        org_made = 0
        if lacks_org(card, draft):
            missing["org_id"], org_made = self._some_org(draft)
            self.orgs_first = self.orgs_first or card.fresh
            card.org, card.org_key = draft.org, draft.org_key
        card.head |= missing
        card.filled |= missing
        if not card.fresh:
            self.changed[card.id] = card
        if "ref" in missing:
            card.refs = (*card.refs, told["ref"])
        self._fill_parts(card, draft)
        self._remember(card)
        return org_made

    def _fill_parts(self, card: Card, draft: Prepared) -> None:
        for table, part in draft.parts.items():
            known = card.keys.setdefault(table, {})
            for key, row in part.items():
                if key not in known:
                    known[key] = row
                    self.rows[table].append((card.id, row))
                elif table == "point" and marks(known[key], row):
                    self._mark(card, key, marked(known[key], row))
        card.reach |= draft.reach
        card.head["bare"] = int(not card.reach)

    def _mark(self, card: Card, key: Key, row: tuple[Any, ...]) -> None:
        """Note that a point is opted out or invalid, in the box or on its way there."""
        card.keys["point"][key] = row
        if key in card.stored:
            card.marked[key] = row[-2:]
        else:
            self.marked[card.id, key] = row

    # into the box

    def _write_heads(self) -> None:
        """The heads of fresh cards, without the columns that none of them has anything in."""
        if not self.fresh:
            return
        if self.orgs_first:  # a card may have come before the organisation that it refers to
            self.fresh.sort(key=lambda card: card.head["kind"] != "org")
        names = list(self.fresh[0].head)
        values = zip(*(card.head.values() for card in self.fresh), strict=True)
        filled: dict[str, tuple[Any, ...]] = {"id": tuple(card.id for card in self.fresh)}
        empty: list[str] = []
        for name, column in zip(names, values, strict=True):
            if name in _MAY_BE_EMPTY and not any(column):
                empty.append(name)
            else:
                filled[name] = column
        self.store.load("contact", list(filled), list(zip(*filled.values(), strict=True)), empty)

    def _write(self) -> None:
        store = self.store
        self._write_heads()
        if self.marked:
            self._write_marks()
        for table, rows in self.rows.items():
            if rows:
                first = store.reserve(table, len(rows))
                store.load(
                    table,
                    ["id", "contact_id", *COLUMNS[table]],
                    [(number, owner, *row) for number, (owner, row) in enumerate(rows, first)],
                )
        store.write_search_text([card.search_text() for card in self.fresh])
        for card in self.changed.values():
            self._write_changes(card)

    def _write_marks(self) -> None:
        """Put the marks on points that are not yet in the box."""
        self.rows["point"] = [
            (owner, self.marked.get((owner, (row[0], row[2])), row))
            for owner, row in self.rows["point"]
        ]

    def _write_changes(self, card: Card) -> None:
        store = self.store
        store.update("contact", card.id, **card.filled)
        for key, (opted_out, invalid) in card.marked.items():
            store.update("point", card.stored[key], opted_out=opted_out, invalid=invalid)
        contacts.touch_card(store, card.id)


_MAY_BE_EMPTY = (*FILLABLE, "org_id")


def relate(
    store: Store, told: Iterable[tuple[int, str, str]], step: int | None = None
) -> list[tuple[int, str, str]]:
    """Write relations as (card, kind, who) once all cards are there; those that found nobody.

    What names nobody, or several, is kept on the card as a custom field of that kind.
    """
    lost = []
    with store.continue_step(step):
        for contact_id, kind, who in told:
            try:
                parts.add_relation(store, contact_id, kind, who)
            except CardError:
                lost.append((contact_id, kind, who))
                known = {
                    value.name: value.text for value in custom_fields.values_of(store, contact_id)
                }
                if custom_fields.field_name(kind) not in known:
                    custom_fields.put(store, contact_id, kind, who)
    return lost


class _NotKeptError(CardError):
    """Raised to leave a trial run without a trace."""


def trial(store: Store, work: Callable[[], None]) -> None:
    """Do some work and take all of it back."""
    with contextlib.suppress(_NotKeptError), store.transaction():
        work()
        raise _NotKeptError("only a trial")
