"""The declaration of interactions and of those who took part in them."""

from typing import Any

from cardcrm.records.contacts.contact_derived import DAYS
from cardcrm.records.fields import (
    CASCADE_LAST,
    CLEAR,
    Block,
    ChangeDay,
    Choice,
    Day,
    Flag,
    Integer,
    MessageId,
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

NO_ANSWER = "no answer"  # the outcome of an attempt that reached no one


def is_touch(kind: str, no_answer: int) -> bool:
    """Return whether an interaction reached the contact, and so restarts its cadence."""
    return kind != "note" and not no_answer


def explain_no_touch(kind: str, no_answer: int) -> str:
    """Return why an interaction does not restart the cadence; empty if it does."""
    if is_touch(kind, no_answer):
        return ""
    what = "an attempt without an answer" if no_answer else "a note"
    return f"{what} does not restart the cadence"


def mark_unanswered(store: Any, columns: dict[str, Any], row_id: int) -> dict[str, Any]:
    """Return columns whose outcome and mark of an attempt without an answer agree.

    The outcome “no answer” sets the mark, and one that no longer says so takes it off. The mark
    alone is given that outcome, which goes with the mark.
    """
    mark, outcome = columns.get("no_answer"), columns.get("outcome")
    if mark is None and outcome is None:
        return columns
    sql = "SELECT outcome FROM interaction WHERE id = :id"
    stored = (store.value(sql, id=row_id) if row_id else None) or ""
    if mark:
        has_outcome = stored if outcome is None else outcome
        return columns if has_outcome else {**columns, **INTERACTION.normalize(outcome=NO_ANSWER)}
    if outcome is None:
        cleared = INTERACTION.normalize(outcome="") if _says_no_answer(stored) else {}
        return {**columns, **cleared}
    if _says_no_answer(outcome):
        return {**columns, "no_answer": 1}
    return {**columns, "no_answer": 0} if mark is None and _says_no_answer(stored) else columns


def _says_no_answer(outcome: str) -> bool:
    return outcome.strip().lower() == NO_ANSWER


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
            Flag("no_answer", filter="no-answer", label="no answer",
                 help="Yes if the contact was not reached."),
            MINUTES,
            Reference("case_id", to="case", table="service_case", shows="text", filter="case",
                      option="case", on_delete=CLEAR, example="12",
                      help="Number of a case that it belongs to."),
            User("author", non_ascii_key="author_key", label="by", automatic=True),
            ChangeDay("created_at", key="created", automatic=True),
            MessageId("message_id", key="message_id", label="Message-ID", filter="message-id",
                      unique=True),
            MessageId("thread_id", label="thread"),
            MessageId("reply_to_id", key="in_reply_to", label="in reply to", filter=None),
        ),
        title="{text}",
        words="text",
        sort="-on",
        has_text_index=True,
        parts=(PARTICIPANT,),
        effects=(
            Effect(INTERACTION_TEXT),
            Effect(DAYS, columns=("on_date", "kind", "no_answer"), on_insert=False,
                   via="SELECT contact_id FROM participant WHERE interaction_id IN ({marks})"),
        ),
        adjust=mark_unanswered,
        heading=lambda row: row.get("kind") or "interaction",
        summary="Interactions: list, show, edit and remove them.",
    )
)  # fmt: skip
