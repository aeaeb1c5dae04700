"""The named fields of a quote in a template, and the template that is used without one."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from cardcrm.formats.documents.blocks import FieldValues, Table
from cardcrm.money import format_money, format_quantity
from cardcrm.records import records
from cardcrm.records.contacts import contact_queries
from cardcrm.records.deals import stored_deals
from cardcrm.records.quotes.quote_lines import QuoteLine, lines_of
from cardcrm.records.quotes.quote_type import QUOTE
from cardcrm.records.quotes.tax_groups import group_taxes
from cardcrm.records.records import Record
from cardcrm.store import Store

# The settings of the firm, by the names of their fields.
FIRM: Final = ("firm", "firm-address", "firm-contact", "firm-tax", "firm-bank", "firm-footer")

TEMPLATE: Final = """\
# {{firm}}
{{firm-address}}
{{firm-contact}}

---

{{organization}}
{{contact}}
{{address}}

## Quote {{number}}
**{{title}}**

Date: {{date}}
Valid until: {{valid}}
{{version-note}}

{{lines}}

{{tax-note}}

{{note}}

### {{optional-heading}}

{{optional}}

---

{{firm-tax}}
{{firm-bank}}
{{firm-footer}}
"""

_PRODUCT, _QUANTITY, _PRICE, _DISCOUNT, _TAX, _AMOUNT = _HEADINGS = (
    "Product", "Quantity", "Unit price", "Discount", "Tax", "Amount",
)  # fmt: skip


def read_firm(setting: Callable[[str], str]) -> dict[str, str]:
    """Return the settings of the firm by the names of their fields."""
    keys = ("address", "contact", "tax", "bank", "footer")
    found = {f"firm-{key}": setting(f"firm.{key}") for key in keys}
    return {"firm": setting("firm.name"), **found}


def gather_fields(store: Store, quote_id: int, firm: Mapping[str, str]) -> FieldValues:
    """Return the values of all fields of a quote. Raises NotFoundError."""
    record = records.get(store, QUOTE, quote_id)
    lines = lines_of(store, quote_id)
    required = [each for each in lines if not each.optional]
    optional = [each for each in lines if each.optional]
    return {
        **{name: firm.get(name, "") for name in FIRM},
        **_customer_fields(store, record),
        **_quote_fields(record),
        "lines": _table(required, _sums(record, required)),
        "tax-note": _tax_note(lines),
        "optional": _table(optional),
        "optional-heading": "On request, outside of the total" if optional else "",
    }


def _quote_fields(record: Record) -> dict[str, str]:
    values = record.values
    amounts = {name: values[key] for name, key in (("total", "amount"), ("tax", "tax"))}
    amounts["net"] = values["net"]
    version = values["version"]
    return {
        "number": values["number"] if version == 1 else f"{values['number']}/{version}",
        "version": str(version),
        "version-note": f"This version replaces all before it: {version}" if version > 1 else "",
        "title": values["title"],
        "date": _day(values["on"]),
        "valid": _day(values["valid"]),
        "sent": _day(values["sent"]),
        "owner": values["owner"],
        "note": values["note"],
        **{name: format_money(each) if each else "" for name, each in amounts.items()},
    }


def _day(day: dt.date | None) -> str:
    return f"{day.day} {day:%B %Y}" if day is not None else ""


def _customer_fields(store: Store, record: Record) -> dict[str, str]:
    """Return the fields of the customer: the name, the organization and the address."""
    contact = contact_queries.get(store, record.columns["contact_id"])
    org_id = stored_deals.get(store, record.columns["deal_id"]).org_id or contact.org_id
    org = contact_queries.get(store, org_id).name if org_id not in (None, contact.id) else ""
    holders = [contact.id, *([org_id] if org_id is not None else [])]
    found = [each for holder in holders for each in contact_queries.addresses_of(store, holder)]
    return {
        "contact": contact.name,
        "organization": org,
        "address": _address_lines(found[0]) if found else "",
    }


def _address_lines(address: contact_queries.Address) -> str:
    place = " ".join(filter(None, (address.postcode, address.city)))
    parts = (*address.street.splitlines(), place, address.region, address.country)
    return "\n".join(filter(None, parts))


_Cell = Callable[[QuoteLine], str]
_CELLS: Final[tuple[_Cell, ...]] = (
    lambda each: f"{each.line.product} ({each.reason})" if each.reason else each.line.product,
    lambda each: format_quantity(each.line.quantity),
    lambda each: format_money(each.line.price),
    lambda each: f"{format_quantity(each.line.discount)}%" if each.line.discount else "",
    lambda each: "" if each.line.tax_rate is None else f"{format_quantity(each.line.tax_rate)}%",
    lambda each: format_money(each.line.amount),
)


def _table(lines: Sequence[QuoteLine], sums: Sequence[tuple[str, str]] = ()) -> Table:
    """Return lines as a table without the columns of discounts and taxes that all lack."""
    used = [
        at
        for at, heading in enumerate(_HEADINGS)
        if heading not in (_DISCOUNT, _TAX) or any(_CELLS[at](each) for each in lines)
    ]
    width = len(used)
    return Table(
        tuple(_HEADINGS[at] for at in used),
        [tuple(_CELLS[at](each) for at in used) for each in lines],
        [(label, *([""] * (width - 2)), amount) for label, amount in sums],
        tuple(range(1, width)),
    )


def _sums(record: Record, lines: Sequence[QuoteLine]) -> list[tuple[str, str]]:
    """Return the sums below the lines: net, the known taxes by rate, and the total."""
    groups = group_taxes(each.line for each in lines)
    values, sums = record.values, []
    if groups and all(each.tax is not None for each in groups):
        sums = [("Net", format_money(values["net"]))]
    for each in groups:
        if each.tax is not None and each.net is not None and each.rate is not None:
            label = f"Tax {format_quantity(each.rate)}% on {format_money(each.net)}"
            sums.append((label, format_money(each.tax)))
    total = values["amount"]
    label = "Total with tax" if any(each.rate for each in groups) else "Total"
    return [*sums, (label, format_money(total))] if total is not None else sums


def _tax_note(lines: Sequence[QuoteLine]) -> str:
    """Return a sentence about which prices include tax."""
    rates = {each.line.tax_rate for each in lines}
    if rates == {0}:
        return "The prices include no tax."
    if None not in rates:
        return "All prices include tax."
    shown = "tax is shown where a rate is given" if any(rates) else "no tax is shown"
    return f"All prices are full prices; {shown}."
