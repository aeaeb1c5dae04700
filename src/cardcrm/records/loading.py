"""Loading: many drafts at once, as an import brings them, and safe to be done again.

A draft is of a card that is there already when their uids are the same, or when name and kind are
and they share an e-mail address, a phone number or the id in the program they came from; with
nothing of that to compare on one side, the same organisation and town will do. Such a card gets
what it lacks and keeps what it says; so loading a file twice changes nothing.
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from cardcrm import dates
from cardcrm.errors import CardError, UsageError
from cardcrm.records import contacts, fields
from cardcrm.records.drafts import ContactDraft
from cardcrm.records.fields import Field
from cardcrm.records.preparing import COLUMNS, KEYS, Key, Prepared, prepare, reached, towns
from cardcrm.store import Store
from cardcrm.store.again import repeated
from cardcrm.store.kept import chunks
from cardcrm.text import fold

ADDED, FILLED, SAME, BAD = "added", "filled", "same", "bad"


@dataclass(frozen=True)
class Outcome:
    """What became of one draft: ``added``, ``filled``, ``same`` or ``bad`` with its problem."""

    status: str
    contact_id: int = 0
    problem: str = ""


@dataclass(slots=True)
class _Card:
    """A card as far as loading needs to know it, be it in the box or about to be.

    ``keys`` hold the keys of its parts, by part; ``filled`` what its head was given.
    """

    id: int
    head: dict[str, Any]
    org: str
    org_key: str
    keys: dict[str, dict[Key, Any]]
    reach: frozenset[Key] = frozenset()
    fresh: bool = False
    filled: dict[str, Any] = field(default_factory=dict)
    changed: bool = False

    def fits(self, draft: Prepared) -> bool:
        """Whether a draft is of this card; uids have been compared before."""
        head = self.head
        if head["kind"] != draft.head["kind"]:
            return False
        ref = draft.head["ref"]
        if not self.reach.isdisjoint(draft.reach) or (ref and ref == head["ref"]):
            return True
        if self.reach and draft.reach:
            return False
        return _agree({self.org_key} - {""}, {draft.org_key} - {""}) and _agree(
            towns(self.keys.get("address", ())), towns(draft.parts.get("address", ()))
        )

    def search_text(self) -> tuple[int, str, str]:
        """What the search index has to hold of a fresh card, which nobody else has written on.

        The same as `kept.search_text` makes of it, of keys that are folded already.
        """
        head, keys = self.head, self.keys
        names = [head["name_key"], *(key[0] for key in keys.get("nickname", _NONE))]
        places = [key[1] for key in keys.get("address", _NONE)]
        tags = [key[0] for key in keys.get("tag", _NONE)]
        points = [key[1] for key in keys.get("point", _NONE)]
        rest = (self.org_key, head["title_key"], *places, *tags, *points)
        return self.id, " ".join(names), "\n".join(filter(None, rest))


_NONE: dict[Key, Any] = {}


def _agree(mine: set[str], theirs: set[str]) -> bool:
    return not mine or not theirs or bool(mine & theirs)


@repeated
def load(store: Store, drafts: Sequence[ContactDraft], step: int | None = None) -> list[Outcome]:
    """Keep a batch of drafts in one transaction, going on with a journal step; an outcome each.

    A draft that makes no sense is bad and leaves the others alone.
    """
    with store.batch(step):
        return _Loader(store, drafts).run()


class _Loader:
    """One batch on its way into the box."""

    def __init__(self, store: Store, drafts: Sequence[ContactDraft]) -> None:
        self.store = store
        self.drafts = drafts
        self.fields = {each.name: each for each in fields.fields(store)}
        self.now = dates.stamp()
        self.by_uid: dict[str, _Card] = {}
        self.by_name: dict[str, list[_Card]] = {}
        self.fresh: list[_Card] = []
        self.rows: dict[str, list[tuple[int, tuple[Any, ...]]]] = {table: [] for table in KEYS}
        # A draft may need a card for itself and one for its organisation.
        self.next_id = store.reserve("contact", 2 * len(drafts))

    def run(self) -> list[Outcome]:
        ready = [self._prepared(draft) for draft in self.drafts]
        self._look_up([each for each in ready if isinstance(each, Prepared)])
        outcomes = [self._place(each) if isinstance(each, Prepared) else each for each in ready]
        self._write()
        return outcomes

    def _prepared(self, draft: ContactDraft) -> Prepared | Outcome:
        try:
            return prepare(self.store, draft, self._field, self.now)
        except UsageError as error:
            return Outcome(BAD, problem=error.message)

    def _field(self, label: str) -> Field:
        name = fields.field_name(label)
        if name not in self.fields:
            self.fields[name] = fields.add(self.store, label)
        return self.fields[name]

    # what is there already

    def _look_up(self, ready: Sequence[Prepared]) -> None:
        """Read the cards that the batch may be about, with the keys of their parts."""
        found: dict[int, _Card] = {}
        for condition, values in _leads(ready):
            for row in _rows_where(self.store, condition, values):
                found.setdefault(row["id"], _known(row))
        _read_keys(self.store, found)
        for card in found.values():
            card.reach = reached(card.keys.get("point", ()))
            self._remember(card)

    def _remember(self, card: _Card) -> None:
        self.by_uid[card.head["uid"]] = card
        self.by_name.setdefault(card.head["name_key"], []).append(card)

    # where each draft goes

    def _place(self, draft: Prepared) -> Outcome:
        org = self._org(draft)
        card = self.by_uid.get(draft.head["uid"]) or next(
            (each for each in self.by_name.get(draft.head["name_key"], ()) if each.fits(draft)),
            None,
        )
        if card is None:
            return self._add(draft, org)
        return Outcome(FILLED if self._fill(card, draft, org) else SAME, card.id)

    def _org(self, draft: Prepared) -> int | None:
        """The card of the draft's organisation, made if there is none."""
        if not draft.org_key:
            return None
        for card in self.by_name.get(draft.org_key, ()):
            if card.head["kind"] == "org":
                return card.id
        org = prepare(self.store, ContactDraft(name=draft.org, kind="org"), self._field, self.now)
        return self._add(org, None).contact_id

    def _add(self, draft: Prepared, org: int | None) -> Outcome:
        head = draft.head
        head["org_id"] = org
        head["bare"] = int(not draft.reach)
        card = _Card(
            self.next_id, head, draft.org, draft.org_key, draft.parts, draft.reach, fresh=True
        )
        self.next_id += 1
        for table, part in draft.parts.items():
            self.rows[table] += [(card.id, row) for row in part.values()]
        self.fresh.append(card)
        self._remember(card)
        return Outcome(ADDED, card.id)

    def _fill(self, card: _Card, draft: Prepared, org: int | None) -> bool:
        """Give a card what it lacks; whether it lacked anything."""
        missing = {
            name: value
            for name, value in {**draft.head, "org_id": org}.items()
            if name in _FILLABLE and value and not card.head[name] and card.id != value
        }
        card.head |= missing
        card.filled |= missing
        if missing.get("org_id"):
            card.org, card.org_key = draft.org, draft.org_key
        changed = bool(missing)
        for table, part in draft.parts.items():
            known = card.keys.setdefault(table, {})
            for key, row in part.items():
                if key not in known:
                    known[key] = row
                    self.rows[table].append((card.id, row))
                    changed = True
        card.reach |= draft.reach
        card.changed = card.changed or changed
        return changed

    # into the box

    def _write_heads(self) -> None:
        """The heads of fresh cards, without the columns that none of them has anything in."""
        if not self.fresh:
            return
        names = list(self.fresh[0].head)
        values = zip(*(card.head.values() for card in self.fresh), strict=True)
        filled: dict[str, tuple[Any, ...]] = {"id": tuple(card.id for card in self.fresh)}
        empty: list[str] = []
        for name, column in zip(names, values, strict=True):
            if name in _FILLABLE and not any(column):
                empty.append(name)
            else:
                filled[name] = column
        self.store.load("contact", list(filled), list(zip(*filled.values(), strict=True)), empty)

    def _write(self) -> None:
        store = self.store
        self._write_heads()
        for table, rows in self.rows.items():
            if rows:
                first = store.reserve(table, len(rows))
                store.load(
                    table,
                    ["id", "contact_id", *COLUMNS[table]],
                    [(number, owner, *row) for number, (owner, row) in enumerate(rows, first)],
                )
        store.indexed([card.search_text() for card in self.fresh])
        for cards in self.by_name.values():
            for card in cards:
                if card.changed and not card.fresh:
                    store.update("contact", card.id, **card.filled)
                    contacts.touch_card(store, card.id)


