"""The column of RFM standings, whose SQL has the boundaries of the scores in it.

It is apart from the other columns, so that a list without it loads no scores.
"""

import datetime as dt

from cardcrm.money import count_decimals
from cardcrm.records.contacts.query_fields import QueryField
from cardcrm.records.fields import Field
from cardcrm.records.sales import rfm
from cardcrm.records.sales.rfm_scale import count_customers, load_scale, mean_sql, score_columns
from cardcrm.store import Store


def build_standing_column(store: Store, field: Field) -> QueryField:
    """Return the column of the standing by what a contact itself bought, in the default currency.

    It sorts from the lost customers to the champions. Without standings it is empty.
    """
    currency = store.locale.currency
    scale = load_scale(store, currency, count_customers(store, currency))
    if scale is None:
        return QueryField(field, listed="CAST(NULL AS TEXT)")  # PostgreSQL sorts by no bare one
    count_decimals(currency)  # refuses what is not a code
    r, f, m = score_columns(scale, _write_cut)
    scores = (
        f"(SELECT {{}} FROM (SELECT {r} AS r, {mean_sql(f, m)} AS fm FROM contact_value v "
        f"WHERE v.contact_id = c.id AND v.currency = '{currency}' AND v.own = 1) AS s)"
    )
    return QueryField(field, listed=scores.format(_name_sql()), sort=scores.format("10 * r + fm"))


def _write_cut(cut: int | str) -> str:
    """Return SQL for a boundary, an amount or a day; columns have no parameters of their own."""
    return str(cut) if isinstance(cut, int) else f"'{dt.date.fromisoformat(cut)}'"


def _name_sql() -> str:
    """Return SQL for the standing of the scores ``r`` and ``fm``."""
    names = {name: name.replace("'", "''") for name in rfm.STANDINGS}
    whens = " ".join(
        f"WHEN r = {recency} AND fm = {strength} THEN '{names[name]}'"
        for name in rfm.STANDINGS
        for recency, strength in rfm.cells_of(name)
    )
    return f"CASE {whens} END"
