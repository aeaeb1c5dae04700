"""The declaration of interactions and of those who took part in them."""

from cardcrm.records.contacts.contact_derived import DAYS
from cardcrm.records.fields import (
    CASCADE_LAST,
    Block,
    ChangeDay,
    Choice,
    Day,
    Integer,
    Reference,
    References,
    Text,
    Uid,
    User,
)
from cardcrm.records.record_type import Effect, RecordType
from cardcrm.records.registry import declare
from cardcrm.store.derived import TextDocument

KINDS = ("call", "mail", "meeting", "visit", "message", "note")
LONGEST = 1_000_000  # characters
KIND = Choice("kind", KINDS, default="note", required=True, listed=True, headed=True)
MINUTES = Integer("minutes", least=0, most=100_000, help="Duration in minutes.", example="20")

INTERACTION_TEXT = TextDocument("interaction", "interaction", ["text", "outcome"])

PARTICIPANT = RecordType(
    "participant",
    "participants",
    (
        Reference("interaction_id", to="interaction", shows="kind", required=True),
        Reference("contact_id", required=True, on_delete=CASCADE_LAST),
    ),
    parent="interaction_id",
    same_by=("interaction_id",),
    effects=(Effect(DAYS, "contact_id"),),
    is_line=True,
    heading=lambda _row: "participation",
)

INTERACTION = declare(
    RecordType(
        "interaction",
        "interactions",
        (
            Uid(),
            Day("on_date", key="on", looks="back", instant="at", default="now", required=True,
                listed=True, phrase="date",
                help="Date in the past, such as yesterday or 'fri 14:00'.",
                no_future="To plan it: cardcrm remind"),
            KIND,
            Choice("direction", ("in", "out"), words={"in": "incoming", "out": "outgoing"}),
            References("with", via="participant", via_column="interaction_id",
                       to_column="contact_id", to="contact", filter="who", required=True,
                       listed=True, removed_by="without", help="Another participant."),
            Block("text", label="what", phrase="text", most=LONGEST, required=True, listed=True,
                  searchable=True, help="Description.", example="asked for two quotes"),
            Text("outcome", non_ascii_key="outcome_key", listed=True, searchable=True,
                 help="Outcome in a few words."),
            MINUTES,
            User("author", non_ascii_key="author_key", label="by", automatic=True),
            ChangeDay("created_at", key="created", automatic=True),
        ),
        title="{text}",
        words="text",
        sort="-on",
        has_text_index=True,
        parts=(PARTICIPANT,),
        effects=(
            Effect(INTERACTION_TEXT),
            Effect(DAYS, columns=("on_date",), on_insert=False,
                   via="SELECT contact_id FROM participant WHERE interaction_id IN ({marks})"),
        ),
        heading=lambda row: row.get("kind") or "interaction",
        summary="Interactions: list, show, edit and remove them.",
    )
)  # fmt: skip