# Columns that may be empty, so that a card may be given them later.
_FILLABLE = (
    "given",
    "family",
    "org_id",
    "title",
    "title_key",
    "note",
    "source",
    "owner",
    "cadence_days",
    "ref",
)

_HEAD = ("uid", "kind", "name_key", *_FILLABLE)


def _leads(ready: Sequence[Prepared]) -> Iterator[tuple[str, set[str]]]:
    """Conditions that lead from drafts to the cards they may be of, each with its values.

    A name alone leads only to cards that nothing else could tell apart, for in a large box many
    people have the same name.
    """
    yield "c.uid IN ({})", {each.head["uid"] for each in ready if each.has_uid}
    yield "c.ref IN ({})", {each.head["ref"] for each in ready if each.head["ref"]}
    yield (
        "c.id IN (SELECT contact_id FROM point WHERE value_key IN ({}))",
        {key[1] for each in ready for key in each.reach},
    )
    yield (
        "c.name_key IN ({}) AND c.bare = 1",
        {each.head["name_key"] for each in ready},
    )
    yield "c.name_key IN ({}) AND c.kind = 'org'", {each.org_key for each in ready} - {""}
    yield "c.name_key IN ({})", {each.head["name_key"] for each in ready if not each.reach}


def _rows_where(store: Store, condition: str, values: Iterable[str]) -> Iterator[Any]:
    shown = ", ".join(f"c.{name}" for name in _HEAD)
    for marks, params in chunks(values):
        yield from store.rows(
            f"SELECT c.id, {shown}, o.name AS org FROM contact c "
            f"LEFT JOIN contact o ON o.id = c.org_id WHERE {condition.format(marks)} ORDER BY c.id",
            **params,
        )


