"""Log incoming mail, and do what bounces, complaints and requests to unsubscribe ask for.

Anyone can write such a message, so each must prove that it answers mail of ours: by a Message-ID
that is in the outbox, which only its reader can know, or by the token of the address. A reply of
someone else, to whom a mail may have been forwarded, does not answer ours, and a request in it
waits for a decision.
"""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Final, NamedTuple

from cardcrm import dates
from cardcrm.domains import email_key
from cardcrm.records.activity.mail_drafts import MailDraft
from cardcrm.records.activity.mail_log import (
    CREATED,
    REFUSED,
    UNCHANGED,
    UNKNOWN,
    UPDATED,
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
    received,
    seen_mails,
)
from cardcrm.records.mail.incoming import AUTOMATIC, BOUNCE, COMPLAINT, MAIL, Incoming
from cardcrm.records.mail.offers import Sighting
from cardcrm.records.mail.report_kind import REQUEST, UNSUBSCRIBE
from cardcrm.records.mail.requesters import find_requesters, find_token_owner
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks
from cardcrm.store.retry import retry_transaction

COUNTS: Final = (
    "new", "logged", "unknown", "replied", "bounces", "automatic", "unsubscribed", "complaints",
    "confirmed", "undecided", "skipped", "refused",
)  # fmt: skip
CONSENT: Final = "consent"  # a report that a consent was confirmed
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


class Report(NamedTuple):
    """An address that a message bounced from, opted out, complained of, or gave a consent for.

    ``contact`` is the name of its contact, empty without one. The ``sender`` of a request wants the
    address of someone else to be opted out.
    """

    kind: str
    address: str
    contact: str
    sender: str = ""


class Taken(NamedTuple):
    """The result for a message: one of `COUNTS`, the outcome if it was logged, and the absence.

    ``also`` are further counts that it is part of, ``reports`` the addresses that it is about.
    """

    result: str
    also: tuple[str, ...] = ()
    outcome: MailOutcome | None = None
    absence: Absence | None = None
    reports: tuple[Report, ...] = ()


@retry_transaction
def log_incoming(
    store: Store, batch: Sequence[Incoming], options: MailOptions, step: int | None = None
) -> list[Taken]:
    """Take the messages of a batch in one transaction, and return what became of each."""
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
        taken = _take_all(store, batch, own, outcomes, options)
        _offer_unknown(store, zip(batch, taken, strict=True))
    return taken


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


def _take_all(
    store: Store,
    batch: Sequence[Incoming],
    own: dict[str, OwnMessage],
    outcomes: dict[int, MailOutcome],
    options: MailOptions,
) -> list[Taken]:
    """Take each message; one that was read before without being logged is known."""
    seen = seen_mails.find(store, {each.draft.message_id for each in batch})
    taken, new = [], []
    for each in batch:
        message_id, outcome = each.draft.message_id, outcomes.get(id(each))
        is_logged = outcome is not None and outcome.status in _LOGGED
        if message_id in seen and not is_logged:
            taken.append(Taken(KNOWN))
            continue
        taken.append(_take(store, each, own, outcome, options))
        if not is_logged:
            seen.add(message_id)
            new.append(message_id)
    seen_mails.add(store, new)
    return taken


_LOGGED: Final = (CREATED, UPDATED, UNCHANGED)


def _take(
    store: Store,
    message: Incoming,
    own: dict[str, OwnMessage],
    outcome: MailOutcome | None,
    options: MailOptions,
) -> Taken:
    if message.kind == BOUNCE:
        return _take_bounce(store, message, own)
    if message.kind == COMPLAINT:
        return _take_complaint(store, message, own)
    sender = message.draft.sender
    is_own = sender is not None and email_key(sender.email) in options.own
    if sender is not None and not is_own and not message.draft.is_sent:
        if owner := find_token_owner(store, message.subject, sender.email):
            named = next((each for each in _answered(message.draft) if each in own), "")
            taken = _opt_out(store, message, owner, UNSUBSCRIBE, "token", named)
            _settle(store, message, outcome, [taken])
            return taken
        if message.kind == AUTOMATIC:
            return _take_automatic(store, message, own, sender.email)
        if outcome is not None:
            return _take_mail(store, message, own, outcome)
    return Taken(_count_of(outcome) if outcome else "skipped", outcome=outcome)


def _take_automatic(
    store: Store, message: Incoming, own: dict[str, OwnMessage], sender: str
) -> Taken:
    """Hold back the mail to an address whose owner is away, after an answer to mail of ours."""
    answered = next((own[each] for each in _answered(message.draft) if each in own), None)
    until = message.until.isoformat() if message.until else ""
    if until and answered is not None:
        absences.hold_back(store, answered.address, until)
        mail_reports.record_absence(store, message.draft.message_id, answered.address, until)
    return Taken("automatic", absence=Absence(sender, until))


def _count_of(outcome: MailOutcome) -> str:
    counts = {CREATED: "logged", UNCHANGED: KNOWN, UNKNOWN: "unknown", REFUSED: "refused"}
    return counts.get(outcome.status, "skipped")


def _take_mail(
    store: Store, message: Incoming, own: dict[str, OwnMessage], outcome: MailOutcome
) -> Taken:
    """Take the mail of a person: a reply to ours, a confirmation, or a request to be left alone."""
    answered = next((own[each] for each in _answered(message.draft) if each in own), None)
    assert message.draft.sender is not None
    sender = message.draft.sender.email
    found = [] if message.asks_to_stop else _take_confirmation(store, message, sender)
    if answered is not None:
        found += _take_reply(store, message, answered, sender)
    _settle(store, message, outcome, found)
    result = _count_of(outcome)
    done = {"skipped", "replied"} if result == KNOWN else {"skipped"}
    also = {each.result: None for each in found if each.result not in done}
    reports = chain.from_iterable(each.reports for each in found)
    return Taken(result, tuple(also), outcome, reports=tuple(reports))


