"""The declaration of assets: the machines and other things that customers have."""

from collections.abc import Mapping
from typing import Any, Final

from cardcrm.records.assets.asset_fields import (
    CounterReading,
    FirstDay,
    IntervalText,
)
from cardcrm.records.fields import (
    CLEAR,
    REFUSE,
    Block,
    ContactFilter,
    Day,
    Key,
    LaterDay,
    Reference,
    Text,
    Uid,
    User,
)
from cardcrm.records.record_type import RecordType
from cardcrm.records.registry import declare

_MAX_NOTE: Final = 100_000  # characters


class SerialNumber(Key):
    """A serial number, in any case."""

    __slots__ = ()
    ignores_case = True


def _adjust(store: Any, columns: dict[str, Any], row_id: int) -> dict[str, Any]:
    from cardcrm.records.assets.asset_rules import complete_asset

    return complete_asset(store, columns, row_id)


def _plan(store: Any, row_id: int) -> None:
    from cardcrm.records.assets.asset_rules import plan_service

    plan_service(store, row_id)


def _add_product(store: Any, texts: Mapping[str, str], before: Any) -> Mapping[str, str]:  # noqa: ARG001
    from cardcrm.records.assets.asset_rules import add_product

    add_product(store, texts.get("product", ""))
    return texts


def _remove_reminder(store: Any, row_id: int) -> None:
    from cardcrm.records.assets.asset_rules import remove_reminder

    remove_reminder(store, row_id)


ASSET = declare(
    RecordType(
        "asset",
        "assets",
        (
            Uid(),
            Reference("contact_id", filter="contact", option="contact", required=True,
                      listed=True, help="Customer who has it."),
            Reference("product_id", to="product", key="product", option="product", required=True,
                      listed=True, on_delete=REFUSE, example="Boiler",
                      if_refused="Retire it instead: cardcrm product edit {id} --retired",
                      help="Product; an unknown one is added to the catalog."),
            SerialNumber("serial", non_ascii_key="serial_key", match="part", listed=True,
                         searchable=True, help="Serial number.", example="SN123"),
            Day("since_on", key="since", looks="back", example="2024-03-01",
                no_future="Add it once it is in place.", help="Day on which it was put in place."),
            Day("warranty_on", key="warranty", label="warranty until", example="2027-03-01",
                help="Last day of the warranty."),
            Text("place", non_ascii_key="place_key", searchable=True, example="cellar",
                 help="Where it is: an address or a room."),
            IntervalText("service_every", label="service every", filter="service-every",
                         help="Service interval: 12m, 500h on its counter, or '12m or 500h'."),
            LaterDay("due_on", key="due", json_key="next_service", label="service due", listed=True,
                automatic=True, help="Day on which the next service is due."),
            Day("serviced_on", key="serviced", label="last service", looks="back",
                no_future="Enter a service once it is done.", example="2026-03-01",
                help="Day of the last service."),
            CounterReading("reading", least=0, listed=True, example="1250",
                     help="Last reading of its counter."),
            CounterReading("base_reading", filter=None, automatic=True, label="reading at service",
                     help="Reading of its counter at the last service."),
            Text("unit", example="h", help="Unit of its counter, such as h, km or copies."),
            Block("note", non_ascii_key="note_key", most=_MAX_NOTE, searchable=True, help="Note.",
                  example="key at the reception"),
            Day("retired_on", key="retired", json_key="retired_on", looks="back", example="today",
                no_future="Retire it once it is gone.",
                help="Day on which it was taken out of use."),
            Reference("reminder_id", to="reminder", json_key="service_reminder", shows="text",
                      automatic=True, filter=None, on_delete=CLEAR,
                      help="Reminder of the next service."),
            User("author", non_ascii_key="author_key", label="by", automatic=True),
            FirstDay("added_on", key="added", json_key="added_on", looks="back", required=True,
                     automatic=True, help="Day on which it was added."),
        ),
        title="{serial} {product}",
        sort="due",
        closed_by="retired_on",
        conditions=(ContactFilter("territory", help="Territory of the contact."),),
        adjust=_adjust,
        check=_plan,
        read_texts=_add_product,
        check_removal=_remove_reminder,
        heading=lambda _row: "asset",
        summary="Assets: what customers have, with its maintenance.",
    )
)  # fmt: skip
