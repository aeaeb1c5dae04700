"""Find what colleagues did, plan or claimed about a contact, so that no work is done twice.

Quick commands load this module, so it imports little.
"""

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cardcrm import dates
from cardcrm.records.teamwork.activity import CLAIM, DEAL, PLAN, QUOTE, SALE, Activity
from cardcrm.store import Store
from cardcrm.store.fetch import Query
from cardcrm.store.owner_sql import owner_key
from cardcrm.text import fold

if TYPE_CHECKING:
    from cardcrm.records.contacts.contact_queries import Contact

_LATEST = 100  # interactions of a contact that are looked at


def is_other(alias: str, column: str = "owner") -> str:
    """Return SQL for whether the user in a column is a colleague of ``:me``."""
    return f"{owner_key(alias, column)} NOT IN ('', :me)"


_SELECTS = (
    f"SELECT '{CLAIM}' AS kind, k.owner AS person, k.until_on AS day, k.text AS text, "
    "c.name AS contact, '' AS direction, 0 AS no_answer, k.id AS number FROM claim k "
    "JOIN contact c ON c.id = k.contact_id WHERE k.contact_id IN (:id, :org) "
    f"AND k.until_on >= :today AND {is_other('k')}",
    "SELECT i.kind, i.author, i.on_date, i.text, :name, i.direction, i.no_answer, i.id FROM "
    "(SELECT interaction_id FROM participant WHERE contact_id = :id "
    f"ORDER BY interaction_id DESC LIMIT {_LATEST}) p JOIN interaction i "
    f"ON i.id = p.interaction_id WHERE i.on_date >= :since AND {is_other('i', 'author')}",
    f"SELECT '{SALE}', author, on_date, text, :name, '', 0, id FROM sale "
    f"WHERE contact_id = :id AND on_date >= :since AND {is_other('sale', 'author')}",
    f"SELECT '{DEAL}', s.author, d.opened_on, d.title, :name, '', 0, d.id FROM deal d "
    "JOIN stage_change s ON s.id = (SELECT min(f.id) FROM stage_change f WHERE f.deal_id = d.id) "
    "WHERE d.contact_id = :id AND d.status = 'open' AND d.opened_on >= :since "
    f"AND {is_other('s', 'author')}",
    f"SELECT '{QUOTE}', owner, quoted_on, title, :name, '', 0, id FROM quote "
    f"WHERE contact_id = :id AND quoted_on >= :since AND {is_other('quote')}",
    f"SELECT '{PLAN}', owner, due_on, text, :name, '', 0, id FROM reminder WHERE contact_id = :id "
    f"AND done_at IS NULL AND due_on <= :ahead AND {is_other('reminder')}",
)
_SQL = f"{' UNION ALL '.join(_SELECTS)} ORDER BY day DESC, number DESC"


def activities_query(
    contact_id: int, name: str, org_id: int | None, me: str, today: dt.date, days: int
) -> Query[list[Activity]]:
    """Build the query for what colleagues did in the last days, and for what they claimed.

    A claim of the organization counts for its people. Plans reach as many days ahead.
    """
    params: dict[str, Any] = {
        "id": contact_id,
        "org": org_id or 0,
        "name": name,
        "me": fold(me),
        "today": today.isoformat(),
        "since": (today - dt.timedelta(days=days)).isoformat(),
        "ahead": (today + dt.timedelta(days=days)).isoformat(),
    }
    return Query(_SQL, params, lambda rows: [Activity(*row[:-1]) for row in rows])


def describe_colleagues(store: Store, contact: "Contact", days: int) -> tuple[str, ...]:
    """Return lines about what colleagues did, plan or claimed about a contact.

    There are none with 0 days.
    """
    if days <= 0:
        return ()
    today = dates.today(store.locale.zone)
    query = activities_query(
        contact.id, contact.name, contact.org_id, store.author.name, today, days
    )
    found = store.fetch(query)
    return describe_activities(found, today, days) if found else ()


def describe_activities(
    activities: Sequence[Activity], today: dt.date, days: int
) -> tuple[str, ...]:
    """Return lines about activities: each claim, the next plan, and the latest of the others."""
    from cardcrm.records.teamwork.activity_words import describe_activity

    claims = [each for each in activities if each.kind == CLAIM]
    plans = [each for each in activities if each.kind == PLAN]
    done = [each for each in activities if each.kind not in (CLAIM, PLAN)]
    more = f" ({len(done) - 1} more in the last {days} days)" if len(done) > 1 else ""
    return (
        *(describe_activity(each, today) for each in claims),
        *(f"{describe_activity(each, today)}{more}" for each in done[:1]),
        *(describe_activity(each, today) for each in plans[-1:]),
    )
