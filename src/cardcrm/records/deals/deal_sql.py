"""SQL of what is computed from a deal, for its fields and for reports.

Each function takes the alias of the row of ``deal``.
"""

_ALL = 100_000  # thousandths of a percent


def probability_sql(alias: str) -> str:
    """Return SQL for the probability in thousandths of a percent.

    A deal that is won has all of it, one that is lost none; an open one has its own, else that of
    its stage.
    """
    stage = f"(SELECT p.probability FROM stage p WHERE p.id = {alias}.stage_id)"
    return (
        f"(CASE {alias}.status WHEN 'won' THEN {_ALL} WHEN 'lost' THEN 0 "
        f"ELSE coalesce({alias}.own_probability, {stage}) END)"
    )


def open_chance_sql(alias: str, stage: str) -> str:
    """Return SQL for the probability of an open deal that is joined with its stage."""
    return f"coalesce({alias}.own_probability, {stage}.probability)"


def weighted_sql(alias: str) -> str:
    """Return SQL for amount × probability, rounded to a minor unit, halves up."""
    return weigh_sql(f"{alias}.amount", probability_sql(alias))


def weigh_sql(amount: str, chance: str) -> str:
    """Return SQL for amount × probability of SQL for both, rounded to a minor unit, halves up.

    The amount is split, because the product of the largest amount has more than 64 bits.
    """
    return f"({amount} / {_ALL} * {chance} + ({amount} % {_ALL} * {chance} + {_ALL // 2}) / {_ALL})"


def weigh(amount: int, chance: int) -> int:
    """Return amount × probability as `weighted_sql` computes it."""
    return (amount * chance + _ALL // 2) // _ALL
