"""The sum of a forecast in one sentence, which names its months and what is already in."""

from cardcrm.money import Money, format_money
from cardcrm.reports.forecast.forecast import Forecast
from cardcrm.text import pluralize

_NOUNS = {"orders": "order", "new": "new customer", "lost": "lost customer"}


def describe_total(found: Forecast, currency: str) -> str:
    """Return the sum of the months to come; `build_forecast` must have found some."""
    text = f"expected {found.span}: {_format(found, found.total, currency)}"
    if not found.so_far:
        return text
    month, so_far = found.months[0].month, _format(found, found.so_far, currency)
    return f"{text}, of which {so_far} of {month} already in"


def _format(found: Forecast, value: float, currency: str) -> str:
    figure = found.series.figure
    if figure == "revenue":
        return format_money(Money(round(value), currency))
    return pluralize(round(value), _NOUNS[figure])
