"""List the customers who are slipping away with their figures, as the value page shows them."""

import datetime as dt

from cardcrm.reports.retention.at_risk import report_risks
from cardcrm.reports.scope import Scope
from cardcrm.reports.value.customer_ranking import (
    COLUMNS,
    RankedCustomer,
    ValueReport,
    rank_customer,
)
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks


def list_slipping(
    store: Store, currency: str, today: dt.date, report: ValueReport, limit: int = 10
) -> tuple[RankedCustomer, ...]:
    """Return the customers who are most likely lost, by the value at risk, as `at_risk` does.

    They are ranked among themselves, with the figures of their own purchases; ``report`` is the
    report of all customers.
    """
    risks = report_risks(store, Scope(currency, today), limit)
    rows = {
        row["contact_id"]: row
        for marks, params in chunks([each.contact_id for each in risks])
        for row in store.rows(
            f"SELECT {COLUMNS} FROM contact_value v JOIN contact c ON c.id = v.contact_id "
            f"WHERE v.currency = :currency AND v.own = 1 AND v.contact_id IN ({marks})",
            currency=currency,
            **params,
        )
    }
    return tuple(
        rank_customer(rows[each.contact_id], rank, report.totals, report.scale, today)
        for rank, each in enumerate(risks, 1)
    )
