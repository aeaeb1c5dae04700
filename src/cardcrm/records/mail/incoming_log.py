"""Log incoming mail, and do what bounces, complaints and requests to unsubscribe ask for.

Anyone can write such a message, so each must prove that it answers mail of ours: by a Message-ID
that is in the outbox, which only its reader can know, or by the token of the address.
"""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from cardcrm import dates
from cardcrm.domains import email_key
from cardcrm.records.activity.mail_drafts import MailDraft
from cardcrm.records.activity.mail_log import (
    CREATED,
    REFUSED,
    UNCHANGED,
    UNKNOWN,
    MailOptions,
    MailOutcome,
    log_mails,
)
from cardcrm.records.mail import (
    absences,
    consents,
    mail_reports,
    offers,
    outbox,
    permission,
)
from cardcrm.records.mail.incoming import AUTOMATIC, BOUNCE, COMPLAINT, MAIL, Incoming
from cardcrm.records.mail.mailbox_type import UNSUBSCRIBE
from cardcrm.records.mail.offers import Sighting
from cardcrm.records.mail.requesters import find_requesters, find_token_owner
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks
from cardcrm.store.retry import retry_transaction

COUNTS: Final = (
    "new", "logged", "unknown", "replied", "bounces", "automatic", "unsubscribed", "complaints",
    "confirmed", "skipped", "refused",
)  # fmt: skip
KNOWN: Final = "known"  # a message that was logged before
FORGED: Final = "names no mail of ours"


class OwnMessage(NamedTuple):
    """A message of the outbox that an incoming one answers or returns."""

    message_id: str
    address: str


class Absence(NamedTuple):
    """An address whose owner is away up to a day, as an automatic answer says."""

    address: str
    until: str


class IncomingOutcome(NamedTuple):
    """The outcome for a message: one of `COUNTS`, how it was logged, and the absence it reports.

    ``also`` are further counts that it is part of.
    """

    result: str
    also: tuple[str, ...] = ()
    outcome: MailOutcome | None = None
    absence: Absence | None = None


@retry_transaction
def log_incoming(
    store: Store, batch: Sequence[Incoming], options: MailOptions, step: int | None = None
) -> list[IncomingOutcome]:
    """Log the messages of a batch in one transaction, and return what became of each."""
    with store.continue_step(step):
        own = _find_own(store, batch)
        mails = [each for each in batch if each.kind == MAIL or options.takes_automatic]
        outcomes = dict(
            zip(
                map(id, mails),
                log_mails(store, [each.draft for each in mails], options, step),
                strict=True,
            )
        )
        processed = [_process(store, each, own, outcomes.get(id(each)), options) for each in batch]
        _offer_unknown(store, mails, outcomes)
    return processed


def _find_own(store: Store, batch: Iterable[Incoming]) -> dict[str, OwnMessage]:
    """Return the messages of the outbox that a batch answers or returns, by Message-ID."""
    ids = {each for one in batch for each in (*one.returned_ids, *_answered(one.draft))}
    found = {}
    for marks, params in chunks(ids):
        sql = (
            "SELECT message_id, address FROM message "
            f"WHERE message_id IN ({marks}) AND (attempts > 0 OR sent_at IS NOT NULL)"
        )
        rows = store.rows(sql, **params)
        found.update({row["message_id"]: OwnMessage(*row) for row in rows})
    return found


def _answered(draft: MailDraft) -> tuple[str, ...]:
    """Return the Message-IDs that a message answers, the nearest first."""
    return tuple(filter(None, (draft.reply_to_id, *reversed(draft.references))))


def _process(
    store: Store,
    message: Incoming,
    own: dict[str, OwnMessage],
    outcome: MailOutcome | None,
    options: MailOptions,
) -> IncomingOutcome:
    if message.kind == BOUNCE:
        return _process_bounce(store, message, own)
    if message.kind == COMPLAINT:
        return _process_complaint(store, message, own)
    sender = message.draft.sender
    is_own = sender is not None and email_key(sender.email) in options.own
    if sender is not None and not is_own and not message.draft.is_sent:
        if owner := find_token_owner(store, message.subject, sender.email):
            named = next((each for each in _answered(message.draft) if each in own), "")
            return _opt_out(store, message, owner, UNSUBSCRIBE, "token", named)
        if message.kind == AUTOMATIC:
            return _process_automatic(store, message, own, sender.email)
        if outcome is not None:
            return _process_mail(store, message, own, outcome)
    return IncomingOutcome(_count_of(outcome) if outcome else "skipped", outcome=outcome)


