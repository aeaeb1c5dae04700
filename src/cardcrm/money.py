"""Exact amounts: an integer of minor units and a currency."""

from dataclasses import dataclass

_EXPONENTS = {"JPY": 0, "KWD": 3}


@dataclass(frozen=True)
class Money:
    """``minor`` units of ``currency``, an ISO 4217 code."""

    minor: int
    currency: str


def exponent(currency: str) -> int:
    """How many decimal places the currency has."""
    return _EXPONENTS.get(currency, 2)


def format_money(money: Money, *, code: bool = True) -> str:
    """The amount with its decimals and thousands, followed by the currency where ``code``."""
    places = exponent(money.currency)
    whole, part = divmod(abs(money.minor), 10**places)
    sign = "-" if money.minor < 0 else ""
    amount = f"{sign}{whole:,}" + (f".{part:0{places}}" if places else "")
    return f"{amount} {money.currency}" if code else amount
