"""An alert as the object of JSON and as a line for people."""

from cardcrm.money import Money, format_money
from cardcrm.reports.alerts.alert_queries import Alert
from cardcrm.text import cell_width, shorten


def alert_data(alert: Alert) -> dict[str, object]:
    """Return an alert as a JSON object."""
    return {
        "id": alert.id,
        "kind": alert.kind,
        "contact_id": alert.contact_id,
        "contact": alert.contact,
        "product_id": alert.product_id,
        "product": alert.product,
        "reason": alert.reason,
        "expected_value": Money(alert.amount, alert.currency),
        "confidence": alert.confidence,
        "raised_on": alert.raised_on,
    }


def describe_alert(alert: Alert, cells: int | None = None) -> str:
    """Return an alert in a line: ``Roses: every 30 days as a rule … (24.50 EUR, A12)``.

    To fit into ``cells``, the reason is cut; value and number stay.
    """
    end = f" ({format_money(Money(alert.amount, alert.currency))}, A{alert.id})"
    return (alert.what if cells is None else shorten(alert.what, cells - cell_width(end))) + end
