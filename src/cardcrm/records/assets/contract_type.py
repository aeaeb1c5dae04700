"""The declaration of contracts."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from cardcrm.records.assets.asset_fields import SpanText
from cardcrm.records.assets.asset_reference import AssetReference
from cardcrm.records.assets.contract_status import ACTIVE, ENDED, PERIODS, STATUSES
from cardcrm.records.fields import (
    CLEAR,
    Block,
    ChangeDay,
    Choice,
    ContactFilter,
    Day,
    Key,
    LaterDay,
    MoneyAmount,
    Reference,
    Text,
    Uid,
    User,
)
from cardcrm.records.record_type import RecordType
from cardcrm.records.registry import declare

_MAX_NOTE: Final = 100_000  # characters
_VERBS: Final = MappingProxyType({ACTIVE: "goes on", ENDED: "ended"})


def _name_asset(store: Any, texts: Mapping[str, str], before: Any) -> Mapping[str, str]:
    from cardcrm.records.assets.name_asset import name_asset

    return name_asset(store, texts, before)


def _adjust(store: Any, columns: dict[str, Any], row_id: int) -> dict[str, Any]:
    from cardcrm.records.assets.contract_rules import complete_contract

    return complete_contract(store, columns, row_id)


CONTRACT = declare(
    RecordType(
        "contract",
        "contracts",
        (
            Uid(),
            Reference("contact_id", filter="contact", option="contact", required=True,
                      listed=True, help="Customer."),
            Text("text", non_ascii_key="text_key", label="what", phrase="text", required=True,
                 listed=True, searchable=True, help="Agreement in words.",
                 example="yearly maintenance"),
            Reference("product_id", to="product", key="product", option="product",
                      on_delete=CLEAR, example="Boiler", help="Product that it is about."),
            AssetReference(on_delete=CLEAR, help="Asset that it is about, by its serial number."),
            Day("start_on", key="start", json_key="starts_on", looks="back", default="today",
                required=True, example="2026-01-01", help="First day."),
            Day("end_on", key="end", json_key="ends_on", listed=True, example="2026-12-31",
                help="Last day of the term; by default the day before it renews itself."),
            SpanText("renewal", json_key="renewal_term", listed=True,
                     help="How long it renews itself for, such as 12m; without one it ends."),
            SpanText("notice", example="3m", help="Period of notice before the end, such as 3m."),
            Day("notice_on", key="notice_by", label="notice by", filter="notice-by", listed=True,
                example="2026-09-30", help="Last day to give notice, instead of --notice."),
            MoneyAmount("price", least=0, listed=True, example="240", help="Price."),
            Choice("per", PERIODS, default="year", required=True, listed=True,
                   help="Unit of the price: month, quarter, year, term or visit."),
            Choice("status", STATUSES, default=ACTIVE, required=True, listed=True,
                   automatic=True, help="Status: active, canceled or ended."),
            LaterDay("ended_on", key="ended", json_key="ended_on", looks="back", automatic=True,
                help="Day on which it ended."),
            Block("note", non_ascii_key="note_key", most=_MAX_NOTE, searchable=True, help="Note.",
                  example="two visits a year"),
            Key("ref", non_ascii_key="ref_key", label="reference", unique=True,
                help="External reference.", example="C12"),
            User("author", non_ascii_key="author_key", label="by", automatic=True),
            ChangeDay("created_at", key="created", automatic=True),
        ),
        title="{text}",
        words="text",
        sort="end",
        closed_by="ended_on",
        closing_filters=("status",),
        query_words={each: ("status", each) for each in STATUSES},
        conditions=(ContactFilter("territory", help="Territory of the contact."),),
        verb=lambda row: _VERBS.get(row.get("status", ""), ""),
        adjust=_adjust,
        read_texts=_name_asset,
        heading=lambda _row: "contract",
        summary="Contracts with customers: terms, notice and renewal.",
    )
)  # fmt: skip
