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
from cardcrm.records.service import case_mail
from cardcrm.records.service.desk_mail import is_for_desk
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks
from cardcrm.store.retry import retry_transaction

COUNTS: Final = (
    "new", "logged", "unknown", "replied", "bounces", "automatic", "unsubscribed", "complaints",
    "confirmed", "undecided", "cases", "skipped", "refused",
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


class IncomingOutcome(NamedTuple):
    """The outcome for a message: one of `COUNTS`, how it was logged, and the absence it reports.

    ``also`` are further counts that it is part of, ``reports`` the addresses that it is about, and
    ``case_id`` is the case that it opened.
    """

    result: str
    also: tuple[str, ...] = ()
    outcome: MailOutcome | None = None
    absence: Absence | None = None
    reports: tuple[Report, ...] = ()
    case_id: int | None = None


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
        processed = _process_all(store, batch, own, outcomes, options)
        _offer_unknown(store, zip(batch, processed, strict=True))
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


def _process_all(
    store: Store,
    batch: Sequence[Incoming],
    own: dict[str, OwnMessage],
    outcomes: dict[int, MailOutcome],
    options: MailOptions,
) -> list[IncomingOutcome]:
    """Process each message; one that was read before without being logged is known."""
    seen = seen_mails.find(store, {each.draft.message_id for each in batch})
    processed, new = [], []
    for each in batch:
        message_id, outcome = each.draft.message_id, outcomes.get(id(each))
        is_logged = outcome is not None and outcome.status in _LOGGED
        if message_id in seen and not is_logged:
            processed.append(IncomingOutcome(KNOWN))
            continue
        processed.append(_process(store, each, own, outcome, options))
        if not is_logged:
            seen.add(message_id)
            new.append(message_id)
    seen_mails.add(store, new)
    return processed


_LOGGED: Final = (CREATED, UPDATED, UNCHANGED)


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
            opt_out = _opt_out(store, message, owner, UNSUBSCRIBE, "token", named)
            _settle(store, message, outcome, [opt_out])
            return opt_out
        if message.kind == AUTOMATIC:
            return _process_automatic(store, message, own, sender.email)
        if outcome is not None:
            return _process_mail(store, message, own, outcome, options)
    if outcome is not None and outcome.status == CREATED:
        case_mail.continue_case(store, outcome.interaction_id)
    return IncomingOutcome(_count_of(outcome) if outcome else "skipped", outcome=outcome)


def _process_automatic(
    store: Store, message: Incoming, own: dict[str, OwnMessage], sender: str
) -> IncomingOutcome:
    """Hold back the mail to an address whose owner is away, after an answer to mail of ours."""
    answered = next((own[each] for each in _answered(message.draft) if each in own), None)
    until = message.until.isoformat() if message.until else ""
    if until and answered is not None:
        absences.hold_back(store, answered.address, until)
        mail_reports.record_absence(store, message.draft.message_id, answered.address, until)
    return IncomingOutcome("automatic", absence=Absence(sender, until))


def _count_of(outcome: MailOutcome) -> str:
    counts = {CREATED: "logged", UNCHANGED: KNOWN, UNKNOWN: "unknown", REFUSED: "refused"}
    return counts.get(outcome.status, "skipped")


def _process_mail(
    store: Store,
    message: Incoming,
    own: dict[str, OwnMessage],
    outcome: MailOutcome,
    options: MailOptions,
) -> IncomingOutcome:
    """Process the mail of a person: a reply to ours, a confirmation, or a request to stop."""
    answered = next((own[each] for each in _answered(message.draft) if each in own), None)
    assert message.draft.sender is not None
    sender = message.draft.sender.email
    found = [] if message.asks_to_stop else _process_confirmation(store, message, sender)
    if answered is not None:
        found += _process_reply(store, message, answered, sender)
    is_settled = _settle(store, message, outcome, found)
    case_id = _process_case(store, message, outcome, options, is_settled=is_settled)
    result = _count_of(outcome)
    done = {"skipped", "replied"} if result == KNOWN else {"skipped"}
    also = {each.result: None for each in found if each.result not in done}
    if case_id is not None:
        also["cases"] = None
    reports = chain.from_iterable(each.reports for each in found)
    return IncomingOutcome(result, tuple(also), outcome, reports=tuple(reports), case_id=case_id)


def _process_case(
    store: Store,
    message: Incoming,
    outcome: MailOutcome,
    options: MailOptions,
    *,
    is_settled: bool,
) -> int | None:
    """Continue the case of a new mail, or open one for the help desk; return the one opened.

    A mail that was carried out needs no answer, so it opens none.
    """
    if outcome.status != CREATED:
        return None
    line = case_mail.read_subject(message.draft)
    if case_mail.continue_case(store, outcome.interaction_id, line) is not None:
        return None
    if is_settled or outcome.direction != "in" or not is_for_desk(message, options):
        return None
    return case_mail.open_from_mail(store, outcome.interaction_id).id


def _process_confirmation(store: Store, message: Incoming, sender: str) -> list[IncomingOutcome]:
    """Process a mail whose subject has the token of a consent that its sender was asked for."""
    if not permission.may_have_token(message.subject):
        return []
    proof, instant = message.draft.message_id, _instant_of(message.draft)
    if not consents.confirm(store, message.subject, sender, instant, proof=proof):
        return []
    return [IncomingOutcome("confirmed", reports=(_report(store, CONSENT, sender),))]


def _process_reply(
    store: Store, message: Incoming, answered: OwnMessage, sender: str
) -> list[IncomingOutcome]:
    """Mark a message as answered by its recipient; requests to stop do not count."""
    addresses = find_requesters(store, answered.address, sender)
    if not addresses:
        return _process_reply_of_other(store, message, answered, sender)
    if not message.asks_to_stop:
        outbox.mark_replied(store, answered.message_id, _instant_of(message.draft))
        return [IncomingOutcome("replied")]
    reason, replied = "asked in a reply", answered.message_id
    return [_opt_out(store, message, each, UNSUBSCRIBE, reason, replied) for each in addresses]


def _process_reply_of_other(
    store: Store, message: Incoming, answered: OwnMessage, sender: str
) -> list[IncomingOutcome]:
    """Leave a request about the address of someone else to the user."""
    report_id = message.draft.message_id
    if not message.asks_to_stop or not mail_reports.record_request(
        store, report_id, answered.address, sender
    ):
        return []
    report = _report(store, REQUEST, answered.address, sender)
    return [IncomingOutcome("undecided", reports=(report,))]


def _settle(
    store: Store, message: Incoming, outcome: MailOutcome | None, found: Sequence[IncomingOutcome]
) -> bool:
    """Let a mail that was carried out wait for no answer, if it says nothing else.

    Return whether that is so.
    """
    is_carried_out = any(each.result in ("unsubscribed", "confirmed") for each in found)
    says_no_more = message.asks_to_stop or _is_brief(message.draft)
    is_settled = is_carried_out and says_no_more
    if is_settled and outcome is not None and outcome.interaction_id:
        received.settle(store, outcome.interaction_id)
    return is_settled


_MAX_FIRST_WORDS: Final = 3  # of the first line, such as “Yes, I confirm”
_MAX_WORDS: Final = 6  # with a greeting or a name below


def _is_brief(draft: MailDraft) -> bool:
    """Return whether a mail has hardly more than one or two words, and asks nothing."""
    text = received.strip_subject(draft.text, draft.subject).strip()
    first = text.partition("\n")[0]
    is_short = len(first.split()) <= _MAX_FIRST_WORDS and len(text.split()) <= _MAX_WORDS
    return is_short and "?" not in text


def _report(store: Store, kind: str, address: str, sender: str = "") -> Report:
    sql = (
        "SELECT c.name FROM contact c JOIN point p ON p.contact_id = c.id "
        "WHERE p.kind = 'email' AND p.value_key = :key ORDER BY c.id LIMIT 1"
    )
    return Report(kind, address, store.value(sql, key=email_key(address)) or "", sender)


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
    if not is_new:
        return IncomingOutcome("skipped")
    return IncomingOutcome("bounces", reports=(_report(store, BOUNCE, returned.address),))


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
    if not is_new:
        return IncomingOutcome("skipped")
    outbox.mark_unsubscribed(store, address, answered)
    return IncomingOutcome(_COUNTS[kind], reports=(_report(store, kind, address),))


def _offer_unknown(store: Store, processed: Iterable[tuple[Incoming, IncomingOutcome]]) -> None:
    """Count the messages of correspondents who are not contacts."""
    sightings = [
        Sighting(unknown, message.subject, _day_of(store, message.draft))
        for message, each in processed
        if each.result == "unknown" and each.outcome is not None
        for unknown in each.outcome.unknown
    ]
    if sightings:
        offers.count(store, sightings)


def _day_of(store: Store, draft: MailDraft) -> str:
    if draft.at is None:
        return dates.today(store.locale.zone).isoformat()
    return dates.from_instant(_instant_of(draft), store.locale.zone).date().isoformat()
