"""Renew and end contracts; each verb is one step of the journal."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from cardcrm import dates
from cardcrm.errors import ConflictError, NotFoundError, UsageError
from cardcrm.records.assets.contract_rules import complete_contract
from cardcrm.records.assets.contract_status import ACTIVE, CANCELED, ENDED
from cardcrm.records.assets.contract_terms import Terms, count_renewals, read_terms, renew
from cardcrm.records.assets.contract_type import CONTRACT
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction


class Contract(NamedTuple):
    """A stored contract with the name of its contact."""

    id: int
    contact_id: int
    contact: str
    text: str
    start_on: str
    end_on: str | None
    notice_on: str | None
    renewal: str
    status: str
    ended_on: str | None

    @property
    def terms(self) -> Terms:
        """The terms as they are stored; a canceled contract does not renew itself."""
        renewal = self.renewal if self.status == ACTIVE else ""
        return read_terms(self.end_on, self.notice_on, renewal)


_COLUMNS: Final = ", ".join(f"k.{name}" for name in Contract._fields[3:])
SELECT: Final = (
    f"SELECT k.id, k.contact_id, c.name, {_COLUMNS} FROM contract k "
    "JOIN contact c ON c.id = k.contact_id"
)


def get(store: Store, contract_id: int) -> Contract:
    """Return one contract. Raises NotFoundError."""
    row = store.row(f"{SELECT} WHERE k.id = :id", id=contract_id)
    if row is None:
        raise NotFoundError(f"unknown contract {contract_id}", "To see them: cardcrm contract list")
    return Contract(*row)


def get_running(store: Store, contract_id: int) -> Contract:
    """Return a contract that has not ended. Raises ConflictError for one that has."""
    contract = get(store, contract_id)
    if contract.status == ENDED:
        raise ConflictError(
            f"contract {contract_id} ended on {contract.ended_on}",
            'To make a new one: cardcrm contract add WHO "what is agreed"',
        )
    return contract


@retry_transaction
def renew_contract(
    store: Store, contract_id: int, until: dt.date | None = None, price: str = ""
) -> Contract:
    """Let a contract go on for its next term, or until a day, perhaps at another price.

    One that was canceled is active again. Raises UsageError without a term or a later day.
    """
    with store.transaction():
        contract = get_running(store, contract_id)
        if until is not None and contract.end_on and until.isoformat() <= contract.end_on:
            raise UsageError(
                f"contract {contract_id} already runs until {contract.end_on}", "Give a later day."
            )
        terms = read_terms(contract.end_on, contract.notice_on, contract.renewal)
        if until is None and (terms.renewal is None or terms.end is None):
            raise UsageError(
                f"contract {contract_id} has no renewal term",
                f"Add the new end: cardcrm contract renew {contract_id} --until WHEN",
            )
        columns = _columns_of(renew(terms)) if until is None else _until(contract, until)
        field = CONTRACT.field("price")
        assert field is not None
        priced = field.parse(price, store) if price else {}
        _write(store, contract_id, {**columns, **priced, "status": ACTIVE})
        return get(store, contract_id)


def _until(contract: Contract, until: dt.date) -> dict[str, Any]:
    """Return the columns of another end; the day for notice keeps its distance."""
    if not (contract.end_on and contract.notice_on):
        return {"end_on": until.isoformat()}
    days = until - dt.date.fromisoformat(contract.end_on)
    notice = dt.date.fromisoformat(contract.notice_on) + days
    return {"end_on": until.isoformat(), "notice_on": notice.isoformat()}


def _columns_of(terms: Terms) -> dict[str, Any]:
    days = {"end_on": terms.end, "notice_on": terms.notice_by}
    return {name: day and day.isoformat() for name, day in days.items()}


def _write(store: Store, contract_id: int, columns: dict[str, Any]) -> None:
    store.update("contract", contract_id, **complete_contract(store, columns, contract_id))


class ExpiredTerms(NamedTuple):
    """Contracts past their stored term: those that renewed, and canceled ones that ended."""

    renewed: tuple[Contract, ...] = ()
    ended: tuple[Contract, ...] = ()


def find_expired(store: Store, today: dt.date) -> ExpiredTerms:
    """Return the contracts whose term is over, that renew themselves or were canceled."""
    sql = (
        f"{SELECT} WHERE k.ended_on IS NULL AND k.end_on < :today "
        "AND (k.renewal <> '' OR k.status = 'canceled') ORDER BY k.end_on, k.id"
    )
    found = [Contract(*row) for row in store.rows(sql, today=today.isoformat())]
    return ExpiredTerms(
        tuple(each for each in found if each.status == ACTIVE),
        tuple(each for each in found if each.status == CANCELED),
    )


@retry_transaction
def update_expired(store: Store, today: dt.date) -> ExpiredTerms:
    """Store the terms of contracts that renewed themselves, and end canceled ones, in one step."""
    with store.transaction():
        expired = find_expired(store, today)
        for each in expired.renewed:
            terms = renew(each.terms, count_renewals(each.terms, today))
            _write(store, each.id, _columns_of(terms))
        for each in expired.ended:
            _write(store, each.id, {"status": ENDED, "ended_on": each.end_on})
        return ExpiredTerms(*(_read(store, each) for each in expired))


def _read(store: Store, found: Sequence[Contract]) -> tuple[Contract, ...]:
    return tuple(get(store, each.id) for each in found)


class Ending(NamedTuple):
    """A contract that was ended or canceled, and whether its notice came too late for the term."""

    contract: Contract
    is_late: bool = False


@retry_transaction
def end_contract(store: Store, contract_id: int, on: dt.date | None = None) -> Ending:
    """End a contract on a day, or cancel it to the end of the first term that allows it.

    Raises UsageError for a day before its start, ConflictError for one that has ended.
    """
    with store.transaction():
        contract = get_running(store, contract_id)
        today = dates.today(store.locale.zone)
        is_late = False
        if on is None:
            on, is_late = _find_next_end(contract, today)
        if on.isoformat() < contract.start_on:
            raise UsageError(
                f"contract {contract_id} begins on {contract.start_on}", "Give a later day."
            )
        columns: dict[str, Any] = {"end_on": on.isoformat(), "status": CANCELED}
        if on <= today:
            columns |= {"status": ENDED, "ended_on": on.isoformat()}
        if contract.notice_on and contract.notice_on > on.isoformat():
            columns |= {"notice_on": None, "notice": ""}
        _write(store, contract_id, columns)
        return Ending(get(store, contract_id), is_late)


def _find_next_end(contract: Contract, today: dt.date) -> tuple[dt.date, bool]:
    """Return the end of the first term for which notice can be given, and if that is a later one.

    Without an end it is today.
    """
    terms = contract.terms
    if terms.end is None:
        return today, False
    terms = renew(terms, count_renewals(terms, today))
    is_late = terms.renewal is not None and terms.notice_by is not None and terms.notice_by < today
    if is_late:
        terms = renew(terms)
    assert terms.end is not None
    return terms.end, is_late
