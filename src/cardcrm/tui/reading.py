"""What is read for the first screen, apart from it, so that it can be read while that is loaded."""

from cardcrm import dates
from cardcrm.reports import due
from cardcrm.reports.due import Digest
from cardcrm.store import Store

FEW = 30  # rows of a part that are read at first: as many as a screen shows
MOST = 200


def read_day(store: Store, ahead: int, most: int = FEW) -> Digest:
    """What is due today and the days ahead, so many rows a part."""
    today = dates.today(store.customs.zone)
    return due.digest(store, today, ahead=ahead, limit=most)


def is_whole(digest: Digest, most: int) -> bool:
    """Whether no part was cut short that a longer reading would show."""
    parts = (digest.overdue, digest.today, digest.coming, digest.losing_touch, digest.days)
    return all(len(part.rows) >= min(part.total, most) for part in parts)
