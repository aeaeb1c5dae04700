"""Set targets: one for each user, month and currency."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from cardcrm.errors import ConflictError
from cardcrm.money import Money
from cardcrm.records.contacts.uids import new_uid
from cardcrm.store import Store
from cardcrm.store.owner_sql import owner_key
from cardcrm.store.retry import retry_transaction
from cardcrm.text import fold


class Target(NamedTuple):
    """The amount that a user is to win in a month."""

    id: int
    owner: str
    month: str
    amount: Money


@retry_transaction
def set_target(store: Store, owner: str, month: str, amount: Money) -> tuple[Target, Money | None]:
    """Set the target of a user for a month; return it with the amount that it had before."""
    with store.transaction("target set"):
        row = store.row(
            f"SELECT id, amount FROM target t WHERE {owner_key('t')} = :owner "
            "AND month = :month AND currency = :currency",
            owner=fold(owner),
            month=month,
            currency=amount.currency,
        )
        if row is None:
            target_id = store.insert(
                "target",
                uid=new_uid(),
                owner=owner,
                month=month,
                amount=amount.minor,
                currency=amount.currency,
            )
            return Target(target_id, owner, month, amount), None
        if row["amount"] != amount.minor:
            store.update("target", row["id"], amount=amount.minor)
        before = Money(row["amount"], amount.currency)
    return Target(row["id"], owner, month, amount), before


def refuse_second(store: Store, columns: Mapping[str, Any], row_id: int) -> None:
    """Raise ConflictError if another target has the same user, month and currency."""
    sql = "SELECT owner, month, currency FROM target WHERE id = :id"
    row = store.row(sql, id=row_id) if row_id else None
    names = ("owner", "month", "currency")
    values = {name: columns.get(name, row[name] if row else None) for name in names}
    found = store.value(
        f"SELECT id FROM target t WHERE {owner_key('t')} = :owner AND month = :month "
        "AND currency = :currency AND id <> :own",
        **values | {"owner": fold(values["owner"])},
        own=row_id,
    )
    if found is not None:
        raise ConflictError(
            f"{values['owner']} has a target for {values['month']} already (target {found})",
            "To change it: cardcrm target set USER MONTH AMOUNT",
        )


def read_targets(store: Store, first: str, last: str) -> dict[tuple[str, str, str], int]:
    """Return the targets of some months, by user, month and currency, in minor units."""
    sql = "SELECT owner, month, currency, amount FROM target WHERE month BETWEEN :first AND :last"
    rows = store.rows(sql, first=first, last=last)
    return {(row[0], row[1], row[2]): row[3] for row in rows}
