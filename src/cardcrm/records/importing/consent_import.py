"""Import the consents of contacts: a refusal here is never lifted, one of a file always counts.

A consent is left out where the address has refused mail for its purpose, or any mail, and where it
says nothing new, so that importing a file twice changes nothing.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from cardcrm import dates
from cardcrm.domains import email_key
from cardcrm.errors import UsageError
from cardcrm.records.contacts.contact_points import split_mail_name
from cardcrm.records.contacts.drafts import ConsentDraft, ContactDraft
from cardcrm.records.contacts.uids import new_uid
from cardcrm.records.fields import parse_purpose
from cardcrm.records.mail.consent_status import GIVEN, STATUSES, WITHDRAWN
from cardcrm.records.mail.consent_type import BASES, CONSENT, CONSENT_BASIS
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks

SOURCE: Final = "import"

RECORDED, RESPECTED, NO_ADDRESS = "recorded", "respected", "no address"

_Place = tuple[str, str]  # address and purpose


class Address(NamedTuple):
    """An email address of a contact that is stored."""

    key: str
    is_opted_out: bool


@dataclass
class _Known:
    """The consents to one purpose of one address: all that are stored, and the newest one."""

    rows: set[tuple[str, str]] = field(default_factory=set)
    newest: tuple[str, str] = ("", "")  # instant and status

    def add(self, at: str, status: str) -> None:
        self.rows.add((at, status))
        if at >= self.newest[0]:
            self.newest = (at, status)


def add_consents(
    store: Store, drafts: Sequence[ContactDraft], contact_ids: Sequence[int]
) -> dict[int, Counter[str]]:
    """Add the consents of drafts to their contacts; return counts by the numbers of the drafts.

    They count what was recorded, opt-outs that were respected, and consents without an address.
    A draft that was refused has the contact 0: its withdrawals count for those with its addresses.
    """
    some = [number for number, each in enumerate(drafts) if each.consents]
    if not some:
        return {}
    refused = {number: drafts[number] for number in some if not contact_ids[number]}
    owners = _find_owners(store, refused) if refused else {}
    ids = {number: contact_ids[number] or owners.get(number, 0) for number in some}
    adder = _Adder(store, _read_addresses(store, {*ids.values()}))
    counts = {
        number: adder.add_all(owner, drafts[number], only_withdrawn=number in refused)
        for number, owner in ids.items()
        if owner
    }
    adder.write()
    return counts


class _Adder:
    """Collects the rows of new consents."""

    def __init__(self, store: Store, addresses: Mapping[int, Sequence[Address]]) -> None:
        self.store, self.addresses = store, addresses
        self.known = _read_known(store, {each.key for some in addresses.values() for each in some})
        self.now = dates.current_instant()
        self.rows: list[dict[str, object]] = []
        self.days: dict[str, dt.date | str] = {}  # by their texts, which files repeat

    def add_all(
        self, contact_id: int, draft: ContactDraft, *, only_withdrawn: bool
    ) -> Counter[str]:
        """Add the consents of a draft, and return what became of them."""
        counts: Counter[str] = Counter()
        for each in draft.consents:
            if each.status == WITHDRAWN or not only_withdrawn:
                counts += self._add(contact_id, draft, each)
        return counts

    def write(self) -> None:
        """Write the rows, which have equal columns."""
        if not self.rows:
            return
        first = self.store.reserve("consent", len(self.rows))
        columns = ("id", *self.rows[0])
        rows = [(first + at, *row.values()) for at, row in enumerate(self.rows)]
        self.store.load("consent", columns, rows)

    def _add(self, contact_id: int, draft: ContactDraft, consent: ConsentDraft) -> Counter[str]:
        """Add a consent for the addresses that it is about."""
        counts: Counter[str] = Counter()
        try:
            purpose = parse_purpose(consent.purpose)
        except UsageError:
            return counts
        if consent.status not in STATUSES:
            return counts
        found = _choose_addresses(self.addresses.get(contact_id, ()), draft, consent)
        counts[NO_ADDRESS] += not found
        for address in found:
            known = self.known.setdefault((address.key, purpose), _Known())
            day = self._parse_day(consent.at)
            at = _choose_instant(self.store, day, consent.status, self.now)
            what = _decide(known, address, consent.status, at, has_day=bool(consent.at))
            counts[what] += bool(what)
            if what == RECORDED:
                known.add(at, consent.status)
                columns = {"contact_id": contact_id, "address": address.key, "purpose": purpose}
                self.rows.append(
                    _build_row(self.store, consent, columns, at, self.now, is_read=bool(day))
                )
        return +counts

    def _parse_day(self, text: str) -> dt.date | str:
        if text not in self.days:
            self.days[text] = _parse_day(self.store, text)
        return self.days[text]


def _decide(known: _Known, address: Address, status: str, at: str, *, has_day: bool) -> str:
    """Return what becomes of a consent, "" for one that says nothing new."""
    newest_at, newest = known.newest
    if status == WITHDRAWN:
        is_known = (at, status) in known.rows if has_day else newest == WITHDRAWN
        return "" if is_known else RECORDED
    if address.is_opted_out or newest == WITHDRAWN:
        return RESPECTED
    is_new = not newest or (status == GIVEN and newest != GIVEN and at >= newest_at)
    return RECORDED if is_new else ""


def _choose_addresses(
    known: Sequence[Address], draft: ContactDraft, consent: ConsentDraft
) -> Sequence[Address]:
    """Return the addresses of a contact that a consent is about: a withdrawal is about all."""
    named = [consent.address] if consent.address else []
    wanted = [_read_key(each) for each in named or _list_mails(draft)]
    found = [each for key in wanted for each in known if each.key == key]
    if consent.status == WITHDRAWN and not named:
        return known
    return found[:1] if found or named else known[:1]


def _list_mails(draft: ContactDraft) -> list[str]:
    return [each.value for each in draft.points if each.kind == "email"]


def _read_key(text: str) -> str:
    return email_key(split_mail_name(text)[0].strip())


def _choose_instant(store: Store, day: dt.date | str, status: str, now: str) -> str:
    """Return the instant of a consent: now without a day. A withdrawal ends its day."""
    if isinstance(day, str):
        return min(day, now) if day else now
    time = dt.time(23, 59, 59) if status == WITHDRAWN else dt.time()
    return min(dates.to_instant(day, time, store.locale.zone), now)


def _parse_day(store: Store, text: str) -> dt.date | str:
    """Return a day, or an instant as it is; "" for what is neither."""
    if text.endswith("Z"):
        return text
    if not any(map(str.isdigit, text)):
        return ""  # words such as “yesterday” mean the day on which the file was written
    try:
        return dates.parse_date(text, dates.now(store.locale.zone), past=True).day
    except UsageError:
        return ""


def _build_row(
    store: Store,
    consent: ConsentDraft,
    columns: Mapping[str, object],
    at: str,
    now: str,
    *,
    is_read: bool,
) -> dict[str, object]:
    """Return the row of a consent; a day or a basis that cannot be read goes to its proof."""
    basis = consent.basis.strip().lower()
    notes = (
        consent.proof,
        "" if is_read or not consent.at else f"date as imported: {consent.at}",
        "" if basis in ("", *BASES) else f"legal basis as imported: {consent.basis}",
    )
    values = CONSENT.normalize(
        **columns,
        status=consent.status,
        basis=basis if basis in BASES else CONSENT_BASIS,
        source=consent.source or (SOURCE if not consent.address else ""),
        at=at,
        proof="\n".join(filter(None, notes)),
    )
    return {"uid": new_uid(), **values, "author": store.author.name, "created_at": now}


def _find_owners(store: Store, drafts: Mapping[int, ContactDraft]) -> dict[int, int]:
    """Return a contact that has an address of each draft, by the numbers of the drafts."""
    keys = {number: set(map(_read_key, _list_mails(each))) for number, each in drafts.items()}
    owners: dict[str, int] = {}
    for marks, params in chunks(set().union(*keys.values())):
        sql = (
            "SELECT value_key, min(contact_id) FROM point WHERE kind = 'email' "
            f"AND value_key IN ({marks}) GROUP BY value_key"
        )
        owners.update((row[0], row[1]) for row in store.rows(sql, **params))
    found = {
        number: [owners[key] for key in some if key in owners] for number, some in keys.items()
    }
    return {number: min(some) for number, some in found.items() if some}


def _read_addresses(store: Store, contact_ids: Iterable[int]) -> dict[int, list[Address]]:
    """Return the email addresses of contacts, those that can be mailed first."""
    found: dict[int, list[Address]] = {}
    for marks, params in chunks(contact_ids):
        sql = (
            "SELECT contact_id, value_key, opted_out FROM point WHERE kind = 'email' "
            f"AND contact_id IN ({marks}) ORDER BY opted_out, invalid, id"
        )
        for contact_id, key, out in store.rows(sql, **params):
            found.setdefault(contact_id, []).append(Address(key, bool(out)))
    return found


def _read_known(store: Store, addresses: Iterable[str]) -> dict[_Place, _Known]:
    """Return the stored consents of addresses, the oldest first."""
    found: dict[_Place, _Known] = {}
    for marks, params in chunks(addresses):
        sql = (
            "SELECT address, purpose, at, status FROM consent "
            f"WHERE address IN ({marks}) ORDER BY at, id"
        )
        for address, purpose, at, status in store.rows(sql, **params):
            found.setdefault((address, purpose), _Known()).add(at, status)
    return found
