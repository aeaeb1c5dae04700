"""An alert as the object of JSON and as a line for people."""

from cardcrm.money import Money, format_money
from cardcrm.reports.alerts.alert_queries import Alert


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


def describe_alert(alert: Alert) -> str:
    """Return an alert in a line: ``Roses: every 30 days as a rule … (24.50 EUR, A12)``."""
    value = format_money(Money(alert.amount, alert.currency))
    return f"{alert.what} ({value}, A{alert.id})"
