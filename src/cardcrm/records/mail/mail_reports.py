"""Act on reports about our mail: bounces, complaints, and requests to unsubscribe.

Each report is acted on once, however often a mailbox is read: its address may have been opted in
since.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Final

from cardcrm import dates
from cardcrm.domains import email_key
from cardcrm.records.mail import outbox, permission, suppressed_type
from cardcrm.records.mail.incoming import Failure
from cardcrm.records.mail.report_kind import ABSENCE, BOUNCE, COMPLAINT, REQUEST
from cardcrm.store import Store

SOFT_LIMIT: Final = 3  # temporary failures that make an address invalid
SOFT_DAYS: Final = 30  # days in which they are counted


def record_bounce(
    store: Store,
    report_id: str,
    message_id: str,
    address: str,
    failures: Sequence[Failure],
    reason: str,
) -> bool:
    """Record a bounce of a message that was sent to an address, and return whether it is new.

    Contact points are marked only if the report names the address that the mail was sent to: one
    that was forwarded may have failed elsewhere.
    """
    key = email_key(address)
    named = [each for each in failures if email_key(each.address) == key]
    is_permanent = any(each.is_permanent for each in named or failures)
    if not _record(store, report_id, key, BOUNCE, reason, is_permanent=is_permanent):
        return False
    outbox.mark_bounced(store, message_id, permanent=is_permanent, reason=reason)
    if named and (is_permanent or _count_recent(store, key) >= SOFT_LIMIT):
        mark_invalid(store, key)
    return True


def record_opt_out(store: Store, report_id: str, address: str, kind: str, reason: str) -> bool:
    """Opt an address out after a request or a complaint, and return whether that is new."""
    if not _record(store, report_id, email_key(address), kind, reason):
        return False
    listed = suppressed_type.COMPLAINT if kind == COMPLAINT else ""
    permission.opt_out(store, address, source=suppressed_type.BY_MAIL, reason=listed)
    return True


def record_request(store: Store, report_id: str, address: str, sender: str) -> bool:
    """Record a request to unsubscribe an address of someone else, and return whether it is new."""
    sender = email_key(sender)
    return _record(store, report_id, email_key(address), REQUEST, "asked in a reply", sender=sender)


def record_absence(store: Store, report_id: str, address: str, until: str) -> bool:
    """Record until when the owner of an address is away, and return whether that is new."""
    return _record(store, report_id, email_key(address), ABSENCE, "automatic answer", until=until)


def _record(
    store: Store,
    report_id: str,
    key: str,
    kind: str,
    reason: str,
    *,
    is_permanent: bool = False,
    sender: str = "",
    until: str | None = None,
) -> bool:
    """Store a report, and return whether it was not known."""
    sql = "SELECT 1 FROM mail_report WHERE message_id = :id AND address = :key"
    if store.value(sql, id=report_id, key=key) is not None:
        return False
    with store.unrecorded():
        store.insert(
            "mail_report",
            message_id=report_id,
            address=key,
            kind=kind,
            permanent=int(is_permanent),
            reason=reason,
            sender=sender,
            until=until,
            at=dates.current_instant(),
        )
    return True


def _count_recent(store: Store, key: str) -> int:
    start = dates.format_instant(dates.now() - dt.timedelta(days=SOFT_DAYS))
    sql = "SELECT count(*) FROM mail_report WHERE address = :key AND kind = :kind AND at >= :start"
    return int(store.value(sql, key=key, kind=BOUNCE, start=start))


def mark_invalid(store: Store, key: str) -> None:
    """Mark every contact point with an address as invalid, which an undo reverts."""
    sql = "SELECT id FROM point WHERE kind = 'email' AND value_key = :key AND invalid = 0"
    for row in store.rows(sql, key=key):
        store.update("point", row["id"], invalid=1)
