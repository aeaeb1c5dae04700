"""Amounts of money in few cells."""

from cardcrm.money import Money, count_decimals, to_units


def format_whole(money: Money) -> str:
    """Return an amount rounded to whole units, halves away from zero, without its currency."""
    unit = 10 ** count_decimals(money.currency)
    units = (2 * abs(money.minor) + unit) // (2 * unit)
    return f"{-units if money.minor < 0 else units:,}"


def format_within(money: Money, cells: int) -> str:
    """Return an amount in whole units; in thousands or millions if it does not fit."""
    text = format_whole(money)
    if len(text) <= cells:
        return text
    units = to_units(money)
    return f"{units / 1_000_000:,.1f}M" if abs(units) >= 999_500 else f"{units / 1_000:,.0f}k"
