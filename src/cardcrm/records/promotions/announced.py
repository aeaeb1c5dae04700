"""Find the promotion that a campaign announces."""

from typing import NamedTuple

from cardcrm import dates
from cardcrm.store import Store


class Announcement(NamedTuple):
    """A campaign with its newest promotion that is not over; both may be empty."""

    name: str = ""
    code: str = ""
    text: str = ""
    discount: int = 0
    until_on: str | None = None


def find_announcement(store: Store, campaign_id: int) -> Announcement:
    """Return a campaign with the promotion that its mails announce."""
    sql = (
        "SELECT c.name, p.code, p.text, p.discount, p.until_on FROM campaign c "
        "LEFT JOIN promotion p ON p.campaign_id = c.id "
        "AND (p.until_on IS NULL OR p.until_on >= :today) "
        "WHERE c.id = :id ORDER BY p.id DESC LIMIT 1"
    )
    today = dates.today(store.locale.zone).isoformat()
    row = store.row(sql, id=campaign_id, today=today)
    if row is None:
        return Announcement()
    return Announcement(
        row["name"], row["code"] or "", row["text"] or "", row["discount"] or 0, row["until_on"]
    )
