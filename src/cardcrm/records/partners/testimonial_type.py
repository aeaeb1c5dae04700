"""The declaration of testimonials: customers who were asked to recommend the firm, and answers."""

from typing import Any

from cardcrm.errors import ConflictError, UsageError
from cardcrm.records.fields import Block, Day, Flag, Reference, Uid, User
from cardcrm.records.record_type import RecordType
from cardcrm.records.registry import declare


def _check(store: Any, columns: dict[str, Any], row_id: int) -> dict[str, Any]:
    """Refuse a second question and an answer before it; words of the customer are an answer."""
    from cardcrm import dates

    if not row_id:
        _refuse_second(store, columns["contact_id"])
    row = store.row("SELECT asked_on, answered_on FROM testimonial WHERE id = :id", id=row_id)
    now = {**(dict(zip(row.keys(), row, strict=True)) if row else {}), **columns}
    if columns.get("text") and not now.get("answered_on"):
        now["answered_on"] = max(now["asked_on"], dates.today(store.locale.zone).isoformat())
        columns = {**columns, "answered_on": now["answered_on"]}
    if now.get("answered_on") and now["answered_on"] < now["asked_on"]:
        raise UsageError(
            f"the answer on {now['answered_on']} is before the question on {now['asked_on']}",
            "Give a later day with --answered.",
        )
    return columns


def _refuse_second(store: Any, contact_id: int) -> None:
    """Raise ConflictError for a customer who was asked before: once is enough."""
    sql = "SELECT id, asked_on FROM testimonial WHERE contact_id = :id ORDER BY id LIMIT 1"
    known = store.row(sql, id=contact_id)
    if known is not None:
        raise ConflictError(
            f"the customer was already asked on {known['asked_on']}",
            f"Add the answer there: cardcrm testimonial edit {known['id']} TEXT",
        )


TESTIMONIAL = declare(
    RecordType(
        "testimonial",
        "testimonials",
        (
            Uid(),
            Reference("contact_id", filter="contact", option="contact", required=True,
                      listed=True, help="Customer."),
            Day("asked_on", key="asked", json_key="asked_on", looks="back", default="today",
                required=True, listed=True, phrase="day of the question",
                no_future="Record the question on that day.",
                help="Day on which the customer was asked."),
            Day("answered_on", key="answered", json_key="answered_on", looks="back", listed=True,
                no_future="Record the answer on that day.",
                help="Day of the answer."),
            Block("text", non_ascii_key="text_key", label="words", phrase="text", most=100_000,
                  listed=True, searchable=True, help="Words of the customer.",
                  example="always on time"),
            Flag("public", option="public", label="may be published",
                 help="The customer agreed to publication."),
            User("author", non_ascii_key="author_key", label="by", automatic=True,
                 help="User who asked."),
        ),
        title="{contact_id}",
        words="text",
        sort="-asked",
        query_words={"open": ("answered", "none"), "answered": ("answered", "any")},
        adjust=_check,
        heading=lambda _row: "testimonial",
        summary="Testimonials: loyal customers who were asked for one, and their answers.",
    )
)  # fmt: skip
