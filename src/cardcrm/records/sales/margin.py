"""The margin of sales: the one rule that all reports follow, as SQL.

The margin of a sale is its amount less its cost. A refund without a cost returned no goods, so its
cost is 0, and it lowers the margin by its whole amount. The margin of any other sale without a cost
is unknown and has no part in a sum:

    revenue = cost + margin + revenue of unknown cost

The rule for the lines of sales is the same, with the amount and the cost of the line.
"""


def build_known_cost(amount: str, cost: str) -> str:
    """Return the SQL of a cost that counts, NULL where it is unknown.

    ``amount`` and ``cost`` are the SQL of the amount and of the stored cost, in minor units.
    """
    return f"coalesce({cost}, CASE WHEN {amount} < 0 THEN 0 END)"


def build_margin(amount: str, cost: str) -> str:
    """Return the SQL of a margin, NULL where the cost is unknown."""
    return f"({amount} - {build_known_cost(amount, cost)})"


def build_unknown(amount: str, cost: str) -> str:
    """Return the SQL of an amount whose cost is unknown, 0 where the cost is known."""
    return f"CASE WHEN {cost} IS NULL AND {amount} >= 0 THEN {amount} ELSE 0 END"
