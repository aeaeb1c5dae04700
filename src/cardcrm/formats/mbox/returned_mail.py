"""Read returned mail: bounces (RFC 3464 and what older servers write), and complaints (RFC 5965).

Only what a report says of a message is read here. Whether that message was ours is for the outbox
to say, as anyone can write a report.
"""

import email
import email.policy
import logging
import re
from collections.abc import Iterator
from typing import Final

from cardcrm.formats.mbox.mime_headers import message_ids
from cardcrm.formats.mbox.mime_parts import MAX_DEPTH, Part
from cardcrm.records.mail.incoming import Failure
from cardcrm.text import normalize_line

MAX_SIZE: Final = 1 << 20  # bytes of a bounce that are looked at; the rest is the returned mail
_MAX_REPORT: Final = 1 << 15  # bytes in which addresses are looked for, up to 0.1 ms a line
_MAX_FAILURES: Final = 100
_MAX_REASON: Final = 300  # characters
_RETURNED_TYPES: Final = ("message/rfc822", "message/global", "text/rfc822-headers",
                          "message/rfc822-headers", "message/global-headers")  # fmt: skip
_ID_LINE = re.compile(r"(?im)^[> \t]*message-id:[ \t]*(<[^<>\s]{3,500}>)")
_DIAGNOSIS = re.compile(r"(?im)^diagnostic-code:[ \t]*(?:[\w-]+;)?(.+(?:\r?\n[ \t]+.+)*)")
_STATUS = re.compile(r"(?im)^status:[ \t]*([245]\.\d{1,3}\.\d{1,3})")
# The detectors raise these for damaged reports: each parses headers in its own way.
_DAMAGED: Final = (ValueError, TypeError, LookupError, AttributeError, AssertionError,
                   RecursionError)  # fmt: skip


def is_complaint(message: Part) -> bool:
    """Return whether a message is a report of abuse, as mailbox providers send them."""
    return (
        message.type == "multipart/report"
        and message.parameter("report-type").lower() == "feedback-report"
    ) or any(each.type == "message/feedback-report" for each in message.parts)


def is_disposition(message: Part) -> bool:
    """Return whether a message says that a mail was read or deleted (RFC 8098): no failure."""
    return message.parameter("report-type").lower() == "disposition-notification"


def find_returned_ids(message: Part) -> tuple[str, ...]:
    """Return the Message-IDs of the mail that a report returns, or quotes in its text."""
    found = list(_ids_of_parts(message))
    if not found:
        found = [each for part in _texts(message) for each in _ID_LINE.findall(part)]
    return tuple(dict.fromkeys(each for raw in found for each in message_ids(raw)))


def _ids_of_parts(message: Part) -> Iterator[str]:
    for part in message.parts:
        if part.type in _RETURNED_TYPES:
            inner = part.parts[0] if part.parts else None
            raws = inner.headers_named("Message-ID") if inner else []
            yield from raws or _ID_LINE.findall(part.text()[:MAX_SIZE])


def _texts(message: Part) -> Iterator[str]:
    parts = message.parts or (message,)
    yield from (each.text()[:MAX_SIZE] for each in parts if each.family == "text")


def find_failures(message: Part) -> tuple[Failure, ...]:
    """Return the addresses that a bounce names, the permanent failures first."""
    from flufl.bounce import all_failures

    logging.getLogger("flufl.bounce").disabled = True  # it logs tracebacks of damaged mail
    data = message.data[:_MAX_REPORT]
    if message.count_levels() > MAX_DEPTH:  # the standard parser takes quadratic time
        return ()
    try:
        parsed = email.message_from_bytes(data, policy=email.policy.compat32)
        temporary, permanent = all_failures(parsed)
    except _DAMAGED:
        return ()
    pairs = [(each, True) for each in permanent] + [(each, False) for each in temporary]
    failures = (Failure(_decode(raw), is_final) for raw, is_final in pairs)
    return tuple(sorted(failures, key=lambda each: (not each.is_permanent, each.address)))[
        :_MAX_FAILURES
    ]


def _decode(raw: bytes | str) -> str:
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw
    return normalize_line(text).strip("<>").lower()


def find_reason(message: Part) -> str:
    """Return the words of the server that refused a mail; its status code without words."""
    for part in message.parts:
        if part.type in ("message/delivery-status", "message/global-delivery-status"):
            text = part.data[part.start : min(part.end, part.start + MAX_SIZE)]
            report = text.decode("utf-8", "replace")
            found = _DIAGNOSIS.search(report) or _STATUS.search(report)
            if found:
                return normalize_line(" ".join(found[1].split()))[:_MAX_REASON]
    return ""
