"""A message on its way out."""

from typing import NamedTuple


class Outgoing(NamedTuple):
    """A message to be sent, with the contact that it is for.

    ``attachments`` are the names of its files, which are known once it is composed.
    """

    id: int
    message_id: str
    contact_id: int
    name: str
    address: str
    template_id: int | None
    purpose: str
    subject: str
    text: str
    html: str
    reply_to_id: str | None
    deal_id: int | None
    campaign_id: int | None
    enrollment_id: int | None
    step: str
    due_at: str
    attempts: int
    author: str
    zone: str
    attachments: tuple[str, ...] = ()

    @property
    def is_automatic(self) -> bool:
        """True for a mail that no person wrote to this contact, which programs must not answer."""
        return bool(self.purpose or self.step)
