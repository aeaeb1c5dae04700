"""The declaration of partners, and of the commission that was paid to them."""

from collections.abc import Callable
from typing import Any

from cardcrm.records.fields import (
    CLEAR,
    ChangeDay,
    Choice,
    Condition,
    Day,
    MoneyAmount,
    Percent,
    Reference,
    Text,
    Uid,
    author_field,
)
from cardcrm.records.record_type import RecordType
from cardcrm.records.registry import declare

TYPES = ("dealer", "reseller", "distributor", "agent", "affiliate", "other")


def _check(store: Any, columns: dict[str, Any], row_id: int) -> dict[str, Any]:
    from cardcrm.records.partners.partner_rules import check_agreement

    check_agreement(store, columns, row_id)
    return columns


def _set_stage(store: Any, row_id: int) -> None:
    from cardcrm.records.partners.partner_rules import set_stage

    set_stage(store, row_id)


def _active_sql(store: Any, param: Callable[[Any], str], alias: str) -> str:
    from cardcrm import dates

    today = dates.today(store.locale.zone).isoformat()
    begun = f"{alias}.from_on <= {param(today)}"
    return f"{begun} AND ({alias}.until_on IS NULL OR {alias}.until_on >= {param(today)})"


PAYOUT = RecordType(
    "payout",
    "payouts",
    (
        Reference("partner_id", to="partner", shows="text", required=True),
        Day("on_date", key="on", looks="back", default="today", required=True, listed=True,
            no_future="Enter a payout once it has been paid.", help="Day on which it was paid."),
        MoneyAmount("amount", required=True, least=1, listed=True, help="Amount."),
        Text("text", non_ascii_key="text_key", listed=True, help="Note, such as a reference."),
    ),
    title="{amount}",
    parent="partner_id",
    sort="on",
    is_line=True,
    line_label="paid",
    line_key="payouts",
    heading=lambda _row: "payout",
)  # fmt: skip

PARTNER = declare(
    RecordType(
        "partner",
        "partners",
        (
            Uid(),
            Reference("contact_id", filter="contact", option="contact", required=True,
                      listed=True, may_repeat=True, help="Contact who is the partner."),
            Choice("type", TYPES, default=TYPES[0], required=True, listed=True),
            Percent("commission", default="0", required=True, listed=True, example="10%",
                    help="Commission on the sales that the partner brings."),
            Day("from_on", key="from", default="today", required=True, listed=True,
                label="from", phrase="first day",
                help="First day of the agreement; sales count from then on."),
            Day("until_on", key="until", listed=True, phrase="last day",
                help="Last day of the agreement."),
            Reference("territory_id", to="territory", key="territory", option="territory",
                      on_delete=CLEAR, listed=True, example="north",
                      help="Territory of the partner."),
            Text("text", non_ascii_key="text_key", label="agreement", searchable=True,
                 help="Agreement in words.", example="exclusive in the north"),
            author_field(),
            ChangeDay("created_at", key="created", automatic=True),
        ),
        title="{contact_id}",
        words="text",
        sort="-from",
        query_words={"active": ("active", "yes"), "ended": ("active", "no")},
        conditions=(
            Condition("active", _active_sql, help="The agreement is in force today."),
        ),
        adjust=_check,
        check=_set_stage,
        parts=(PAYOUT,),
        heading=lambda _row: "partner",
        summary="Partners: dealers and others who bring customers for a commission.",
    )
)  # fmt: skip
