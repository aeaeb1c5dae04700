"""Log mails as interactions with the contacts that their addresses belong to.

Each message becomes one interaction, whose participants are the sender and the recipients that are
contacts; its Message-ID is stored, so that it is logged once. The Message-ID of its first message
names a thread.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from cardcrm import dates
from cardcrm.domains import email_key
from cardcrm.errors import UsageError
from cardcrm.records.activity import interactions
from cardcrm.records.activity.interactions import Details
from cardcrm.records.activity.mail_drafts import MailAddress, MailDraft
from cardcrm.records.contacts import writer
from cardcrm.records.contacts.contact_points import is_email
from cardcrm.records.contacts.drafts import ContactDraft, ContactPointDraft
from cardcrm.records.privacy import forgotten_hashes
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks
from cardcrm.store.retry import retry_transaction
from cardcrm.text import fold

CREATED, UPDATED, UNCHANGED = "created", "updated", "unchanged"
ALONE: Final = "no other correspondent"
SKIPPED, UNKNOWN, REFUSED = "skipped", "unknown", "refused"

MAX_SHARED: Final = 10  # contacts that may share an address
SOURCE: Final = "mail"  # of contacts that are added for unknown correspondents


class MailOptions(NamedTuple):
    """The options of logging mails.

    ``own`` are the keys of the user's own addresses. ``adds_unknown`` adds unknown correspondents
    as contacts; where ``only`` has keys of addresses, only those. ``takes_automatic`` also logs
    list mail and mail of programs. ``account`` is the mail account that they come from. ``desk``
    are accounts and keys of addresses whose mail opens cases.
    """

    own: frozenset[str] = frozenset()
    adds_unknown: bool = False
    only: frozenset[str] = frozenset()
    takes_automatic: bool = False
    account: str = ""
    desk: frozenset[str] = frozenset()


class MailOutcome(NamedTuple):
    """The fate of one message.

    ``reason`` says why it was skipped or refused. ``unknown`` are correspondents that are
    not contacts, ``added`` the contacts that were added for them.
    """

    status: str
    reason: str = ""
    interaction_id: int = 0
    contacts: tuple[int, ...] = ()
    direction: str = ""
    unknown: tuple[MailAddress, ...] = ()
    added: tuple[int, ...] = ()


class Owner(NamedTuple):
    """A contact that has an address."""

    id: int
    name: str


Owners = dict[str, list[Owner]]  # by the key of an address


@retry_transaction
def log_mails(
    store: Store, drafts: Sequence[MailDraft], options: MailOptions, step: int | None = None
) -> list[MailOutcome]:
    """Log messages in one transaction, as part of a journal step, and return what became of each.

    Raises no error for a message that cannot be logged: its outcome has the reason.
    """
    with store.continue_step(step):
        taken = [each for each in drafts if options.takes_automatic or not each.is_automatic]
        batch = _Batch(store, taken, options)
        outcomes = [
            MailOutcome(SKIPPED, each.is_automatic)
            if each.is_automatic and not options.takes_automatic
            else batch.place(each)
            for each in drafts
        ]
        batch.write()
    return outcomes


class _Batch:
    """The messages of one transaction: what is known of them, and the rows to insert."""

    def __init__(self, store: Store, drafts: Sequence[MailDraft], options: MailOptions) -> None:
        self.store = store
        self.options = options
        self.owners = _find_owners(store, {key for each in drafts for key in _keys(each)})
        ids = {each.message_id for each in drafts}
        self.known, self.threads = _find_messages(
            store, ids.union(*(each.references for each in drafts))
        )
        self.next_id = 0
        self.rows: dict[int, dict[str, Any]] = {}
        self.participants: dict[int, list[int]] = {}
        self.full_texts: dict[int, str] = {}
        self.received: dict[int, dict[str, Any]] = {}
        self.now = dates.current_instant()
        self.expected = len(drafts)

    # Who took part

    def place(self, draft: MailDraft) -> MailOutcome:
        """Log a message, or find it logged already."""
        own = self.options.own.union(map(email_key, draft.delivered_to))
        sender = draft.sender if draft.sender and email_key(draft.sender.email) not in own else None
        others = [each for each in draft.recipients if email_key(each.email) not in own]
        direction = self._find_direction(draft, sender, others, own)
        asked = others if direction == "out" else [sender] if sender else []
        unknown = [each for each in asked if email_key(each.email) not in self.owners]
        added = list(filter(None, map(self._add, filter(self._is_wanted, unknown))))
        unknown = [each for each in unknown if email_key(each.email) not in self.owners]
        people = [*([sender] if sender and direction == "in" else []), *others]
        try:
            ids = self._resolve(people)
        except UsageError as error:
            return MailOutcome(REFUSED, error.message)
        told = tuple(unknown), tuple(added)
        if not ids and not unknown:
            return MailOutcome(SKIPPED, ALONE)
        if not ids:
            return MailOutcome(UNKNOWN, "", 0, (), direction, *told)
        status, row_id = self._store(draft, ids, direction)
        return MailOutcome(status, "", row_id, tuple(ids), direction, *told)

    def _find_direction(
        self,
        draft: MailDraft,
        sender: MailAddress | None,
        others: Sequence[MailAddress],
        own: Iterable[str],
    ) -> str:
        """Return whether a message came in or went out.

        Without a known sender it came in if one of the recipients is the user, and went out if one
        of them is a contact.
        """
        if draft.is_sent or sender is None:
            return "out"
        if email_key(sender.email) in self.owners:
            return "in"
        if any(email_key(each.email) in own for each in draft.recipients):
            return "in"
        return "out" if any(email_key(each.email) in self.owners for each in others) else "in"

    def _is_wanted(self, address: MailAddress) -> bool:
        """Return whether an unknown correspondent becomes a contact."""
        wanted = self.options.only
        return (
            self.options.adds_unknown
            and is_email(address.email)
            and (not wanted or email_key(address.email) in wanted)
        )

    def _add(self, address: MailAddress) -> int:
        """Add a contact and return its id; 0 if the name or the address cannot be stored."""
        if email_key(address.email) in self.owners:
            return 0
        draft = ContactDraft(
            name=address.name or address.email,
            points=(ContactPointDraft("email", address.email),),
            source=SOURCE,
        )
        if self._is_forgotten(draft):
            return 0
        try:
            contact_id = writer.add(self.store, draft)
        except UsageError:
            return 0
        self.owners[email_key(address.email)] = [Owner(contact_id, draft.name)]
        return contact_id

    def _is_forgotten(self, draft: ContactDraft) -> bool:
        """Return whether a correspondent is a contact that was forgotten."""
        keys = [("email", email_key(each.value)) for each in draft.points]
        forgotten = forgotten_hashes.load(self.store)
        return bool(forgotten.find_day(forgotten_hashes.traits_of(draft.name, keys)))

    def _resolve(self, people: Sequence[MailAddress]) -> list[int]:
        """Return the contacts of addresses. Raises UsageError for an address of too many."""
        found: list[int] = []
        for each in people:
            owners = self.owners.get(email_key(each.email), [])
            if len(owners) > MAX_SHARED:
                raise UsageError(f"{len(owners):,} contacts have the address {each.email}")
            named = [owner for owner in owners if fold(owner.name) == fold(each.name)]
            found += [owner.id for owner in named or owners]
        return list(dict.fromkeys(found))

    # What is written

    def _store(self, draft: MailDraft, contacts: Sequence[int], direction: str) -> tuple[str, int]:
        """Add the row of a message, or the participants that a stored one lacks."""
        row_id = self.known.get(draft.message_id)
        if row_id is None:
            return CREATED, self._add_row(draft, contacts, direction)
        there = self.participants.get(row_id)
        if there is None:
            there = [id_ for id_, _ in interactions.participants(self.store, row_id)]
        missing = [each for each in contacts if each not in there]
        if row_id in self.rows:
            self.participants[row_id] += missing
        else:
            for each in missing:
                self.store.insert("participant", interaction_id=row_id, contact_id=each)
        return (UPDATED if missing else UNCHANGED), row_id

    def _add_row(self, draft: MailDraft, contacts: Sequence[int], direction: str) -> int:
        if not self.next_id:
            self.next_id = self.store.reserve("interaction", self.expected)
        row_id, self.next_id = self.next_id, self.next_id + 1
        thread = self._find_thread(draft)
        self.rows[row_id] = {
            **_values(self.store, draft, direction),
            "created_at": self.now,
            "message_id": draft.message_id,
            "thread_id": thread,
            "reply_to_id": draft.reply_to_id or None,
        }
        self.participants[row_id] = list(contacts)
        if draft.full_text:
            self.full_texts[row_id] = draft.full_text
        if direction == "in" and draft.sender is not None and not draft.is_automatic:
            self.received[row_id] = self._describe_received(draft, draft.sender)
        self.known[draft.message_id] = row_id
        self.threads[draft.message_id] = thread
        return row_id

    def _describe_received(self, draft: MailDraft, sender: MailAddress) -> dict[str, Any]:
        """Return the row of a mail that a person wrote, which may need an answer."""
        wanted = draft.reply_to
        is_own = wanted is None or email_key(wanted.email) in self.options.own
        address = sender if wanted is None or is_own or not is_email(wanted.email) else wanted
        return {
            "address": address.email,
            "subject": draft.subject,
            "account": self.options.account,
        }

    def _find_thread(self, draft: MailDraft) -> str:
        """Return the thread of a message, and lead to it the answers that came before it."""
        known = (self.threads[each] for each in draft.references if each in self.threads)
        thread = next(known, "") or next(iter(draft.references), "") or draft.message_id
        if thread != draft.message_id:
            self._move_thread(draft.message_id, thread)
        return thread

    def _move_thread(self, before: str, thread: str) -> None:
        for row in self.rows.values():
            if row["thread_id"] == before:
                row["thread_id"] = self.threads[row["message_id"]] = thread
        sql = "SELECT id, message_id FROM interaction WHERE thread_id = :thread"
        for row_id, message_id in self.store.rows(sql, thread=before):
            self.store.update("interaction", row_id, thread_id=thread)
            self.threads[message_id] = thread

    def write(self) -> None:
        """Insert the new rows with their participants."""
        pairs = [(row_id, each) for row_id in self.rows for each in self.participants[row_id]]
        if len(self.rows) == 1:  # the journal names a row that is not loaded
            self._insert(pairs)
        elif self.rows:
            self._load(pairs)
        texts = self.full_texts.items()
        rows = [{"interaction_id": row_id, "text": text} for row_id, text in texts]
        self.store.insert_rows("mail_text", rows)
        received = [{"interaction_id": row_id, **each} for row_id, each in self.received.items()]
        self.store.insert_rows("received_mail", received)

    def _insert(self, pairs: Sequence[tuple[int, int]]) -> None:
        for row_id, values in self.rows.items():
            inserted = self.store.insert("interaction", **values)
            assert inserted == row_id, "the transaction is exclusive, so the next id was reserved"
        people = [{"interaction_id": row_id, "contact_id": each} for row_id, each in pairs]
        self.store.insert_rows("participant", people)

    def _load(self, pairs: Sequence[tuple[int, int]]) -> None:
        columns = list(next(iter(self.rows.values())))
        rows = [(row_id, *values.values()) for row_id, values in self.rows.items()]
        self.store.load("interaction", ["id", *columns], rows)
        first = self.store.reserve("participant", len(pairs))
        numbered = [(number, *pair) for number, pair in enumerate(pairs, first)]
        self.store.load("participant", ["id", "interaction_id", "contact_id"], numbered)


def _values(store: Store, draft: MailDraft, direction: str) -> dict[str, Any]:
    """Return the columns of an interaction; a mail without a readable date is of now."""
    values = interactions.prepare(store, draft.text, Details("mail", direction=direction))
    if draft.at is None:
        return values
    at = dates.format_instant(draft.at)
    day = dates.from_instant(at, store.locale.zone).date()
    return {**values, "on_date": day.isoformat(), "at": at}


def _keys(draft: MailDraft) -> Iterable[str]:
    people = (draft.sender, *draft.recipients) if draft.sender else draft.recipients
    return (email_key(each.email) for each in people)


def _find_owners(store: Store, keys: set[str]) -> Owners:
    """Return the contacts of addresses."""
    owners: Owners = {}
    for marks, params in chunks(keys):
        sql = (
            "SELECT DISTINCT p.value_key, c.id, c.name FROM point p "
            "JOIN contact c ON c.id = p.contact_id "
            f"WHERE p.kind = 'email' AND p.value_key IN ({marks}) ORDER BY c.id"
        )
        for key, contact_id, name in store.rows(sql, **params):
            owners.setdefault(key, []).append(Owner(contact_id, name))
    return owners


def _find_messages(store: Store, ids: set[str]) -> tuple[dict[str, int], dict[str, str]]:
    """Return the interactions of messages, and their threads."""
    known: dict[str, int] = {}
    threads: dict[str, str] = {}
    for marks, params in chunks(ids):
        sql = f"SELECT id, message_id, thread_id FROM interaction WHERE message_id IN ({marks})"
        for row_id, message_id, thread in store.rows(sql, **params):
            known[message_id], threads[message_id] = row_id, thread or message_id
    return known, threads


def counts_of(outcomes: Iterable[MailOutcome]) -> Mapping[str, int]:
    """Return how many messages were created, updated and unchanged."""
    counts = dict.fromkeys((CREATED, UPDATED, UNCHANGED), 0)
    for each in outcomes:
        if each.status in counts:
            counts[each.status] += 1
    return counts
