"""The declaration of quotes and their lines."""

from collections.abc import Mapping
from typing import Any

from cardcrm.records.fields import (
    ChangeDay,
    Choice,
    Context,
    Day,
    Flag,
    Integer,
    Key,
    MoneyAmount,
    Reference,
    References,
    Text,
    Uid,
    User,
)
from cardcrm.records.quotes.quote_status import DRAFT, OPEN, OPEN_STATUSES, STATUSES
from cardcrm.records.record_type import RecordType
from cardcrm.records.registry import declare
from cardcrm.records.sales.line_fields import TITLE, line_fields
from cardcrm.records.sales.sale_type import Net


class SeriesNumber(Key):
    """The number of a document, which the program gives and which never repeats."""

    __slots__ = ()
    is_portable = True

    def initial(self, store: Context) -> Any:  # noqa: ARG002
        """Return an empty number; the rules of the noun give the next one."""
        return ""


class Version(Integer):
    """The version of a quote: 1, 2 and so on."""

    __slots__ = ()
    is_portable = True

    def initial(self, store: Context) -> Any:  # noqa: ARG002
        """Return the first version."""
        return 1


class Status(Choice):
    """The status of a quote, which the commands change."""

    __slots__ = ()
    is_portable = True

    def initial(self, store: Context) -> Any:  # noqa: ARG002
        """Return a draft."""
        return DRAFT


class AutomaticDay(Day):
    """A day that a command writes."""

    __slots__ = ()
    is_portable = True

    @property
    def is_nullable(self) -> bool:
        """True: the day is empty until the event."""
        return True


class Tax(MoneyAmount):
    """The tax in the amount, which follows from the lines."""

    __slots__ = ()

    @property
    def is_nullable(self) -> bool:
        """True: the rate of a line may be unknown."""
        return True


def _adjust(store: Any, columns: dict[str, Any], row_id: int) -> dict[str, Any]:
    from cardcrm.records.quotes.quote_rules import complete_quote

    return complete_quote(store, columns, row_id)


def _complete_texts(store: Any, texts: Mapping[str, str], before: Any) -> Mapping[str, str]:
    from cardcrm.records.quotes.quote_rules import complete_texts

    return complete_texts(store, texts, before)


def _describe_change(row: Mapping[str, Any]) -> str:
    """Return what became of a quote by the columns that a change wrote."""
    if "closed_on" in row and not row["closed_on"]:
        return "reopened"
    status = row.get("status", DRAFT)
    return "" if status == DRAFT else str(status)


QUOTE_LINE = RecordType(
    "quote_line",
    "quote lines",
    (
        Reference("quote_id", to="quote", shows="number", required=True),
        *line_fields(),
        Flag("optional", help="Offered beside, outside of the total."),
        Flag("taken", json_key="was_optional",
             help="Optional at first, and taken by the customer."),
        Text("reason", non_ascii_key="reason_key", filter=None,
             help="Reason for the price or the discount."),
    ),
    title=TITLE,
    parent="quote_id",
    is_line=True,
    line_label="offered",
    heading=lambda _row: "quote line",
)  # fmt: skip

QUOTE = declare(
    RecordType(
        "quote",
        "quotes",
        (
            Uid(),
            SeriesNumber("number", automatic=True, listed=True, help="Number."),
            Version("version", least=1, automatic=True, listed=True, heading="v",
                    help="Version."),
            Text("title", folded="title_key", listed=True, searchable=True,
                 help="Title (default: that of the deal).", example="Roof"),
            Reference("deal_id", to="deal", shows="title", required=True, example="12",
                      help="Deal."),
            Reference("contact_id", filter="contact", option="contact", required=True,
                      listed=True, help="Contact (default: that of the deal)."),
            Status("status", STATUSES, groups={OPEN: OPEN_STATUSES}, default=DRAFT,
                   automatic=True, listed=True, help=f"Status: {', '.join(STATUSES)}."),
            MoneyAmount("amount", least=0, listed=True,
                        help="Amount with tax; the lines add up to it."),
            Tax("tax", option="tax-amount", automatic=True, help="Tax that the amount contains."),
            Net("net", filter=None, help="Amount without tax."),
            Day("quoted_on", key="on", looks="back", default="today", required=True,
                phrase="date", help="Date."),
            Day("valid_on", key="valid", label="valid until", phrase="end of validity",
                default="30d", listed=True, help="Last day on which it can be accepted."),
            AutomaticDay("sent_on", key="sent", looks="back", automatic=True,
                         help="Day on which it was sent."),
            AutomaticDay("viewed_on", key="viewed", looks="back", automatic=True,
                         help="Day on which the customer looked at it."),
            AutomaticDay("closed_on", key="closed", looks="back", automatic=True,
                         help="Day on which it was accepted, refused, replaced or canceled."),
            Text("refusal", non_ascii_key="refusal_key", label="refused for", filter=None,
                 help="Reason why it was refused."),
            Text("note", non_ascii_key="note_key", searchable=True,
                 help="Text below the lines, such as the terms of payment.",
                 example="50% on order"),
            References("product", via="quote_line", via_column="quote_id",
                       to_column="product_id", to="product"),
            User("owner", hands_over=True, non_ascii_key="owner_key", default="me",
                 help="User who looks after it."),
            ChangeDay("created_at", key="created", automatic=True),
        ),
        title="{number} {title}",
        words="title",
        sort="-id",
        closed_by="closed_on",
        closing_filters=("status", "deal"),
        query_words={each: ("status", each) for each in (OPEN, *STATUSES)},
        verb=_describe_change,
        read_texts=_complete_texts,
        adjust=_adjust,
        parts=(QUOTE_LINE,),
        summary="Quotes: what was offered in a deal.",
    )
)  # fmt: skip
