"""The declaration of cases, and of the history of their status."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from cardcrm.records.assets.asset_reference import AssetReference
from cardcrm.records.fields import (
    CLEAR,
    Block,
    Choice,
    ContactFilter,
    Instant,
    Integer,
    Key,
    LateFlag,
    LateInstant,
    LaterInstant,
    LateText,
    Reference,
    Text,
    Uid,
    User,
)
from cardcrm.records.record_type import RecordType
from cardcrm.records.registry import declare
from cardcrm.records.service.case_status import (
    ALIASES,
    CLOSED,
    NEW,
    OPEN,
    OPEN_STATUSES,
    PRIORITIES,
    SOLVED,
    STATUS_WORDS,
    STATUSES,
    TYPES,
    WAITING_CUSTOMER,
    WAITING_US,
)

LONGEST: Final = 100_000  # characters
_VERBS = {
    WAITING_CUSTOMER: "waits for the customer", WAITING_US: "waits for us", SOLVED: "solved",
    CLOSED: "closed",
}  # fmt: skip


def _name_asset(store: Any, texts: Mapping[str, str], before: Any) -> Mapping[str, str]:
    from cardcrm.records.assets.name_asset import name_asset

    return name_asset(store, texts, before)


def _adjust(store: Any, columns: dict[str, Any], row_id: int) -> dict[str, Any]:
    from cardcrm.records.service.case_rules import complete_case

    return complete_case(store, columns, row_id)


def _note_status(store: Any, row_id: int) -> None:
    from cardcrm.records.service.case_rules import note_status

    note_status(store, row_id)


def _complete_rows(store: Any, rows: Iterator[Any]) -> Iterator[Any]:
    from cardcrm.records.service.case_rows import complete_rows

    return complete_rows(store, rows)


def _filter_due(ctx: Any, term: Any, alias: str) -> str:
    from cardcrm.records.service.case_filters import filter_due

    return filter_due(ctx, term, alias)


def _filter_breached(ctx: Any, term: Any, alias: str) -> str:
    from cardcrm.records.service.case_filters import filter_breached

    return filter_breached(ctx, term, alias)


def _filter_sla(ctx: Any, term: Any, alias: str) -> str:
    from cardcrm.records.service.case_filters import filter_sla

    return filter_sla(ctx, term, alias)


def _status(**options: Any) -> Choice:
    return Choice(
        "status",
        STATUSES,
        default=NEW,
        required=True,
        listed=True,
        words=STATUS_WORDS,
        aliases=ALIASES,
        groups={OPEN: OPEN_STATUSES},
        **options,
    )


def _case(column: str, **options: Any) -> Reference:
    return Reference(
        column, to="case", table="service_case", shows="text", on_delete=CLEAR, may_repeat=True,
        **options,
    )  # fmt: skip


CASE_CHANGE = RecordType(
    "case_change",
    "case changes",
    (
        Reference("case_id", to="case", table="service_case", shows="text", required=True),
        _status(),
        Instant("at", required=True, listed=True, help="When it got the status."),
        User("author", non_ascii_key="author_key", label="by", listed=True),
    ),
    title="{status}",
    parent="case_id",
    same_by=("id",),
    sort="id",
    is_line=True,
    repeats_whole=True,
    heading=lambda _row: "status",
)

CASE = declare(
    RecordType(
        "case",
        "cases",
        (
            Uid(),
            LateInstant("due", _filter_due, looks="ahead", listed=True,
                        help="Next deadline by the service level."),
            Reference("contact_id", filter="contact", option="contact", required=True,
                      listed=True, may_repeat=True, help="Contact."),
            Block("text", non_ascii_key="text_key", label="what", phrase="text", most=LONGEST,
                  required=True, listed=True, searchable=True, help="Request in words.",
                  example="the heater leaks"),
            _status(help="Status: new, assigned, waiting-customer, waiting-us, solved or closed."),
            Choice("type", TYPES, default=TYPES[0], required=True, listed=True),
            Choice("priority", PRIORITIES, json_key="case_priority", default="normal",
                   required=True, listed=True),
            User("owner", hands_over=True, non_ascii_key="owner_key", listed=True,
                 help="User who looks after it."),
            Reference("team_id", to="team", key="team", option="team", on_delete=CLEAR,
                      example="support", help="Team that looks after it."),
            Reference("product_id", to="product", key="product", option="product",
                      on_delete=CLEAR, example="Rose", help="Product that it is about."),
            AssetReference(on_delete=CLEAR, help="Asset that it is about, by its serial number."),
            Text("channel", non_ascii_key="channel_key", example="phone",
                 help="How it came in, such as phone, mail or web."),
            Instant("opened_at", key="opened", json_key="opened_at", option="at", default="now",
                    required=True, example="'yesterday 16:00'",
                    no_future="Give the moment of the request.",
                    help="When it came in."),
            LaterInstant("solved_at", key="solved", json_key="solved_at", automatic=True,
                         help="When it was solved or closed."),
            _case("cause_id", key="cause", option="cause", example="12",
                  help="Case that is the root problem."),
            _case("merged_id", key="merged", automatic=True, help="Case that it was merged into."),
            Integer("rating", least=1, most=5, example="4",
                    help="Satisfaction of the customer, 1 to 5."),
            Text("opinion", non_ascii_key="opinion_key", searchable=True,
                 help="Comment of the customer on the solution."),
            LaterInstant("rated_at", key="rated", json_key="rated_at", automatic=True,
                         help="When the customer rated it."),
            LaterInstant("asked_at", key="asked", json_key="asked_at", automatic=True,
                         help="When the customer was asked for a rating."),
            Key("ref", non_ascii_key="ref_key", label="reference", unique=True,
                help="External reference.", example="T12"),
            LateText("sla", _filter_sla, label="service level", match="whole", example="standard",
                     help="Service level that applies."),
            LateFlag("breached", _filter_breached, listed=True,
                     help="Yes if a deadline was missed."),
            LateInstant("first_response_due", help="Deadline of the first response."),
            LateInstant("first_response_at", help="When it was first answered."),
            LateInstant("next_response_due", help="Deadline of the answer to a later message."),
            LateInstant("solution_due", help="Deadline of the solution."),
            User("author", non_ascii_key="author_key", label="by", automatic=True),
        ),
        table="service_case",
        title="{text}",
        words="text",
        sort="-opened",
        closed_by="solved_at",
        closing_filters=("status", "merged", "rating"),
        query_words={each: ("status", each) for each in (OPEN, *STATUSES)}
        | {"breached": ("breached", "yes")},
        conditions=(ContactFilter("territory", help="Territory of the contact."),),
        verb=lambda row: _VERBS.get(row.get("status", ""), ""),
        adjust=_adjust,
        read_texts=_name_asset,
        check=_note_status,
        parts=(CASE_CHANGE,),
        heading=lambda _row: "case",
        added_by="case open",
        complete_rows=_complete_rows,
        summary="Cases: questions, incidents and complaints of customers.",
    )
)  # fmt: skip
