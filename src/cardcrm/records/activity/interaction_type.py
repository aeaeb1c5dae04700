"""The declaration of interactions and of those who took part in them."""

from cardcrm.records.contacts.contact_derived import DAYS
from cardcrm.records.fields import (
    CASCADE_LAST,
    Block,
    Choice,
    Day,
    Instant,
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
KIND = Choice("kind", KINDS, default="note", required=True, listed=True, headed=True)
MINUTES = Integer("minutes", least=0, most=100_000)

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
                listed=True),
            KIND,
            Choice("direction", ("in", "out"), words={"in": "incoming", "out": "outgoing"}),
            References("with", via="participant", via_column="interaction_id",
                       to_column="contact_id", to="contact", filter="who", listed=True),
            Block("text", label="what", required=True, listed=True, searchable=True),
            Text("outcome", listed=True, searchable=True),
            MINUTES,
            User("author", label="by", automatic=True),
            Instant("created_at", key="created", automatic=True),
        ),
        title="{text}",
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
