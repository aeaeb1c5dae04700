"""The types of the star and the functions in its SQL, in the dialect of DuckDB.

PostgreSQL knows the types as well.
"""

from typing import Final

from cardcrm.currencies import DECIMALS

MONEY: Final = "DECIMAL(18,3)"  # three decimals are enough for every currency
UNIT_PRICE: Final = "DECIMAL(22,7)"
QUANTITY: Final = "DECIMAL(18,3)"
PERCENT: Final = "DECIMAL(9,3)"


def _codes(decimals: int) -> str:
    return ", ".join(f"'{code}'" for code, each in DECIMALS.items() if each == decimals)


def _scale(currency: str) -> str:
    """Return SQL for the thousandths of a major unit in a minor unit."""
    return (
        f"CASE WHEN {currency} IN ({_codes(0)}) THEN 1000 "
        f"WHEN {currency} IN ({_codes(3)}) THEN 1 ELSE 10 END"
    )


# Exact decimals, and the amount of a quantity of a unit price in ten-thousandths of a minor unit,
# rounded once, halves away from zero, as in sales.
MACROS: Final = (
    f"CREATE MACRO major(minor, currency) AS CAST(minor * ({_scale('currency')}) "
    "AS DECIMAL(18,0)) * CAST(0.001 AS DECIMAL(4,3))",
    f"CREATE MACRO unit_price(parts, currency) AS CAST(parts * ({_scale('currency')}) "
    "AS DECIMAL(28,0)) * CAST(0.0000001 AS DECIMAL(8,7))",
    "CREATE MACRO thousandths(value) AS CAST(value AS DECIMAL(18,0)) * CAST(0.001 AS DECIMAL(4,3))",
    "CREATE MACRO times(quantity, parts) AS CAST(sign(quantity) AS BIGINT) * "
    "((CAST(abs(quantity) AS HUGEINT) * parts * 2 + 10000000) // 20000000)",
    "CREATE MACRO moment(instant) AS TRY_CAST(replace(instant, 'Z', '') AS TIMESTAMP)",
    "CREATE MACRO place_key(city, region, country) AS city || chr(31) || region || chr(31) || "
    "country",
)
