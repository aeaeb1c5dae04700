"""The days of assets and contracts by which contacts can enter a sequence."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Final

from cardcrm import dates
from cardcrm.records.assets.contract_terms import Terms, find_current
from cardcrm.records.assets.contracts import SELECT, Contract
from cardcrm.store import Store

Days = list[tuple[int, str]]  # contacts with ISO days


def _ends(store: Store, first: str, last: str) -> Days:
    """Return the ends of contracts: of their terms as they are now, or when they have ended."""
    ended = "SELECT contact_id, ended_on FROM contract WHERE ended_on BETWEEN :first AND :last"
    found = [(row[0], row[1]) for row in store.rows(ended, first=first, last=last)]
    return found + _terms(store, first, last, "end_on", lambda terms: terms.end)


def _notices(store: Store, first: str, last: str) -> Days:
    return _terms(store, first, last, "notice_on", lambda terms: terms.notice_by)


def _terms(
    store: Store, first: str, last: str, column: str, pick: Callable[[Terms], dt.date | None]
) -> Days:
    """Return a day of the current terms of contracts, if it is between two days."""
    today = dates.today(store.locale.zone)
    sql = f"{SELECT} WHERE k.ended_on IS NULL AND k.{column} <= :last ORDER BY k.contact_id"
    found = []
    for row in store.rows(sql, last=last):
        contract = Contract(*row)
        day = pick(find_current(contract.terms, today))
        if day is not None and first <= day.isoformat() <= last:
            found.append((contract.contact_id, day.isoformat()))
    return found


def _warranties(store: Store, first: str, last: str) -> Days:
    return _assets(store, first, last, "warranty_on")


def _services(store: Store, first: str, last: str) -> Days:
    return _assets(store, first, last, "due_on")


def _assets(store: Store, first: str, last: str, column: str) -> Days:
    sql = (
        f"SELECT contact_id, {column} FROM asset WHERE retired_on IS NULL "
        f"AND {column} BETWEEN :first AND :last ORDER BY contact_id"
    )
    return [(row[0], row[1]) for row in store.rows(sql, first=first, last=last)]


DATE_EVENTS: Final[Mapping[str, Callable[[Store, str, str], Days]]] = {
    "contract-end": _ends,
    "contract-notice": _notices,
    "warranty-end": _warranties,
    "service-due": _services,
}