def _take_confirmation(store: Store, message: Incoming, sender: str) -> list[Taken]:
    """Take a mail whose subject has the token of a consent that its sender was asked for."""
    if not permission.may_have_token(message.subject):
        return []
    proof, instant = message.draft.message_id, _instant_of(message.draft)
    if not consents.confirm(store, message.subject, sender, instant, proof=proof):
        return []
    return [Taken("confirmed", reports=(_report(store, CONSENT, sender),))]


def _take_reply(store: Store, message: Incoming, answered: OwnMessage, sender: str) -> list[Taken]:
    """Mark a message as answered by its recipient; requests to stop do not count."""
    addresses = find_requesters(store, answered.address, sender)
    if not addresses:
        return _take_reply_of_other(store, message, answered, sender)
    if not message.asks_to_stop:
        outbox.mark_replied(store, answered.message_id, _instant_of(message.draft))
        return [Taken("replied")]
    reason, replied = "asked in a reply", answered.message_id
    return [_opt_out(store, message, each, UNSUBSCRIBE, reason, replied) for each in addresses]


def _take_reply_of_other(
    store: Store, message: Incoming, answered: OwnMessage, sender: str
) -> list[Taken]:
    """Leave a request about the address of someone else to the user."""
    report_id = message.draft.message_id
    if not message.asks_to_stop or not mail_reports.record_request(
        store, report_id, answered.address, sender
    ):
        return []
    return [Taken("undecided", reports=(_report(store, REQUEST, answered.address, sender),))]


def _settle(
    store: Store, message: Incoming, outcome: MailOutcome | None, found: Sequence[Taken]
) -> None:
    """Let a mail that was carried out wait for no answer, if it says nothing else."""
    is_carried_out = any(each.result in ("unsubscribed", "confirmed") for each in found)
    says_no_more = message.asks_to_stop or _is_brief(message.draft)
    if is_carried_out and says_no_more and outcome is not None and outcome.interaction_id:
        received.settle(store, outcome.interaction_id)


_FEW_WORDS: Final = 3  # of “Yes, I confirm”
_MOST_WORDS: Final = 6  # with a greeting or a name below


def _is_brief(draft: MailDraft) -> bool:
    """Return whether a mail has hardly more than one or two words, and asks nothing."""
    text = received.strip_subject(draft.text, draft.subject).strip()
    first = text.partition("\n")[0]
    is_short = len(first.split()) <= _FEW_WORDS and len(text.split()) <= _MOST_WORDS
    return is_short and "?" not in text


def _report(store: Store, kind: str, address: str, sender: str = "") -> Report:
    sql = (
        "SELECT c.name FROM contact c JOIN point p ON p.contact_id = c.id "
        "WHERE p.kind = 'email' AND p.value_key = :key ORDER BY c.id LIMIT 1"
    )
    return Report(kind, address, store.value(sql, key=email_key(address)) or "", sender)


def _instant_of(draft: MailDraft) -> str:
    """Return when a message was written, now if it does not say."""
    if draft.at is None:
        return dates.current_instant()
    return f"{draft.at.replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def _take_bounce(store: Store, message: Incoming, own: dict[str, OwnMessage]) -> Taken:
    """Count a bounce of mail of ours; one that names none may be forged."""
    returned = next((own[each] for each in message.returned_ids if each in own), None)
    if returned is None or not message.failures:
        return Taken("skipped", outcome=MailOutcome("skipped", FORGED))
    is_new = mail_reports.record_bounce(
        store, message.draft.message_id, returned.message_id, returned.address, message.failures,
        message.reason,
    )  # fmt: skip
    if not is_new:
        return Taken("skipped")
    return Taken("bounces", reports=(_report(store, BOUNCE, returned.address),))


def _take_complaint(store: Store, message: Incoming, own: dict[str, OwnMessage]) -> Taken:
    """Opt an address out after a complaint about mail of ours."""
    returned = next((own[each] for each in message.returned_ids if each in own), None)
    if returned is None:
        return Taken("skipped", outcome=MailOutcome("skipped", FORGED))
    return _opt_out(store, message, returned.address, COMPLAINT, "complaint", returned.message_id)


_COUNTS: Final = {UNSUBSCRIBE: "unsubscribed", COMPLAINT: "complaints"}


def _opt_out(
    store: Store, message: Incoming, address: str, kind: str, reason: str, answered: str
) -> Taken:
    """Opt an address out, once for each message, and count that for the mail ``answered``."""
    report_id = message.draft.message_id
    is_new = mail_reports.record_opt_out(store, report_id, address, kind, reason)
    if not is_new:
        return Taken("skipped")
    outbox.mark_unsubscribed(store, address, answered)
    return Taken(_COUNTS[kind], reports=(_report(store, kind, address),))


def _offer_unknown(store: Store, taken: Iterable[tuple[Incoming, Taken]]) -> None:
    """Count the messages of correspondents who are not contacts."""
    sightings = [
        Sighting(unknown, message.subject, _day_of(store, message.draft))
        for message, each in taken
        if each.result == "unknown" and each.outcome is not None
        for unknown in each.outcome.unknown
    ]
    if sightings:
        offers.count(store, sightings)


def _day_of(store: Store, draft: MailDraft) -> str:
    if draft.at is None:
        return dates.today(store.locale.zone).isoformat()
    return dates.from_instant(_instant_of(draft), store.locale.zone).date().isoformat()
