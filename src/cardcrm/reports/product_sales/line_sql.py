"""SQL for the lines of sales: their list amounts and costs, rounded as `sale_lines` rounds them."""

from dataclasses import replace

from cardcrm.reports.scope import Scope
from cardcrm.store import Store

# The minor units of a unit price times a quantity in thousandths fit in 64 bits, as an amount has
# at most 10**15 minor units; with the ten-thousandths of a minor unit they would not. So these are
# added to the rest of the division by a thousand. Both engines divide toward zero.
_AMOUNT_AT = (
    "(l.{0} * l.quantity / 1000 + ((l.{0} * l.quantity % 1000) * 10000 "
    "+ l.{0}_rest * l.quantity + CASE WHEN l.quantity < 0 THEN -5000000 ELSE 5000000 END) "
    "/ 10000000)"
)
LIST_AMOUNT = _AMOUNT_AT.format("price")
COST = _AMOUNT_AT.format("cost")  # NULL where the cost is unknown
# A line of an order; those of a refund have a negative quantity.
ORDERED = "s.amount > 0 AND l.quantity > 0"


def end_today(store: Store, scope: Scope) -> Scope:
    """Return the scope without sales after today.

    Where there are none, no day is compared: a condition on the day would lead the planner to the
    index on days, and from there to each sale, which takes three times as long.
    """
    today = scope.today.isoformat()
    if not store.rows("SELECT 1 FROM sale WHERE on_date > :today LIMIT 1", today=today):
        return scope
    last = scope.today if scope.until is None else min(scope.until, scope.today)
    return replace(scope, until=last)
