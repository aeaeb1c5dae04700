"""Limits of sending: how many mails a minute, to whom when, and how many a week."""

import datetime as dt
import time
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from cardcrm import dates
from cardcrm.config import Config
from cardcrm.dates.clock import in_zone
from cardcrm.dates.hours import parse_hours
from cardcrm.domains import email_key
from cardcrm.errors import UsageError
from cardcrm.records.mail import sending
from cardcrm.records.mail.outgoing import Outgoing
from cardcrm.records.mail.sending import Position
from cardcrm.store import Store

CAP_DAYS: Final = 7
QUIET: Final = "quiet hours"
CAP: Final = f"cap of {CAP_DAYS} days"
_MINUTE: Final = 60.0
_PAGE: Final = 1_000  # messages that are read at once


@dataclass
class Limits:
    """The limits of a run; 0 and None stand for no limit.

    ``rate`` and ``domain_rate`` are mails a minute, which are waited for. Quiet hours and the cap
    hold back mail with a purpose only, and keep its place.
    """

    rate: int = 0
    domain_rate: int = 0
    quiet: tuple[dt.time, dt.time] | None = None
    cap: int = 0
    _sent: deque[float] = field(default_factory=deque)
    _by_domain: dict[str, deque[float]] = field(default_factory=dict)

    def choose_batch(self, largest: int) -> int:
        """Return how many messages to take at once: those that the rates allow in a second.

        Opt-outs are checked when they are taken, and a killed program leaves these uncertain.
        """
        rates = [each for each in (self.rate, self.domain_rate) if each]
        return max(1, min([largest, *(each // 60 for each in rates)]))

    def choose(
        self,
        store: Store,
        found: Sequence[Outgoing],
        waiting: Counter[str],
        unrecorded: Sequence[Outgoing] = (),
    ) -> list[Outgoing]:
        """Return the messages that may be sent now, and count why the others wait.

        ``unrecorded`` are those that were sent, but are not recorded as sent yet.
        """
        counts = sending.count_recent(store, found, CAP_DAYS) if self.cap else Counter()
        counts.update(each.contact_id for each in unrecorded if each.purpose)
        now, chosen = dates.now(store.locale.zone), []
        for each in found:
            if each.purpose and self._is_quiet(in_zone(now, each.zone) if each.zone else now):
                waiting[QUIET] += 1
            elif each.purpose and self.cap and counts[each.contact_id] >= self.cap:
                waiting[CAP] += 1
            else:
                counts[each.contact_id] += bool(each.purpose)
                chosen.append(each)
        return chosen

    def _is_quiet(self, now: dt.datetime) -> bool:
        """Return whether a local time is one of the quiet hours."""
        if self.quiet is None:
            return False
        (start, end), time = self.quiet, now.time()
        return start <= time < end if start <= end else time >= start or time < end

    def wait(self, message: Outgoing) -> None:
        """Wait until the rates allow the next message."""
        domain = email_key(message.address).rpartition("@")[2]
        if self.rate:
            _wait(self._sent, self.rate)
        if self.domain_rate:
            _wait(self._by_domain.setdefault(domain, deque()), self.domain_rate)


def count_held_back(store: Store, limits: Limits) -> Counter[str]:
    """Return how many of the messages that are due the limits hold back now, by reason."""
    waiting: Counter[str] = Counter()
    if limits.quiet is None and not limits.cap:
        return waiting
    position = Position()
    chosen: list[Outgoing] = []
    while found := sending.list_due(store, position, _PAGE):
        position = Position(found[-1].due_at, found[-1].id)
        chosen += limits.choose(store, found, waiting, chosen if limits.cap else ())
    return waiting


def _wait(sent: deque[float], rate: int) -> None:
    """Wait until less than ``rate`` mails were sent in the last minute, and add one."""
    now = time.monotonic()
    if len(sent) >= rate:
        pause = sent.popleft() + _MINUTE - now
        if pause > 0:
            time.sleep(pause)
    sent.append(time.monotonic())


def load_limits(config: Config) -> Limits:
    """Return the limits of the settings. Raises UsageError."""
    rate, domain_rate, cap = (
        int(config.number(f"mail.{name}")) for name in ("rate", "domain-rate", "cap")
    )
    return Limits(rate, domain_rate, _parse_quiet(config.get("mail.quiet-hours")), cap)


def _parse_quiet(text: str) -> tuple[dt.time, dt.time] | None:
    if text == "none":
        return None
    try:
        return parse_hours(text)
    except ValueError as error:
        raise UsageError(
            f"invalid mail.quiet-hours “{text}”", "Write them like 21:00-08:00, or none."
        ) from error
