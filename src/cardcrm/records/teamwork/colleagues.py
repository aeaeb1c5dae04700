"""Find what colleagues did, plan or claimed about a contact, so that no work is done twice.

Quick commands load this module, so it imports little.
"""

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cardcrm import dates
from cardcrm.records.teamwork.deed import CLAIM, DEAL, PLAN, QUOTE, SALE, Deed
from cardcrm.store import Store
from cardcrm.store.fetch import Query
from cardcrm.store.owner_sql import owner_key
from cardcrm.text import fold

if TYPE_CHECKING:
    from cardcrm.records.contacts.contact_queries import Contact

_LATEST = 100  # interactions of a contact that are looked at


def _is_other(alias: str, column: str = "owner") -> str:
    return f"{owner_key(alias, column)} NOT IN ('', :me)"


_SELECTS = (
    f"SELECT '{CLAIM}' AS kind, k.owner AS person, k.until_on AS day, k.text AS text, "
    "c.name AS contact, '' AS direction, 0 AS no_answer, k.id AS number FROM claim k "
    "JOIN contact c ON c.id = k.contact_id WHERE k.contact_id IN (:id, :org) "
    f"AND k.until_on >= :today AND {_is_other('k')}",
    "SELECT i.kind, i.author, i.on_date, i.text, :name, i.direction, i.no_answer, i.id FROM "
    "(SELECT interaction_id FROM participant WHERE contact_id = :id "
    f"ORDER BY interaction_id DESC LIMIT {_LATEST}) p JOIN interaction i "
    f"ON i.id = p.interaction_id WHERE i.on_date >= :since AND {_is_other('i', 'author')}",
    f"SELECT '{SALE}', author, on_date, text, :name, '', 0, id FROM sale "
    f"WHERE contact_id = :id AND on_date >= :since AND {_is_other('sale', 'author')}",
    f"SELECT '{DEAL}', owner, opened_on, title, :name, '', 0, id FROM deal "
    f"WHERE contact_id = :id AND status = 'open' AND opened_on >= :since "
    f"AND {_is_other('deal')}",
    f"SELECT '{QUOTE}', owner, quoted_on, title, :name, '', 0, id FROM quote "
    f"WHERE contact_id = :id AND quoted_on >= :since AND {_is_other('quote')}",
    f"SELECT '{PLAN}', owner, due_on, text, :name, '', 0, id FROM reminder WHERE contact_id = :id "
    f"AND done_at IS NULL AND due_on <= :ahead AND {_is_other('reminder')}",
)
_SQL = f"{' UNION ALL '.join(_SELECTS)} ORDER BY day DESC, number DESC"


def deeds_query(
    contact_id: int, name: str, org_id: int | None, me: str, today: dt.date, days: int
) -> Query[list[Deed]]:
    """Build the query for what colleagues did in the last days, and for what they claimed.

    A claim of the organization counts for its people. Plans are those of as many days ahead.
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
    return Query(_SQL, params, lambda rows: [Deed(*row[:-1]) for row in rows])


def describe_colleagues(store: Store, contact: "Contact", days: int) -> tuple[str, ...]:
    """Return lines about what colleagues did, plan or claimed about a contact.

    There are none with 0 days.
    """
    if days <= 0:
        return ()
    today = dates.today(store.locale.zone)
    query = deeds_query(contact.id, contact.name, contact.org_id, store.author.name, today, days)
    found = store.fetch(query)
    return describe_deeds(found, today, days) if found else ()


def describe_deeds(deeds: Sequence[Deed], today: dt.date, days: int) -> tuple[str, ...]:
    """Return lines about deeds: each claim, the next plan, and the latest of the others."""
    from cardcrm.records.teamwork.deed_words import describe_deed

    claims = [each for each in deeds if each.kind == CLAIM]
    plans = [each for each in deeds if each.kind == PLAN]
    done = [each for each in deeds if each.kind not in (CLAIM, PLAN)]
    more = f" ({len(done) - 1} more in the last {days} days)" if len(done) > 1 else ""
    return (
        *(describe_deed(each, today) for each in claims),
        *(f"{describe_deed(each, today)}{more}" for each in done[:1]),
        *(describe_deed(each, today) for each in plans[-1:]),
    )
