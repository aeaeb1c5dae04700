"""The declaration of deals, their lines, the roles of people, and the history of stages."""

from collections.abc import Callable, Mapping
from typing import Any

from cardcrm.records.deals.deal_sql import probability_sql, weighted_sql
from cardcrm.records.deals.stage_kinds import KINDS, LOST, OPEN, WON
from cardcrm.records.fields import (
    CLEAR,
    REFUSE,
    ChangeDay,
    Choice,
    Computed,
    Condition,
    ContactFilter,
    Context,
    Day,
    Instant,
    Integer,
    Key,
    MoneyAmount,
    Percent,
    Reference,
    References,
    Text,
    Uid,
    User,
)
from cardcrm.records.record_type import RecordType
from cardcrm.records.registry import declare
from cardcrm.records.sales.line_fields import TITLE, line_fields

REASONS = (
    "pricing", "competition", "budget", "features", "timing", "no decision maker", "silence",
    "fit", "other",
)  # fmt: skip
_VERBS = {WON: "won", LOST: "lost", OPEN: "reopened"}
ROLES = ("decision maker", "evaluator", "champion", "blocker")
REASON = Choice(
    "lost_reason",
    REASONS,
    label="reason",
    phrase="reason",
    filter="reason",
    aliases={
        "price": "pricing",
        "competitor": "competition",
        "no-decision-maker": "no decision maker",
        "nodecisionmaker": "no decision maker",
    },
    help="Reason why it was lost.",
)
ROLE = Choice(
    "role",
    ROLES,
    required=True,
    listed=True,
    aliases={"decision-maker": "decision maker", "decider": "decision maker"},
)


class Status(Choice):
    """The status of a deal, open, won or lost; that in a file must agree with the stage."""

    __slots__ = ()
    is_portable = True

    def initial(self, store: Context) -> Any:  # noqa: ARG002
        """Return an empty status; it follows from the stage."""
        return ""


class EntryDay(Day):
    """The day on which a deal came into its stage; today in a new one."""

    __slots__ = ()

    def initial(self, store: Context) -> Any:
        """Return today."""
        from cardcrm import dates

        return dates.today(store.locale.zone).isoformat()


class NamedReference(Reference):
    """A reference to a row that is named by its name."""

    __slots__ = ()
    metavar = "NAME"


class Chance(Computed, Percent):
    """The probability of a deal: its own, else that of its stage."""

    __slots__ = ()

    def value_sql(self, alias: str) -> str:
        """Return SQL for the probability."""
        return probability_sql(alias)


class Weighted(Computed, MoneyAmount):
    """The amount of a deal times its probability."""

    __slots__ = ()

    def value_sql(self, alias: str) -> str:
        """Return SQL for the weighted amount."""
        return weighted_sql(alias)


def _name_stage(store: Any, texts: Mapping[str, str], before: Any) -> Mapping[str, str]:
    from cardcrm.records.deals.deal_texts import name_stage

    return name_stage(store, texts, before)


def _rotting_sql(store: Any, param: Callable[[Any], str], alias: str) -> str:
    from cardcrm.records.deals.rotting import rotting_sql

    return rotting_sql(store, param, alias)


def _double_sql(store: Any, param: Callable[[Any], str], alias: str) -> str:  # noqa: ARG001
    from cardcrm.records.deals.double_deals import double_sql

    return double_sql(alias)


def _adjust(store: Any, columns: dict[str, Any], row_id: int) -> dict[str, Any]:
    from cardcrm.records.deals.deal_rules import complete_deal

    return complete_deal(store, columns, row_id)


def _note_stage(store: Any, row_id: int) -> None:
    from cardcrm.records.deals.stage_history import note_stage

    note_stage(store, row_id)


DEAL_LINE = RecordType(
    "deal_line",
    "deal lines",
    (
        Reference("deal_id", to="deal", shows="title", required=True),
        *line_fields(),
    ),
    title=TITLE,
    parent="deal_id",
    is_line=True,
    line_label="offered",
    heading=lambda _row: "deal line",
)

DEAL_ROLE = RecordType(
    "deal_role",
    "deal roles",
    (
        Reference("deal_id", to="deal", shows="title", required=True),
        Reference("contact_id", required=True, listed=True, filter="contact"),
        ROLE,
    ),
    title="{role}",
    parent="deal_id",
    same_by=("deal_id", "contact_id", "role"),
    is_line=True,
    heading=lambda row: str(row.get("role") or "role"),
)