def _known(row: Any) -> _Card:
    head = {name: row[name] for name in _HEAD}
    org = row["org"] or ""
    return _Card(row["id"], head, org, fold(org), {})


def _read_keys(store: Store, cards: dict[int, _Card]) -> None:
    for table, names in KEYS.items():
        for marks, params in chunks(cards):
            for row in store.rows(
                f"SELECT contact_id, {', '.join(names)} FROM {table} WHERE contact_id IN ({marks})",
                **params,
            ):
                cards[row[0]].keys.setdefault(table, {})[tuple(row)[1:]] = None


def relate(
    store: Store, told: Iterable[tuple[int, str, str]], step: int | None = None
) -> list[tuple[int, str, str]]:
    """Write relations as (card, kind, who) once all cards are there; those that found nobody.

    What names nobody, or several, is kept on the card as a custom field of that kind.
    """
    lost = []
    with store.batch(step):
        for contact_id, kind, who in told:
            try:
                contacts.add_relation(store, contact_id, kind, who)
            except CardError:
                lost.append((contact_id, kind, who))
                known = {value.name: value.text for value in fields.values_of(store, contact_id)}
                if fields.field_name(kind) not in known:
                    fields.put(store, contact_id, kind, who)
    return lost


class _NotKeptError(CardError):
    """Raised to leave a trial run without a trace."""


def trial(store: Store, work: Callable[[], None]) -> None:
    """Do some work and take all of it back."""
    with contextlib.suppress(_NotKeptError), store.transaction():
        work()
        raise _NotKeptError("only a trial")
