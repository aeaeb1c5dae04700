"""Parts that the tables and charts about products share."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cardcrm.cli.session import Session
    from cardcrm.money import UnitPrice


def refresh_alerts(session: "Session") -> None:
    """Refresh alerts that are stale, where that is quick; for users without a cron job."""
    from cardcrm import dates
    from cardcrm.reports.alerts.alert_table import refresh_if_stale

    store = session.store()
    days = int(session.config.number("alert-days"))
    if days:
        refresh_if_stale(store, dates.today(store.locale.zone), days)


def percent(share: float | None, digits: int = 0) -> str:
    """Return a share as ``12%``, or an empty text without one."""
    return "" if share is None else f"{share:.{digits}%}"


def change(share: float | None) -> str:
    """Return a relative change as ``+12%``."""
    return "" if share is None else f"{share:+,.0%}"


def to_major_price(price: "UnitPrice | None") -> float | None:
    """Return a unit price in major units, for a chart."""
    from cardcrm.money import format_decimal

    return None if price is None else float(format_decimal(price))


def round_price(price: "UnitPrice | None") -> str:
    """Return a unit price rounded to a minor unit, without the currency."""
    from cardcrm.money import UNIT_SCALE, Money, divide_half_up, format_money

    if price is None:
        return ""
    minor = divide_half_up(price.parts, UNIT_SCALE)
    return format_money(Money(minor, price.currency), code=False)