STAGE_CHANGE = RecordType(
    "stage_change",
    "stage changes",
    (
        Reference("deal_id", to="deal", shows="title", required=True),
        Reference("from_id", to="stage", key="from", listed=True),
        Reference("to_id", to="stage", key="to", required=True, listed=True),
        Instant("at", required=True, listed=True, help="When it came into the stage."),
        Day("on_date", key="on", looks="back", required=True, help="Day of that."),
        Integer("seconds", least=0, help="Seconds that the deal was in the former stage."),
        User("author", non_ascii_key="author_key", label="by", listed=True),
    ),
    title="{to_id}",
    parent="deal_id",
    sort="id",
    is_line=True,
    repeats_whole=True,
    heading=lambda _row: "stage",
)  # fmt: skip

DEAL = declare(
    RecordType(
        "deal",
        "deals",
        (
            Uid(),
            Text("title", label="deal", phrase="title", folded="title_key", required=True,
                 listed=True, searchable=True, help="Title.", example="New roof"),
            Reference("contact_id", filter="contact", option="contact", required=True,
                      listed=True, may_repeat=True, help="Contact."),
            Reference("org_id", label="organization", filter="org", option="org", on_delete=CLEAR,
                      may_repeat=True, example="acme",
                      help="Organization (default: that of the contact)."),
            NamedReference("pipeline_id", to="pipeline", on_delete=REFUSE, example="Weddings",
                           if_refused="Move them: cardcrm pipeline rm {id} --to PIPELINE",
                           help="Pipeline (default: the first one)."),
            NamedReference("stage_id", to="stage", listed=True, on_delete=REFUSE, example="Demo",
                           if_refused="Move them: cardcrm pipeline stage rm {id} --to STAGE",
                           help="Stage (default: the first one)."),
            Status("status", KINDS, default=OPEN, automatic=True,
                   help="Status: open, won or lost."),
            MoneyAmount("amount", least=0, listed=True, help="Amount."),
            Percent("own_probability", option="probability", filter=None,
                    label="own probability", phrase="probability",
                    help="Probability of winning it (default: that of its stage)."),
            Chance("probability", label="probability", heading="%", listed=True,
                   help="Its own probability, else that of its stage."),
            Weighted("weighted", help="Amount × probability."),
            Day("close_on", key="close", listed=True, label="close", phrase="expected close",
                help="Expected day of the close."),
            Day("opened_on", key="opened", looks="back", default="today", required=True,
                no_future="Open it on that day.", help="Day on which it was opened."),
            EntryDay("entered_on", key="entered", looks="back", automatic=True,
                     help="Day on which it came into its stage."),
            Day("closed_on", key="closed", looks="back", no_future="Close it on that day.",
                help="Day on which it was won or lost."),
            Text("source", non_ascii_key="source_key", help="Source, such as fair or referral.",
                 example="fair"),
            Reference("partner_id", key="partner", filter="partner", option="partner",
                      on_delete=CLEAR, may_repeat=True, example="blooms",
                      help="Partner who brought it (default: the one who registered the lead)."),
            Text("competitor", non_ascii_key="competitor_key", help="Competitor.",
                 example="Blooms Ltd"),
            REASON,
            Text("lost_note", non_ascii_key="lost_note_key", label="note", filter=None,
                 option="note", help="Note on why it was lost."),
            User("owner", hands_over=True, non_ascii_key="owner_key", default="me", listed=True,
                 help="User who looks after it."),
            References("product", via="deal_line", via_column="deal_id", to_column="product_id",
                       to="product"),
            References("with", via="deal_role", via_column="deal_id", to_column="contact_id",
                       to="contact", help="People with a role in it."),
            Key("ref", non_ascii_key="ref_key", label="reference", unique=True,
                help="External reference.", example="D12"),
            Reference("sale_id", to="sale", shows="text", key="sale", filter=None,
                      automatic=True, on_delete=CLEAR, help="Sale that it became."),
            ChangeDay("created_at", key="created", automatic=True),
        ),
        title="{title}",
        words="title",
        sort="close",
        closed_by="closed_on",
        closing_filters=("status", "stage", "reason"),
        query_words={
            OPEN: ("status", OPEN), WON: ("status", WON), LOST: ("status", LOST),
            "rotting": ("rotting", "yes"),
        },
        verb=lambda row: _VERBS.get(row.get("status", ""), ""),
        conditions=(
            Condition("rotting", _rotting_sql, help="Has stood still for longer than its stage "
                      "allows, and no step is planned."),
            Condition("double", _double_sql, help="Another open deal of the contact or of its "
                      "organization is about one of its products."),
            ContactFilter("territory", help="Territory of the contact."),
        ),
        read_texts=_name_stage,
        adjust=_adjust,
        check=_note_stage,
        parts=(DEAL_LINE, DEAL_ROLE, STAGE_CHANGE),
        summary="Deals: add, list, show, move, win and lose them.",
    )
)  # fmt: skip
