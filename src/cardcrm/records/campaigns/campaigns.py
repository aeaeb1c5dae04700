"""Queue, schedule, pause and stop campaigns."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from cardcrm import dates
from cardcrm.errors import CardcrmError, ConflictError, NotFoundError, UsageError
from cardcrm.records import records
from cardcrm.records.campaigns import outreach
from cardcrm.records.campaigns.campaign_status import (
    DRAFT,
    PAUSED,
    SCHEDULED,
    SENDING,
    STOPPED,
)
from cardcrm.records.campaigns.campaign_type import CAMPAIGN
from cardcrm.records.campaigns.channel import MAIL, PLANNED, WRITTEN
from cardcrm.records.campaigns.recipient import Recipient
from cardcrm.records.campaigns.recipients import (
    Recipients,
    find_recipients,
    hash_share,
)
from cardcrm.records.mail import outbox
from cardcrm.records.mail.message_states import cancel_queued
from cardcrm.records.mail.text_filler import FillIn, keep_text
from cardcrm.records.promotions.announced import refuse_missing
from cardcrm.records.records import Record
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction
from cardcrm.text import sanitize

_NEXT: Final = {
    SCHEDULED: (DRAFT, SCHEDULED),
    SENDING: (DRAFT, SCHEDULED),
    PAUSED: (SCHEDULED, SENDING),
    STOPPED: (SCHEDULED, SENDING, PAUSED),
}  # the statuses that lead to each


# Returns contacts to leave out of a campaign, each with the reason.
LeaveOut = Callable[[Record, Recipients], Mapping[int, str]]


def keep_all(campaign: Record, found: Recipients) -> Mapping[int, str]:
    """Leave out no contact."""
    del campaign, found
    return {}


class Queued(NamedTuple):
    """A campaign that was queued, with its recipients."""

    campaign: Record
    recipients: Recipients


@retry_transaction
def queue(
    store: Store,
    campaign_id: int,
    domain: str,
    fill_in: FillIn = keep_text,
    leave_out: LeaveOut = keep_all,
) -> Queued:
    """Queue a campaign to all its contacts but those held out, in one transaction.

    ``domain`` is that of the sender of mail; ``fill_in`` fills in the texts of reminders, and
    ``leave_out`` chooses contacts that get nothing, or refuses all. Raises ConflictError for a
    campaign that was queued already, and UsageError for one without the template or the promotion
    that it needs.
    """
    with store.transaction():
        campaign = _require(store, campaign_id, SENDING)
        found = find_recipients(store, campaign)
        found = found.without(leave_out(campaign, found))
        _queue_contacts(store, campaign, found.mailed, domain, fill_in)
        store.insert_rows(
            "holdout",
            [
                {"campaign_id": campaign_id, "contact_id": each.contact_id}
                for each in found.held_out
            ],
        )
        now = dates.current_instant()
        store.update("campaign", campaign_id, status=SENDING, started_at=now, due_at=None)
    return Queued(records.get(store, CAMPAIGN, campaign_id), found)


def _queue_contacts(
    store: Store, campaign: Record, people: Sequence[Recipient], domain: str, fill_in: FillIn
) -> None:
    channel = campaign.columns["channel"]
    if channel in WRITTEN:
        refuse_missing(store, campaign.id, _require_templates(campaign))
    if channel == MAIL:
        outbox.enqueue(store, build_drafts(campaign, people), domain)
    else:
        chosen = choose_templates(campaign, people)
        outreach.plan(store, campaign, people, chosen, fill_in)


def queue_all(
    store: Store,
    ids: Sequence[int],
    domain: str,
    fill_in: FillIn = keep_text,
    leave_out: LeaveOut = keep_all,
) -> list[CardcrmError]:
    """Queue campaigns, and return the errors of those that are refused: the others go on."""
    failures = []
    for each in ids:
        try:
            queue(store, each, domain, fill_in, leave_out)
        except (UsageError, NotFoundError, ConflictError) as error:
            name = _name(records.get(store, CAMPAIGN, each))
            message = f"the campaign {name} was not queued: {error.message}"
            failures.append(CardcrmError(message, error.hint))
    return failures


def build_drafts(campaign: Record, people: Sequence[Recipient]) -> list[outbox.Draft]:
    """Return a mail for each recipient; of two templates a hash chooses one.

    Raises UsageError for a campaign without a template.
    """
    _require_templates(campaign)
    return [
        outbox.Draft(
            each.contact_id,
            each.address,
            template_id=template_id,
            purpose=campaign.columns["purpose"],
            campaign_id=campaign.id,
        )
        for each, template_id in zip(people, choose_templates(campaign, people), strict=True)
    ]


def choose_templates(campaign: Record, people: Sequence[Recipient]) -> list[int | None]:
    """Return the template of each recipient: of two, a hash chooses one; None without any."""
    found: Sequence[int | None] = _list_templates(campaign) or [None]
    seed = campaign.columns["uid"]
    return [found[int(hash_share(seed, "template", each.uid) * len(found))] for each in people]


def _list_templates(campaign: Record) -> list[int]:
    """Return the ids of the templates of a campaign, at most two."""
    columns = campaign.columns
    return [each for each in (columns["template_id"], columns["rival_id"]) if each is not None]


def _require_templates(campaign: Record) -> list[int]:
    """Return the ids of the templates of a campaign. Raises UsageError without any."""
    used = _list_templates(campaign)
    if not used:
        raise UsageError(
            f"the campaign {_name(campaign)} has no template",
            f"For example: cardcrm campaign edit {_name(campaign)} --template NAME",
        )
    return used


@retry_transaction
def schedule(store: Store, campaign_id: int, due_at: str) -> Record:
    """Schedule a campaign for an instant, at which its query is run. Raises ConflictError."""
    with store.transaction():
        _require(store, campaign_id, SCHEDULED)
        store.update("campaign", campaign_id, status=SCHEDULED, due_at=due_at)
    return records.get(store, CAMPAIGN, campaign_id)


def list_due(store: Store) -> list[int]:
    """Return the ids of the scheduled campaigns that are due, the earliest first."""
    sql = (
        "SELECT id FROM campaign WHERE status = 'scheduled' AND due_at <= :now ORDER BY due_at, id"
    )
    return [row[0] for row in store.rows(sql, now=dates.current_instant())]


@retry_transaction
def pause(store: Store, campaign_id: int) -> Record:
    """Hold back what is not sent yet.

    Raises ConflictError for a campaign that is neither scheduled nor sending, and for one of calls
    or visits that are planned already.
    """
    campaign = records.get(store, CAMPAIGN, campaign_id)
    if campaign.columns["channel"] in PLANNED and campaign.columns["status"] == SENDING:
        raise ConflictError(
            f"the reminders of the campaign {_name(campaign)} are planned already",
            f"Remove those that are open: cardcrm campaign stop {_name(campaign)}",
        )
    return _set_status(store, campaign_id, PAUSED)


@retry_transaction
def resume(store: Store, campaign_id: int) -> Record:
    """Send on after a pause, or wait for the day again.

    Raises ConflictError for a campaign that is not paused.
    """
    with store.transaction():
        campaign = records.get(store, CAMPAIGN, campaign_id)
        if campaign.columns["status"] != PAUSED:
            raise _refusal(campaign, "resumed")
        status = SENDING if campaign.columns["started_at"] else SCHEDULED
        store.update("campaign", campaign_id, status=status)
    return records.get(store, CAMPAIGN, campaign_id)


@retry_transaction
def stop(store: Store, campaign_id: int) -> tuple[Record, int]:
    """Cancel what is not sent yet; return the campaign and the number of mails canceled.

    Raises ConflictError for a campaign that is done, or never began.
    """
    with store.transaction():
        campaign = _set_status(store, campaign_id, STOPPED)
        count = cancel_queued(store, "campaign_id", [campaign_id], "campaign stopped")
        if campaign.columns["channel"] != MAIL and campaign.columns["started_at"]:
            count = outreach.cancel_open(store, campaign)
    return campaign, count


def _set_status(store: Store, campaign_id: int, status: str) -> Record:
    with store.transaction():
        _require(store, campaign_id, status)
        store.update("campaign", campaign_id, status=status)
    return records.get(store, CAMPAIGN, campaign_id)


def _require(store: Store, campaign_id: int, status: str) -> Record:
    """Return a campaign that may get a status. Raises ConflictError for any other."""
    campaign = records.get(store, CAMPAIGN, campaign_id)
    if campaign.columns["status"] not in _NEXT[status]:
        verbs = {SCHEDULED: "scheduled", SENDING: "sent", PAUSED: "paused", STOPPED: "stopped"}
        raise _refusal(campaign, verbs[status])
    return campaign


def _refusal(campaign: Record, verb: str) -> ConflictError:
    return ConflictError(
        f"the campaign {_name(campaign)} cannot be {verb}: it is {campaign.columns['status']}",
        f"See it with: cardcrm campaign show {_name(campaign)}",
    )


def _name(campaign: Record) -> str:
    return sanitize(campaign.columns["name"])
