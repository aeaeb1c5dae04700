"""What is read for the first screen, apart from it, so that it can be read while that is loaded."""

from cardcrm import dates
from cardcrm.reports import due
from cardcrm.reports.due import Digest
from cardcrm.store import Store

MOST = 200  # rows of a part


def read_day(store: Store, ahead: int) -> Digest:
    """What is due today and the days ahead."""
    today = dates.today(store.customs.zone)
    return due.digest(store, today, ahead=ahead, limit=MOST)
