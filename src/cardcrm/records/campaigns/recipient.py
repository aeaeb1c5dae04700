"""A contact that a campaign reaches."""

from typing import NamedTuple


class Recipient(NamedTuple):
    """A contact with the address, number or profile that is used."""

    contact_id: int
    uid: str
    address: str
