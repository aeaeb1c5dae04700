"""The declaration of the steps of dunning."""

from typing import Any

from cardcrm.records.fields import (
    CLEAR,
    ChangeDay,
    Integer,
    Key,
    Reference,
    Text,
    Uid,
    author_field,
)
from cardcrm.records.record_type import RecordType
from cardcrm.records.registry import declare


def _check(store: Any, columns: dict[str, Any], row_id: int) -> dict[str, Any]:
    from cardcrm.records.invoices.dunning_rules import check_step

    check_step(store, columns, row_id)
    return columns


DUNNING = declare(
    RecordType(
        "dunning",
        "dunning steps",
        (
            Uid(),
            Key("name", non_ascii_key="name_key", required=True, unique=True, listed=True,
                searchable=True, headed=True, example="friendly", help="Name of the step."),
            Integer("days", phrase="number of days", least=1, most=3650, required=True,
                    listed=True, example="7", help="Days after the due date."),
            Reference("template_id", to="template", key="template", option="template",
                      on_delete=CLEAR, listed=True, example="ask",
                      help="Template of the mail; without one the step is a reminder."),
            Text("text", non_ascii_key="text_key", listed=True, searchable=True,
                 example="call them", help="Text of the reminder."),
            Text("fee", json_key="fee_text", non_ascii_key="fee_key", listed=True,
                 example="12 EUR late fee",
                 help="Fee or interest, only as text: no amount changes."),
            author_field(),
            ChangeDay("created_at", key="created", automatic=True),
        ),
        title="{name}",
        words="text",
        sort="days",
        singular="dunning step",
        adjust=_check,
        summary="Dunning: the steps that remind customers of overdue invoices.",
    )
)  # fmt: skip
