"""The declaration of campaigns."""

from typing import Any

from cardcrm.records.campaigns.campaign_status import DRAFT, STATUSES
from cardcrm.records.campaigns.channel import CHANNELS, MAIL
from cardcrm.records.fields import (
    CLEAR,
    ChangeDay,
    Choice,
    Day,
    Instant,
    Integer,
    Key,
    MoneyAmount,
    Percent,
    Purpose,
    Reference,
    Text,
    Uid,
    author_field,
)
from cardcrm.records.record_type import RecordType
from cardcrm.records.registry import declare


def _check(store: Any, columns: dict[str, Any], row_id: int) -> dict[str, Any]:
    from cardcrm.records.campaigns.campaign_rules import complete_campaign

    return complete_campaign(store, columns, row_id)


def _cancel_mail(store: Any, row_id: int) -> None:
    """Cancel what is not sent yet: a message without its campaign would be sent by itself."""
    from cardcrm.records.mail.message_states import cancel_queued

    cancel_queued(store, "campaign_id", [row_id], "campaign removed")


HOLDOUT = RecordType(
    "holdout",
    "contacts held out",
    (
        Reference("campaign_id", to="campaign", required=True),
        Reference("contact_id", filter="contact", option="contact", required=True, listed=True),
    ),
    title="{contact_id}",
    parent="campaign_id",
    same_by=("campaign_id", "contact_id"),
    heading=lambda _row: "held out",
)

CAMPAIGN_COST = RecordType(
    "campaign_cost",
    "costs of campaigns",
    (
        Reference("campaign_id", to="campaign", required=True),
        Day("on_date", key="on", looks="back", default="today", required=True, listed=True,
            no_future="A cost is money that was spent.", help="Day on which it was spent."),
        MoneyAmount("amount", required=True, least=1, listed=True, help="Amount."),
        Text("note", non_ascii_key="note_key", listed=True, help="Purpose, such as print."),
        author_field(),
    ),
    title="{amount} {note}",
    parent="campaign_id",
    same_by=("id",),
    is_line=True,
    line_label="costs",
    line_key="costs",
    heading=lambda _row: "cost",
)  # fmt: skip

CAMPAIGN = declare(
    RecordType(
        "campaign",
        "campaigns",
        (
            Uid(),
            Key("name", non_ascii_key="name_key", required=True, unique=True, listed=True,
                searchable=True, headed=True, help="Name, one word.", example="spring"),
            Text("query", non_ascii_key="query_key", key="segment", json_key="query",
                 label="segment", required=True, listed=True, searchable=True,
                 help="Segment, words and filters as in `find`, or all for everyone.",
                 example="vip"),
            Reference("template_id", to="template", key="template", option="template",
                      on_delete=CLEAR, listed=True, help="Template.", example="welcome"),
            Percent("holdout", default="0", example="10%",
                    help="Share of the contacts that get nothing, for comparison."),
            Reference("rival_id", to="template", key="rival", option="rival", on_delete=CLEAR,
                      filter="rival", example="plain",
                      help="Second template, which half of the contacts get."),
            Choice("channel", CHANNELS, default=MAIL, required=True, listed=True,
                   help="Channel: mail, call, visit, letter or message."),
            Text("text", non_ascii_key="text_key", example="Our roses are here",
                 help="Text of the reminders of calls and visits, in place of a template."),
            Integer("per_day", least=1, most=10_000, example="20",
                    help="Calls or visits on each working day (default: all on the first one)."),
            Purpose("purpose", default="offers", required=True, example="newsletter",
                help="Purpose; a newsletter goes only to those who agreed to it."),
            Integer("conversion_days", key="convert", option="convert", least=1, most=3650,
                    default="30", label="conversion days",
                    help="Days in which a sale counts as a result."),
            Choice("status", STATUSES, default=DRAFT, required=True, listed=True, automatic=True),
            Instant("due_at", key="due", looks="ahead", automatic=True, help="When it is sent."),
            Instant("started_at", key="started", automatic=True, listed=True,
                    help="When it was queued."),
            author_field(),
            ChangeDay("created_at", key="created", automatic=True),
        ),
        title="{name}",
        words="segment",
        sort="-id",
        adjust=_check,
        parts=(HOLDOUT, CAMPAIGN_COST),
        before_removal=_cancel_mail,
        summary="Campaigns: mail, calls, visits or letters to the contacts of a segment.",
    )
)  # fmt: skip
