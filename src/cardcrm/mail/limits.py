"""Limits of sending: how many mails a minute, to whom when, and how many a week."""

from collections import Counter
from collections.abc import Sequence

from cardcrm.records.mail.sending import Outgoing
from cardcrm.store import Store


class Limits:
    """The limits of a run."""

    def choose(
        self, _store: Store, found: Sequence[Outgoing], _waiting: Counter[str]
    ) -> list[Outgoing]:
        """Return the messages that may be sent now, and count why others wait."""
        return list(found)

    def wait(self, message: Outgoing) -> None:
        """Wait until the next message may be sent."""