def _process_automatic(
    store: Store, message: Incoming, own: dict[str, OwnMessage], sender: str
) -> IncomingOutcome:
    """Hold back the mail to an address whose owner is away, after an answer to mail of ours."""
    answered = next((own[each] for each in _answered(message.draft) if each in own), None)
    until = message.until.isoformat() if message.until else ""
    if until and answered is not None:
        absences.hold_back(store, answered.address, until)
    return IncomingOutcome("automatic", absence=Absence(sender, until))


def _count_of(outcome: MailOutcome) -> str:
    counts = {CREATED: "logged", UNCHANGED: KNOWN, UNKNOWN: "unknown", REFUSED: "refused"}
    return counts.get(outcome.status, "skipped")


def _process_mail(
    store: Store, message: Incoming, own: dict[str, OwnMessage], outcome: MailOutcome
) -> IncomingOutcome:
    """Process the mail of a person: a reply to ours, or a request to be left alone."""
    answered = next((own[each] for each in _answered(message.draft) if each in own), None)
    count, also = _count_of(outcome), []
    assert message.draft.sender is not None
    sender = message.draft.sender.email
    instant = _instant_of(message.draft)
    if answered is not None:
        outbox.mark_replied(store, answered.message_id, instant)
        also.append("replied")
    if not message.asks_to_stop and permission.may_have_token(message.subject):
        proof = message.draft.message_id
        if consents.confirm(store, message.subject, sender, instant, proof=proof):
            also.append("confirmed")
    if answered is not None and message.asks_to_stop:
        also += _opt_out_requesters(store, message, answered, sender)
    return IncomingOutcome(count, tuple(also), outcome)


def _opt_out_requesters(
    store: Store, message: Incoming, answered: OwnMessage, sender: str
) -> list[str]:
    """Opt out after a reply that asks for it, and return the counts that it is part of."""
    addresses = find_requesters(store, answered.address, sender)
    results = {
        _opt_out(store, message, each, UNSUBSCRIBE, "asked in a reply", answered.message_id).result
        for each in addresses
    }
    return sorted(results)


def _instant_of(draft: MailDraft) -> str:
    """Return when a message was written, now if it does not say."""
    return dates.format_instant(draft.at) if draft.at else dates.current_instant()


def _process_bounce(store: Store, message: Incoming, own: dict[str, OwnMessage]) -> IncomingOutcome:
    """Count a bounce of mail of ours; one that names none may be forged."""
    returned = next((own[each] for each in message.returned_ids if each in own), None)
    if returned is None or not message.failures:
        return IncomingOutcome("skipped", outcome=MailOutcome("skipped", FORGED))
    is_new = mail_reports.record_bounce(
        store, message.draft.message_id, returned.message_id, returned.address, message.failures,
        message.reason,
    )  # fmt: skip
    return IncomingOutcome("bounces" if is_new else "skipped")


def _process_complaint(
    store: Store, message: Incoming, own: dict[str, OwnMessage]
) -> IncomingOutcome:
    """Opt an address out after a complaint about mail of ours."""
    returned = next((own[each] for each in message.returned_ids if each in own), None)
    if returned is None:
        return IncomingOutcome("skipped", outcome=MailOutcome("skipped", FORGED))
    return _opt_out(store, message, returned.address, COMPLAINT, "complaint", returned.message_id)


_COUNTS: Final = {UNSUBSCRIBE: "unsubscribed", COMPLAINT: "complaints"}


def _opt_out(
    store: Store, message: Incoming, address: str, kind: str, reason: str, answered: str
) -> IncomingOutcome:
    """Opt an address out, once for each message, and count that for the mail ``answered``."""
    report_id = message.draft.message_id
    is_new = mail_reports.record_opt_out(store, report_id, address, kind, reason)
    if is_new:
        outbox.mark_unsubscribed(store, address, answered)
    return IncomingOutcome(_COUNTS[kind] if is_new else "skipped")


def _offer_unknown(
    store: Store, mails: Sequence[Incoming], outcomes: dict[int, MailOutcome]
) -> None:
    """Count the messages of correspondents who are not contacts."""
    sightings = [
        Sighting(unknown, each.subject, _day_of(store, each.draft))
        for each in mails
        if outcomes[id(each)].status == UNKNOWN
        for unknown in outcomes[id(each)].unknown
    ]
    if sightings:
        offers.count(store, sightings)


def _day_of(store: Store, draft: MailDraft) -> str:
    if draft.at is None:
        return dates.today(store.locale.zone).isoformat()
    return dates.from_instant(_instant_of(draft), store.locale.zone).date().isoformat()
