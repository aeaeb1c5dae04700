"""Queue campaigns of calls, visits, letters and messages, and mark what was sent.

Calls and visits become reminders, spread over working days, which `due` and the call mode show.
Letters and messages wait until they are written and marked as sent.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import repeat
from typing import Final, NamedTuple

from cardcrm import dates
from cardcrm.dates import DayTime
from cardcrm.errors import ConflictError, UsageError
from cardcrm.records.activity import interactions, reminders
from cardcrm.records.activity.interactions import Details
from cardcrm.records.campaigns.campaign_status import PAUSED, STOPPED
from cardcrm.records.campaigns.channel import CALL, LETTER, MESSAGE, PLANNED, VISIT
from cardcrm.records.campaigns.completion import finish
from cardcrm.records.campaigns.reachable import NO_POSTAL_ADDRESS, UNREACHED, find_reachable
from cardcrm.records.campaigns.recipient import Recipient
from cardcrm.records.contacts.uids import new_uid
from cardcrm.records.mail import templates
from cardcrm.records.mail.text_filler import FillIn
from cardcrm.records.records import Record
from cardcrm.records.references import remove_row
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks
from cardcrm.store.retry import retry_transaction
from cardcrm.text import sanitize, shorten

_MAX_TEXT: Final = 300  # characters of a reminder
_CHUNK: Final = 1000  # rows that the journal names at once
_SATURDAY: Final = 5
_COLUMNS: Final = (
    "id", "uid", "campaign_id", "contact_id", "template_id", "address", "reminder_id",
)  # fmt: skip
_VERBS: Final = {CALL: "Call", VISIT: "Visit"}
_KINDS: Final = {LETTER: "mail", MESSAGE: "message"}  # of the interaction that logs it


class PendingRecipient(NamedTuple):
    """A contact whose letter or message is not sent yet.

    ``address`` is the profile or the postal address.
    """

    id: int
    contact_id: int
    template_id: int
    address: str


def plan(
    store: Store,
    campaign: Record,
    people: Sequence[Recipient],
    template_ids: Sequence[int | None],
    fill_in: FillIn,
) -> None:
    """Store the contacts of a campaign in the transaction under way, with their reminders.

    ``template_ids`` are the templates of the contacts, in their order.
    """
    planned = campaign.columns["channel"] in PLANNED
    ids: Sequence[int | None] = (
        _add_reminders(store, campaign, people, template_ids, fill_in)
        if planned
        else [None] * len(people)
    )
    first = store.reserve("campaign_contact", len(people))
    rows = [
        (number, new_uid(), campaign.id, each.contact_id, template_id, each.address, reminder_id)
        for number, each, template_id, reminder_id in zip(
            range(first, first + len(people)), people, template_ids, ids, strict=True
        )
    ]
    for start in range(0, len(rows), _CHUNK):
        store.load("campaign_contact", _COLUMNS, rows[start : start + _CHUNK])


def _add_reminders(
    store: Store,
    campaign: Record,
    people: Sequence[Recipient],
    template_ids: Sequence[int | None],
    fill_in: FillIn,
) -> list[int]:
    """Add a reminder for each contact, of its owner; return their ids."""
    owners = _find_owners(store, [each.contact_id for each in people])
    texts = {each: _find_text(store, campaign, each) for each in set(template_ids)}
    days = spread(dates.today(store.locale.zone), campaign.columns["per_day"])
    verb = _VERBS[campaign.columns["channel"]]
    now = dates.current_instant()
    ids = []
    for each, template_id, day in zip(people, template_ids, days, strict=False):
        text = texts[template_id]
        if "{" in text:
            text = fill_in(text, each.contact_id, None)
        text = shorten(f"{verb}: {' '.join(text.split())}", _MAX_TEXT)
        owner = owners.get(each.contact_id, "")
        values = reminders.prepare(store, each.contact_id, text, DayTime(day), owner=owner)
        ids.append(store.insert("reminder", **values, created_at=now))
    return ids


def _find_owners(store: Store, ids: Iterable[int]) -> dict[int, str]:
    sql = "SELECT id, owner FROM contact WHERE id IN ({})"
    return {
        row[0]: row[1]
        for marks, params in chunks(ids)
        for row in store.rows(sql.format(marks), **params)
    }


def _find_text(store: Store, campaign: Record, template_id: int | None) -> str:
    """Return the text of a reminder: that of the campaign, else of its template, else its name."""
    own: str = campaign.columns["text"]
    if own or template_id is None:
        return own or f"campaign {sanitize(campaign.columns['name'])}"
    return templates.find_variants(store, template_id)[0].text


def spread(today: dt.date, per_day: int | None) -> Iterator[dt.date]:
    """Yield the working days from today on, each as often as there are calls on it."""
    day = today
    while True:
        if day.weekday() < _SATURDAY:
            yield from repeat(day) if per_day is None else repeat(day, per_day)
        day += dt.timedelta(days=1)


class Unsent(NamedTuple):
    """The letters or messages that may be sent now, and why others must not, by their contacts."""

    waiting: list[PendingRecipient]
    refused: Mapping[int, str]


def find_unsent(store: Store, campaign: Record) -> Unsent:
    """Return the unsent letters or messages of a campaign, the first ones first.

    Contacts who refused since, or are gone, are left out, and each has the address that it has now.
    """
    waiting = list_waiting(store, campaign.id)
    channel, purpose = campaign.columns["channel"], campaign.columns["purpose"]
    ids = [each.contact_id for each in waiting]
    allowed, refused = find_reachable(store, channel, ids, purpose)
    address = {each.contact_id: each.address for each in allowed}
    return Unsent(
        [
            each._replace(address=address[each.contact_id])
            for each in waiting
            if each.contact_id in address
        ],
        refused,
    )


def list_waiting(store: Store, campaign_id: int) -> list[PendingRecipient]:
    """Return the unsent letters or messages of a campaign, the first ones first."""
    sql = (
        "SELECT id, contact_id, template_id, address FROM campaign_contact "
        "WHERE campaign_id = :id AND sent_at IS NULL ORDER BY id"
    )
    return [PendingRecipient(*row) for row in store.rows(sql, id=campaign_id)]


def refuse_channel(campaign: Record, channel: str) -> None:
    """Raise UsageError for another channel, ConflictError for a campaign that is not sending."""
    name, own = sanitize(campaign.columns["name"]), campaign.columns["channel"]
    if own != channel:
        raise UsageError(
            f"the campaign {name} is of the channel {own}, not {channel}",
            f"See it with: cardcrm campaign show {name}",
        )
    if not campaign.columns["started_at"]:
        raise ConflictError(
            f"the campaign {name} has not begun", f"Begin it with: cardcrm campaign send {name}"
        )
    if campaign.columns["status"] in (PAUSED, STOPPED):
        raise ConflictError(
            f"the campaign {name} is {campaign.columns['status']}",
            f"Go on with: cardcrm campaign resume {name}",
        )


@retry_transaction
def mark_sent(store: Store, campaign: Record, sent: Sequence[tuple[PendingRecipient, str]]) -> int:
    """Log letters or messages with their texts, each once; return how many were not sent before.

    Those to contacts who refused since are removed. The campaign is done once none is left.
    """
    kind = _KINDS[campaign.columns["channel"]]
    now = dates.current_instant()
    with store.transaction():
        unsent = {each.id for each in list_waiting(store, campaign.id)}
        new = [(each, text) for each, text in sent if each.id in unsent]
        for each, text in new:
            details = Details(kind, direction="out")
            values = interactions.prepare(store, text[:5_000], details)
            logged = store.insert("interaction", **values, created_at=now)
            row = {"interaction_id": logged, "contact_id": each.contact_id}
            store.insert_rows("participant", [row])
            store.update("campaign_contact", each.id, sent_at=now, interaction_id=logged)
        _remove_refused(store, campaign)
        finish(store)
    return len(new)


def _remove_refused(store: Store, campaign: Record) -> None:
    """Remove what is not sent to contacts who refused; one without an address stays."""
    refused = find_unsent(store, campaign).refused
    for each in list_waiting(store, campaign.id):
        if refused.get(each.contact_id, NO_POSTAL_ADDRESS) not in UNREACHED:
            remove_row(store, "campaign_contact", each.id)


def cancel_open(store: Store, campaign: Record) -> int:
    """Remove the open reminders of a campaign; return how many contacts it leaves out."""
    if campaign.columns["channel"] not in PLANNED:
        return len(list_waiting(store, campaign.id))
    sql = (
        "SELECT r.id FROM campaign_contact m JOIN reminder r ON r.id = m.reminder_id "
        "WHERE m.campaign_id = :id AND r.done_at IS NULL"
    )
    found = [row[0] for row in store.rows(sql, id=campaign.id)]
    for each in found:
        remove_row(store, "reminder", each)
    return len(found)
