"""List the requests to opt out an address that did not come from its contact.

They wait until the address is opted out, or the user has marked the mail as done or ignores its
sender.
"""

import datetime as dt
from typing import NamedTuple

from cardcrm.records.mail.mailbox_type import IGNORED
from cardcrm.records.mail.report_kind import REQUEST
from cardcrm.store import Store


class OpenRequest(NamedTuple):
    """A request of a sender to opt out the address of a contact.

    ``interaction_id`` is the mail, where the sender is a contact too.
    """

    sender: str
    address: str
    contact_id: int
    contact: str
    at: str
    interaction_id: int | None

    @property
    def text(self) -> str:
        """The request in words."""
        return f"{self.sender} asks to opt out {self.contact} <{self.address}>"

    @property
    def remedy(self) -> str:
        """The commands that carry it out, and that drop it."""
        drop = f"mail done {self.interaction_id}" if self.interaction_id else (
            f"mail offers ignore {self.sender}"
        )  # fmt: skip
        return f"cardcrm opt-out {self.address}, or cardcrm {drop}"


def list_requests(store: Store, today: dt.date, days: int) -> list[OpenRequest]:
    """Return the requests of the last days that wait for a decision, the oldest first."""
    sql = (
        "SELECT r.sender, r.address, c.id AS contact_id, c.name, r.at, i.id FROM mail_report r "
        "JOIN point p ON p.kind = 'email' AND p.value_key = r.address AND p.opted_out = 0 "
        "JOIN contact c ON c.id = p.contact_id "
        "LEFT JOIN interaction i ON i.message_id = r.message_id "
        "LEFT JOIN received_mail d ON d.interaction_id = i.id "
        "LEFT JOIN mail_offer o ON o.address = r.sender AND o.status = :ignored "
        "WHERE r.kind = :request AND r.at >= :since AND d.done_at IS NULL AND o.id IS NULL "
        "ORDER BY r.at, r.id, c.id"
    )
    since = (today - dt.timedelta(days=days)).isoformat()
    rows = store.rows(sql, request=REQUEST, ignored=IGNORED, since=since)
    found: dict[tuple[str, str], OpenRequest] = {}
    for row in rows:
        found.setdefault((row["sender"], row["address"]), OpenRequest(*row))
    return list(found.values())
