"""The mail of the last weeks in Petal & Stem, which waits in the inbox or is answered."""

import datetime as dt
from typing import Final

from cardcrm.records.activity.mail_drafts import MailAddress
from cardcrm.records.mail import offers
from cardcrm.records.mail.offers import Sighting
from cardcrm.records.sample.history_data import HISTORY
from cardcrm.store import Store

_ACCOUNT: Final = "shop"

# The subjects of mail in the history, by its sender.
SUBJECTS: Final = {
    "Amara Nwosu": "Flowers for 12 June",
    "Liam Gaunt": "Subscriptions?",
    "Priya Raman": "Foyer at Calder & Finch",
    "Reverend Joan Ashby": "Advent at St Aidan's",
    "Eleanor Whitcombe": "Two couples for next June",
}

# Senders who are not contacts: days back, address, name, subject.
OFFERS: Final = (
    (2, "otis.brandt@example.net", "Otis Brandt", "Do you deliver to Ilkley?"),
    (5, "events@moorview.example", "Moorview House", "Spring open day, 80 guests"),
)
_MOST_BACK: Final = 60  # days


def receive(store: Store, today: dt.date) -> None:
    """Give mail of the history its subject and its Message-ID, and offer two senders."""
    recent = {
        text: who
        for back, who, kind, direction, text, *_ in HISTORY
        if (kind, direction) == ("mail", "in") and back <= _MOST_BACK and who in SUBJECTS
    }
    for text, who in recent.items():
        _receive(store, who, text)
    sightings = [
        Sighting(MailAddress(address, name), subject, (today - dt.timedelta(days=back)).isoformat())
        for back, address, name, subject in OFFERS
    ]
    offers.count(store, sightings)


def _receive(store: Store, who: str, text: str) -> None:
    sql = "SELECT id FROM interaction WHERE text = :text AND kind = 'mail'"
    row_id = store.value(sql, text=text)
    address = store.value(
        "SELECT p.value FROM point p JOIN participant t ON t.contact_id = p.contact_id "
        "WHERE t.interaction_id = :id AND p.kind = 'email' ORDER BY p.id LIMIT 1",
        id=row_id,
    )
    message_id = f"mail-{row_id}@petal.example"
    store.update("interaction", row_id, message_id=message_id, thread_id=message_id)
    store.insert(
        "received_mail",
        interaction_id=row_id,
        address=address or f"{who.partition(' ')[0].lower()}@example.com",
        subject=SUBJECTS[who],
        account=_ACCOUNT,
    )
