"""The declaration of feedback on products, and of the contacts who support it."""

from typing import Final

from cardcrm.records.fields import (
    CASCADE_LAST,
    CLEAR,
    Block,
    ChangeDay,
    Choice,
    Day,
    Reference,
    References,
    Uid,
    User,
)
from cardcrm.records.record_type import RecordType
from cardcrm.records.registry import declare

WISH, COMPLAINT = "wish", "complaint"
STATUSES: Final = ("open", "planned", "done", "declined")
ACTIVE: Final = STATUSES[:2]
LONGEST: Final = 20_000  # characters

SUPPORTER = RecordType(
    "supporter",
    "supporters",
    (
        Reference("feedback_id", to="feedback", shows="text", required=True),
        Reference("contact_id", required=True, on_delete=CASCADE_LAST),
    ),
    parent="feedback_id",
    same_by=("feedback_id",),
    is_line=True,
    heading=lambda _row: "support",
)

FEEDBACK = declare(
    RecordType(
        "feedback",
        "feedback items",
        (
            Uid(),
            Choice("kind", (WISH, COMPLAINT), default=WISH, required=True, listed=True,
                   headed=True),
            Reference("product_id", to="product", key="product", option="product",
                      on_delete=CLEAR, listed=True, example="Rose", help="Product."),
            Block("text", non_ascii_key="text_key", label="what", phrase="text", most=LONGEST,
                  required=True, listed=True, searchable=True, help="The wish in words.",
                  example="longer stems"),
            Choice("status", STATUSES, default=STATUSES[0], required=True, listed=True),
            References("supporter", via="supporter", via_column="feedback_id",
                       to_column="contact_id", to="contact", filter="who", required=True,
                       listed=True, removed_by="without", help="Customer behind it."),
            Day("on_date", key="on", looks="back", default="today", required=True, listed=True,
                phrase="date", no_future="Give the day on which it came in.",
                help="Day on which it came in."),
            Reference("case_id", to="case", table="service_case", shows="text", filter="case",
                      option="case", on_delete=CLEAR, example="12",
                      help="Case that it came from."),
            User("author", non_ascii_key="author_key", label="by", automatic=True),
            ChangeDay("created_at", key="created", automatic=True),
        ),
        title="{text}",
        words="text",
        sort="-id",
        singular="feedback item",
        query_words={each: ("status", each) for each in STATUSES},
        parts=(SUPPORTER,),
        summary="Feedback: wishes and complaints about products, and who has them.",
    )
)  # fmt: skip
