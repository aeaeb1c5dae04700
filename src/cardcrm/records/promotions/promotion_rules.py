"""The rules of promotions, checked whenever one is written."""

import re
from collections.abc import Mapping
from typing import Any

from cardcrm.errors import ConflictError, UsageError
from cardcrm.store import Store
from cardcrm.text import pluralize, sanitize

_CODE = re.compile(r"[^\W_]+(?:-+[^\W_]+)*")  # letters and digits, with - between them
_MAX_LENGTH = 60


def check_promotion(store: Store, columns: Mapping[str, Any], row_id: int) -> None:
    """Check the code, the days and the discount of a promotion.

    Raises UsageError, and ConflictError for another discount once the promotion was redeemed.
    """
    before = store.row("SELECT * FROM promotion WHERE id = :id", id=row_id) if row_id else None
    after = {**(dict(before) if before else {}), **columns}
    if "code" in columns:
        _check_code(columns["code"])
    if after.get("from_on") and after.get("until_on") and after["from_on"] > after["until_on"]:
        raise UsageError(
            "the promotion ends before it begins", "Give --from and --until in their order."
        )
    if before and after["discount"] != before["discount"]:
        _refuse_discount(store, row_id, before["code"])


def _check_code(code: str) -> None:
    if len(code) > _MAX_LENGTH or not _CODE.fullmatch(code):
        raise UsageError(
            f"invalid code “{sanitize(code)}”",
            f"Use letters, digits and -, at most {_MAX_LENGTH}; what it offers goes into --text.",
        )


def _refuse_discount(store: Store, row_id: int, code: str) -> None:
    """Raise ConflictError for another discount than that of the sales."""
    count = store.value("SELECT count(*) FROM sale WHERE promotion_id = :id", id=row_id)
    if count:
        raise ConflictError(
            f"{code} has given its discount on {pluralize(count, 'sale')}",
            "Add another promotion with `cardcrm promotion add`.",
        )
