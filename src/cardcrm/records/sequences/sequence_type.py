"""The declaration of sequences, of enrollments and of the steps that these have reached."""

from typing import Any

from cardcrm.records.fields import (
    CLEAR,
    Block,
    ChangeDay,
    Choice,
    Day,
    Instant,
    Integer,
    Key,
    Purpose,
    Reference,
    Text,
    Uid,
    User,
    author_field,
)
from cardcrm.records.record_type import RecordType
from cardcrm.records.registry import declare
from cardcrm.records.sequences.sequence_status import (
    ACTIVE,
    ENROLLMENT_STATUSES,
    SEQUENCE_STATUSES,
    STEP_RESULTS,
)

_MAX_FILE = 100_000  # characters


def _check(store: Any, columns: dict[str, Any], row_id: int) -> dict[str, Any]:
    from cardcrm.records.sequences.sequence_rules import complete_sequence

    return complete_sequence(store, columns, row_id)


def _cancel_mail(store: Any, row_id: int) -> None:
    """Cancel what is not sent yet: a message without its enrollment would be sent by itself."""
    from cardcrm.records.mail.message_states import cancel_queued

    cancel_queued(store, "enrollment_id", [row_id], "enrollment removed")


SEQUENCE = declare(
    RecordType(
        "sequence",
        "sequences",
        (
            Uid(),
            Key("name", non_ascii_key="name_key", required=True, unique=True, listed=True,
                searchable=True, headed=True, help="Name, one word.", example="welcome"),
            Block("steps", required=True, most=_MAX_FILE, filter=None, option="file",
                  help="File with the steps, or - for standard input.", example="welcome.toml"),
            Purpose("purpose", automatic=True, listed=True,
                help="Purpose of its mails, empty for personal ones."),
            Choice("status", SEQUENCE_STATUSES, default=ACTIVE, required=True, listed=True,
                   automatic=True),
            Integer("seen_change", automatic=True, filter=None, sortable=False,
                    help="Last change of the journal that the entry rule has seen."),
            Day("seen_on", key="seen", automatic=True, looks="back", filter=None,
                help="Day on which the entry rule was last run."),
            author_field(),
            ChangeDay("created_at", key="created", automatic=True, listed=True),
        ),
        title="{name}",
        sort="name",
        adjust=_check,
        summary="Sequences: timed steps of mail and tasks.",
    )
)  # fmt: skip

ENROLLMENT_STEP = RecordType(
    "enrollment_step",
    "steps of enrollments",
    (
        Reference("enrollment_id", to="enrollment", shows="entered_on", required=True),
        Key("step", required=True, listed=True),
        Choice("result", STEP_RESULTS, required=True, listed=True),
        Instant("at", required=True, listed=True),
    ),
    title="{step}",
    parent="enrollment_id",
    same_by=("id",),
    repeats_whole=True,
    heading=lambda _row: "step",
)

ENROLLMENT = declare(
    RecordType(
        "enrollment",
        "enrollments",
        (
            Uid(),
            Reference("contact_id", filter="contact", option="contact", required=True,
                      listed=True, automatic=True, help="Contact."),
            Choice("status", ENROLLMENT_STATUSES, automatic=True, required=True, listed=True),
            Reference("sequence_id", to="sequence", shows="name", required=True, listed=True,
                      automatic=True, help="Sequence."),
            Key("step", automatic=True, listed=True, help="Label of the step that it waits at."),
            Instant("due_at", key="due", looks="ahead", automatic=True, listed=True,
                    help="When it goes on."),
            Text("reason", automatic=True, listed=True, help="Why it was stopped."),
            Reference("deal_id", to="deal", shows="title", automatic=True, on_delete=CLEAR,
                      may_repeat=True, help="Deal that it is about."),
            Key("event", automatic=True, filter=None, help="Event that the contact entered by."),
            Day("away_until", key="away", json_key="away_until", looks="ahead", automatic=True,
                help="Last day of an absence of the contact."),
            Day("entered_on", key="entered", json_key="entered_on", looks="back",
                automatic=True, required=True, help="Day on which the contact entered."),
            Instant("entered_at", filter=None, automatic=True, required=True,
                    help="When the contact entered."),
            Instant("ended_at", key="ended", json_key="ended_at", looks="back", automatic=True,
                    help="When it was done or stopped."),
            User("author", non_ascii_key="author_key", label="by", automatic=True,
                 help="User who enrolled the contact."),
        ),
        title="{sequence_id}",
        parent="contact_id",
        same_by=("id",),
        sort="-id",
        parts=(ENROLLMENT_STEP,),
        before_removal=_cancel_mail,
        added_by="sequence enroll",
        summary="Contacts in sequences.",
    )
)  # fmt: skip
