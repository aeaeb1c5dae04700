"""The declaration of leads, of the history of their status, and of the rules about them."""

from collections.abc import Mapping
from typing import Any, Final

from cardcrm.records.fields import (
    CLEAR,
    Block,
    Choice,
    ContactFilter,
    Day,
    Instant,
    Integer,
    Key,
    LaterDay,
    Reference,
    Text,
    Uid,
    User,
    Users,
)
from cardcrm.records.leads.statuses import (
    ASSIGNED,
    CONVERTED,
    DEAD,
    IN_PROCESS,
    NEW,
    RECYCLED,
    STATUSES,
)
from cardcrm.records.record_type import RecordType
from cardcrm.records.registry import declare

LONGEST: Final = 100_000  # characters of a request
_VERBS = {CONVERTED: "converted", DEAD: "closed", RECYCLED: "recycled"}


def _status(**options: Any) -> Choice:
    return Choice(
        "status",
        STATUSES,
        default=NEW,
        required=True,
        listed=True,
        aliases={"in-process": IN_PROCESS, "process": IN_PROCESS, "working": IN_PROCESS},
        **options,
    )


def _adjust(store: Any, columns: dict[str, Any], row_id: int) -> dict[str, Any]:
    from cardcrm.records.leads.lead_status import complete_lead

    return complete_lead(store, columns, row_id)


def _note_status(store: Any, row_id: int) -> None:
    from cardcrm.records.leads.lead_status import note_status

    note_status(store, row_id)


def _heading(row: Mapping[str, Any]) -> str:
    return f"lead rule {row.get('query', '')}".rstrip()


LEAD_CHANGE = RecordType(
    "lead_change",
    "lead changes",
    (
        Reference("lead_id", to="lead", shows="text", required=True),
        _status(),
        User("owner", non_ascii_key="owner_key", listed=True, help="User who looked after it."),
        Instant("at", required=True, listed=True, help="When it got the status."),
        Day("on_date", key="on", looks="back", required=True, help="Day of that."),
        Integer("seconds", least=0, help="Seconds that the lead had the former status."),
        User("author", non_ascii_key="author_key", label="by", listed=True),
    ),
    title="{status}",
    parent="lead_id",
    sort="id",
    is_line=True,
    repeats_whole=True,
    heading=lambda _row: "status",
)  # fmt: skip

LEAD = declare(
    RecordType(
        "lead",
        "leads",
        (
            Uid(),
            Reference("contact_id", filter="contact", option="contact", required=True,
                      listed=True, may_repeat=True, help="Contact."),
            Block("text", non_ascii_key="text_key", label="what", phrase="text", most=LONGEST,
                  listed=True, searchable=True, help="Request in words.",
                  example="wants a quote"),
            _status(help="Status: new, assigned, in process, converted, recycled or dead."),
            Text("source", non_ascii_key="source_key", listed=True, searchable=True,
                 help="Source, such as web or referral.", example="web"),
            User("owner", hands_over=True, non_ascii_key="owner_key", listed=True,
                 help="User who looks after it."),
            Day("received_on", key="received", looks="back", instant="received_at", default="now",
                required=True, listed=True, no_future="Give the day of the request.",
                help="When it came in."),
            LaterDay("closed_on", key="closed", looks="back", automatic=True,
                     help="Day on which it was converted or closed."),
            Text("reason", non_ascii_key="reason_key", help="Reason why it is dead or recycled.",
                 example="no budget"),
            Reference("deal_id", to="deal", shows="title", key="deal", automatic=True,
                      on_delete=CLEAR, may_repeat=True, help="Deal that it became."),
            Key("ref", non_ascii_key="ref_key", label="reference", unique=True,
                help="External reference.", example="L12"),
        ),
        title="{contact_id}",
        words="text",
        sort="-received",
        closed_by="closed_on",
        closing_filters=("status",),
        query_words={
            NEW: ("status", NEW), ASSIGNED: ("status", ASSIGNED), RECYCLED: ("status", RECYCLED),
            CONVERTED: ("status", CONVERTED), DEAD: ("status", DEAD),
        },
        conditions=(ContactFilter("territory", help="Territory of the contact."),),
        verb=lambda row: _VERBS.get(row.get("status", ""), ""),
        adjust=_adjust,
        check=_note_status,
        parts=(LEAD_CHANGE,),
        heading=lambda _row: "lead",
        summary="Leads: add, list, show, assign and convert them.",
    )
)  # fmt: skip

POINTS = Integer("points", least=-1000, most=1000, listed=True, example="20",
                 help="Points for each lead that it finds.")  # fmt: skip

LEAD_RULE = declare(
    RecordType(
        "lead_rule",
        "lead rules",
        (
            Key("query", required=True, unique=True, listed=True, headed=True,
                help="Words and filters, as in `lead list`."),
            POINTS,
            Users("owners", hands_over=True, non_ascii_key="owners_key", listed=True,
                  example="ann,bob", help="Users who get such leads, in turn."),
        ),
        title="{query}",
        heading=_heading,
        summary="Rules that give leads points or owners.",
    )
)  # fmt: skip
