"""Consents: record the state of an address for a purpose, and confirm one that was asked for."""

from collections.abc import Iterable, Sequence
from typing import Any

from cardcrm import dates
from cardcrm.domains import email_key
from cardcrm.errors import UsageError
from cardcrm.records.contacts.uids import new_uid
from cardcrm.records.fields import parse_purpose
from cardcrm.records.mail.consent_rules import find_address
from cardcrm.records.mail.consent_states import State, states_query
from cardcrm.records.mail.consent_status import GIVEN, NEWEST, PENDING, WITHDRAWN
from cardcrm.records.mail.consent_type import CONSENT, CONSENT_BASIS
from cardcrm.records.mail.permission import has_token, make_token
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction


@retry_transaction
def record(
    store: Store,
    contact_id: int,
    purpose: str,
    status: str = GIVEN,
    *,
    basis: str = CONSENT_BASIS,
    source: str = "",
    proof: str = "",
    at: str = "",
    addresses: Sequence[str] = (),
) -> list[int]:
    """Record a state of some addresses of a contact, or of its first one; return the ids.

    ``at`` is the instant of the state, now unless given. Raises UsageError and NotFoundError.
    """
    with store.transaction():
        return [
            _insert(
                store,
                contact_id=contact_id,
                address=find_address(store, contact_id, each),
                purpose=parse_purpose(purpose),
                status=status,
                basis=basis,
                source=source,
                proof=proof,
                at=at or dates.current_instant(),
            )
            for each in addresses or [""]
        ]


def _insert(store: Store, **values: Any) -> int:
    return store.insert(
        "consent",
        uid=new_uid(),
        **CONSENT.normalize(**values),
        author=store.author.name,
        created_at=dates.current_instant(),
    )


def list_states(store: Store, contact_id: int, purpose: str = "") -> list[State]:
    """Return the newest state of each address of a contact, for one purpose or for all."""
    (found,) = store.fetch_many([states_query(contact_id)])
    return [each for each in found if purpose in ("", each.purpose)]


def withdraw_refused(
    store: Store, contact_id: int, first: Iterable[State], second: Iterable[State]
) -> None:
    """Withdraw, after a merge, each consent to a purpose that either contact has refused.

    ``first`` and ``second`` are the states of the two contacts before the merge.
    """
    first, second = list(first), list(second)
    for mine, theirs in ((first, second), (second, first)):
        refused = _list_refused(mine)
        for each in theirs:
            if each.purpose in refused and each.status != WITHDRAWN:
                addresses = [each.address]
                record(
                    store, contact_id, each.purpose, WITHDRAWN, source="merge", addresses=addresses
                )


def _list_refused(states: Iterable[State]) -> set[str]:
    """Return the purposes that are withdrawn for each address with a state."""
    states = list(states)
    allowed = {each.purpose for each in states if each.status != WITHDRAWN}
    return {each.purpose for each in states} - allowed


@retry_transaction
def ask(store: Store, contact_id: int, purpose: str, address: str = "") -> tuple[State, str]:
    """Mark a consent as asked for; return its state, and the token of the mail.

    Raises UsageError where the address has consented already.
    """
    purpose = parse_purpose(purpose)
    with store.transaction():
        address = find_address(store, contact_id, address)
        now = [each for each in list_states(store, contact_id, purpose) if each.address == address]
        if now and now[0].status == GIVEN:
            raise UsageError(f"{address} has consented to {purpose} already", "Nothing to ask for.")
        (row_id,) = record(store, contact_id, purpose, PENDING, source="mail", addresses=[address])
        state = next(
            each for each in list_states(store, contact_id, purpose) if each.consent_id == row_id
        )
        return state, _make_token(store, row_id)


def _make_token(store: Store, consent_id: int) -> str:
    """Return the token of one request: it confirms no other address, purpose or request."""
    sql = "SELECT uid || ' ' || address || ' ' || purpose FROM consent WHERE id = :id"
    return make_token(store, "confirm", store.value(sql, id=consent_id))


@retry_transaction
def confirm(store: Store, text: str, address: str, at: str, *, proof: str = "") -> str:
    """Take a consent that was asked for as given; return its purpose, "" without a valid token.

    ``text`` is what a mail from the ``address`` says: its token must be that of the request that
    is open. ``proof`` is the Message-ID of that mail. An automatic answer confirms nothing: it
    must not be passed here.
    """
    address = email_key(address.strip())
    with store.transaction():
        for row in _list_pending(store, address):
            if has_token(text, _make_token(store, row["id"])):
                _insert(
                    store,
                    contact_id=row["contact_id"],
                    address=address,
                    purpose=row["purpose"],
                    status=GIVEN,
                    basis=CONSENT_BASIS,
                    source="mail",
                    proof=proof and f"Message-ID {proof}",
                    at=max(at, row["at"]),
                )
                return str(row["purpose"])
    return ""


def _list_pending(store: Store, address: str) -> Iterable[Any]:
    sql = (
        "SELECT id, contact_id, purpose, at FROM consent x WHERE x.address = :address "
        f"AND x.status = :pending AND {NEWEST.format('x')} ORDER BY id"
    )
    return store.rows(sql, address=address, pending=PENDING)
