"""Write days and amounts as the readers of a language do."""

import datetime as dt
from typing import Final

from cardcrm.money import Money, UnitPrice, format_money

# Day and month names by language; the first sign follows the number of the day.
_MONTHS: Final = {
    "de": (". ", "Januar Februar März April Mai Juni Juli August September Oktober November "
           "Dezember"),
    "fr": (" ", "janvier février mars avril mai juin juillet août septembre octobre novembre "
           "décembre"),
    "nl": (" ", "januari februari maart april mei juni juli augustus september oktober november "
           "december"),
    "it": (" ", "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre "
           "novembre dicembre"),
    "es": (" de ", "enero febrero marzo abril mayo junio julio agosto septiembre octubre "
           "noviembre diciembre"),
    "pt": (" de ", "janeiro fevereiro março abril maio junho julho agosto setembro outubro "
           "novembro dezembro"),
    "en": (" ", "January February March April May June July August September October November "
           "December"),
}  # fmt: skip
_POINTS: Final = ("de", "nl", "it", "es", "pt", "da", "tr", "el", "hr", "sl", "ro", "id")
_SPACES: Final = ("fr", "sv", "nb", "no", "nn", "fi", "pl", "cs", "sk", "hu", "ru", "uk", "bg")


def format_day(day: dt.date | None, language: str) -> str:
    """Return a day in a language, or in ISO form in one that is not known: ``3. März 2026``."""
    if day is None:
        return ""
    code = _code(language)
    if code not in _MONTHS:
        return day.isoformat()
    sign, names = _MONTHS[code]
    month = names.split()[day.month - 1]
    return f"{day.day}{sign}{month}{' de ' if ' de ' in sign else ' '}{day.year}"


def format_amount(money: Money | UnitPrice | None, language: str) -> str:
    """Return an amount in the notation of a language: ``1.234,50 EUR``."""
    return "" if money is None else format_figures(format_money(money), language)


def format_figures(text: str, language: str) -> str:
    """Return a number such as ``1,234.5`` in the notation of a language."""
    code = _code(language)
    if code in _POINTS:
        return text.translate(str.maketrans(",.", ".,"))
    if code in _SPACES:
        return text.replace(",", "\N{NO-BREAK SPACE}").replace(".", ",")
    return text


def _code(language: str) -> str:
    return language.lower().partition("-")[0] or "en"
